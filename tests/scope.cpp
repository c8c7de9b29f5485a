// What an access list finds in a host: addresses inside addresses, addresses inside names, and their scope.

#include <socks/policy/scope.hpp>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

// As it arrives in a request: a name, whatever it spells.
constexpr host named(bytes name) { return host::as_received(name); }

// D1, S4-8.
constexpr void a_name_that_spells_an_address_is_found_out(check& t) {
    t.ok(spelled_address(named("192.0.2.7")) == host("192.0.2.7"));
    t.ok(spelled_address(named("2001:db8::1")) == host("2001:db8::1"));
    t.ok(spelled_address(named("[2001:db8::1]")) == host("2001:db8::1"));
    for (const bytes odd : {bytes("127.1"), bytes("0x7f000001"), bytes("0177.0.0.1"), bytes("127.0.0.1."),
                            bytes("2130706433"), bytes("fe80::1%eth0"), bytes(""), bytes("a\0b")})
        t.in(odd).ok(spelled_address(named(odd)).kind() == host_kind::bad);
    // Which bytes a name holds is another question.
    for (const bytes name : {bytes("files.example.com"), bytes("1.example"), bytes("x"), bytes("a b"),
                             bytes("1.2.3.4 "), bytes("m\xc3\xbcnchen.example")})
        t.in(name).ok(spelled_address(named(name)).kind() == host_kind::none);
    t.ok(spelled_address(host("192.0.2.7")).kind() == host_kind::none &&
         spelled_address({}).kind() == host_kind::none &&
         spelled_address(host(bytes("127.1"))).kind() == host_kind::none);
}
PROVE_AND_RUN(a_name_that_spells_an_address_is_found_out)

constexpr void a_mapped_address_is_the_ipv4_address(check& t) {
    t.ok(unmap(host("::ffff:192.0.2.7")) == host("192.0.2.7"));
    for (const host& other : {host("::fffe:192.0.2.7"), host("64:ff9b::192.0.2.7"), host("::192.0.2.7"),
                              host("1::ffff:192.0.2.7"), host("100::ffff:192.0.2.7"),
                              host("::1:ffff:192.0.2.7"), host("192.0.2.7"), host("x"), host()})
        t.in().ok(unmap(other) == other);
    t.ok(same_address(host("::ffff:192.0.2.7"), host("192.0.2.7")));
    t.ok(same_address(host("192.0.2.7"), host("::ffff:192.0.2.7")));
    t.ok(same_address(host("2001:db8::1"), host("2001:db8::1")));
    t.ok(!same_address(host("2001:db8::1"), host("2001:db8::2")));
    t.ok(!same_address(host("192.0.2.7"), host("192.0.2.8")));
    // The translator is not the host behind it; and names are not addresses.
    t.ok(!same_address(host("64:ff9b::192.0.2.7"), host("192.0.2.7")));
    t.ok(!same_address(host("x"), host("x")) && !same_address({}, {}));
    t.ok(!same_address(named("192.0.2.7"), host("192.0.2.7")));
}
PROVE_AND_RUN(a_mapped_address_is_the_ipv4_address)

// D5: in each of the disguises the loopback is the loopback.
constexpr void an_access_list_sees_through_embedded_addresses(check& t) {
    for (const host& disguise :
         {host("127.0.0.1"), host("::ffff:127.0.0.1"), host("64:ff9b::127.0.0.1"), host("::127.0.0.1"),
          named("127.0.0.1"), named("::ffff:127.0.0.1"), named("[64:ff9b::7f00:1]")}) {
        const auto entered = t.in();
        t.ok(effective_host(disguise) == host("127.0.0.1"));
        t.ok(is_loopback(disguise) && !is_global(disguise) && !is_unspecified(disguise));
    }
    for (const host& same : {host("::"), host("::1"), host("64:ff9b:0:1::127.0.0.1"),
                             host("64:ff9b:100::127.0.0.1"), host("::1:127.0.0.1"), host("::1:0:127.0.0.1"),
                             host("2001:db8::1"), host("2001:db8::127.0.0.1"), host("x"), host()})
        t.in().ok(effective_host(same) == same);
    t.ok(effective_host(named("::1")) == host("::1") &&
         effective_host(named("127.1")).kind() == host_kind::bad);
    t.ok(effective_host(host("::0.0.0.2")) == host("0.0.0.2"));
    t.ok(is_loopback(named("::1")) && is_private(host("64:ff9b::10.1.2.3")));
    t.ok(is_private(host("::ffff:10.1.2.3")) && is_link_local(host("::ffff:169.254.169.254")));
    t.ok(is_multicast(host("64:ff9b::224.0.0.1")) && is_global(host("64:ff9b::1.1.1.1")));
}
PROVE_AND_RUN(an_access_list_sees_through_embedded_addresses)

