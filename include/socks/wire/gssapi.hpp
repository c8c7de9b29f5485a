// Decodes and encodes the messages of the GSSAPI method, RFC 1961: a head of four bytes and a token, over TCP
// and UDP. Your GSSAPI mechanism produces the tokens and unwraps them.
//
//     client                                   server
//     authentication, as often as needed  <->  authentication
//     protection_level, wrapped           ->
//                                         <-   protection_level, wrapped: see protection_fault
//     user_data, wrapped at that level    <->  user_data: the request and everything after it

#ifndef SOCKS_WIRE_GSSAPI_HPP
#define SOCKS_WIRE_GSSAPI_HPP

#include <socks/core/numbers.hpp>
#include <socks/core/tolerance.hpp>
#include <socks/wire/reader.hpp>
#include <socks/wire/writer.hpp>

namespace socks {

/// One GSSAPI message.
/// @lifetime  the token points into the decoded bytes, or into the bytes that you passed.
struct gssapi_message {
    gssapi_type type = gssapi_type::authentication;  ///< what the token is for
    bytes token{};  ///< the token, which your GSSAPI mechanism produces and reads
};

inline constexpr size_t gssapi_head_size = 4;       ///< VER, MTYP and LEN before each token
inline constexpr size_t max_gssapi_token = 65'535;  ///< the maximum of LEN

namespace detail {

constexpr size_t min_token(gssapi_type type) noexcept { return type == gssapi_type::authentication ? 0 : 1; }

}  // namespace detail

/// Decodes one GSSAPI message of the expected type from the front of `in`.
///
///     VER  MTYP  LEN             TOKEN
///      1    1     2, big endian  0..65535         4..65539 bytes
///
/// A token that is too long is refused as soon as its length is known. Only an authentication message may
/// have an empty token: a server sends it when its mechanism is ready and has no token to send. Instead of
/// any message, a peer may send an abort: two bytes without a length.
///
/// @param in         received bytes that are not yet consumed. May end early; may contain later messages.
/// @param expected   the only accepted type.
/// @param max_token  the longest accepted token: the capacity of your input buffer minus gssapi_head_size.
/// @returns   a value with consumed() in 4..4 + max_token, or needed() >= 1, or error().
/// @errors    bad_version         byte 0 is not 1 (nor 5, unless strict)       (as soon as 1 byte is there)
///            negotiation_failed  byte 1 is 0xff: the peer aborts              (as soon as 2 bytes are there)
///            bad_message_type    byte 1 is not the `expected` type            (as soon as 2 bytes are there)
///            bad_length          LEN is more than `max_token`, or is 0 and authentication is not expected
///                                                                            (as soon as 4 bytes are there)
/// @lifetime  the token points into `in`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1961 sections 3.4, 3.6 to 3.8, 4.3 and 5
[[nodiscard]] constexpr decoded<gssapi_message> decode_gssapi(bytes in SOCKS_LIFETIMEBOUND,
                                                              gssapi_type expected, size_t max_token,
                                                              tolerance tolerated = lenient) noexcept {
    using message = decoded<gssapi_message>;
    const size_t n = in.size();
    if (n > 0 && !detail::is_auth_version(in[0], tolerated)) return errc::bad_version;
    // An abort has only two bytes, so a complete head would never arrive.
    if (n < 2) return message::incomplete(2 - n);
    const auto type = static_cast<gssapi_type>(in[1]);
    if (type == gssapi_type::abort) return errc::negotiation_failed;
    if (type != expected) return errc::bad_message_type;
    const size_t min_size = detail::min_token(expected);
    if (n < gssapi_head_size) return message::incomplete(gssapi_head_size + min_size - n);
    const size_t length = size_t{in[2]} << 8 | in[3];
    if (length < min_size || length > max_token) return errc::bad_length;
    const size_t size = gssapi_head_size + length;
    if (n < size) return message::incomplete(size - n);
    return {{type, in.first(size).subspan(gssapi_head_size)}, size};
}

/// Decodes a UDP datagram of an association that GSSAPI authenticated: exactly one message of user data. Its
/// unwrapped token is a datagram with the usual header. Datagrams can be lost or reordered, so the security
/// context must not check their sequence.
///
/// @param datagram  all bytes of one datagram.
/// @returns   a value with consumed() == datagram.size(), or error(). needed() is always 0.
/// @errors    those of decode_gssapi, and
///            bad_length  message and datagram do not end at the same byte
/// @lifetime  the token points into `datagram`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1961 sections 3.2 and 5; 1928 section 7
[[nodiscard]] constexpr decoded<gssapi_message> decode_gssapi_datagram(
    bytes datagram SOCKS_LIFETIMEBOUND, tolerance tolerated = lenient) noexcept {
    const decoded<gssapi_message> d =
        decode_gssapi(datagram, gssapi_type::user_data, max_gssapi_token, tolerated);
    const bool exact = d && d.consumed() == datagram.size();
    return exact || d.error() != errc::none ? d : decoded<gssapi_message>(errc::bad_length);
}

/// The number of bytes that encode_gssapi writes. Meaningless if the message is invalid.
[[nodiscard]] constexpr size_t encoded_size(const gssapi_message& m) noexcept {
    return m.type == gssapi_type::abort ? 2 : gssapi_head_size + m.token.size();
}

/// Encodes a GSSAPI message into `out`. Wire format: see decode_gssapi. An abort has no length and no token.
/// The token may be in `out` already; it is moved.
/// @errors    bad_token  the token has more than 65535 bytes, or is empty in a message other than
///                       authentication
///            no_space   out is smaller than encoded_size
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       1961 sections 3.4, 3.6 to 3.8, 4.3 and 5
constexpr encoded encode_gssapi(const gssapi_message& m, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    const bool abort = m.type == gssapi_type::abort;
    if (!abort && (m.token.size() < detail::min_token(m.type) || m.token.size() > max_gssapi_token))
        return errc::bad_token;
    if (out.capacity() < encoded_size(m)) return encoded::no_space(encoded_size(m));
    const bytes token = m.token;
    if (!abort) detail::move_bytes(out.data() + gssapi_head_size, token.data(), token.size());
    writer w(out);
    w.u8(1).u8(static_cast<uint8_t>(m.type));
    return abort ? w.written() : w.u16(static_cast<uint16_t>(token.size())).skip(token.size()).written();
}

/// Decodes the level from the unwrapped token of a protection_level message.
///
/// The implementation of NEC does not wrap the level, so there the token itself is the input. An attacker
/// between client and server can then change the level. Accept that only from peers that are known to need
/// it.
///
/// @returns   a value with consumed() == 1, or error(). needed() is always 0.
/// @errors    bad_length  not exactly one byte
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1961 section 4.4
[[nodiscard]] constexpr decoded<protection> decode_protection(bytes unwrapped) noexcept {
    if (unwrapped.size() != 1) return errc::bad_length;
    return {static_cast<protection>(unwrapped[0]), 1};
}

/// The number of bytes that encode_protection writes.
inline constexpr size_t protection_size = 1;

/// Encodes a level into `out`. Wrap it without confidentiality and send it in a protection_level message.
/// @errors    no_space  out is smaller than 1 byte
/// @lifetime  the byte is in `out`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1961 section 4.4
constexpr encoded encode_protection(protection p, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (out.capacity() < protection_size) return encoded::no_space(protection_size);
    return writer(out).u8(static_cast<uint8_t>(p)).written();
}

namespace detail {

constexpr int strength(protection p, int if_unassigned) noexcept {
    switch (p) {
        case protection::none: return 0;
        case protection::integrity:
        case protection::selective: return 1;
        case protection::confidentiality: return 2;
    }
    return if_unassigned;
}

}  // namespace detail

/// The weakest acceptable level of protection. It is a separate type, so that you cannot confuse it with the
/// chosen level.
struct at_least {
    protection level;  ///< the demanded level
};

/// Whether `chosen`, the level in the answer of the server, protects at least as much as `demanded`. On an
/// error, close the connection. Otherwise data that must be protected is sent without protection.
///
/// A selective level guarantees integrity but not confidentiality of every message. An unassigned level
/// guarantees nothing and is always refused.
///
/// @errors    weak_protection  `chosen` protects less
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1961 section 4.4
[[nodiscard]] constexpr errc protection_fault(protection chosen, at_least demanded) noexcept {
    const bool enough = detail::strength(chosen, -1) >= detail::strength(demanded.level, 3);
    return enough ? errc::none : errc::weak_protection;
}

}  // namespace socks

#endif
