// SOCKS5 first, then SOCKS4, as java.net.Socket has it.

#include <socks/policy/fallback.hpp>

#include "check.hpp"
#include "octets.hpp"

namespace {

using ::check;
using namespace socks;

constexpr endpoint four{"192.0.2.7", 443};
constexpr endpoint name{"files.example.com", 443};

constexpr void the_first_try_offers_none_and_a_login(check& t) {
    t.ok(first_try(four, {}).offer().octets() == "00"_octets);
    const request r = first_try(name, {"john", "foo"});
    t.ok(r.offer().octets() == "00 02"_octets && r.via == version::v5 && r.to == name);
    t.ok(r.login.user == bytes("john") && r.login.password == bytes("foo"));
}
PROVE_AND_RUN(the_first_try_offers_none_and_a_login)

// V9: the connection on which SOCKS5 was spoken in vain is not used again; the second try is another request for
// another client.
constexpr void an_answer_that_is_not_socks5_leads_to_socks4(check& t) {
    for (const errc why : {errc::peer_is_http, errc::peer_is_tls, errc::peer_is_ssh, errc::not_socks,
                           errc::bad_version, errc::closed, errc::truncated}) {
        request r = first_try(four, {"john", "foo"});
        t.ok(second_try(r, why, 0, "system", r));
        t.ok(r.via == version::v4 && r.to == four && r.login.user == bytes("system") &&
             r.login.password.empty());
        t.ok(r.methods.empty() && r.command == command::connect);
    }
}
PROVE_AND_RUN(an_answer_that_is_not_socks5_leads_to_socks4)

constexpr void a_whole_second_try_is_spoken_on_its_own(check& t) {
    char out[client::max_output] = {};
    request want = first_try(four, {});
    client first;
    t.ok(first.step(want, {}, out).data() == "05 01 00"_octets);
    const auto s = first.step(want, "00 5b"_octets, out);  // a SOCKS4 server refuses
    t.ok(s.next() == client::next::fail && s.error() == errc::bad_version && s.used() == 0);
    t.ok(second_try(want, s.error(), s.used(), "ann", want));
    client second;
    t.ok(second.step(want, {}, out).data() == "04 01 01bb c0000207 'ann' 00"_octets);
}
PROVE_AND_RUN(a_whole_second_try_is_spoken_on_its_own)

constexpr void other_failures_stay_failures(check& t) {
    request r = first_try(four, {});
    for (const errc why : {errc::unreachable, errc::timed_out, errc::no_space, errc::none, errc::bad_host})
        t.ok(!second_try(r, why, 0, "u", r) && r.via == version::v5);
    // Once a method was chosen, the proxy speaks SOCKS5.
    for (const errc why : {errc::refused, errc::login_refused, errc::no_acceptable_method, errc::closed})
        t.ok(!second_try(r, why, 2, "u", r) && r.via == version::v5);
}
PROVE_AND_RUN(other_failures_stay_failures)

constexpr void socks4_has_no_second_try_for_what_it_can_not_carry(check& t) {
    for (const endpoint& to : {name, endpoint{"[2001:db8::1]", 443}, endpoint{"0.0.0.7", 443}}) {
        request r = first_try(to, {});
        t.ok(!second_try(r, errc::closed, 0, "u", r) && r.via == version::v5);
    }
    request r = first_try(four, {});
    t.ok(!second_try(r, errc::closed, 0, "00"_octets, r));
    r = {.command = command::udp_associate, .to = four};
    t.ok(!second_try(r, errc::closed, 0, "u", r));
    r = {.via = version::v4, .to = four};
    t.ok(!second_try(r, errc::closed, 0, "u", r));
}
PROVE_AND_RUN(socks4_has_no_second_try_for_what_it_can_not_carry)

}  // namespace