// D5. The addresses inside are not where a mapped one has its own; Teredo inverts every bit.
constexpr void an_access_list_sees_through_tunnels(check& t) {
    struct row {
        host outer, inner;
    };
    constexpr row rows[] = {
        {"2002:7f00:1::", "127.0.0.1"},
        {"2002:7f00:1:5678::9abc:def0", "127.0.0.1"},
        {"2002:a9fe:a9fe::1", "169.254.169.254"},
        {"2002:0102:0304::1", "1.2.3.4"},
        {"2002:c102:0304::1", "193.2.3.4"},
        {"2001:0:4136:e378:8000:63bf:80ff:fffe", "127.0.0.1"},
        {"2001::5601:5601", "169.254.169.254"},
        {"2001:0:4136:e378:8000:63bf:fefd:fcfb", "1.2.3.4"},
        {"64:ff9b:1::127.0.0.1", "127.0.0.1"},
        {"64:ff9b:1:ffff:ffff:ffff:169.254.169.254", "169.254.169.254"},
        {"64:ff9b:1:2::1.2.3.4", "1.2.3.4"},
    };
    for (const row& r : rows) {
        const auto entered = t.in();
        t.ok(effective_host(r.outer) == r.inner && !is_global(r.outer));
        t.ok(is_loopback(r.outer) == is_loopback(r.inner));
        t.ok(is_link_local(r.outer) == is_link_local(r.inner));
        // Who comes through a tunnel is not who lives at its end.
        t.ok(unmap(r.outer) == r.outer && !same_address(r.outer, r.inner));
    }
    t.ok(is_private(host("2002:c0a8:101::1")) && is_multicast(host("2001::1fff:fffe")));
    t.ok(is_unspecified(host("2002::1")) && is_unspecified(host("2001::ffff:ffff")));
    t.ok(effective_host(named("[2002:7F00:1::]")) == host("127.0.0.1"));
    for (const host& same : {host("2001:1::80ff:fffe"), host("2003:7f00:1::"), host("64:ff9b:2::127.0.0.1"),
                             host("64:ff9a:1::127.0.0.1"), host("2:7f00:1::")})
        t.in().ok(effective_host(same) == same);
}
PROVE_AND_RUN(an_access_list_sees_through_tunnels)

// D13, U6: the wildcard, as clients write it.
constexpr void unspecified_has_many_spellings(check& t) {
    for (const host& wildcard :
         {host(), host("0.0.0.0"), host("::"), host("::ffff:0.0.0.0"), host("64:ff9b::"), named("0.0.0.0"),
          named("::"), named("[::]"), named("0"), named(""), named({"\0", 1})})
        t.in().ok(is_unspecified(wildcard) && !is_global(wildcard));
    for (const host& other : {host("0.0.0.1"), host("::1"), host("x"), named("00"), named("1"), named("/"),
                              host(bytes("0")), host("::0.0.0.2")})
        t.in().ok(!is_unspecified(other));
}
PROVE_AND_RUN(unspecified_has_many_spellings)

