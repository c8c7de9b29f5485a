// What the log says about a handshake that failed, or about a connection that is lost.

#ifndef EXAMPLES_PROXY_REPORT_HPP
#define EXAMPLES_PROXY_REPORT_HPP

#include <cstring>
#include <socks/socks.hpp>
#include <string>
#include <string_view>

#include "../common/posix.hpp"

namespace example {

/// Whether a connection begins with a header of the PROXY protocol, version 1 or 2. A load balancer sends it
/// if that is turned on for this proxy, which does not read it.
inline bool is_proxy_header(std::string_view received) noexcept {
    constexpr std::string_view binary("\r\n\r\n\0\r\nQUIT\n", 12);
    return received.starts_with("PROXY ") || received.starts_with(binary);
}

/// The methods of a greeting as a list, each by its name or its number.
inline std::string methods_of(socks::bytes greeting) {
    std::string list;
    if (const auto offer = socks::decode_greeting(greeting))
        for (size_t i = 0; i < offer->methods.size(); ++i)
            list += (i == 0 ? "" : ", ") + text(static_cast<socks::method>(offer->methods[i]));
    return list;
}

/// Why the handshake failed.
/// @param received  the bytes that the machine has not consumed.
inline std::string explain(const socks::server::action& failure, socks::bytes received) {
    if (is_proxy_header(std::string_view(received))) return "a header of the PROXY protocol instead of SOCKS";
    const std::string what = to_string(failure.error());
    if (failure.error() == socks::errc::refused) return text(failure.code());
    if (failure.error() == socks::errc::no_acceptable_method)
        return what + ", the client offers " + methods_of(received);
    if (failure.error() == socks::errc::bad_command)
        return what + ", " + text(static_cast<socks::command>(failure.byte()));
    return what;
}

/// Why the connection with `whom` is lost.
inline std::string how_lost(std::string_view whom, int error) {
    if (error == ECONNRESET || error == EPIPE) return "reset by the " + std::string(whom);
    return "lost the " + std::string(whom) + ": " + std::strerror(error);
}

}  // namespace example

#endif
