// Which protocol a connection begins with, for a port that serves several of them. The first byte decides, and none
// behind it is looked at: what arrives later cannot change the verdict, and nothing is used.

#ifndef SOCKS_WIRE_SNIFF_HPP
#define SOCKS_WIRE_SNIFF_HPP

#include <socks/core/bytes.hpp>
#include <socks/core/error.hpp>

namespace socks {

/// What a client's first bytes begin. Closed: a switch without default is complete.
enum class protocol : uint8_t {
    need_more,  ///< nothing has arrived; some protocols wait for the server to speak
    socks4,     ///< SOCKS4 or SOCKS4a
    socks5,
    http,
    tls,
    ssh,
    other,
};

/// Tells what a client speaks by the bytes it sent first.
///
///     switch (socks::sniff(peeked)) {
///     case socks::protocol::socks4: case socks::protocol::socks5: return serve(socks::server{}, peeked);
///     case socks::protocol::http: ...
///
/// The server agrees with it: it serves what is socks4 or socks5, and names the others by the same byte.
///
/// @param in  what was received from the beginning of the stream; may be one byte, may be anything.
/// @returns   socks4 for 4 and socks5 for 5; http, tls and ssh as identify_foreign_protocol() tells them, so that an HTTP method with
///            an S in front is taken for ssh; need_more for no bytes.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr protocol sniff(bytes in) noexcept {
    if (in.empty()) return protocol::need_more;
    if (in[0] == 4) return protocol::socks4;
    if (in[0] == 5) return protocol::socks5;
    const errc verdict = identify_foreign_protocol(in[0]);
    return verdict == errc::peer_is_http  ? protocol::http
           : verdict == errc::peer_is_tls ? protocol::tls
           : verdict == errc::peer_is_ssh ? protocol::ssh
                                          : protocol::other;
}

/// The protocol in words, for a log.
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* to_string(protocol p) noexcept {
    switch (p) {
        case protocol::need_more: return "nothing yet";
        case protocol::socks4: return "SOCKS4";
        case protocol::socks5: return "SOCKS5";
        case protocol::http: return "HTTP";
        case protocol::tls: return "TLS";
        case protocol::ssh: return "SSH";
        case protocol::other: return "another protocol";
    }
    return "unassigned";
}

}  // namespace socks

#endif