// The first and the last address of each network, and their neighbours.
constexpr void networks_begin_and_end_where_the_registries_say(check& t) {
    struct row {
        host first, last;
        bool (*inside)(const host&) noexcept;
        host before, behind;
    };
    constexpr row rows[] = {
        {"127.0.0.0", "127.255.255.255", is_loopback, "126.255.255.255", "128.0.0.0"},
        {"::1", "::1", is_loopback, "::", "::2"},
        {"169.254.0.0", "169.254.255.255", is_link_local, "169.253.255.255", "169.255.0.0"},
        {"fe80::", "febf:ffff::", is_link_local, "fe7f:ffff::", "fec0::"},
        {"10.0.0.0", "10.255.255.255", is_private, "9.255.255.255", "11.0.0.0"},
        {"172.16.0.0", "172.31.255.255", is_private, "172.15.255.255", "172.32.0.0"},
        {"192.168.0.0", "192.168.255.255", is_private, "192.167.255.255", "192.169.0.0"},
        {"fc00::", "fdff:ffff::", is_private, "fbff:ffff::", "fe00::"},
        {"224.0.0.0", "239.255.255.255", is_multicast, "223.255.255.255", "240.0.0.0"},
        {"ff00::", "ffff:ffff::", is_multicast, "feff:ffff::", "fe80::"},
        {"2000::", "2000:ffff::", is_global, "1fff:ffff::", "2001::"},
        {"2001:200::", "2001:db7:ffff::", is_global, "2001:1ff:ffff::", "2001:db8::"},
        {"2001:db9::", "2001:ffff:ffff::", is_global, "2001:db8:ffff::", "2002::"},
        {"2003::", "3ffe:ffff::", is_global, "2002:ffff::", "3fff::"},
        {"3fff:1000::", "3fff:ffff::", is_global, "3fff:fff::", "4000::"},
    };
    for (const row& r : rows) {
        const auto entered = t.in();
        t.ok(r.inside(r.first) && r.inside(r.last) && !r.inside(r.before) && !r.inside(r.behind));
    }
    for (const host& h : {host("x"), host(), host(bytes("127.1")), named("127.1"), named("localhost")})
        t.in().ok(!is_loopback(h) && !is_link_local(h) && !is_private(h) && !is_multicast(h) &&
                  !is_global(h));
}
PROVE_AND_RUN(networks_begin_and_end_where_the_registries_say)

