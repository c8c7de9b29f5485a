// The mode "client": plays a scripted proxy, runs a command as its client, and judges what the command does.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_CLIENT_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_CLIENT_HPP

#include "../run_options.hpp"

namespace example {

/// @param args  the current argument is the mode; the options of the mode follow.
inline int check_client(arguments args) {
    while (args.next()) args.unknown();
    throw std::runtime_error("no scenarios");
}

}  // namespace example

#endif
