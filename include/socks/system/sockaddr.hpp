// Converts between an endpoint and the socket addresses of system calls: sockaddr_in, sockaddr_in6 and
// sockaddr_storage, on POSIX and on Windows. It makes no system call and needs no library. It is not part of
// socks.hpp, because bare-metal toolchains often have no <netinet/in.h>.

#ifndef SOCKS_SYSTEM_SOCKADDR_HPP
#define SOCKS_SYSTEM_SOCKADDR_HPP

#include <string.h>

// On Windows the header is winsock2.h, which must be included before windows.h.
#if defined(_WIN32)
#include <winsock2.h>
#include <ws2tcpip.h>
#else
#include <netinet/in.h>
#include <sys/socket.h>
#endif

#include <socks/core/address.hpp>
#include <socks/core/parsed.hpp>
#include <socks/policy/scope.hpp>

namespace socks {

/// How to_sockaddr() writes an IPv4 address.
enum class address_form : uint8_t {
    native,       ///< as a sockaddr_in, for an AF_INET socket
    ipv4_mapped,  ///< as ::ffff:a.b.c.d in a sockaddr_in6, for an AF_INET6 socket without IPV6_V6ONLY
};

namespace detail {

// Ports and addresses are copied as bytes. So alignment and byte order do not matter, and htons is not
// needed.
template <class Field>
void set_port(Field& to, uint16_t port) noexcept {
    const uint8_t bytes[2] = {static_cast<uint8_t>(port >> 8), static_cast<uint8_t>(port & 0xff)};
    static_assert(sizeof to == sizeof bytes);
    memcpy(&to, bytes, sizeof bytes);
}

template <class Field>
uint16_t get_port(const Field& from) noexcept {
    uint8_t bytes[2];
    static_assert(sizeof from == sizeof bytes);
    memcpy(bytes, &from, sizeof bytes);
    return static_cast<uint16_t>(bytes[0] << 8 | bytes[1]);
}

template <class Sockaddr>
socklen_t store_sockaddr(const Sockaddr& from, sockaddr_storage& to) noexcept {
    static_assert(sizeof from <= sizeof to);
    memset(&to, 0, sizeof to);
    memcpy(&to, &from, sizeof from);
    return static_cast<socklen_t>(sizeof from);
}

}  // namespace detail

/// An IPv4 address and a port as a sockaddr_in.
/// @param port  in host byte order, 0..65535.
/// @lifetime    by value.
/// @cost        O(1), noexcept.
/// @rfc         3493 section 3.3
[[nodiscard]] inline sockaddr_in to_sockaddr_in(const ipv4& address, uint16_t port) noexcept {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    detail::set_port(to.sin_port, port);
    memcpy(&to.sin_addr, address.bytes, sizeof address.bytes);
    return to;
}

/// An IPv6 address and a port as a sockaddr_in6. The flow information and the scope ID are 0.
///
/// An `ipv6` has no scope ID. A link-local address (fe80::/10) means something on one interface only, and
/// most systems refuse to connect to it without a scope ID. Set it yourself:
///
///     sockaddr_in6 to = socks::to_sockaddr_in6(address, port);
///     if (socks::is_link_local(address)) to.sin6_scope_id = if_nametoindex("eth0");
///
/// @param port  in host byte order, 0..65535.
/// @lifetime    by value.
/// @cost        O(1), noexcept.
/// @rfc         3493 section 3.3
[[nodiscard]] inline sockaddr_in6 to_sockaddr_in6(const ipv6& address, uint16_t port) noexcept {
    sockaddr_in6 to{};
    to.sin6_family = AF_INET6;
    detail::set_port(to.sin6_port, port);
    memcpy(&to.sin6_addr, address.bytes, sizeof address.bytes);
    return to;
}

/// An IPv4 address as the IPv4-mapped address ::ffff:a.b.c.d, for an AF_INET6 socket without IPV6_V6ONLY.
/// @rfc  3493 section 3.7, 4291 section 2.5.5.2
[[nodiscard]] inline sockaddr_in6 to_sockaddr_in6(const ipv4& address, uint16_t port) noexcept {
    const uint8_t* const b = address.bytes;
    return to_sockaddr_in6(ipv6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, b[0], b[1], b[2], b[3]}, port);
}

