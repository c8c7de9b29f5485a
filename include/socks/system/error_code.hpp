// std::error_code for the failures of this library: `errc`, and the reply codes of SOCKS4 and SOCKS5. It is
// not part of socks.hpp, because <system_error> needs the C++ library.

#ifndef SOCKS_SYSTEM_ERROR_CODE_HPP
#define SOCKS_SYSTEM_ERROR_CODE_HPP

#include <string>
#include <system_error>

#include <socks/core/error.hpp>
#include <socks/core/numbers.hpp>
#include <socks/policy/dial_error.hpp>
#include <socks/policy/disposition.hpp>

namespace socks {

namespace detail {

// Whether one side refuses what the other side requests or offers. Both sides follow the protocol.
constexpr bool is_refusal(errc e) noexcept {
    return e == errc::version_refused || e == errc::authentication_required ||
           e == errc::no_acceptable_method || e == errc::refused || e == errc::fragmented ||
           e == errc::weak_protection;
}

// Whether a call with valid arguments came at the wrong time or with too little space.
constexpr bool is_wrong_call(errc e) noexcept {
    return e == errc::no_space || e == errc::out_of_turn || e == errc::finished || e == errc::input_shrank;
}

// The std::errc with the same meaning as `e`, or 0 if there is none.
constexpr std::errc std_errc_for(errc e) noexcept {
    if (e == errc::timed_out) return std::errc::timed_out;
    if (e == errc::credentials_refused || e == errc::negotiation_failed) return std::errc::permission_denied;
    if (is_refusal(e) || is_wrong_call(e)) return {};
    if (blame(e) == party::peer) return std::errc::protocol_error;
    return blame(e) == party::caller ? std::errc::invalid_argument : std::errc{};
}

constexpr std::errc std_errc_for(dial_error e) noexcept {
    switch (e) {
        case dial_error::refused: return std::errc::connection_refused;
        case dial_error::network_unreachable: return std::errc::network_unreachable;
        case dial_error::host_unreachable: return std::errc::host_unreachable;
        case dial_error::timed_out: return std::errc::timed_out;
        case dial_error::not_allowed: return std::errc::permission_denied;
        case dial_error::no_address_of_family: return std::errc::address_family_not_supported;
        case dial_error::command_not_supported: return std::errc::operation_not_supported;
        case dial_error::name_not_found:
        case dial_error::name_not_resolved:
        case dial_error::out_of_resources:
        case dial_error::other: break;
    }
    return {};
}

// The value of a reply code in its category: 0 for success, otherwise the version, 4 or 5, and the byte of
// the reply. The version comes first because 0 is a success in SOCKS5 and a refusal in SOCKS4.
constexpr int error_value(const reply_code& c) noexcept {
    if (c.succeeded()) return 0;
    return (c.version == version::v5 ? 0x500 : 0x400) | c.value;
}

constexpr reply_code reply_code_of(int value) noexcept {
    if (value == 0) return code5::succeeded;
    return {value >> 8 == 5 ? version::v5 : version::v4, static_cast<uint8_t>(value & 0xff)};
}

// Both categories use this. An error without an equivalent in std::errc equals only itself.
inline std::error_condition condition_for(std::errc e, int value, const std::error_category& own) noexcept {
    if (e == std::errc{}) return {value, own};
    return std::make_error_condition(e);
}

class errc_category_type final : public std::error_category {
  public:
    [[nodiscard]] const char* name() const noexcept override { return "socks"; }
    [[nodiscard]] std::string message(int value) const override { return to_string(error(value)); }
    [[nodiscard]] std::error_condition default_error_condition(int value) const noexcept override {
        return condition_for(std_errc_for(error(value)), value, *this);
    }

