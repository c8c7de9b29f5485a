// SOCKS5 first, then SOCKS4: what java.net.Socket does with a proxy of unknown version, and Copilot with it.
// The second try takes a new connection: nothing revives one on which SOCKS5 was spoken in vain.

#ifndef SOCKS_POLICY_FALLBACK_HPP
#define SOCKS_POLICY_FALLBACK_HPP

#include <socks/core/request.hpp>

namespace socks {

/// The first try: SOCKS5, with "none" and username/password to choose from if there are credentials.
/// @lifetime  as its arguments.
[[nodiscard]] constexpr request first_try(const endpoint& to, const login& who) noexcept {
    request r{.to = to, .login = who};
    r.methods = who.given ? methods(method::none, method::login) : methods(method::none);
    return r;
}

/// The second try, where the answer to the first was none of SOCKS5's: the same request as SOCKS4, with the user of the
/// operating system as its user ID. SOCKS4 carries IPv4 addresses only; there is no second try with a name.
///
///     case client::next::fail:
///         if (second_try(want, s.error(), used, user, want)) return connect_again(want);
///
/// @param first   the request that failed.
/// @param why     how.
/// @param used    octets that its handshake used in all; any at all are a choice of a method, so the proxy speaks
///                SOCKS5.
/// @param user    the user ID.
/// @param result  written only where there is a second try; may be `first`.
/// @returns       whether there is one.
/// @lifetime      the result points to what `first` and `user` point to.
/// @cost          O(size of the user ID), constexpr, noexcept.
[[nodiscard]] constexpr bool second_try(const request& first, errc why, size_t used, bytes user,
                                        request& result) noexcept {
    const bool answered = blame(why) == party::peer || why == errc::closed || why == errc::truncated;
    if (first.via != version::v5 || used != 0 || !answered) return false;
    const request second{.via = version::v4, .command = first.command, .to = first.to, .login = {user}};
    if (validate(second) != errc::none) return false;
    result = second;
    return true;
}

}  // namespace socks

#endif
