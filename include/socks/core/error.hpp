// The reason why a handshake failed or a message was refused, and who is at fault.
// The numbers are stable. They are not the reply codes of a peer.

#ifndef SOCKS_CORE_ERROR_HPP
#define SOCKS_CORE_ERROR_HPP

#include <stdint.h>

#include <socks/config.hpp>

namespace socks {

/// The reason of a failure. A switch over all values needs no default.
enum class errc : uint8_t {
    none = 0,

    // The peer is at fault.
    peer_is_http = 1,             ///< its first byte begins an HTTP message
    peer_is_tls = 2,              ///< its first byte begins a TLS record
    peer_is_ssh = 3,              ///< its first byte begins an SSH banner
    not_socks = 4,                ///< its first byte belongs to no version of SOCKS
    bad_version = 5,              ///< a version byte that is not valid in this message
    version_refused = 6,          ///< this server does not accept this version of SOCKS
    authentication_required = 7,  ///< SOCKS4 has no authentication, but the server requires it
    bad_reserved = 8,             ///< a reserved byte is not zero (strict only)
    bad_address_type = 9,         ///< an address type other than 1, 3 and 4
    empty_name = 10,              ///< an empty host name
    nul_in_name = 11,             ///< a NUL in a host name
    name_too_long = 12,           ///< a SOCKS4a host name of more than 255 bytes
    user_too_long = 13,           ///< a SOCKS4 user ID of more than 255 bytes
    empty_credentials = 14,       ///< an empty user name or password (strict only)
    no_methods = 15,              ///< a greeting without methods
    no_acceptable_method = 16,    ///< client and server have no method in common
    method_not_offered = 17,      ///< the server chose a method that the client did not offer
    credentials_refused = 18,     ///< the server refused user name and password
    negotiation_failed = 19,      ///< the sub-negotiation of the selected method failed
    refused = 20,                 ///< the request was refused; the reply code says why
    fragmented = 21,              ///< a datagram is a fragment, and fragments are not accepted
    bad_length = 22,              ///< a length that contradicts its message
    bad_message_type = 23,        ///< a GSSAPI message of an unexpected type
    weak_protection = 24,         ///< a GSSAPI protection level below the required one
    spoke_first = 25,             ///< a proxy of a chain sent bytes before the greeting
    bad_command = 26,             ///< a SOCKS4 request with a command that only SOCKS5 has

    // The stream is at fault.
    closed = 32,              ///< the stream ended before a message
    truncated = 33,           ///< the stream ended in the middle of a message
    closed_while_bound = 34,  ///< the stream ended between the two replies to BIND
    unreachable = 35,         ///< no stream was opened, because the proxy could not be reached
    timed_out = 36,           ///< the caller's deadline passed
    stream_failed = 37,       ///< reading or writing failed, for example with ECONNRESET

