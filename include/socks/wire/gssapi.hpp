// The messages of the GSSAPI method, RFC 1961: a head of four bytes and a token, over TCP and over UDP.
// What is in a token is the mechanism's affair: the caller makes tokens, and unwraps them.
//
//     client                                   server
//     authentication, as often as needed  <->  authentication
//     protection_level, wrapped           ->
//                                         <-   protection_level, wrapped: see protection_fault
//     user_data, wrapped at that level    <->  user_data: from the request on, all that SOCKS and its users say

#ifndef SOCKS_WIRE_GSSAPI_HPP
#define SOCKS_WIRE_GSSAPI_HPP

#include <socks/core/numbers.hpp>
#include <socks/core/tolerance.hpp>
#include <socks/wire/reader.hpp>
#include <socks/wire/writer.hpp>

namespace socks {

/// One GSSAPI message.
/// @lifetime  the token points into the decoded bytes, or wherever it was made.
struct gssapi_message {
    gssapi_type type = gssapi_type::authentication;
    bytes token{};
};

inline constexpr size_t gssapi_head_size = 4;       ///< VER, MTYP and LEN, in front of each token
inline constexpr size_t max_gssapi_token = 65'535;  ///< what LEN can count to

namespace detail {

constexpr size_t least_token(gssapi_type type) noexcept {
    return type == gssapi_type::authentication ? 0 : 1;
}

}  // namespace detail

/// Decodes one GSSAPI message of the type that is due from the front of `in`.
///
///     VER  MTYP  LEN             TOKEN
///      1    1     2, big endian  0..65535         4..65539 bytes
///
/// A token that is longer than the caller can hold is refused at its length, not waited for. Only authentication may
/// have a token of no bytes: a server whose mechanism has nothing left to say is ready. An abort, two bytes without
/// a length, may come in place of any message.
///
/// @param in         received, not yet used, oldest first. May be short; may hold later messages.
/// @param due        the only type that is accepted.
/// @param max_token  the longest token that the caller takes: the room of its buffer less gssapi_head_size.
/// @returns   a value with consumed() in 4..4 + max_token, or needed() >= 1, or error().
/// @errors    bad_version         byte 0 is not 1 (nor 5, unless strict)         (as soon as 1 byte is there)
///            negotiation_failed  byte 1 is 0xff: the peer aborts                (as soon as 2 bytes are there)
///            bad_message_type    byte 1 is another type than `due`              (as soon as 2 bytes are there)
///            bad_length          LEN is more than `max_token`, or 0 unless authentication is due
///                                                                                (as soon as 4 bytes are there)
/// @lifetime  the token points into `in`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1961 sections 3.4, 3.6 to 3.8, 4.3 and 5
[[nodiscard]] constexpr decoded<gssapi_message> decode_gssapi(bytes in SOCKS_LIFETIMEBOUND, gssapi_type due,
                                                              size_t max_token,
                                                              tolerance tolerated = lenient) noexcept {
    using message = decoded<gssapi_message>;
    const size_t n = in.size();
    if (n > 0 && !detail::is_auth_version(in[0], tolerated)) return errc::bad_version;
    // Two bytes may be all that comes: asking for a head would wait for ever behind an abort.
    if (n < 2) return message::incomplete(2 - n);
    const auto type = static_cast<gssapi_type>(in[1]);
    if (type == gssapi_type::abort) return errc::negotiation_failed;
    if (type != due) return errc::bad_message_type;
    const size_t least = detail::least_token(due);
    if (n < gssapi_head_size) return message::incomplete(gssapi_head_size + least - n);
    const size_t length = size_t{in[2]} << 8 | in[3];
    if (length < least || length > max_token) return errc::bad_length;
    const size_t whole = gssapi_head_size + length;
    if (n < whole) return message::incomplete(whole - n);
    return {{type, in.first(whole).subspan(gssapi_head_size)}, whole};
}

/// Decodes a UDP datagram that was received over an association authenticated by GSSAPI: one message of user data,
/// no more and no less. What its token unwraps to is a datagram with the usual header. Datagrams get lost and overtake
/// each other: the security context must not insist on their sequence.
///
/// @param datagram  all of its bytes.
/// @returns   a value with consumed() == datagram.size(), or error(). A datagram is whole: needed() is always 0.
/// @errors    those of decode_gssapi, and
///            bad_length  the message ends before the datagram, or the datagram before the message
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

/// Bytes that encode_gssapi makes.
[[nodiscard]] constexpr size_t encoded_size(const gssapi_message& m) noexcept {
    return m.type == gssapi_type::abort ? 2 : gssapi_head_size + m.token.size();
}

/// Encodes a GSSAPI message into `out`; the picture is decode_gssapi's. An abort has no token and no length. A token that
/// lies in `out` is moved.
/// @errors    bad_token  a token of more than 65535 bytes, or none unless it is for authentication
///            no_space   out is smaller than encoded_size
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       1961 sections 3.4, 3.6 to 3.8, 4.3 and 5
constexpr encoded encode_gssapi(const gssapi_message& m, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    const bool abort = m.type == gssapi_type::abort;
    if (!abort && (m.token.size() < detail::least_token(m.type) || m.token.size() > max_gssapi_token))
        return errc::bad_token;
    if (out.capacity() < encoded_size(m)) return encoded::no_space(encoded_size(m));
    const bytes token = m.token;
    if (!abort) detail::move_bytes(out.data() + gssapi_head_size, token.data(), token.size());
    writer w(out);
    w.u8(1).u8(static_cast<uint8_t>(m.type));
    return abort ? w.written() : w.u16(static_cast<uint16_t>(token.size())).skip(token.size()).written();
}

/// Decodes the level from what the token of a protection_level message unwraps to.
///
/// The variant of NEC's implementation does not wrap it: there, this is the token itself. Anyone between client and
/// server can then change the level, so take that only from peers that are known to need it.
///
/// @returns   a value with consumed() == 1, or error(). The input is whole: needed() is always 0.
/// @errors    bad_length  not exactly one byte
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1961 section 4.4
[[nodiscard]] constexpr decoded<protection> decode_protection(bytes unwrapped) noexcept {
    if (unwrapped.size() != 1) return errc::bad_length;
    return {static_cast<protection>(unwrapped[0]), 1};
}

/// Bytes that encode_protection makes.
inline constexpr size_t protection_size = 1;

/// Encodes a level into `out`, to be wrapped without confidentiality and sent in a protection_level message.
/// @errors    no_space  out is smaller than 1 byte
/// @lifetime  the byte is in `out`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1961 section 4.4
constexpr encoded encode_protection(protection p, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (out.capacity() < protection_size) return encoded::no_space(protection_size);
    return writer(out).u8(static_cast<uint8_t>(p)).written();
}

namespace detail {

constexpr int strength(protection p, int unnamed) noexcept {
    switch (p) {
        case protection::none: return 0;
        case protection::integrity:
        case protection::selective: return 1;
        case protection::confidentiality: return 2;
    }
    return unnamed;
}

}  // namespace detail

/// The weakest level of protection that is good enough: a type of its own, so that it cannot be taken for the level
/// that was chosen.
struct at_least {
    protection level;
};

/// Whether `chosen`, the level in the server's answer, protects as much as is demanded. What is refused here
/// must end the connection: to go on would send in the clear what was to be protected.
///
/// Confidentiality means that of every message, which a selective level does not promise; it promises integrity.
/// A level without a name promises nothing, not even how to go on, and satisfies no demand.
///
/// @errors    weak_protection  it protects less
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1961 section 4.4
[[nodiscard]] constexpr errc protection_fault(protection chosen, at_least demanded) noexcept {
    const bool enough = detail::strength(chosen, -1) >= detail::strength(demanded.level, 3);
    return enough ? errc::none : errc::weak_protection;
}

}  // namespace socks

#endif
