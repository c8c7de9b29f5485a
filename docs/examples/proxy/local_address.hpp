// Which address of this machine a client is told, so that it, or the caller that it expects, can reach the
// relay or the listener.

#ifndef EXAMPLES_PROXY_LOCAL_ADDRESS_HPP
#define EXAMPLES_PROXY_LOCAL_ADDRESS_HPP

#include <ifaddrs.h>

#include <memory>

#include "common.hpp"

namespace example {

/// The local address of the route to a host, without a family if there is no route. Asks the system and sends
/// no packet.
inline socket_address route_to(const socks::host& host, uint32_t scope) noexcept {
    socket_address remote({host, 9}, scope);
    const unique_fd probe(::socket(remote.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!probe || ::connect(probe.get(), remote.data(), remote.size()) != 0) return {};
    return local_address(probe.get());
}

/// An address of the other family on the interface that has the address `here`.
/// @returns  `wildcard`, which is of the other family, if there is none.
inline socks::host beside(const socks::host& here, const socks::host& wildcard) noexcept {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) return wildcard;
    const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owner(list, ::freeifaddrs);
    const auto host_of = [](const ifaddrs* i) {
        const socklen_t size = i->ifa_addr == nullptr               ? 0
                               : i->ifa_addr->sa_family == AF_INET6 ? sizeof(sockaddr_in6)
                                                                    : sizeof(sockaddr_in);
        return socks::from_sockaddr(i->ifa_addr, size).host;
    };
    std::string_view interface;
    for (const ifaddrs* i = list; i != nullptr; i = i->ifa_next)
        if (host_of(i) == here) interface = i->ifa_name;
    for (const ifaddrs* i = list; i != nullptr; i = i->ifa_next)
        if (const socks::host h = host_of(i);
            i->ifa_name == interface && h.kind() == wildcard.kind() && !socks::is_link_local(h))
            return h;
    return wildcard;
}

/// The address that a client is told. A proxy behind a NAT is told its outside addresses by an option.
inline socks::endpoint told(const proxy_options& options, socks::endpoint address) noexcept {
    for (const socks::host& outside : options.relay_addresses)
        if (outside.kind() == address.host.kind()) address.host = outside;
    return address;
}

}  // namespace example

#endif
