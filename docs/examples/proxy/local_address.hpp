// Which address of this machine a client is told, so that it, or the caller that it expects, can reach the
// relay or the listener.

#ifndef EXAMPLES_PROXY_LOCAL_ADDRESS_HPP
#define EXAMPLES_PROXY_LOCAL_ADDRESS_HPP

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
    const interface_addresses all;
    std::string_view interface;
    all.find([&](std::string_view name, const socks::host& own) noexcept {
        if (own == here) interface = name;
        return false;  // the last one counts
    });
    socks::host found = wildcard;
    all.find([&](std::string_view name, const socks::host& own) noexcept {
        const bool usable = name == interface && own.kind() == wildcard.kind() && !socks::is_link_local(own);
        if (usable) found = own;
        return usable;
    });
    return found;
}

/// The address that a client is told. A proxy behind a NAT is told its outside addresses by an option.
inline socks::endpoint told(const proxy_options& options, socks::endpoint address) noexcept {
    for (const socks::host& outside : options.relay_addresses)
        if (outside.kind() == address.host.kind()) address.host = outside;
    return address;
}

}  // namespace example

#endif
