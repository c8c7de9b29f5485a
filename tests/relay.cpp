// The address of a relay, and the senders that may use it.

#include <socks/policy/relay.hpp>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr host proxy = "203.0.113.5";

constexpr host named(bytes name) { return host::as_received(name); }

// U7: each of them is refused by Dante where it was reached by the other family.
constexpr void the_wildcard_is_of_the_family_that_reached_the_proxy(check& t) {
    for (const host& reached : {proxy, host("127.0.0.1"), host("::ffff:203.0.113.5"), host("::ffff:0:0")})
        t.in().ok(unspecified_for(reached) == endpoint{ipv4{0, 0, 0, 0}, 0});
    // Addresses with an IPv4 address inside are reached over IPv6 too.
    for (const host& reached : {host("::1"), host("2001:db8::5"), host("fe80::1"), host("64:ff9b::cb00:7105"),
                                host("2002:cb00:7105::1"), host("::203.0.113.5")})
        t.in().ok(unspecified_for(reached) == endpoint{ipv6{}, 0});
    for (const host& unknown : {host(), host("proxy.example"), named("::1")})
        t.in().ok(unspecified_for(unknown) == endpoint{ipv4{}, 0});
}
PROVE_AND_RUN(the_wildcard_is_of_the_family_that_reached_the_proxy)

// U1, and B4 for the first reply to BIND; R4 and R5 in raw form.
constexpr void an_unspecified_relay_is_at_the_proxy(check& t) {
    for (const host& bound : {host("0.0.0.0"), host("::"), host(), named(""), named({"\0", 1}),
                              named("0.0.0.0"), host("::ffff:0.0.0.0")}) {
        const auto entered = t.in();
        t.ok(relay_endpoint({bound, 40001}, proxy) == endpoint{proxy, 40001});
        t.ok(relay_endpoint({bound, 40001}, "2001:db8::5") == endpoint{"2001:db8::5", 40001});
    }
    for (const host& bound : {host("192.168.0.9"), host("198.51.100.4"), host("2001:db8::9"),
                              host("127.0.0.1"), host("relay.example")})
        t.in().ok(relay_endpoint({bound, 40001}, proxy) == endpoint{bound, 40001});
    t.ok(relay_endpoint({{}, 0}, "proxy.example") == endpoint{"proxy.example", 0});
}
PROVE_AND_RUN(an_unspecified_relay_is_at_the_proxy)

// U2.
constexpr void the_reply_is_trusted_as_far_as_wanted(check& t) {
    struct row {
        host bound;
        bool unspecified, not_global;  // whether it is replaced
    };
    constexpr row rows[] = {
        {"0.0.0.0", true, true},
        {"::", true, true},
        {{}, true, true},
        {"10.0.0.9", false, true},
        {"::ffff:10.0.0.9", false, true},
        {"127.0.0.1", false, true},
        {"fe80::1", false, true},
        {"100.64.0.1", false, true},
        {"2002:101:101::1", false, true},
        {"1.1.1.1", false, false},
        {"64:ff9b::1.1.1.1", false, false},
        {"2606:4700::1", false, false},
        {"relay.example", false, false},
    };
    for (const row& r : rows) {
        const auto entered = t.in();
        const endpoint bound{r.bound, 40001};
        const endpoint there{proxy, 40001};
        t.ok(relay_endpoint(bound, proxy, replace_bound::never) == bound);
        t.ok(relay_endpoint(bound, proxy, replace_bound::unspecified) == (r.unspecified ? there : bound));
        t.ok(relay_endpoint(bound, proxy, replace_bound::not_global) == (r.not_global ? there : bound));
        t.ok(relay_endpoint(bound, proxy, replace_bound::always) == there);
    }
    t.ok(relay_endpoint({named("10.0.0.9"), 1}, proxy, replace_bound::not_global) == endpoint{proxy, 1});
}
PROVE_AND_RUN(the_reply_is_trusted_as_far_as_wanted)

// U10.
constexpr void a_client_takes_datagrams_from_its_relay_only(check& t) {
    const endpoint relay{proxy, 40001};
    t.ok(from_relay({"203.0.113.5", 40001}, relay) && from_relay({"::ffff:203.0.113.5", 40001}, relay));
    t.ok(!from_relay({"203.0.113.6", 40001}, relay));
    t.ok(!from_relay({"203.0.113.5", 40000}, relay) && !from_relay({"203.0.113.5", 40002}, relay));
    t.ok(from_relay({"2001:db8::9", 40001}, {"2001:db8::9", 40001}));
    t.ok(!from_relay({"2001:db8::8", 40001}, {"2001:db8::9", 40001}));
    t.ok(from_relay({"198.51.100.4", 40001}, {{}, 40001}) && from_relay({"::1", 40001}, {ipv4{}, 40001}));
    t.ok(!from_relay({"198.51.100.4", 40002}, {{}, 40001}));
    t.ok(!from_relay({"203.0.113.5", 40001}, {"relay.example", 40001}));
    t.ok(!from_relay({named("relay.example"), 40001}, {"relay.example", 40001}));
}
PROVE_AND_RUN(a_client_takes_datagrams_from_its_relay_only)