/// Writes an endpoint into `out`, for connect, bind or sendto.
///
///     sockaddr_storage to;
///     const auto size = socks::to_sockaddr(endpoint, to);
///     if (!size) return report(size.error());
///     connect(fd, reinterpret_cast<const sockaddr*>(&to), *size);
///
/// An IPv6 address has scope ID 0: see to_sockaddr_in6() for a link-local one.
///
/// @param e     an address and a port. A name must be resolved first. If it spells an address,
///              spelled_address returns that address.
/// @param out   receives the address; the bytes after it become zero. On an error nothing changes.
/// @param form  how an IPv4 address is written. An IPv6 address is always written unchanged.
/// @returns     the size of the address in `out`.
/// @errors      no_host        no host
///              bad_host       a name, or bad text
///              bad_host_byte  bad text with a byte other than visible ASCII
/// @lifetime    by value.
/// @cost        O(1), noexcept.
/// @rfc         3493 sections 3.3, 3.7 and 3.10
[[nodiscard]] inline parsed<socklen_t> to_sockaddr(const endpoint& e, sockaddr_storage& out,
                                                   address_form form = address_form::native) noexcept {
    switch (e.host.kind()) {
        case host_kind::ipv4:
            if (form == address_form::ipv4_mapped)
                return detail::store_sockaddr(to_sockaddr_in6(e.host.v4(), e.port), out);
            return detail::store_sockaddr(to_sockaddr_in(e.host.v4(), e.port), out);
        case host_kind::ipv6: return detail::store_sockaddr(to_sockaddr_in6(e.host.v6(), e.port), out);
        case host_kind::none: return errc::no_host;
        case host_kind::bad: return e.host.error();
        case host_kind::name: break;
    }
    return errc::bad_host;
}

/// The endpoint of a sockaddr_in. It has no host if the family is not AF_INET.
/// @lifetime  by value.
/// @cost      O(1), noexcept.
[[nodiscard]] inline endpoint from_sockaddr(const sockaddr_in& from) noexcept {
    if (from.sin_family != AF_INET) return {};
    ipv4 address;
    memcpy(address.bytes, &from.sin_addr, sizeof address.bytes);
    return {address, detail::get_port(from.sin_port)};
}

/// The endpoint of a sockaddr_in6. It has no host if the family is not AF_INET6.
///
/// An IPv4-mapped address becomes the IPv4 address that it stands for: an AF_INET6 socket reports IPv4 peers
/// in this form. The scope ID is dropped, so keep the sockaddr_in6 if you want to answer a link-local peer.
///
/// @lifetime  by value.
/// @cost      O(1), noexcept.
[[nodiscard]] inline endpoint from_sockaddr(const sockaddr_in6& from) noexcept {
    if (from.sin6_family != AF_INET6) return {};
    ipv6 address;
    memcpy(address.bytes, &from.sin6_addr, sizeof address.bytes);
    return {unmap(address), detail::get_port(from.sin6_port)};
}

/// Reads what accept, getpeername, getsockname, recvfrom, getaddrinfo or getifaddrs returned.
///
///     sockaddr_storage from;
///     socklen_t size = sizeof from;
///     const int fd = accept(listener, reinterpret_cast<sockaddr*>(&from), &size);
///     const socks::endpoint client = socks::from_sockaddr(from, size);
///
/// @param from  may be null and may have any alignment.
/// @param size  the bytes at `from`, as the system returned it. No byte after them is read.
/// @returns     the endpoint, IPv4-mapped addresses as IPv4. It has no host and port 0 if the family is
///              neither AF_INET nor AF_INET6, or if `size` is less than the family's sockaddr.
/// @lifetime    by value.
/// @cost        O(1), noexcept.
[[nodiscard]] inline endpoint from_sockaddr(const sockaddr* from, socklen_t size) noexcept {
    sockaddr_in four;
    if (from == nullptr || size < static_cast<socklen_t>(sizeof four)) return {};
    memcpy(&four, from, sizeof four);
    sockaddr_in6 six;
    if (four.sin_family != AF_INET6 || size < static_cast<socklen_t>(sizeof six)) return from_sockaddr(four);
    memcpy(&six, from, sizeof six);
    return from_sockaddr(six);
}
/// The same for a sockaddr_storage, which recvfrom() and getpeername() fill.
[[nodiscard]] inline endpoint from_sockaddr(const sockaddr_storage& from, socklen_t size) noexcept {
    return from_sockaddr(reinterpret_cast<const sockaddr*>(&from), size);
}

}  // namespace socks

#endif
