// Text for the numbers of the protocol: the name of a number, or its value if it has no name.

#ifndef SOCKS_TEXT_CODE_HPP
#define SOCKS_TEXT_CODE_HPP

#include <socks/core/decoded.hpp>
#include <socks/core/numbers.hpp>
#include <socks/text/literal.hpp>

namespace socks {

/// A buffer of this size is always large enough for format() of a number.
inline constexpr size_t max_text_code = 69;

namespace detail {

// Whether this is the text that to_string() returns for an unassigned number.
constexpr bool is_unassigned(const char* name) noexcept {
    size_t length = 0;
    while (name[length] != '\0') ++length;
    return bytes(name, length) == "unassigned";
}

// Writes the name, or the value if there is no name. `with_value` writes both, and needs a name.
constexpr encoded put_code(const char* name, uint8_t value, bool with_value, buffer out) noexcept {
    const bool unassigned = is_unassigned(name);
    text_writer w(out);
    if (!unassigned) w.phrase(name);
    if (with_value) w.put(' ');
    if (unassigned || with_value) w.put("0x").hex(value);
    return w.written();
}

template <class Number>
constexpr encoded put_code(Number number, buffer out) noexcept {
    return put_code(to_string(number), static_cast<uint8_t>(number), false, out);
}

}  // namespace detail

/// Writes the name of a number, or two hexadecimal digits if it has no name. There is no closing NUL.
///
///     char text[socks::max_text_code];
///     log(socks::format(s.code(), text).data());       "connection refused", or "0xC8"
///     log(socks::format(s.command(), text).data());    "CONNECT", or "0xF0"
///
/// For a method for private use it writes both: "private method 0x80".
///
/// @returns   the text in `out`.
/// @errors    no_space  out is smaller than the text; required() is the size of the text; `out` may be
///                      changed
/// @lifetime  the text is in `out`.
/// @cost      O(size of the text), constexpr, noexcept.
constexpr encoded format(const reply_code& c, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::put_code(to_string(c), c.value, false, out);
}
/// Writes the meaning of a reply code of SOCKS5.
constexpr encoded format(code5 c, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::put_code(c, out);
}
/// Writes the meaning of a result code of SOCKS4.
constexpr encoded format(code4 c, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::put_code(c, out);
}
/// Writes the name of a version.
constexpr encoded format(version v, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::put_code(v, out);
}
/// Writes the name of a method.
constexpr encoded format(method m, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::put_code(to_string(m), static_cast<uint8_t>(m), is_private_use(m), out);
}
/// Writes the name of a command.
constexpr encoded format(command c, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::put_code(c, out);
}
/// Writes the name of an address type.
constexpr encoded format(address_type t, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::put_code(t, out);
}
/// Writes the name of the type of a GSSAPI message.
constexpr encoded format(gssapi_type t, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::put_code(t, out);
}
/// Writes the name of a level of protection.
constexpr encoded format(protection p, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::put_code(p, out);
}
/// Writes the name of the type of an attribute of CHAP.
constexpr encoded format(chap_type t, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::put_code(t, out);
}
/// Writes the name of an algorithm of CHAP.
constexpr encoded format(chap_algorithm a, buffer out SOCKS_LIFETIMEBOUND) noexcept {
    return detail::put_code(a, out);
}

}  // namespace socks

#endif
