// The rules of a UDP relay for addresses: each host has an answer, the rules are symmetric, and a lock admits
// one source and no other. Addresses are compared as 16 bytes, in which an IPv4 address has one form.

#include "by_hand.hpp"
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

// The IPv6 form of an address. Empty without an address.
std::string sixteen(const socks::host& h) {
    if (h.kind() == socks::host_kind::ipv6) return by_hand::raw(h.v6());
    if (h.kind() == socks::host_kind::ipv4) return std::string(10, '\0') + "\xff\xff" + by_hand::raw(h.v4());
    return {};
}

bool is_zero(const std::string& address) {
    return address == sixteen(socks::ipv4{}) || address == std::string(16, '\0');
}

// What a relay does with two addresses: `a` may be its own, or what was expected.
void check_addresses(const socks::endpoint& a, const socks::endpoint& b) {
    const std::string x = sixteen(a.host);
    const std::string y = sixteen(b.host);
    demand(socks::same_address(a.host, b.host) == (!x.empty() && x == y));
    const bool four = x.empty() || x.compare(0, 12, sixteen(socks::ipv4{}), 0, 12) == 0;
    const socks::endpoint any = socks::unspecified_for(a.host);
    demand(sixteen(any.host) == (four ? sixteen(socks::ipv4{}) : std::string(16, '\0')) && any.port == 0);
    if (x.empty()) return;
    // An address that has an IPv4 address inside may be unspecified too, but no other.
    if (socks::is_unspecified(a.host)) demand(is_zero(sixteen(socks::effective_host(a.host))));
    if (is_zero(x)) demand(socks::is_unspecified(a.host));
    const bool any_host = socks::is_unspecified(a.host);
    demand(socks::from_relay(b, a) == (a.port == b.port && (any_host || x == y)));
    demand(socks::is_expected(b.host, a.host) == (any_host || x == y));
}

// The blocks of the registry, by the bytes of an IPv4 address.
void check_scope(const socks::ipv4& a) {
    const unsigned first = a.bytes[0];
    const unsigned second = a.bytes[1];
    demand(socks::is_loopback(a) == (first == 127) &&
           socks::is_link_local(a) == (first == 169 && second == 254));
    demand(socks::is_private(a) ==
           (first == 10 || (first == 192 && second == 168) || (first == 172 && second / 16 == 1)));
    demand(socks::is_multicast(a) == (first >= 224 && first <= 239));
}

// The lock, told plainly.
struct model {
    std::string address;
    bool roams;
    uint16_t port = 0;

    model(const socks::host& peer, const socks::endpoint& declared, bool any_port)
        : address(sixteen(peer)), roams(any_port) {
        if (is_peer(declared)) port = declared.port;
    }

    [[nodiscard]] bool is_peer(const socks::endpoint& e) const {
        return !address.empty() && sixteen(e.host) == address;
    }

    bool admits(const socks::endpoint& source) {
        const bool known = is_peer(source) && source.port != 0 && (roams || port == 0 || port == source.port);
        if (known) port = source.port;
        return known;
    }
};

}  // namespace

void fuzz(input in) {
    const socks::endpoint a = any_endpoint(in);
    const socks::endpoint b = any_endpoint(in);
    const uint8_t options = in.byte();
    check_addresses(a, b);
    if (a.host.kind() == socks::host_kind::ipv4) check_scope(a.host.v4());
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
    model expected(a.host, b, change == socks::source_ports::roaming);
    while (!in.empty()) {
        const socks::endpoint source = any_endpoint(in);
        const bool admitted = lock.admit(source);
        demand(admitted == expected.admits(source) && lock.source().port == expected.port);
        if (admitted) demand(lock.source() == source);
    }
}
