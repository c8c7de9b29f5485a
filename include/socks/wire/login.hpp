// The username/password sub-negotiation of SOCKS5: one request, one status. Octets to values and back.

#ifndef SOCKS_WIRE_LOGIN_HPP
#define SOCKS_WIRE_LOGIN_HPP

#include <socks/core/request.hpp>
#include <socks/core/tolerance.hpp>
#include <socks/wire/reader.hpp>
#include <socks/wire/writer.hpp>

namespace socks {

namespace detail {

SOCKS_INLINE constexpr extent measure_login(bytes in, tolerance accept) noexcept {
    const size_t n = in.size();
    const size_t least = accept.empty_credentials ? 0 : 1;
    if (n > 0 && in[0] != 1 && !(in[0] == 5 && accept.login_version_5)) return errc::bad_version;
    if (n < 2) return extent::more(3 + 2 * least - n);
    const size_t user = in[1];
    if (user < least) return errc::empty_credentials;
    if (n < 3 + user) return extent::more(3 + user + least - n);
    const size_t password = in[2 + user];
    if (password < least) return errc::empty_credentials;
    const size_t whole = 3 + user + password;
    if (n < whole) return extent::more(whole - n);
    return extent::whole(whole);
}

SOCKS_INLINE constexpr login read_login(bytes whole) noexcept {
    reader r(whole.from(1));
    const bytes user = r.take(r.u8());
    return {user, r.take(r.u8())};
}

SOCKS_INLINE constexpr extent measure_status(bytes in, tolerance accept) noexcept {
    if (!in.empty() && in[0] != 1 && accept.status_version != leeway::any &&
        !(in[0] == 5 && accept.status_version == leeway::known))
        return errc::bad_version;
    return in.size() < 2 ? extent::more(2 - in.size()) : extent::whole(2);
}

}  // namespace detail

/// Decodes one username/password request from the front of `in`.
///
///     VER  ULEN  UNAME   PLEN  PASSWD
///      1     1   0..255    1   0..255              3..513 octets
///
/// VER is 1, the version of the sub-negotiation. User name and password are octets; a NUL is one of them.
///
/// @param in  received, not yet used, oldest first. May be short; may hold later messages.
/// @returns   a value with used() in 3..513, or need() >= 1, or error().
/// @errors    bad_version        octet 0 is not 1, nor 5 where that is tolerated (as soon as 1 octet is there)
///            empty_credentials  ULEN or PLEN is 0, strict only (as soon as that octet is there)
/// @lifetime  user and password point into `in`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1929 section 2
[[nodiscard]] SOCKS_INLINE constexpr decoded<login> decode_login(bytes in SOCKS_LIFETIMEBOUND,
                                                                 tolerance accept = lenient) noexcept {
    const extent whole = detail::measure_login(in, accept);
    if (!whole) return decoded<login>::unless(whole);
    return {detail::read_login(in.first(*whole)), *whole};
}

/// Octets that encode_login makes.
[[nodiscard]] constexpr size_t encoded_size(const login& l) noexcept {
    return 3 + l.user.size() + l.password.size();
}

/// Encodes a username/password request into `out`; the picture is decode_login's. Texts that lie in `out` are moved.
/// @errors    no_credentials  none are given
///            bad_user        more than 255 octets
///            bad_password    more than 255 octets
///            no_space        out is smaller than encoded_size
///            overlap         the user lies where the password is to be written
/// @lifetime  `out` holds the password in the clear: wipe it once it was sent.
/// @cost      O(size), constexpr, noexcept.
/// @rfc       1929 section 2
SOCKS_SHARED constexpr encoded encode_login(const login& l, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (!l.given) return errc::no_credentials;
    if (l.user.size() > 255) return errc::bad_user;
    if (l.password.size() > 255) return errc::bad_password;
    if (out.room() < encoded_size(l)) return encoded::no_space(encoded_size(l));
    const bytes user = l.user;
    const bytes password = l.password;
    char* const behind = out.data() + 3 + user.size();
    if (detail::overlap(user.data(), user.size(), behind, password.size())) return errc::overlap;
    detail::move_text(behind, password.data(), password.size());
    detail::move_text(out.data() + 2, user.data(), user.size());
    writer w(out);
    w.u8(1).u8(static_cast<uint8_t>(user.size())).skip(user.size());
    return w.u8(static_cast<uint8_t>(password.size())).skip(password.size()).made();
}

/// Decodes the server's verdict on user name and password: 0 is success, any other octet a refusal.
///
///     VER  STATUS
///      1      1                                   2 octets
///
/// @returns   a value with used() == 2, or need() >= 1, or error().
/// @errors    bad_version  octet 0 is not 1 (nor 5, unless strict)   (as soon as 1 octet is there)
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1929 section 2
[[nodiscard]] SOCKS_INLINE constexpr decoded<uint8_t> decode_status(bytes in,
                                                                    tolerance accept = lenient) noexcept {
    const extent whole = detail::measure_status(in, accept);
    if (!whole) return decoded<uint8_t>::unless(whole);
    return {in[1], *whole};
}

/// Octets that encode_status makes.
inline constexpr size_t status_size = 2;

/// Encodes a verdict on user name and password into `out`; the picture is decode_status's.
/// @errors    no_space  out is smaller than 2 octets
/// @lifetime  the octets are in `out`.
/// @cost      O(1), constexpr, noexcept.
/// @rfc       1929 section 2
SOCKS_INLINE constexpr encoded encode_status(uint8_t status, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    if (out.room() < status_size) return encoded::no_space(status_size);
    return writer(out).u8(1).u8(status).made();
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
