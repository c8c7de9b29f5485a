// Converts errno to the failure that a server reports to its client, and the result of a handshake to errno
// for code that uses errno. It also reads the numbers of Winsock, without the headers of Winsock. It is not
// part of socks.hpp, because bare-metal toolchains often have no <errno.h>.

#ifndef SOCKS_SYSTEM_ERRNO_HPP
#define SOCKS_SYSTEM_ERRNO_HPP

#include <errno.h>

#include <socks/core/address.hpp>
#include <socks/core/io_result.hpp>
#include <socks/policy/dial_error.hpp>
#include <socks/policy/disposition.hpp>

namespace socks {

namespace detail {

// Winsock uses 10000 to 11999, which errno does not use.
constexpr bool is_winsock(int number) noexcept { return number >= 10000 && number < 12000; }

// EADDRNOTAVAIL from connect: for IPv6, the host has no IPv6; otherwise, the host has no local port left.
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

/// The failure of connect, bind, listen or accept. For getaddrinfo, use <socks/system/getaddrinfo.hpp>.
///
///     handshake.answer({socks::code_for(socks::dial_error_from_errno(errno, address)), {}}, tx);
///     handshake.answer({socks::code_for(socks::dial_error_from_errno(WSAGetLastError(), address)), {}}, tx);
///
/// @param number  the value of errno or of WSAGetLastError(). Both are accepted on every system.
/// @param to      the address that was dialled, if any. For an IPv6 address, EADDRNOTAVAIL means that this
///                host has no IPv6. For other addresses it means that no local port is left.
/// @returns       `other` for a number that says nothing about a destination, including 0.
/// @lifetime      by value.
/// @cost          O(1), constexpr, noexcept.
[[nodiscard]] constexpr dial_error dial_error_from_errno(int number, const host& to = {}) noexcept {
    if (detail::is_winsock(number)) return detail::dial_error_from_winsock(number, to);
    switch (number) {
        case ECONNREFUSED: return dial_error::refused;
        case ENETDOWN:
        case ENETUNREACH: return dial_error::network_unreachable;
#if defined(EHOSTDOWN)  // not in POSIX
        case EHOSTDOWN:
#endif
        case EHOSTUNREACH: return dial_error::host_unreachable;
        case ETIMEDOUT: return dial_error::timed_out;
        case EACCES:
        case EPERM: return dial_error::not_allowed;
#if defined(EPFNOSUPPORT)  // not in POSIX
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

/// The result of `recv`, `send`, `read` or `write` for socks::run().
///
///     [fd](socks::buffer room) {
///         return socks::io_result_of(recv(fd, room.data(), room.capacity(), 0), errno);
///     }
///
///     const auto n = recv(s, room.data(), room.capacity(), 0);   // Winsock: two statements
///     return socks::io_result_of(n, WSAGetLastError());
///
/// A compiler may evaluate arguments in any order. errno is an object and is read here, after the call.
/// WSAGetLastError() is a call: if it is an argument beside `recv`, it may run first.
///
/// @param n       the result of the call, a signed integer.
/// @param number  errno, or the value of WSAGetLastError(). It is ignored if `n` is not negative.
/// @returns       the number of bytes; io::interrupted for EINTR; io::would_block for EAGAIN, EWOULDBLOCK and
///                WSAETIMEDOUT, which Winsock reports after SO_RCVTIMEO; otherwise errc::stream_failed.
/// @lifetime      by value.
/// @cost          O(1), constexpr, noexcept.
template <detail::signed_integer T>
[[nodiscard]] constexpr io_result io_result_of(T n, const int& number) noexcept {
    if (n >= 0) return static_cast<size_t>(n);
    switch (number) {
        case EAGAIN:
#if EWOULDBLOCK != EAGAIN
        case EWOULDBLOCK:
#endif
        case 10035:                          // WSAEWOULDBLOCK
        case 10060: return io::would_block;  // WSAETIMEDOUT
        case EINTR:
        case 10004: return io::interrupted;  // WSAEINTR
        default: return errc::stream_failed;
    }
}
template <class T>
io_result io_result_of(T, const int&) = delete;

/// `e` as a value of errno.
///
/// @returns   never 0, and never EAGAIN or EINTR, because callers repeat a call at once for those.
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

/// The result of a handshake as a value of errno, as if connect itself had returned it.
///
/// @param o   the reply code, or the error if there was no reply.
/// @returns   0             success
///            ECONNRESET    the stream ended
///            ETIMEDOUT     the deadline passed
///            EHOSTUNREACH  the proxy could not be reached
///            EACCES        the proxy accepts no offered method or refuses the credentials
///            EPROTO        the peer broke the protocol
///            EINVAL        the request is invalid
///            EIO           a refusal without a reply code
///            For a refusal with a reply code: socks::errno_for(socks::dial_error_for(code)).
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
