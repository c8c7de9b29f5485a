// Decodes and encodes the two messages of SOCKS4 and SOCKS4a: request and reply. The strings of a request
// have no length and end with a NUL, so a decoder must search for the end. The search can resume when more
// bytes arrive. A string is refused at its 256th byte.

#ifndef SOCKS_WIRE_SOCKS4_HPP
#define SOCKS_WIRE_SOCKS4_HPP

#include <socks/core/request.hpp>
#include <socks/core/tolerance.hpp>
#include <socks/wire/reader.hpp>
#include <socks/wire/writer.hpp>

namespace socks {

/// The request of a client. If the destination is a name, it is a SOCKS4a request.
struct request4 {
    socks::command command = socks::command::connect;  ///< what the proxy must do
    endpoint to{};                                     ///< the destination
    bytes user{};                                      ///< the user ID
};

/// The reply of a server.
struct reply4 {
    code4 code = code4::rejected;  ///< whether the request was granted, or why not
    endpoint bound{};              ///< as reply::bound
};

namespace detail {

inline constexpr size_t head4 = 8;          // VN CD DSTPORT DSTIP
inline constexpr size_t max_string4 = 255;  // without its NUL

// Where the name begins, after the user ID and its NUL. Without a name, the request ends there.
constexpr size_t name_offset4(size_t user) noexcept { return head4 + user + 1; }

constexpr size_t request_size4(const host& to, size_t user) noexcept {
    return name_offset4(user) + (to.kind() == host_kind::name ? to.name().size() + 1 : 0);
}

constexpr bool is_named4(bytes head) noexcept { return is_name_marker(reader(head.subspan(4)).v4()); }

}  // namespace detail

/// The search for the end of a SOCKS4 request. It stores the position that it has reached, so no byte is
/// searched twice, even if the request arrives byte by byte.
class scan4 {
  public:
    /// Continues the search. After a size or an error, every later call returns the same result.
    ///
    /// @param in  the request from its first byte. It must not be shorter than at the last call.
    /// @returns   the size of the request, needed() >= 1, or error(); the same as decode_request4.
    /// @errors    those of decode_request4, and
    ///            input_shrank  `in` has fewer bytes than were already searched
    /// @cost      O(bytes not yet searched), constexpr, noexcept.
    SOCKS_ALWAYS_INLINE constexpr message_size resume(bytes in) noexcept {
        const size_t n = in.size();
        if (n > 0 && in[0] != 4) return errc::bad_version;
        if (n > 1 && is_socks5_only(static_cast<command>(in[1]))) return errc::bad_command;
        if (n < seen_) {
            if (seen_ != detail::head4) return errc::input_shrank;
            return message_size::incomplete(detail::head4 + 1 - n);
        }
        const bool named = detail::is_named4(in);
        if (!in_name_) {
            if (!find_nul(in, detail::head4)) {
                if (n > detail::head4 + detail::max_string4) return errc::user_too_long;
                return message_size::incomplete(named ? 3 : 1);
            }
            user_ = static_cast<uint8_t>(seen_ - detail::head4);
            if (!named) return message_size::complete(seen_ + 1U);
            ++seen_;
            in_name_ = true;
        }
        const size_t begin = detail::name_offset4(user_);
        if (!find_nul(in, begin)) {
            if (n > begin + detail::max_string4) return errc::name_too_long;
            return message_size::incomplete(n == begin ? 2 : 1);
        }
        if (seen_ == begin) return errc::empty_name;
        return message_size::complete(seen_ + 1U);
    }

    /// The size of the user ID without its NUL. Valid after resume() returned a size.
    [[nodiscard]] constexpr uint8_t user_size() const noexcept { return user_; }

  private:
    // Whether the string that begins at `begin` ends within its first 256 bytes. Its NUL is then at seen_.
    SOCKS_ALWAYS_INLINE constexpr bool find_nul(bytes in, size_t begin) noexcept {
        const size_t limit = begin + detail::max_string4 + 1;
        const size_t stop = limit < in.size() ? limit : in.size();
        const size_t end = detail::find(in.data(), seen_, stop, '\0');
        seen_ = static_cast<uint16_t>(end);
        return end < stop;
    }