constexpr void what_is_not_global_lies_between_what_is(check& t) {
    struct row {
        host before, first, last, behind;
    };
    constexpr row rows[] = {
        {"1.0.0.0", "0.0.0.0", "0.255.255.255", "1.0.0.0"},
        {"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
        {"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
        {"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
        {"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
        {"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
        {"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
        {"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
        {"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
        {"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
        {"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
        {"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
        {"223.255.255.255", "224.0.0.0", "255.255.255.255", "1.1.1.1"},
    };
    for (const row& r : rows)
        t.in().ok(is_global(r.before) && !is_global(r.first) && !is_global(r.last) && is_global(r.behind));
}
PROVE_AND_RUN(what_is_not_global_lies_between_what_is)

// The registries of special-purpose addresses: each block as they write it, with their column "Globally
// Reachable".
enum class reach : uint8_t { yes, no, not_applicable, as_inside };

struct block {
    const char* name;
    host first;
    unsigned bits;
    reach global;
};

constexpr block ipv4_registry[] = {
    {"This network", "0.0.0.0", 8, reach::no},
    {"This host on this network", "0.0.0.0", 32, reach::no},
    {"Private-Use", "10.0.0.0", 8, reach::no},
    {"Shared Address Space", "100.64.0.0", 10, reach::no},
    {"Loopback", "127.0.0.0", 8, reach::no},
    {"Link Local", "169.254.0.0", 16, reach::no},
    {"Private-Use", "172.16.0.0", 12, reach::no},
    {"IETF Protocol Assignments", "192.0.0.0", 24, reach::no},
    {"IPv4 Service Continuity Prefix", "192.0.0.0", 29, reach::no},
    {"IPv4 dummy address", "192.0.0.8", 32, reach::no},
    {"Port Control Protocol Anycast", "192.0.0.9", 32, reach::yes},
    {"Traversal Using Relays around NAT Anycast", "192.0.0.10", 32, reach::yes},
    {"NAT64/DNS64 Discovery", "192.0.0.170", 32, reach::no},
    {"NAT64/DNS64 Discovery", "192.0.0.171", 32, reach::no},
    {"Documentation (TEST-NET-1)", "192.0.2.0", 24, reach::no},
    {"AS112-v4", "192.31.196.0", 24, reach::yes},
    {"AMT", "192.52.193.0", 24, reach::yes},
    {"Deprecated (6to4 Relay Anycast)", "192.88.99.0", 24, reach::not_applicable},
    {"6a44-relay anycast address", "192.88.99.2", 32, reach::no},
    {"Private-Use", "192.168.0.0", 16, reach::no},
    {"Direct Delegation AS112 Service", "192.175.48.0", 24, reach::yes},
    {"Benchmarking", "198.18.0.0", 15, reach::no},
    {"Documentation (TEST-NET-2)", "198.51.100.0", 24, reach::no},
    {"Documentation (TEST-NET-3)", "203.0.113.0", 24, reach::no},
    {"Reserved", "240.0.0.0", 4, reach::no},
    {"Limited Broadcast", "255.255.255.255", 32, reach::no},
};

constexpr block ipv6_registry[] = {
    {"Loopback Address", "::1", 128, reach::no},
    {"Unspecified Address", "::", 128, reach::no},
    {"IPv4-mapped Address", "::ffff:0:0", 96, reach::as_inside},   // the registry: no
    {"IPv4-IPv6 Translation", "64:ff9b::", 96, reach::as_inside},  // the registry: yes
    {"IPv4-IPv6 Translation", "64:ff9b:1::", 48, reach::no},
    {"Discard-Only Address Block", "100::", 64, reach::no},
    {"Dummy IPv6 Prefix", "100:0:0:1::", 64, reach::no},
    {"IETF Protocol Assignments", "2001::", 23, reach::no},
    {"TEREDO", "2001::", 32, reach::not_applicable},
    {"Port Control Protocol Anycast", "2001:1::1", 128, reach::yes},
    {"Traversal Using Relays around NAT Anycast", "2001:1::2", 128, reach::yes},
    {"DNS-SD Service Registration Protocol Anycast", "2001:1::3", 128, reach::yes},
    {"Benchmarking", "2001:2::", 48, reach::no},
    {"AMT", "2001:3::", 32, reach::yes},
    {"AS112-v6", "2001:4:112::", 48, reach::yes},
    {"Deprecated (previously ORCHID)", "2001:10::", 28, reach::not_applicable},
    {"ORCHIDv2", "2001:20::", 28, reach::yes},
    {"Drone Remote ID Protocol Entity Tags (DETs) Prefix", "2001:30::", 28, reach::yes},
    {"Documentation", "2001:db8::", 32, reach::no},
    {"6to4", "2002::", 16, reach::not_applicable},
    {"Direct Delegation AS112 Service", "2620:4f:8000::", 48, reach::yes},
    {"Documentation", "3fff::", 20, reach::no},
    {"Segment Routing (SRv6) SIDs", "5f00::", 16, reach::no},
    {"Unique-Local", "fc00::", 7, reach::no},
    {"Link-Local Unicast", "fe80::", 10, reach::no},
};

// Not in the registries: multicast, and what of IPv6 is assigned for unicast at all.
constexpr block ipv4_default[] = {{"unicast", "0.0.0.0", 0, reach::yes},
                                  {"multicast", "224.0.0.0", 4, reach::no}};
constexpr block ipv6_default[] = {
    {"unassigned", "::", 0, reach::no},
    {"IPv4-compatible", "::", 96, reach::as_inside},
    {"unicast", "2000::", 3, reach::yes},
};

// An address as a number to count with: 4 or 16 bytes.
struct digits {
    uint8_t bytes[16] = {};
    size_t size = 0;

    constexpr explicit digits(const host& h) : size(h.kind() == host_kind::ipv4 ? 4 : 16) {
        for (size_t i = 0; i < size; ++i) bytes[i] = size == 4 ? h.v4().bytes[i] : h.v6().bytes[i];
    }
    [[nodiscard]] constexpr host address() const {
        ipv4 four;
        ipv6 six;
        for (size_t i = 0; i < 4; ++i) four.bytes[i] = bytes[i];
        for (size_t i = 0; i < 16; ++i) six.bytes[i] = bytes[i];
        return size == 4 ? host(four) : host(six);
    }
    [[nodiscard]] constexpr bool bit(size_t i) const { return (bytes[i / 8] >> (7 - i % 8) & 1) != 0; }
    // The last address of a block of so many bits.
    constexpr void fill(size_t bits) {
        for (size_t i = bits; i < size * 8; ++i)
            bytes[i / 8] = static_cast<uint8_t>(bytes[i / 8] | 0x80U >> i % 8);
    }
    // The next address up or down. At either end the other one follows.
    constexpr void move(bool up) {
        for (size_t i = size; i-- != 0;) {
            bytes[i] = static_cast<uint8_t>(up ? bytes[i] + 1 : bytes[i] - 1);
            if (bytes[i] != (up ? 0x00 : 0xff)) break;
        }
    }
};

constexpr bool holds(const block& b, const host& h) {
    const digits x(b.first);
    const digits y(h);
    for (size_t i = 0; i < b.bits; ++i)
        if (x.bit(i) != y.bit(i)) return false;
    return true;
}

// What the narrowest block around an address says.
template <size_t N, size_t M>
constexpr reach looked_up(const block (&registry)[N], const block (&otherwise)[M], const host& h) {
    const block* found = nullptr;
    const auto consider = [&](const block& b) {
        if (holds(b, h) && (found == nullptr || b.bits >= found->bits)) found = &b;
    };
    for (const block& b : otherwise) consider(b);
    for (const block& b : registry) consider(b);
    return found->global;
}

constexpr bool agrees(const host& h, reach expected) {
    if (expected == reach::as_inside) return is_global(h) == is_global(effective_host(h));
    return is_global(h) == (expected == reach::yes);
}

// Of each block the first and the last address and their neighbours.
template <size_t N, size_t M>
constexpr void is_global_follows(check& t, const block (&registry)[N], const block (&otherwise)[M]) {
    for (const block& b : registry) {
        const auto entered = t.in(b.name);
        digits first(b.first);
        digits last = first;
        last.fill(b.bits);
        t.ok(agrees(first.address(), b.global) && agrees(last.address(), b.global));
        first.move(false);
        last.move(true);
        for (const host& beside : {first.address(), last.address()})
            t.in().ok(agrees(beside, looked_up(registry, otherwise, beside)));
    }
}

constexpr void every_block_of_the_ipv4_registry_has_its_verdict(check& t) {
    is_global_follows(t, ipv4_registry, ipv4_default);
    for (const host& neighbour : {host("1.0.0.0"), host("100.63.255.255"), host("192.0.1.0"),
                                  host("192.88.98.255"), host("192.88.100.0"), host("223.255.255.255")})
        t.in().ok(looked_up(ipv4_registry, ipv4_default, neighbour) == reach::yes && is_global(neighbour));
}
PROVE_AND_RUN(every_block_of_the_ipv4_registry_has_its_verdict)

constexpr void every_block_of_the_ipv6_registry_has_its_verdict(check& t) {
    is_global_follows(t, ipv6_registry, ipv6_default);
    for (const host& neighbour :
         {host("2001:200::"), host("2001:db9::"), host("2003::"), host("3fff:1000::")})
        t.in().ok(looked_up(ipv6_registry, ipv6_default, neighbour) == reach::yes && is_global(neighbour));
    for (const host& neighbour :
         {host("2001:1::"), host("2001:1::4"), host("2001:1:0:0:1::1"), host("2001:1:100::1"),
          host("2001:1::101"), host("2001:2::1"), host("2001:2:112::"), host("2001:4:111::"),
          host("2001:5:112::"), host("2001:40::"), host("4000::")})
        t.in().ok(looked_up(ipv6_registry, ipv6_default, neighbour) == reach::no && !is_global(neighbour));
}
PROVE_AND_RUN(every_block_of_the_ipv6_registry_has_its_verdict)

// `outer` with an IPv4 address in its last bytes.
constexpr host ending_in(const host& outer, const host& inner) {
    ipv6 six = outer.v6();
    const ipv4 four = inner.v4();
    for (size_t i = 0; i < 4; ++i) six.bytes[12 + i] = four.bytes[i];
    return six;
}

// D5: no IPv4 block becomes global by being written inside an IPv6 address. The tunnels and the translators
// of one network are never global.
constexpr void an_ipv4_address_inside_reaches_no_further(check& t) {
    for (const block& b : ipv4_registry) {
        const auto entered = t.in(b.name);
        digits last(b.first);
        last.fill(b.bits);
        for (const host& inner : {b.first, last.address()}) {
            const auto nested = t.in();
            const bool compatible = digits(inner).bytes[0] != 0;  // else it may be :: or ::1
            for (const host& same :
                 {host("::ffff:0:0"), host("64:ff9b::"), host("2600::5efe:0:0"), host("2600::200:5efe:0:0")})
                t.in().ok(is_global(ending_in(same, inner)) == is_global(inner));
            t.ok(!compatible || is_global(ending_in(host("::"), inner)) == is_global(inner));
            for (const host& never :
                 {host("::ffff:0:0:0"), host("64:ff9b:1::"), host("2001::"), host("fe80::5efe:0:0"),
                  host("fc00::200:5efe:0:0"), host("2001:db8::5efe:0:0")})
                t.in().ok(!is_global(ending_in(never, inner)));
        }
    }
}
PROVE_AND_RUN(an_ipv4_address_inside_reaches_no_further)

// D5.
constexpr void an_access_list_sees_through_isatap_and_siit(check& t) {
    struct row {
        host outer, inner;
    };
    constexpr row rows[] = {
        {"::ffff:0:127.0.0.1", "127.0.0.1"},
        {"::ffff:0:1.2.3.4", "1.2.3.4"},
        {"fe80::5efe:127.0.0.1", "127.0.0.1"},
        {"2600:1:2:3:0:5efe:10.1.2.3", "10.1.2.3"},
        {"2600:1:2:3:200:5efe:169.254.169.254", "169.254.169.254"},
        {"::5efe:127.0.0.1", "127.0.0.1"},
        {"fdff:1:2:3:200:5efe:1.2.3.4", "1.2.3.4"},
        // The prefix first: a packet goes to the end of the outer tunnel.
        {"2002:7f00:1::5efe:1.2.3.4", "127.0.0.1"},
        {"2001::200:5efe:80ff:fffe", "127.0.0.1"},
    };
    for (const row& r : rows) {
        const auto entered = t.in();
        t.ok(effective_host(r.outer) == r.inner);
        t.ok(is_loopback(r.outer) == is_loopback(r.inner));
        t.ok(unmap(r.outer) == r.outer && !same_address(r.outer, r.inner));
    }
    t.ok(effective_host(named("[2600::5EFE:7f00:1]")) == host("127.0.0.1"));
    for (const host& same :
         {host("::ffff:1:127.0.0.1"), host("::1:ffff:0:127.0.0.1"), host("1::ffff:0:127.0.0.1"),
          host("100::ffff:0:127.0.0.1"), host("::fffe:0:127.0.0.1"), host("2600::100:5efe:127.0.0.1"),
          host("2600::300:5efe:127.0.0.1"), host("2600::1:5efe:127.0.0.1"), host("2600::5eff:127.0.0.1"),
          host("ff02::5efe:127.0.0.1")})
        t.in().ok(effective_host(same) == same);
    // The prefix counts as well as what is inside.
    t.ok(is_link_local(host("fe80::5efe:1.2.3.4")) && is_private(host("fe80::5efe:10.1.2.3")));
    t.ok(is_private(host("fd00::5efe:1.2.3.4")) && is_link_local(host("2600::5efe:169.254.169.254")));
    t.ok(is_multicast(host("ff02::5efe:1.2.3.4")) && is_multicast(host("2600::5efe:224.0.0.1")));
    t.ok(is_unspecified(host("2600::5efe:0.0.0.0")) && is_global(host("2600::5efe:1.2.3.4")));
    t.ok(is_private(host("fdff::5efe:127.0.0.1")) && is_loopback(host("fdff::5efe:127.0.0.1")));
    t.ok(is_private(host("fdff::5efe:0.0.0.0")) && is_unspecified(host("fdff::5efe:0.0.0.0")));
    t.ok(!is_global(host("fdff::5efe:127.0.0.1")) && !is_global(host("fdff::5efe:0.0.0.0")));
}
PROVE_AND_RUN(an_access_list_sees_through_isatap_and_siit)

// D16.
constexpr void case_and_one_trailing_dot_make_no_difference(check& t) {
    t.ok(canonical_equal(host("files.example.com"), host("FILES.Example.com.")));
    t.ok(canonical_equal(host("files.example.com."), host("files.example.com")));
    t.ok(!canonical_equal(host("files.example.com"), host("files.example.org")));
    t.ok(!canonical_equal(host("files.example.com"), named("files.example.com..")));
    t.ok(!canonical_equal(host("files-"), host("files")) && !canonical_equal(host("files0"), host("files")));
    for (const bytes name : {bytes(""), bytes("."), bytes("x")})
        t.in(name).ok(!canonical_equal(named(""), named(name)) && !canonical_equal(named(name), named("")));
    t.ok(canonical_equal(named("."), named(".")) && !canonical_equal(named("."), named("x")));
    t.ok(!canonical_equal(host("a@"), host("a`")) && !canonical_equal(host("a^"), host("a~")));
    t.ok(canonical_equal(named("M\xc3\xbcnchen.example"), named("m\xc3\xbcnchen.Example.")));
    t.ok(canonical_equal(named("192.0.2.7"), host("::ffff:192.0.2.7")));
    t.ok(canonical_equal(host("2001:db8::1"), named("2001:DB8:0::1")));
    t.ok(!canonical_equal(host("192.0.2.7"), host("192.0.2.8")) &&
         !canonical_equal(host("192.0.2.7"), host("x")) && !canonical_equal(host("x"), host("192.0.2.7")));
    t.ok(canonical_equal({}, {}) && !canonical_equal({}, host("0.0.0.0")));
    t.ok(!canonical_equal(named("127.1"), named("127.1")) && !canonical_equal(named("127.1"), host("x")));
    t.ok(!canonical_equal(host("x"), named("127.1")));
}
PROVE_AND_RUN(case_and_one_trailing_dot_make_no_difference)

// D10, and D11: bytes above 0x7f are not printable either.
void printable_names_hold_visible_ascii_only(check& t) {
    t.ok(is_printable(named("files.example.com")) && is_printable(named("a_b!~")));
    t.ok(!is_printable(named("evil\r\nX: 1")) && !is_printable(named("a b")) && !is_printable(named("a\"b")));
    t.ok(!is_printable(named("\x7f")) &&
         !is_printable(named("b\xc3\xbc"
                             "cher")) &&
         !is_printable(named("")));
    t.ok(is_printable(host("192.0.2.7")) && is_printable(host()) && !is_printable(host(bytes("a:b"))));
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const char c = static_cast<char>(v);
        const bool digit = c >= '0' && c <= '9';
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        t.ok(is_printable(named({&c, 1})) == (v > 0x20 && v < 0x7f && v != 0x22));
        t.ok(is_ldh(named({&c, 1})) == (digit || letter || c == '-' || c == '.' || c == '_'));
    }
}
RUN(printable_names_hold_visible_ascii_only)

constexpr void ldh_names_hold_what_host_names_are_made_of(check& t) {
    t.ok(is_ldh(named("files-1.Example.com.")) && is_ldh(named("_dns.example")));
    t.ok(!is_ldh(named("a!b")) && !is_ldh(named("[::1]")) && !is_ldh(named("")));
    t.ok(is_ldh(host("2001:db8::1")) && is_ldh(host()) && !is_ldh(host(bytes("1.2.3"))));
}
PROVE_AND_RUN(ldh_names_hold_what_host_names_are_made_of)

}  // namespace
