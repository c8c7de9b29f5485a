// Identifies the protocol of a connection, for a port that serves several protocols. Only the first byte is
// read, so later bytes cannot change the result. No byte is consumed.

#ifndef SOCKS_WIRE_SNIFF_HPP
#define SOCKS_WIRE_SNIFF_HPP

#include <socks/core/bytes.hpp>
#include <socks/core/error.hpp>

namespace socks {

/// The protocol of a client. A switch over all values needs no default.
enum class protocol : uint8_t {
    need_more,  ///< no byte was received; in some protocols the server sends first
    socks4,     ///< SOCKS4 or SOCKS4a
    socks5,
    http,
    tls,
    ssh,
    other,
};

/// Identifies the protocol of a client by its first byte.
///
///     switch (socks::sniff(peeked)) {
///     case socks::protocol::socks4: case socks::protocol::socks5: return serve(socks::server{}, peeked);
///     case socks::protocol::http: ...
///
/// The server machine has the same result: it serves socks4 and socks5, and reports the others as errors.
///
/// @param in  the received bytes from the beginning of the stream; one byte is enough.
/// @returns   socks4 for 4, socks5 for 5, need_more for no bytes; http, tls, ssh and other as in
///            identify_foreign_protocol. An HTTP method that begins with S is reported as ssh.
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

/// The name of the protocol, for a log.
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