    // The caller is at fault.
    no_space = 64,        ///< the output buffer is too small; nothing changed: call again with a larger one
    out_of_turn = 65,     ///< an answer that no action of the machine asked for
    finished = 66,        ///< a step after the end of the handshake
    bad_host = 67,        ///< text that is neither an address nor a host name
    no_host = 68,         ///< a command that needs a destination has none
    bad_user = 69,        ///< a user name of more than 255 bytes, or a NUL in a SOCKS4 user ID
    bad_password = 70,    ///< a password of more than 255 bytes, or a password in a SOCKS4 URI
    no_credentials = 71,  ///< username/password is in the list of methods, but credentials are missing
    bad_methods = 72,     ///< a list of methods that is empty, has more than 255, or contains 0xff
    command_over_socks4 = 73,   ///< a command that only SOCKS5 has, over SOCKS4
    name_over_socks4 = 74,      ///< a host name over SOCKS4; only SOCKS4a can carry it
    ipv6_over_socks4 = 75,      ///< an IPv6 address over SOCKS4
    reserved_over_socks4 = 76,  ///< 0.0.0.1 to 0.0.0.255 over SOCKS4, where it means "a name follows"
    bad_port = 77,              ///< an invalid port, or a missing one
    bad_route = 78,             ///< a route without proxies or with more than 255, or one that became shorter
    bad_scheme = 79,            ///< a URI whose scheme is not a SOCKS scheme
    bad_escape = 80,            ///< an escape without its digits
    bad_path = 81,              ///< bytes after the authority of a URI
    bad_schedule = 82,          ///< a number of a retry schedule is out of range
    bad_token = 83,      ///< a GSSAPI token of more than 65535 bytes, or an empty one that must not be empty
    bad_host_byte = 84,  ///< a host with a control byte, a space, DEL or a byte above 0x7e
    bad_count = 85,      ///< commit() or consume() was called with an impossible number of bytes
    input_shrank = 86,   ///< input was removed before a step consumed it
    overlap = 87,        ///< a text lies where the encoder writes another part of the message
    unsupported_version = 88,  ///< the machine was built without this version; see feature
    unsupported_command = 89,  ///< the machine was built without this command
    unsupported_method = 90,   ///< the machine was built without this authentication method
    unsupported_option = 91,   ///< the machine was built without the part that an option needs
    bad_attribute = 92,        ///< a CHAP message without attributes, with more than 255, or with a value of
                               ///< more than 255 bytes
};

/// Who can be at fault.
enum class party : uint8_t { none, peer, stream, caller };

/// Who is at fault for `e`. For a refusal (credentials_refused, negotiation_failed, refused) it is the peer,
/// in the client and in the server.
/// @cost  O(1), constexpr, noexcept.
[[nodiscard]] constexpr party blame(errc e) noexcept {
    const auto n = static_cast<uint8_t>(e);
    return n == 0 ? party::none : n < 32 ? party::peer : n < 64 ? party::stream : party::caller;
}

/// A phrase without a full stop that describes the error, for a log or an operator.
/// @lifetime  static.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr const char* to_string(errc e) noexcept {
    switch (e) {
        case errc::none: return "no error";
        case errc::peer_is_http: return "the peer speaks HTTP, not SOCKS";
        case errc::peer_is_tls: return "the peer speaks TLS, not SOCKS";
        case errc::peer_is_ssh: return "the peer speaks SSH, not SOCKS";
        case errc::not_socks: return "the peer does not speak SOCKS";
        case errc::bad_version: return "wrong version byte";
        case errc::version_refused: return "SOCKS version not accepted here";
        case errc::authentication_required:
            return "SOCKS4 cannot authenticate and authentication is required";
        case errc::bad_reserved: return "reserved byte is not zero";
        case errc::bad_address_type: return "unknown address type";
        case errc::empty_name: return "empty host name";
        case errc::nul_in_name: return "NUL inside a host name";
        case errc::name_too_long: return "host name longer than 255 bytes";
        case errc::user_too_long: return "user ID longer than 255 bytes";
        case errc::empty_credentials: return "empty user name or password";
        case errc::no_methods: return "no authentication method offered";
        case errc::no_acceptable_method: return "no acceptable authentication method";
        case errc::method_not_offered: return "the proxy chose an authentication method that was not offered";
        case errc::credentials_refused: return "user name and password refused";
        case errc::negotiation_failed: return "authentication failed";
        case errc::refused: return "request refused";
        case errc::fragmented: return "fragment of a datagram";
        case errc::bad_length: return "length contradicts the message";
        case errc::bad_message_type: return "GSSAPI message of the wrong type";
        case errc::weak_protection: return "GSSAPI protection level too low";
        case errc::spoke_first: return "the proxy spoke before it was greeted";
        case errc::bad_command: return "command of SOCKS5 in a SOCKS4 request";
        case errc::closed: return "connection closed before a message";
        case errc::truncated: return "connection closed inside a message";
        case errc::closed_while_bound: return "connection closed while waiting for the incoming connection";
        case errc::unreachable: return "the proxy could not be reached";
        case errc::timed_out: return "the deadline passed";
        case errc::stream_failed: return "reading or writing failed";
        case errc::no_space: return "not enough room for output";
        case errc::out_of_turn: return "answer without a question";
        case errc::finished: return "the handshake is already done";
        case errc::bad_host: return "neither an address nor a host name";
        case errc::no_host: return "no destination given";
        case errc::bad_user: return "unusable user name";
        case errc::bad_password: return "unusable password, or one over SOCKS4, which has none";
        case errc::no_credentials: return "username/password offered without credentials";
        case errc::bad_methods: return "unusable list of methods";
        case errc::command_over_socks4: return "SOCKS4 has no such command";
        case errc::name_over_socks4: return "SOCKS4 without 4a cannot carry a host name";
        case errc::ipv6_over_socks4: return "SOCKS4 cannot carry an IPv6 address";
        case errc::reserved_over_socks4: return "SOCKS4 cannot carry 0.0.0.1 to 0.0.0.255";
        case errc::bad_port: return "missing or bad port";
        case errc::bad_route: return "unusable route of proxies";
        case errc::bad_scheme: return "not a SOCKS URI";
        case errc::bad_escape: return "escape without its digits";
        case errc::bad_path: return "a proxy's URI ends with its port";
        case errc::bad_schedule: return "number of a retry schedule out of range";
        case errc::bad_token: return "unusable GSSAPI token";
        case errc::bad_host_byte:
            return "host name with a control byte, a space or non-ASCII (write A-labels)";
        case errc::bad_count: return "a mailbox was told of more bytes than there were, or of none";
        case errc::input_shrank: return "input was taken away before it was used";
        case errc::overlap: return "a text lies where another part of the message is written";
        case errc::unsupported_version: return "built without this version of SOCKS";
        case errc::unsupported_command: return "built without this command";
        case errc::unsupported_method: return "built without this authentication method";
        case errc::unsupported_option: return "built without the part that an option needs";
        case errc::bad_attribute: return "unusable CHAP attribute";
    }
    return "unknown error";
}

/// The error for a stream that begins with `first` instead of the expected SOCKS message. Only the first byte
/// is read, so later bytes cannot change the error.
///
/// @returns  peer_is_http  A..Z except S: "GET", "CONNECT", "HTTP/1.1"
///           peer_is_ssh   S: "SSH-2.0"
///           peer_is_tls   0x16, a handshake record, or 0x15, an alert
///           bad_version   0, 4 and 5, the first bytes of SOCKS messages
///           not_socks     anything else
/// @cost     O(1), constexpr, noexcept.
[[nodiscard]] SOCKS_INLINE_UNLESS_SIZE constexpr errc identify_foreign_protocol(uint8_t first) noexcept {
    if (first == 'S') return errc::peer_is_ssh;
    if (first >= 'A' && first <= 'Z') return errc::peer_is_http;
    if (first == 0x16 || first == 0x15) return errc::peer_is_tls;
    if (first == 0 || first == 4 || first == 5) return errc::bad_version;
    return errc::not_socks;
}

}  // namespace socks

#endif