    uint16_t seen_ = detail::head4;
    uint8_t user_ = 0;
    bool in_name_ = false;
};

namespace detail {

SOCKS_ALWAYS_INLINE constexpr request4 read_request4(bytes message, size_t user) noexcept {
    reader r(message.subspan(1));
    const auto requested = static_cast<command>(r.u8());
    const uint16_t port = r.u16();
    const ipv4 address = r.v4();
    const bytes user_id = r.take(user);
    if (!is_name_marker(address)) return {requested, {address, port}, user_id};
    return {requested, {validated_name(r.rest().subspan(1).first(r.rest().size() - 2)), port}, user_id};
}

SOCKS_ALWAYS_INLINE constexpr message_size measure_reply4(bytes in, tolerance tolerated) noexcept {
    if (!in.empty() && !is_reply4_version(in[0], tolerated)) return errc::bad_version;
    if (in.size() < head4) return message_size::incomplete(head4 - in.size());
    return message_size::complete(head4);
}

SOCKS_ALWAYS_INLINE constexpr endpoint read_bound4(bytes message) noexcept {
    reader r(message.subspan(2));
    const uint16_t port = r.u16();
    return {r.v4(), port};
}

}  // namespace detail

/// Decodes one SOCKS4 or SOCKS4a request from the front of `in`.
///
///     VN  CD  DSTPORT        DSTIP  USERID  NUL  [ NAME   NUL ]
///      1   1  2, big endian    4    0..255   1   [ 1..255  1  ]     9..520 bytes
///
/// The part in brackets is present if DSTIP is 0.0.0.x with x other than 0. An unknown command is a value. A
/// number that only SOCKS5 uses is an error, because `command` would give it the meaning that it has in
/// SOCKS5.
///
/// @param in  received bytes that are not yet consumed. May end early; may contain later bytes.
/// @returns   a value with consumed() in 9..520, or needed() >= 1, or error().
/// @errors    bad_version    byte 0 is not 4                     (as soon as 1 byte is there)
///            bad_command    byte 1 is_socks5_only               (as soon as 2 bytes are there)
///            user_too_long  no NUL within 255 bytes of user ID  (at the 256th byte)
///            name_too_long  no NUL within 255 bytes of name     (at the 256th byte)
///            empty_name     a name of no bytes                  (at its NUL)
/// @lifetime  user and name point into `in`.
/// @cost      O(size), constexpr, noexcept. To avoid searching the same bytes again, use scan4.
/// @rfc       the SOCKS4 and SOCKS4a memos
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<request4> decode_request4(
    bytes in SOCKS_LIFETIMEBOUND) noexcept {
    scan4 scan;
    const message_size size = scan.resume(in);
    if (!size) return decoded<request4>(size);
    const size_t user = scan.user_size();
    const auto read = [&]()
                          SOCKS_LAMBDA_ALWAYS_INLINE { return detail::read_request4(in.first(*size), user); };
    return {read, *size};
}

namespace detail {

// The caller has validated the request. If `out` is too small, needed() is the capacity that it needs.
SOCKS_INLINE_UNLESS_SIZE constexpr message_size write_request4(command requested, const endpoint& to,
                                                               bytes user, buffer out) noexcept {
    const bool named = to.host.kind() == host_kind::name;
    const bytes name = to.host.name();
    const size_t size = request_size4(to.host, user.size());
    if (out.capacity() < size) return message_size::incomplete(size);
    ipv4 address;
    if (named) address.bytes[3] = 1;
    if (to.host.kind() == host_kind::ipv4) address = to.host.v4();
    const uint16_t port = to.port;
    if (named) {
        char* const name_field = out.data() + name_offset4(user.size());
        if (overlap(user.data(), user.size(), name_field, name.size() + 1)) return errc::overlap;
        move_text(name_field, name.data(), name.size());
    }
    move_text(out.data() + head4, user.data(), user.size());
    writer w(out);
    w.u8(4).u8(static_cast<uint8_t>(requested)).u16(port).v4(address).skip(user.size()).u8(0);
    if (named) w.skip(name.size()).u8(0);
    return message_size::complete(size);
}

}  // namespace detail

/// The number of bytes that encode_request4 writes. Meaningless if the message is invalid.
[[nodiscard]] constexpr size_t encoded_size(const request4& r) noexcept {
    return detail::request_size4(r.to.host, r.user.size());
}

/// Encodes a SOCKS4 request into `out`, or a SOCKS4a request if the destination is a name. Wire format: see
/// decode_request4. host_kind::none is written as 0.0.0.0, and the address 0.0.0.1 marks a SOCKS4a request.
/// User ID and name may be in `out` already; they are moved.
/// @errors    command_over_socks4   the command is_socks5_only
///            bad_host              the text of the host is invalid, or a name is empty or contains a NUL
///            bad_host_byte         the text of the host contains a byte other than visible ASCII
///            bad_user              more than 255 bytes, or a NUL
///            ipv6_over_socks4      an IPv6 address
///            reserved_over_socks4  an address that means "a name follows"
///            no_space              out is smaller than encoded_size
///            overlap               the user lies where the name must be written
/// @lifetime  the bytes are in `out`.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       the SOCKS4 and SOCKS4a memos
SOCKS_INLINE_UNLESS_SIZE constexpr encoded encode_request4(const request4& r,
                                                           buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (is_socks5_only(r.command)) return errc::command_over_socks4;
    if (r.user.size() > detail::max_string4 || r.user.contains('\0')) return errc::bad_user;
    if (!r.to.host.is_sendable()) return r.to.host.error();
    const errc fault = detail::address_fault4(r.to.host);
    if (fault != errc::none) return fault;
    return {out, detail::write_request4(r.command, r.to, r.user, out)};
}

/// Decodes one SOCKS4 reply from the front of `in`.
///
///     VN  CD  DSTPORT        DSTIP
///      1   1  2, big endian    4                   8 bytes
///
/// VN is the version of the reply, 0. A refusal (CD != 90) is a value, because the reply is valid. Port and
/// address have a meaning after BIND only.
///
/// @returns   a value with consumed() == 8, or needed() >= 1, or error().
/// @errors    bad_version  byte 0 is not 0 (nor 4, unless strict)   (as soon as 1 byte is there)
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       the SOCKS4 memo
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<reply4> decode_reply4(
    bytes in, tolerance tolerated = lenient) noexcept {
    const message_size size = detail::measure_reply4(in, tolerated);
    if (!size) return decoded<reply4>(size);
    const auto read = [&]() SOCKS_LAMBDA_ALWAYS_INLINE {
        return reply4{static_cast<code4>(in[1]), detail::read_bound4(in.first(*size))};
    };
    return {read, *size};
}

/// The number of bytes that encode_reply4 writes.
inline constexpr size_t reply4_size = detail::head4;

namespace detail {

// If `out` is too small, needed() is the capacity that it needs.
SOCKS_INLINE_UNLESS_SIZE constexpr message_size write_frame4(uint8_t code, const endpoint& bound,
                                                             buffer out) noexcept {
    if (out.capacity() < reply4_size) return message_size::incomplete(reply4_size);
    writer w(out);
    w.u8(0).u8(code).u16(bound.port).v4(bound.host.kind() == host_kind::ipv4 ? bound.host.v4() : ipv4{});
    return message_size::complete(reply4_size);
}

// The first two bytes of a refusal. A SOCKS5 client reads them as a method selection and reads no further.
SOCKS_ALWAYS_INLINE constexpr message_size write_short_refusal4(buffer out) noexcept {
    return write_pair(0, static_cast<uint8_t>(code4::rejected), out);
}

}  // namespace detail

/// Encodes a SOCKS4 reply into `out`. Wire format: see decode_reply4. SOCKS4 can only carry an IPv4 address,
/// so any other bound host is written as 0.0.0.0.
/// @errors    no_space  out is smaller than 8 bytes
/// @lifetime  the bytes are in `out`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       the SOCKS4 memo
SOCKS_ALWAYS_INLINE constexpr encoded encode_reply4(const reply4& r,
                                                    buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return {out, detail::write_frame4(static_cast<uint8_t>(r.code), r.bound, out)};
}

}  // namespace socks

#endif
