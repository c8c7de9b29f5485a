// The rules of a UDP relay for addresses: each host has an answer, the rules are symmetric, and a lock that
// admitted one source admits no other.

#include "requests.hpp"

using namespace fuzzing;

namespace {

// How many of the disjoint scopes say yes.
int scopes_of(const socks::host& h) {
    int n = 0;
    for (const auto scope :
         {socks::is_loopback, socks::is_link_local, socks::is_private, socks::is_multicast, socks::is_global})
        n += scope(h) ? 1 : 0;
    return n;
}

}  // namespace

void fuzz(input in) {
    const socks::endpoint a = any_endpoint(in);
    const socks::endpoint b = any_endpoint(in);
    const uint8_t options = in.byte();
    demand(socks::same_address(a.host, b.host) == socks::same_address(b.host, a.host));
    demand(socks::canonical_equal(a.host, b.host) == socks::canonical_equal(b.host, a.host));
    // What spells neither an address nor a name equals nothing, itself included.
    const bool sound = a.host.kind() != socks::host_kind::bad &&
                       socks::spelled_address(a.host).kind() != socks::host_kind::bad;
    demand(socks::canonical_equal(a.host, a.host) == sound);
    if (socks::same_address(a.host, b.host)) demand(socks::canonical_equal(a.host, b.host));
    // The prefix of an ISATAP address has a scope, and the address inside it has another one. A deny rule
    // sees both. An address is global only if no other scope says yes.
    const socks::host seen = socks::effective_host(a.host);
    demand(scopes_of(seen) <= (socks::is_unspecified(seen) ? 0 : 1));
    demand(scopes_of(a.host) <= 2);
    for (const auto scope : {socks::is_unspecified, socks::is_loopback, socks::is_link_local,
                             socks::is_private, socks::is_multicast})
        demand(scope(a.host) || !scope(seen));
    demand(!socks::is_global(a.host) || (scopes_of(a.host) == 1 && !socks::is_unspecified(a.host)));
    demand(!socks::is_global(a.host) || socks::is_global(seen));
    demand(!socks::is_ldh(a.host) || socks::is_printable(a.host));
    const socks::endpoint relay =
        socks::relay_endpoint(a, b.host, static_cast<socks::replace_bound>(options % 4));
    demand(relay.port == a.port && (relay.host == a.host || relay.host == b.host));
    const auto change = (options & 4) != 0 ? socks::source_ports::roaming : socks::source_ports::locked;
    socks::source_lock lock(a.host, b, change);
    socks::endpoint first;
    while (!in.empty()) {
        const socks::endpoint source = any_endpoint(in);
        if (!lock.admit(source)) continue;
        demand(socks::same_address(source.host, a.host) && source.port != 0 && lock.source() == source);
        if (first.port == 0) first = source;
        if (change == socks::source_ports::locked) demand(source.port == first.port);
    }
}
