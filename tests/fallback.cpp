// SOCKS5 first, then SOCKS4, on either connection.

#include <socks/machine/client.hpp>
#include <socks/policy/fallback.hpp>

#include "bytes_literal.hpp"
#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr endpoint four{"192.0.2.7", 443};
constexpr endpoint name{"files.example.com", 443};

constexpr void the_first_try_offers_none_and_a_login(check& t) {
    t.ok(first_try(four, {}).offer().as_bytes() == "00"_bytes);
    const socks::request r = first_try(name, {"john", "foo"});
    t.ok(r.offer().as_bytes() == "00 02"_bytes && r.version == version::v5 && r.to == name);
    t.ok(r.credentials.user == bytes("john") && r.credentials.password == bytes("foo"));
}
PROVE_AND_RUN(the_first_try_offers_none_and_a_login)

// V9: what the proxy said decides where the second try can be made.
constexpr void an_answer_that_is_not_socks5_leads_to_socks4(check& t) {
    for (const errc why : {errc::peer_is_http, errc::peer_is_tls, errc::peer_is_ssh, errc::not_socks,
                           errc::bad_version, errc::closed, errc::truncated}) {
        const auto entered = t.in();
        const socks::request first = first_try(four, {"john", "foo"});
        socks::request r = first;
        t.ok(retry_on_new_connection(r, why, 0, "system", r));
        t.ok(r.version == version::v4 && r.to == four && r.credentials.user == bytes("system") &&
             r.credentials.password.empty());
        t.ok(r.methods.empty() && r.command == command::connect);
        r = first;
        const bool ended = why == errc::closed || why == errc::truncated;
        t.ok(retry_on_same_connection(r, why, 0, "system", r) != ended);
        t.ok(r.version == (ended ? version::v5 : version::v4));
        t.ok(ended || (r.to == four && r.credentials.user == bytes("system")));
    }
}
PROVE_AND_RUN(an_answer_that_is_not_socks5_leads_to_socks4)

constexpr void a_second_try_on_a_new_connection_begins_anew(check& t) {
    char out[client::max_output] = {};
    socks::request request = first_try(four, {});
    client first;
    t.ok(first.step(request, {}, out).data() == "05 01 00"_bytes);
    const auto s = first.step(request, "00 5b"_bytes, out);  // a SOCKS4 server refuses
    t.ok(s.next() == client::next::fail && s.error() == errc::bad_version && s.consumed() == 0);
    t.ok(retry_on_new_connection(request, s.error(), s.consumed(), "ann", request));
    client second;
    t.ok(second.step(request, {}, out).data() == "04 01 01bb c0000207 'ann' 00"_bytes);
}
PROVE_AND_RUN(a_second_try_on_a_new_connection_begins_anew)

// As java.net.Socket: two bytes are taken for the answer to the greeting, and the reply is what follows them.
constexpr void a_second_try_on_the_same_connection_takes_two_bytes(check& t) {
    for (const bytes answer : {"00 5b"_bytes, "04 ff"_bytes, "99 00"_bytes})
        for (const size_t received : {size_t{1}, size_t{2}}) {
            const auto entered = t.in(received);
            char out[client::max_output] = {};
            inbox<client::max_input> in;
            socks::request request = first_try(four, {"john", "foo"});
            client handshake;
            t.ok(handshake.step(request, in, out).data() == "05 02 00 02"_bytes);
            const auto put = [&in](bytes more) {
                for (size_t i = 0; i < more.size(); ++i) in.prepare().data()[i] = more.data()[i];
                in.commit(more.size());
            };
            put(answer.first(received));
            const auto failed = handshake.step(request, in, out);
            t.ok(failed.next() == client::next::fail && failed.consumed() == 0);
            t.ok(retry_on_same_connection(request, failed.error(), failed.consumed(), "ann", request));
            handshake = client({.after_greeting = true});
            if (received == 1) {
                const auto lacks = handshake.step(request, in, out);
                t.ok(lacks.next() == client::next::recv && lacks.needed() == 1 && lacks.consumed() == 0);
                put(answer.subspan(1));
            }
            const auto asks = handshake.step(request, in, out);
            t.ok(asks.data() == "04 01 01bb c0000207 'ann' 00"_bytes && asks.consumed() == 2);
            t.ok(in.empty() && handshake.step(request, in, out).needed() == 8);
            put("00 5a 0000 00000000 'hi'"_bytes);
            const auto done = handshake.step(request, in, out);
            t.ok(done.next() == client::next::done && done.result().early == "hi");
        }
}
PROVE_AND_RUN(a_second_try_on_the_same_connection_takes_two_bytes)

constexpr void a_second_try_on_a_connection_that_ends_fails(check& t) {
    char out[client::max_output] = {};
    const socks::request request{.version = version::v4, .to = four};
    for (const bytes in : {""_bytes, "00"_bytes, "00 5b"_bytes}) {
        const auto entered = t.in(in);
        client m({.after_greeting = true});
        m.end_of_stream();
        auto s = m.step(request, in, out);
        if (in.size() == 2) {
            t.ok(s.next() == client::next::send && s.consumed() == 2);
            s = m.step(request, {}, out);
        }
        t.ok(s.next() == client::next::fail &&
             s.error() == (in.size() == 1 ? errc::truncated : errc::closed));
    }
    client speaks5({.after_greeting = true});  // a proxy of SOCKS5 is not asked by SOCKS4
    const auto refused = speaks5.step(request, "05"_bytes, out);
    t.ok(refused.next() == client::next::fail && refused.error() == errc::bad_version && refused.byte() == 5);
    client m({.after_greeting = true});
    const auto no_space = m.step(request, "00 5b"_bytes, buffer(out, 8));  // nothing changed, nothing used
    t.ok(no_space.error() == errc::no_space && no_space.consumed() == 0 && no_space.required() == 9);
    t.ok(m.step(request, "00 5b"_bytes, out).consumed() == 2);
}
PROVE_AND_RUN(a_second_try_on_a_connection_that_ends_fails)

constexpr bool there_is_none(socks::request r, errc why, size_t used, bytes user) {
    const version via = r.version;
    return !retry_on_new_connection(r, why, used, user, r) &&
           !retry_on_same_connection(r, why, used, user, r) && r.version == via;
}

constexpr void other_failures_stay_failures(check& t) {
    const socks::request r = first_try(four, {});
    for (const errc why : {errc::unreachable, errc::timed_out, errc::no_space, errc::none, errc::bad_host})
        t.in().ok(there_is_none(r, why, 0, "u"));
    // Once a method was chosen, the proxy speaks SOCKS5.
    for (const errc why :
         {errc::refused, errc::credentials_refused, errc::no_acceptable_method, errc::closed})
        t.in().ok(there_is_none(r, why, 2, "u"));
}
PROVE_AND_RUN(other_failures_stay_failures)

constexpr void socks4_has_no_second_try_for_what_it_can_not_carry(check& t) {
    for (const endpoint& to : {name, endpoint{"[2001:db8::1]", 443}, endpoint{"0.0.0.7", 443}})
        t.in().ok(there_is_none(first_try(to, {}), errc::bad_version, 0, "u"));
    t.ok(there_is_none(first_try(four, {}), errc::bad_version, 0, "00"_bytes));
    t.ok(there_is_none({.command = command::udp_associate, .to = four}, errc::bad_version, 0, "u"));
    for (const version via : {version::v4, version::v4a})
        t.in().ok(there_is_none({.version = via, .to = four}, errc::bad_version, 0, "u"));
}
PROVE_AND_RUN(socks4_has_no_second_try_for_what_it_can_not_carry)

}  // namespace
