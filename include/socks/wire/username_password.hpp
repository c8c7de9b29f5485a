// The username/password sub-negotiation of SOCKS5: one request, one status. Bytes to values and back.

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
    const size_t least = tolerated.empty_credentials ? 0 : 1;
    if (n > 0 && in[0] != 1 && !(in[0] == 5 && tolerated.credentials_version_5)) return errc::bad_version;
    if (n < 2) return message_size::incomplete(3 + 2 * least - n);
    const size_t user = in[1];
    if (user < least) return errc::empty_credentials;
    if (n < 3 + user) return message_size::incomplete(3 + user + least - n);
    const size_t password = in[2 + user];
    if (password < least) return errc::empty_credentials;
    const size_t whole = 3 + user + password;
    if (n < whole) return message_size::incomplete(whole - n);
    return message_size::complete(whole);
}

SOCKS_ALWAYS_INLINE constexpr credentials read_credentials(bytes whole) noexcept {
    reader r(whole.subspan(1));
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
/// VER is 1, the version of the sub-negotiation. User name and password are bytes; a NUL is one of them.
///
/// @param in  received, not yet used, oldest first. May be short; may hold later messages.
/// @returns   a value with consumed() in 3..513, or needed() >= 1, or error().
/// @errors    bad_version        byte 0 is not 1, nor 5 where that is tolerated (as soon as 1 byte is there)
///            empty_credentials  ULEN or PLEN is 0, strict only (as soon as that byte is there)
/// @lifetime  user and password point into `in`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1929 section 2
[[nodiscard]] SOCKS_ALWAYS_INLINE constexpr decoded<credentials> decode_credentials(
    bytes in SOCKS_LIFETIMEBOUND, tolerance tolerated = lenient) noexcept {
    const message_size whole = detail::measure_credentials(in, tolerated);
    if (!whole) return decoded<credentials>(whole);
    return {detail::read_credentials(in.first(*whole)), *whole};
}

/// Bytes that encode_credentials makes.
[[nodiscard]] constexpr size_t encoded_size(const credentials& c) noexcept {
    return 3 + c.user.size() + c.password.size();
}

/// Encodes a username/password request into `out`; the picture is decode_credentials's. Texts that lie in `out` are moved.
/// @errors    no_credentials  none are given
///            bad_user        more than 255 bytes
///            bad_password    more than 255 bytes
///            no_space        out is smaller than encoded_size
///            overlap         the user lies where the password is to be written
/// @lifetime  `out` holds the password in the clear: wipe it once it was sent.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       1929 section 2
SOCKS_INLINE_UNLESS_SIZE constexpr encoded encode_credentials(const credentials& c,
                                                              buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (!c.given) return errc::no_credentials;
    if (c.user.size() > 255) return errc::bad_user;
    if (c.password.size() > 255) return errc::bad_password;
    if (out.capacity() < encoded_size(c)) return encoded::no_space(encoded_size(c));
    const bytes user = c.user;
    const bytes password = c.password;
    char* const behind = out.data() + 3 + user.size();
    if (detail::overlap(user.data(), user.size(), behind, password.size())) return errc::overlap;
    detail::move_text(behind, password.data(), password.size());
    detail::move_text(out.data() + 2, user.data(), user.size());
    writer w(out);
    w.u8(1).u8(static_cast<uint8_t>(user.size())).skip(user.size());
    return w.u8(static_cast<uint8_t>(password.size())).skip(password.size()).written();
}

/// Decodes the server's verdict on user name and password: 0 is success, any other byte a refusal.
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
    const message_size whole = detail::measure_auth_status(in, tolerated);
    if (!whole) return decoded<uint8_t>(whole);
    return {in[1], *whole};
}

/// Bytes that encode_auth_status makes.
inline constexpr size_t auth_status_size = 2;

/// Encodes a verdict on user name and password into `out`; the picture is decode_auth_status's.
/// @errors    no_space  out is smaller than 2 bytes
/// @lifetime  the bytes are in `out`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1929 section 2
SOCKS_ALWAYS_INLINE constexpr encoded encode_auth_status(uint8_t status,
                                                         buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (out.capacity() < auth_status_size) return encoded::no_space(auth_status_size);
    return writer(out).u8(1).u8(status).written();
}

/// Whether two secrets are equal, in a time that depends on their lengths only.
///
/// Compare both fields before looking at either result, so that the time does not tell which differs.
///
/// @cost  O(size of the longer), constexpr, noexcept.
[[nodiscard]] constexpr bool constant_time_equal(bytes a, bytes b) noexcept {
    const size_t n = a.size() > b.size() ? a.size() : b.size();
    unsigned difference = a.size() == b.size() ? 0U : 1U;
    for (size_t i = 0; i < n; ++i) {
        const unsigned x = a.empty() ? 0U : a[i % a.size()];
        const unsigned y = b.empty() ? 0U : b[i % b.size()];
        difference |= x ^ y;
    }
    return difference == 0;
}

}  // namespace socks

#endif
