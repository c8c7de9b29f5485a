// The numbers of the wire for people: each by its name, and one without a name by its value, which no log may lose.

#ifndef SOCKS_TEXT_CODE_HPP
#define SOCKS_TEXT_CODE_HPP

#include <socks/core/decoded.hpp>
#include <socks/core/numbers.hpp>
#include <socks/text/literal.hpp>

namespace socks {

/// Room that always suffices for format() of a number.
inline constexpr size_t max_text_code = 69;

namespace detail {

// What name() gives for a number that has none.
constexpr bool is_unassigned(const char* name) noexcept {
    size_t length = 0;
    while (name[length] != '\0') ++length;
    return bytes(name, length) == "unassigned";
}

constexpr encoded named(const char* name, uint8_t value, bool with_value, buffer out) noexcept {
    const bool unassigned = is_unassigned(name);
    text_writer w(out);
    if (!unassigned) w.phrase(name);
    if (!unassigned && with_value) w.put(' ');
    if (unassigned || with_value) w.put("0x").hex(value);
    return w.written();
}

template <class Number>
constexpr encoded named(Number number, buffer out) noexcept {
    return named(to_string(number), static_cast<uint8_t>(number), false, out);
}

}  // namespace detail

/// Prints a number of the wire: its name, or two hexadecimal digits where it has none. No closing NUL.
///
///     char room[socks::max_text_code];
///     log(socks::format(s.code(), room).data());       "connection refused", or "0xC8"
///     log(socks::format(s.command(), room).data());    "CONNECT", or "0xF0"
///
/// A private method is printed as both: "private method 0x80".
///
/// @returns   the text made in `out`.
/// @errors    no_space  out is smaller than the text; required() says how much it takes; `out` may be written to
/// @lifetime  the text is in `out`.
/// @cost      O(size of the text), constexpr, noexcept.
constexpr encoded format(const reply_code& c, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::named(to_string(c), c.value, false, out);
}
constexpr encoded format(code5 c, buffer out SOCKS_LIFETIMEBOUND) noexcept { return detail::named(c, out); }
constexpr encoded format(code4 c, buffer out SOCKS_LIFETIMEBOUND) noexcept { return detail::named(c, out); }
constexpr encoded format(version v, buffer out SOCKS_LIFETIMEBOUND) noexcept { return detail::named(v, out); }
constexpr encoded format(method m, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::named(to_string(m), static_cast<uint8_t>(m), is_private_use(m), out);
}
constexpr encoded format(command c, buffer out SOCKS_LIFETIMEBOUND) noexcept { return detail::named(c, out); }
constexpr encoded format(address_type t, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::named(t, out);
}
constexpr encoded format(gssapi_type t, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::named(t, out);
}
constexpr encoded format(protection p, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::named(p, out);
}

}  // namespace socks

#endif