// U8, U9: the address is the control connection's, and the first datagram sets the port.
constexpr void the_first_datagram_of_the_client_locks_its_port(check& t) {
    source_lock client("198.51.100.4");
    t.ok(client.source() == endpoint{"198.51.100.4", 0});
    t.ok(!client.admit({"198.51.100.5", 5000}) && !client.admit({"127.0.0.1", 5000}));
    t.ok(!client.admit({"198.51.100.4", 0}) && client.source().port == 0);
    t.ok(client.admit({"198.51.100.4", 5000}) && client.source() == endpoint{"198.51.100.4", 5000});
    t.ok(!client.admit({"198.51.100.4", 5001}) && !client.admit({"198.51.100.5", 5000}));
    t.ok(client.admit({"198.51.100.4", 5000}) && client.source().port == 5000);
}
PROVE_AND_RUN(the_first_datagram_of_the_client_locks_its_port)

constexpr void sockets_of_both_families_see_one_client(check& t) {
    source_lock client("::ffff:198.51.100.4", {"198.51.100.4", 5000});
    t.ok(client.source() == endpoint{"::ffff:198.51.100.4", 5000});
    t.ok(!client.admit({"198.51.100.4", 5001}));
    t.ok(client.admit({"198.51.100.4", 5000}) && client.source() == endpoint{"198.51.100.4", 5000});
    source_lock six("2001:db8::4");
    t.ok(!six.admit({"2001:db8::5", 5000}) && six.admit({"2001:db8::4", 5000}));
}
PROVE_AND_RUN(sockets_of_both_families_see_one_client)

// U4, U5, U7, U8: what clients declare. Only a port of their very own address is believed.
constexpr void a_declared_port_counts_for_the_client_s_own_address(check& t) {
    source_lock declared("198.51.100.4", {"198.51.100.4", 5000});
    t.ok(!declared.admit({"198.51.100.4", 6000}) && declared.admit({"198.51.100.4", 5000}));
    for (const endpoint& other :
         {unspecified_ipv4, unspecified_ipv6, endpoint{ipv4{}, 5000}, endpoint{"10.0.0.4", 5000},
          endpoint{"1.1.1.1", 53}, endpoint{"ntp.example", 123}, endpoint{named("0.0.0.0"), 0},
          endpoint{"198.51.100.4", 0}, endpoint{}}) {
        const auto entered = t.in();
        source_lock client("198.51.100.4", other);
        t.ok(!client.admit({"198.51.100.5", 5000}) && !client.admit(other));
        t.ok(client.admit({"198.51.100.4", 6000}) && !client.admit({"198.51.100.4", 5000}));
    }
}
PROVE_AND_RUN(a_declared_port_counts_for_the_client_s_own_address)

constexpr void a_roaming_client_is_answered_where_it_was_last_seen(check& t) {
    source_lock client("198.51.100.4", {"198.51.100.4", 5000}, source_ports::roaming);
    t.ok(client.admit({"198.51.100.4", 6000}) && client.source().port == 6000);
    t.ok(client.admit({"198.51.100.4", 7000}) && client.source().port == 7000);
    t.ok(!client.admit({"198.51.100.5", 7000}) && client.source().port == 7000);
}
PROVE_AND_RUN(a_roaming_client_is_answered_where_it_was_last_seen)

constexpr void a_lock_without_an_address_admits_nobody(check& t) {
    for (const host& peer : {host(), host("client.example"), host(bytes("127.1"))}) {
        const auto entered = t.in();
        source_lock client(peer, {peer, 5000});
        t.ok(!client.admit({peer, 5000}) && !client.admit({"0.0.0.0", 5000}) && !client.admit({{}, 5000}));
        t.ok(client.source() == endpoint{});
    }
    source_lock nobody;
    t.ok(!nobody.admit({}) && !nobody.admit({"127.0.0.1", 1}));
    t.ok(__is_trivially_copyable(source_lock));
}
PROVE_AND_RUN(a_lock_without_an_address_admits_nobody)

// B2.
constexpr void a_bind_expects_the_request_s_destination(check& t) {
    t.ok(is_expected("192.0.2.7", "192.0.2.7") && is_expected("::ffff:192.0.2.7", "192.0.2.7"));
    t.ok(is_expected("192.0.2.7", "::ffff:192.0.2.7") && !is_expected("192.0.2.8", "192.0.2.7"));
    for (const host& anybody : {host(), host("0.0.0.0"), host("::"), named("0.0.0.0")})
        t.in().ok(is_expected("192.0.2.8", anybody) && is_expected("2001:db8::1", anybody));
    t.ok(!is_expected("192.0.2.7", "ftp.example"));
}
PROVE_AND_RUN(a_bind_expects_the_request_s_destination)

}  // namespace
