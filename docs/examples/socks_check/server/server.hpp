// The mode "server": runs the cases against a SOCKS proxy.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_SERVER_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_SERVER_HPP

#include "../run_options.hpp"

namespace example {

/// @param args  the current argument is the mode; the options of the mode follow.
inline int check_server(arguments args) {
    while (args.next()) args.unknown();
    throw std::runtime_error("no cases");
}

}  // namespace example

#endif
