// The numbers of <errno.h> on both sides: what a server's failed system call tells its client, and what a client shows
// to code that knows errno only. Winsock's numbers are read as well, without its headers.
// Not part of socks.hpp: bare metal has no <errno.h>.

#ifndef SOCKS_SYSTEM_ERRNO_HPP
#define SOCKS_SYSTEM_ERRNO_HPP

#include <errno.h>

#include <socks/core/address.hpp>
#include <socks/policy/dial_error.hpp>
#include <socks/policy/disposition.hpp>

namespace socks {

namespace detail {

// Winsock counts from 10000 to 11999, where no errno is.
constexpr bool is_winsock(int number) noexcept { return number >= 10000 && number < 12000; }

// A connect to an address that is not available: to IPv6 where there is no IPv6, or from no port that is left.
constexpr dial_error address_not_available(const host& to) noexcept {
    return to.kind() == host_kind::ipv6 ? dial_error::no_address_of_family : dial_error::out_of_resources;
}

constexpr dial_error dial_error_from_winsock(int number, const host& to) noexcept {
    switch (number) {
        case 10061: return dial_error::refused;                // WSAECONNREFUSED
        case 10050:                                            // WSAENETDOWN
        case 10051: return dial_error::network_unreachable;    // WSAENETUNREACH
        case 10064:                                            // WSAEHOSTDOWN
        case 10065: return dial_error::host_unreachable;       // WSAEHOSTUNREACH
        case 10060: return dial_error::timed_out;              // WSAETIMEDOUT
        case 10013: return dial_error::not_allowed;            // WSAEACCES
        case 10046:                                            // WSAEPFNOSUPPORT
        case 10047: return dial_error::no_address_of_family;   // WSAEAFNOSUPPORT
        case 10049: return address_not_available(to);          // WSAEADDRNOTAVAIL
        case 10045: return dial_error::command_not_supported;  // WSAEOPNOTSUPP
        case 10024:                                            // WSAEMFILE
        case 10048:                                            // WSAEADDRINUSE
        case 10055:                                            // WSAENOBUFS
        case 10067: return dial_error::out_of_resources;       // WSAEPROCLIM
        case 11001:                                            // WSAHOST_NOT_FOUND
        case 11004: return dial_error::name_not_found;         // WSANO_DATA
        case 11002: return dial_error::timed_out;              // WSATRY_AGAIN
        case 11003: return dial_error::name_not_resolved;      // WSANO_RECOVERY
        default: return dial_error::other;
    }
}

}  // namespace detail

/// What a failed connect, bind, listen or accept has met. For a look-up of a name there is
/// <socks/system/getaddrinfo.hpp>.
///
///     handshake.answer({socks::code_for(socks::dial_error_from_errno(errno, address)), {}}, tx);
///     handshake.answer({socks::code_for(socks::dial_error_from_errno(WSAGetLastError(), address)), {}}, tx);
///
/// @param number  the value of errno, or a number of Winsock's. Each is known on every system.
/// @param to      the address that was dialled, where there was one. A connect to IPv6 fails with EADDRNOTAVAIL where
///                there is no IPv6, and every other one where no port is left to connect from.
/// @returns       `other` for a number that tells nothing about a destination, 0 included.
/// @lifetime      by value.
/// @cost          O(1), constexpr, noexcept.
[[nodiscard]] constexpr dial_error dial_error_from_errno(int number, const host& to = {}) noexcept {
    if (detail::is_winsock(number)) return detail::dial_error_from_winsock(number, to);
    switch (number) {
        case ECONNREFUSED: return dial_error::refused;
        case ENETDOWN:
        case ENETUNREACH: return dial_error::network_unreachable;
#if defined(EHOSTDOWN)  // which POSIX has not
        case EHOSTDOWN:
#endif
        case EHOSTUNREACH: return dial_error::host_unreachable;
        case ETIMEDOUT: return dial_error::timed_out;
        case EACCES:
        case EPERM: return dial_error::not_allowed;
#if defined(EPFNOSUPPORT)  // nor has POSIX this one
        case EPFNOSUPPORT:
#endif
        case EAFNOSUPPORT: return dial_error::no_address_of_family;
        case EADDRNOTAVAIL: return detail::address_not_available(to);
        case EOPNOTSUPP: return dial_error::command_not_supported;
        case EADDRINUSE:
        case EAGAIN:
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM: return dial_error::out_of_resources;
        default: return dial_error::other;
    }
}

/// The number that says the same as `e` to code which knows errno only.
///
/// Never EAGAIN or EINTR, on which such code would try again at once.
///
/// @returns   a number other than 0.
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr int errno_for(dial_error e) noexcept {
    switch (e) {
        case dial_error::refused: return ECONNREFUSED;
        case dial_error::network_unreachable: return ENETUNREACH;
        case dial_error::host_unreachable:
        case dial_error::name_not_found:
        case dial_error::name_not_resolved: return EHOSTUNREACH;
        case dial_error::timed_out: return ETIMEDOUT;
        case dial_error::not_allowed: return EACCES;
        case dial_error::no_address_of_family: return EAFNOSUPPORT;
        case dial_error::command_not_supported: return EOPNOTSUPP;
        case dial_error::out_of_resources: return ENOBUFS;
        case dial_error::other: break;
    }
    return EIO;
}

/// The same of a handshake that ended: what a connect through the proxy would have failed with.
///
/// @param o   a reply code, or a failure that brought none.
/// @returns   0 on success; what the reply code tells; without one ECONNRESET or ETIMEDOUT for what became of the
///            stream, EHOSTUNREACH for a proxy that could not be reached, EACCES for a login that was refused,
///            EPROTO for a peer that broke the protocol, EINVAL for what the caller asked wrong.
/// @lifetime  by value.
/// @cost      O(1), constexpr, noexcept.
[[nodiscard]] constexpr int errno_for(const outcome& o) noexcept {
    if (o.succeeded()) return 0;
    if (o.has_code()) return errno_for(dial_error_for(o.code()));
    const errc e = o.error();
    if (e == errc::timed_out) return ETIMEDOUT;
    if (e == errc::unreachable) return EHOSTUNREACH;
    if (e == errc::refused) return EIO;
    if (e == errc::credentials_refused || e == errc::negotiation_failed || e == errc::no_acceptable_method)
        return EACCES;
    return blame(e) == party::peer ? EPROTO : blame(e) == party::stream ? ECONNRESET : EINVAL;
}

}  // namespace socks

#endif
