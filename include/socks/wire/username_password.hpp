// Decodes and encodes the username/password sub-negotiation of SOCKS5: a request and a status.

#ifndef SOCKS_WIRE_USERNAME_PASSWORD_HPP
#define SOCKS_WIRE_USERNAME_PASSWORD_HPP

#include <socks/core/request.hpp>
#include <socks/core/tolerance.hpp>
#include <socks/wire/reader.hpp>
#include <socks/wire/writer.hpp>

namespace socks {

namespace detail {

SOCKS_ALWAYS_INLINE constexpr message_size measure_credentials(bytes in, tolerance tolerated) noexcept {
    const size_t n = in.size();
    const size_t min_size = tolerated.empty_credentials ? 0 : 1;
    if (n > 0 && in[0] != 1 && !(in[0] == 5 && tolerated.credentials_version_5)) return errc::bad_version;
    if (n < 2) return message_size::incomplete(3 + 2 * min_size - n);
    const size_t user = in[1];
    if (user < min_size) return errc::empty_credentials;
    if (n < 3 + user) return message_size::incomplete(3 + user + min_size - n);
    const size_t password = in[2 + user];
    if (password < min_size) return errc::empty_credentials;
    const size_t size = 3 + user + password;
    if (n < size) return message_size::incomplete(size - n);
    return message_size::complete(size);
}

SOCKS_ALWAYS_INLINE constexpr credentials read_credentials(bytes message) noexcept {
    reader r(message.subspan(1));
    const bytes user = r.take(r.u8());
    return {user, r.take(r.u8())};
}

SOCKS_ALWAYS_INLINE constexpr message_size measure_auth_status(bytes in, tolerance tolerated) noexcept {
    if (!in.empty() && !is_auth_version(in[0], tolerated)) return errc::bad_version;
    return in.size() < 2 ? message_size::incomplete(2 - in.size()) : message_size::complete(2);
}

}  // namespace detail

/// Decodes one username/password request from the front of `in`.
///
///     VER  ULEN  UNAME   PLEN  PASSWD
///      1     1   0..255    1   0..255              3..513 bytes
///
/// VER is 1, the version of the sub-negotiation. User name and password may contain any byte, including NUL.
///
/// @param in  received bytes that are not yet consumed. May end early; may contain later messages.
/// @returns   a value with consumed() in 3..513, or needed() >= 1, or error().
/// @errors    bad_version        byte 0 is not 1, and not a tolerated 5 (as soon as 1 byte is there)
///            empty_credentials  ULEN or PLEN is 0, strict only (as soon as that byte is there)
/// @lifetime  user and password point into `in`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1929 section 2
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<credentials> decode_credentials(
    bytes in SOCKS_LIFETIMEBOUND, tolerance tolerated = lenient) noexcept {
    const message_size size = detail::measure_credentials(in, tolerated);
    if (!size) return decoded<credentials>(size);
    return {detail::read_credentials(in.first(*size)), *size};
}

/// The number of bytes that encode_credentials writes. Meaningless if the message is invalid.
[[nodiscard]] constexpr size_t encoded_size(const credentials& c) noexcept {
    return 3 + c.user.size() + c.password.size();
}

namespace detail {

// If `out` is too small, needed() is the capacity that it needs.
SOCKS_INLINE_UNLESS_SIZE constexpr message_size write_credentials(const credentials& c, buffer out) noexcept {
    if (!c.given) return errc::no_credentials;
    if (c.user.size() > 255) return errc::bad_user;
    if (c.password.size() > 255) return errc::bad_password;
    const size_t size = encoded_size(c);
    if (out.capacity() < size) return message_size::incomplete(size);
    const bytes user = c.user;
    const bytes password = c.password;
    char* const password_field = out.data() + 3 + user.size();
    if (overlap(user.data(), user.size(), password_field, password.size())) return errc::overlap;
    move_text(password_field, password.data(), password.size());
    move_text(out.data() + 2, user.data(), user.size());
    writer w(out);
    w.u8(1).u8(static_cast<uint8_t>(user.size())).skip(user.size());
    w.u8(static_cast<uint8_t>(password.size()));
    return message_size::complete(size);
}

}  // namespace detail

/// Encodes a username/password request into `out`. Wire format: see decode_credentials. User name and
/// password may be in `out` already; they are moved.
/// @errors    no_credentials  c.given is false
///            bad_user        more than 255 bytes
///            bad_password    more than 255 bytes
///            no_space        out is smaller than encoded_size
///            overlap         the user lies where the password must be written
/// @lifetime  `out` contains the password as plain text: wipe it after sending.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       1929 section 2
SOCKS_ALWAYS_INLINE constexpr encoded encode_credentials(const credentials& c,
                                                         buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return {out, detail::write_credentials(c, out)};
}

/// Decodes the status of a username/password request: 0 is success, any other byte is a refusal.
///
///     VER  STATUS
///      1      1                                   2 bytes
///
/// @returns   a value with consumed() == 2, or needed() >= 1, or error().
/// @errors    bad_version  byte 0 is not 1 (nor 5, unless strict)   (as soon as 1 byte is there)
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1929 section 2
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<uint8_t> decode_auth_status(
    bytes in, tolerance tolerated = lenient) noexcept {
    const message_size size = detail::measure_auth_status(in, tolerated);
    if (!size) return decoded<uint8_t>(size);
    return {in[1], *size};
}

/// The number of bytes that encode_auth_status writes.
inline constexpr size_t auth_status_size = 2;

/// Encodes the status of a username/password request into `out`. Wire format: see decode_auth_status.
/// @errors    no_space  out is smaller than 2 bytes
/// @lifetime  the bytes are in `out`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1929 section 2
SOCKS_ALWAYS_INLINE constexpr encoded encode_auth_status(uint8_t status,
                                                         buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return {out, detail::write_pair(1, status, out)};
}

/// Whether two secrets are equal. The time depends only on their lengths.
///
/// Compare both the user name and the password before you use either result. Otherwise the time shows which
/// one differs.
///
/// @cost  O(size of the longer), constexpr, noexcept.
[[nodiscard]] constexpr bool constant_time_equal(bytes a, bytes b) noexcept {
    // If the lengths differ, the longer secret is compared with itself, so that it takes as long.
    const bool same_size = a.size() == b.size();
    const bytes longer = a.size() > b.size() ? a : b;
    const char* const p = longer.data();
    const char* const q = same_size ? a.data() : p;
    const size_t n = longer.size();
    size_t difference = same_size ? 0 : 1;
    size_t i = 0;
    if constexpr (detail::use_words) {
        for (; n - i >= sizeof(size_t); i += sizeof(size_t)) {
            difference |= detail::word_at<size_t>(p + i) ^ detail::word_at<size_t>(q + i);
            detail::hide_value(difference);
        }
    }
    for (; i < n; ++i) {
        difference |= static_cast<uint8_t>(p[i] ^ q[i]);
        detail::hide_value(difference);
    }
    return difference == 0;
}

}  // namespace socks

#endif
