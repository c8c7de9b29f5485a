// For a proxy of unknown version: try SOCKS5 first, then SOCKS4. java.net.Socket makes the second try on the
// same connection. Most proxies close the connection after a greeting that they do not know, so a second try
// on a new connection succeeds more often.

#ifndef SOCKS_POLICY_FALLBACK_HPP
#define SOCKS_POLICY_FALLBACK_HPP

#include <socks/core/request.hpp>

namespace socks {

/// The first try: SOCKS5. It offers the method "none", and username/password if there are credentials.
/// @lifetime  points to what its arguments point to.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr request first_try(const endpoint& to, const credentials& who) noexcept {
    request r{.to = to, .credentials = who};
    r.methods = who.given ? methods(method::none, method::username_password) : methods(method::none);
    return r;
}

namespace detail {

// Makes the same request for SOCKS4. Returns false if the proxy has answered in SOCKS5, or if SOCKS4 cannot
// carry the request.
constexpr bool second_try(const request& first, size_t consumed, bytes user, request& result) noexcept {
    if (first.version != version::v5 || consumed != 0) return false;
    const request second{
        .version = version::v4, .command = first.command, .to = first.to, .credentials = {user}};
    if (validate(second) != errc::none) return false;
    result = second;
    return true;
}

}  // namespace detail

/// The second try on a new connection, if the first try got no answer or an answer that is not SOCKS5. It
/// sends the same request over SOCKS4. SOCKS4 carries IPv4 addresses only, so there is no second try for a
/// name.
///
///     consumed += s.consumed();  // after every step
///     ...
///     case client::next::fail:
///         if (socks::retry_on_new_connection(request, s.error(), consumed, user, request))
///             return connect_again(request);
///         return report(socks::outcome_of(s));
///
/// @param first     the request that failed.
/// @param why       the error of its handshake.
/// @param consumed  the bytes that its handshake consumed in total. If it consumed any, the proxy speaks
///                  SOCKS5.
/// @param user      the user ID, usually the user's name in the operating system.
/// @param result    the second request; changes only if there is a second try. It may be the same object as
///                  `first`.
/// @returns         whether there is a second try.
/// @lifetime        the result points to what `first` and `user` point to.
/// @cost            O(size of the user ID), constexpr, noexcept.
[[nodiscard]] constexpr bool retry_on_new_connection(const request& first, errc why, size_t consumed,
                                                     bytes user, request& result) noexcept {
    const bool answered = blame(why) == party::peer || why == errc::closed || why == errc::truncated;
    return answered && detail::second_try(first, consumed, user, result);
}

/// The second try on the same connection, as java.net.Socket makes it (JDK 8 to 21). If the answer to the
/// greeting does not begin with 5, the client reads two bytes of it and sends the SOCKS4 request. There is no
/// second try after the proxy has closed the connection. A server supports this with
/// server_options::v4_after_greeting.
///
///     case client::next::fail:
///         if (!socks::retry_on_same_connection(request, s.error(), consumed, user, request))
///             return report(socks::outcome_of(s));
///         handshake = socks::client({.after_greeting = true});  // reads the two bytes
///         break;
///
/// Do not use it with a pipelined client: the proxy would read what follows the greeting as the SOCKS4
/// request.
///
/// The parameters are those of retry_on_new_connection().
/// @returns       whether there is a second try.
/// @lifetime      the result points to what `first` and `user` point to.
/// @cost          O(size of the user ID), constexpr, noexcept.
[[nodiscard]] constexpr bool retry_on_same_connection(const request& first, errc why, size_t consumed,
                                                      bytes user, request& result) noexcept {
    return blame(why) == party::peer && detail::second_try(first, consumed, user, result);
}

}  // namespace socks

#endif