  private:
    static errc error(int value) noexcept { return static_cast<errc>(static_cast<uint8_t>(value)); }
};

class reply_category_type final : public std::error_category {
  public:
    [[nodiscard]] const char* name() const noexcept override { return "socks.reply"; }
    [[nodiscard]] std::string message(int value) const override {
        if (value == 0) return "succeeded";
        const reply_code code = reply_code_of(value);
        const char* const digits = "0123456789ABCDEF";
        std::string text = to_string(code.version);
        text.append(": ").append(to_string(code)).append(" (0x");
        text += digits[code.value >> 4];
        text += digits[code.value & 0xf];
        return text += ')';
    }
    [[nodiscard]] std::error_condition default_error_condition(int value) const noexcept override {
        return condition_for(std_errc_for(dial_error_for(reply_code_of(value))), value, *this);
    }
};

}  // namespace detail

/// The category of `errc`, "socks". The value is that of the errc, and message() is to_string(errc).
///
/// Its errors equal these of std::errc, and no others:
///
///     timed_out                                       std::errc::timed_out
///     credentials_refused, negotiation_failed         std::errc::permission_denied
///     the peer broke the protocol                     std::errc::protocol_error
///     an argument of the caller is invalid            std::errc::invalid_argument
///
/// The other errors of the stream equal no std::errc. A stream that ended (closed, truncated,
/// closed_while_bound) was not reset, and `unreachable` does not say why the proxy could not be reached.
///
/// Categories are compared by address. On Windows each DLL that includes this header has its own.
///
/// @lifetime  static.
[[nodiscard]] inline const std::error_category& errc_category() noexcept {
    static const detail::errc_category_type category;
    return category;
}

/// The category of reply codes, "socks.reply". message() is the version, to_string(code) and the byte:
///
///     SOCKS5: connection refused (0x05)
///     SOCKS4: unassigned (0xC8)
///
/// The value is 0 for success, otherwise 256 times the version (4 or 5) plus the byte of the reply: 0x505 and
/// 0x4c8.
///
/// Its errors equal the std::errc with the meaning of dial_error_for():
///
///     SOCKS5  not_allowed                             std::errc::permission_denied
///             network_unreachable                     std::errc::network_unreachable
///             host_unreachable                        std::errc::host_unreachable
///             connection_refused                      std::errc::connection_refused
///             ttl_expired                             std::errc::timed_out
///             command_not_supported                   std::errc::operation_not_supported
///             address_type_not_supported              std::errc::address_family_not_supported
///     SOCKS4  identd_unreachable, identd_mismatch     std::errc::permission_denied
///
/// @lifetime  static.
[[nodiscard]] inline const std::error_category& reply_category() noexcept {
    static const detail::reply_category_type category;
    return category;
}

/// A failure as std::error_code. `errc`, `code5` and `code4` also convert implicitly:
///
///     std::error_code ec = socks::errc::timed_out;
///     if (ec == socks::code5::connection_refused) ...
///
/// @returns   an error code; in a condition it is false for errc::none and for a reply code that grants the
///            request.
/// @lifetime  by value.
/// @cost      O(1), noexcept.
[[nodiscard]] inline std::error_code make_error_code(errc e) noexcept {
    return {static_cast<int>(e), errc_category()};
}
/// The error code of a reply code.
[[nodiscard]] inline std::error_code make_error_code(const reply_code& c) noexcept {
    return {detail::error_value(c), reply_category()};
}
/// The error code of a reply code of SOCKS5.
[[nodiscard]] inline std::error_code make_error_code(code5 c) noexcept {
    return make_error_code(reply_code(c));
}
/// The error code of a reply code of SOCKS4.
[[nodiscard]] inline std::error_code make_error_code(code4 c) noexcept {
    return make_error_code(reply_code(c));
}

/// The end of a handshake as std::error_code: the reply code if there was a reply, otherwise the errc.
///
///     case socks::client::next::fail: return socks::make_error_code(socks::outcome_of(s));
///
[[nodiscard]] inline std::error_code make_error_code(const outcome& o) noexcept {
    return o.has_code() ? make_error_code(o.code()) : make_error_code(o.error());
}

/// The reply code in an error of reply_category(). For SOCKS4a its version is SOCKS4, and for a success it is
/// SOCKS5.
/// @param ec  an error of reply_category().
/// @lifetime  by value.
/// @cost      O(1), noexcept.
[[nodiscard]] inline reply_code reply_code_of(const std::error_code& ec) noexcept {
    SOCKS_ASSERT(ec.category() == reply_category());
    return detail::reply_code_of(ec.value());
}

}  // namespace socks

template <>
struct std::is_error_code_enum<socks::errc> : std::true_type {};
template <>
struct std::is_error_code_enum<socks::code5> : std::true_type {};
template <>
struct std::is_error_code_enum<socks::code4> : std::true_type {};

#endif
