// SOCKS5 first, then SOCKS4, for a proxy of unknown version. java.net.Socket makes the second try
// on the same connection and never on another one. Most proxies close theirs after a greeting that they do not know, so
// the second try on a new connection reaches more of them.

#ifndef SOCKS_POLICY_FALLBACK_HPP
#define SOCKS_POLICY_FALLBACK_HPP

#include <socks/core/request.hpp>

namespace socks {

/// The first try: SOCKS5, with "none" and username/password to choose from if there are credentials.
/// @lifetime  as its arguments.
[[nodiscard]] constexpr request first_try(const endpoint& to, const credentials& who) noexcept {
    request r{.to = to, .credentials = who};
    r.methods = who.given ? methods(method::none, method::username_password) : methods(method::none);
    return r;
}

namespace detail {

// The same request by SOCKS4, unless the proxy has spoken SOCKS5 or SOCKS4 cannot carry it.
constexpr bool second_try(const request& first, size_t used, bytes user, request& result) noexcept {
    if (first.version != version::v5 || used != 0) return false;
    const request second{
        .version = version::v4, .command = first.command, .to = first.to, .credentials = {user}};
    if (validate(second) != errc::none) return false;
    result = second;
    return true;
}

}  // namespace detail

/// The second try on a new connection, where the first brought no answer of SOCKS5's or none at all: the same request as
/// SOCKS4, with the user of the operating system as its user ID. SOCKS4 carries IPv4 addresses only; there is no second
/// try with a name.
///
///     used += s.consumed();  // behind every step
///     ...
///     case client::next::fail:
///         if (socks::retry_on_new_connection(want, s.error(), used, user, want)) return connect_again(want);
///         return report(socks::outcome_of(s));
///
/// @param first   the request that failed.
/// @param why     how.
/// @param used    bytes that its handshake used in all; any at all are a choice of a method, so the proxy speaks
///                SOCKS5.
/// @param user    the user ID.
/// @param result  written only where there is a second try; may be `first`.
/// @returns       whether there is one.
/// @lifetime      the result points to what `first` and `user` point to.
/// @cost          O(size of the user ID), constexpr, noexcept.
[[nodiscard]] constexpr bool retry_on_new_connection(const request& first, errc why, size_t used, bytes user,
                                                     request& result) noexcept {
    const bool answered = blame(why) == party::peer || why == errc::closed || why == errc::truncated;
    return answered && detail::second_try(first, used, user, result);
}

/// The second try on the same connection, as java.net.Socket makes it (JDK 8 to 21): where the answer to the greeting
/// does not begin with 5, two bytes of it are taken and the SOCKS4 request follows. Nothing remains to try when the proxy
/// has closed the connection. A server does its part with server_options::v4_after_greeting.
///
///     case client::next::fail:
///         if (!socks::retry_on_same_connection(want, s.error(), used, user, want)) return report(socks::outcome_of(s));
///         handshake = socks::client({.after_greeting = true});  // takes the two bytes from the same inbox
///         break;
///
/// Not for a pipelined client: the proxy would take what follows its greeting for the SOCKS4 request.
///
/// The parameters are those of retry_on_new_connection.
/// @returns       whether there is a second try.
/// @lifetime      the result points to what `first` and `user` point to.
/// @cost          O(size of the user ID), constexpr, noexcept.
[[nodiscard]] constexpr bool retry_on_same_connection(const request& first, errc why, size_t used, bytes user,
                                                      request& result) noexcept {
    return blame(why) == party::peer && detail::second_try(first, used, user, result);
}

}  // namespace socks

#endif
