// The parts of a machine. The type of a machine lists its parts, so a program for a small processor contains
// only the parts that it needs.

#ifndef SOCKS_MACHINE_FEATURE_HPP
#define SOCKS_MACHINE_FEATURE_HPP

#include <stdint.h>

#include <socks/core/request.hpp>

namespace socks {

/// A set of parts that a client, a chain or a server is built with.
///
///     using small_client = basic_client<feature::socks5 | feature::credentials>;
///     using no_bind = basic_server<feature::all - feature::bind>;
///
/// `client`, `chain` and `server` have all parts. Machines with different parts are different types, so one
/// program may contain several. A smaller machine has less code, but the same size, functions and actions. It
/// may need smaller mailboxes: use its own max_input, max_output and max_pending.
///
/// If your request or your options need a part that the machine does not have, the handshake fails before the
/// first byte with the error that is named below. If a client asks for such a version, the server refuses it
/// as if the option was off. It refuses such a command with command_not_supported or, over SOCKS4, rejected.
///
/// A machine needs socks4, socks5 or both. In a machine without SOCKS5, the parts of SOCKS5 have no effect.
/// In a server, pipelining and full_refusals have no effect. docs/performance.md lists what each part costs.
enum class feature : uint16_t {
    /// SOCKS4 and SOCKS4a. Without it: unsupported_version.
    socks4 = 1 << 0,
    /// SOCKS5. Without it: unsupported_version.
    socks5 = 1 << 1,
    /// The method username/password of SOCKS5. Without it: unsupported_method. SOCKS4 user IDs need no part.
    credentials = 1 << 2,
    /// The action negotiate: methods other than none and username/password. Without it: unsupported_method.
    other_methods = 1 << 3,
    /// BIND and its second reply. Without it: unsupported_command.
    bind = 1 << 4,
    /// UDP ASSOCIATE. Without it: unsupported_command.
    udp_associate = 1 << 5,
    /// client_options::pipelined. Without it: unsupported_option.
    pipelining = 1 << 6,
    /// client_options::wait_for_full_refusal. Without it: unsupported_option.
    full_refusals = 1 << 7,
    /// client_options::after_greeting and server_options::v4_after_greeting. Without it: unsupported_option.
    after_greeting = 1 << 8,
    /// Tolerances other than `lenient`. Without it: unsupported_option.
    tolerances = 1 << 9,
    /// The errors peer_is_http, peer_is_tls, peer_is_ssh and not_socks. Without it: bad_version.
    foreign_protocols = 1 << 10,

    all = (1 << 11) - 1,
};

/// The parts of both sets.
/// @cost  O(1), constexpr, noexcept.
[[nodiscard]] constexpr feature operator|(feature a, feature b) noexcept {
    return static_cast<feature>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

/// The parts of `a` that are not in `b`. Put it last or in parentheses: `-` binds tighter than `|`.
/// @cost  O(1), constexpr, noexcept.
[[nodiscard]] constexpr feature operator-(feature a, feature b) noexcept {
    return static_cast<feature>(static_cast<unsigned>(a) & ~static_cast<unsigned>(b));
}

/// Whether `set` has all parts of `part`.
/// @cost  O(1), constexpr, noexcept.
[[nodiscard]] constexpr bool has(feature set, feature part) noexcept { return part - set == feature{}; }

namespace detail {

// Whether a machine with these parts speaks SOCKS5 if it was asked for the version `v`. It is a constant if
// the machine speaks one version only.
constexpr bool is_socks5(feature parts, version v) noexcept {
    if (!has(parts, feature::socks4)) return true;
    return has(parts, feature::socks5) && v == version::v5;
}

// Whether a machine with these parts can run the method `m`. no_acceptable counts as supported, because the
// validation of the list reports it.
constexpr bool is_supported(feature parts, method m) noexcept {
    if (m == method::none || m == method::no_acceptable) return true;
    return has(parts, m == method::username_password ? feature::credentials : feature::other_methods);
}

constexpr bool is_supported(feature parts, const methods& list) noexcept {
    bool supported = true;
    for (size_t i = 0; i < methods::max; ++i) supported = supported && is_supported(parts, list[i]);
    return supported;
}

}  // namespace detail

}  // namespace socks

#endif
