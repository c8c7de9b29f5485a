// Several proxies in a row: each is asked to connect to the next, and a failure names the right proxy.

#include <type_traits>
#include <vector>

#include "journey.hpp"

namespace {

using namespace drive;
using next = socks::chain::next;

static_assert(sizeof(socks::chain) <= 16 && std::is_trivially_copyable_v<socks::chain>);

constexpr socks::hop office[] = {
    {.proxy = {"gate.example.net", 1080}, .credentials = {"john", "foo"}},
    {.proxy = {ipv4{192, 0, 2, 7}, 1081}, .version = version::v4a, .credentials = {"fred"}},
    {.proxy = {"exit.example.net", 1082}}};

// A container of somebody else's.
struct list {
    socks::hop items[2] = {};
    [[nodiscard]] constexpr const socks::hop* data() const { return items; }
    [[nodiscard]] constexpr size_t size() const { return 2; }
};

constexpr void hops_are_viewed_where_they_lie(check& t) {
    const list theirs;
    const socks::hops from_list = theirs;
    const socks::hops from_array = office;
    t.ok(from_list.size() == 2 && &from_list[0] == theirs.items && &from_list[1] == theirs.items + 1);
    t.ok(from_array.size() == 3 && &from_array[0] == office && &from_array[2] == office + 2);
    t.ok(socks::hops().size() == 0 && socks::hops(office, 1).size() == 1);
}
PROVE_AND_RUN(hops_are_viewed_where_they_lie)

// Every action of a whole chain, with the bytes as the documents draw them.
constexpr void each_proxy_is_asked_for_the_next(check& t) {
    const socks::route route{.through = office, .command = command::bind, .to = {ipv4{198, 51, 100, 4}, 21}};
    socks::chain m;
    char out[socks::chain::max_output] = {};
    const struct {
        bytes in;
        bytes sends;
        size_t hop;
    } steps[] = {
        {"", "05 01 02"_bytes, 0},
        {"05 02"_bytes, "01 04 'john' 03 'foo'"_bytes, 0},
        {"01 00"_bytes, "05 01 00 01 c0000207 0439"_bytes, 0},
        {"05 00 00 01 cb007105 0fa0"_bytes, "04 01 043a 00000001 'fred' 00 'exit.example.net' 00"_bytes, 1},
        {"00 5a 0000 00000000"_bytes, "05 01 00"_bytes, 2},
        {"05 00"_bytes, "05 02 00 01 c6336404 0015"_bytes, 2},
    };
    for (const auto& s : steps) {
        const auto entered = t.in(s.in);
        const auto a = m.step(route, s.in, out);
        t.ok(a.next() == next::send && a.data() == s.sends && a.consumed() == s.in.size() &&
             m.hop() == s.hop);
        const auto idle = m.step(route, "", out);
        t.ok(idle.next() == next::recv && idle.consumed() == 0);
    }
    const auto a = m.step(route, "05 00 00 01 cb007105 0fa1"_bytes, out);
    t.ok(a.next() == next::bound && a.bound() == socks::endpoint{ipv4{203, 0, 113, 5}, 4001});
    const auto b = m.step(route, "05 00 00 01 c6336404 0014  'x'"_bytes, out);
    t.ok(b.next() == next::done && b.result().early == "x" && m.hop() == 2);
    t.ok(m.step(route, "", out).error() == errc::finished && m.hop() == 2);
}
PROVE_AND_RUN(each_proxy_is_asked_for_the_next)

// A proxy that says no, or nonsense, fails as it would alone, and is named; those before it do not matter.
constexpr void a_refusal_is_laid_at_the_right_door(check& t) {
    for (const refusal& r : refusals) {
        const auto entered = t.in(r.what);
        const outcome alone = run<plain>(socks::client(), r.request, {.says = r.server});
        const socks::hop says_no{.proxy = {"exit.example.net", 1082},
                                 .version = r.request.version,
                                 .credentials = r.request.credentials,
                                 .methods = r.request.methods};
        const bytes good = "00 5a 0000 00000000"_bytes;
        for (const pace how : {whole, bytewise, precise}) {
            const auto nested = t.in();
            const socks::hop behind[] = {{.proxy = {"a.example", 1080}, .version = version::v4a}, says_no};
            socks::route route{.through = behind, .command = r.request.command};
            route.to = r.request.to;
            socks::chain m;
            const size_t sent = "04 01 043a 00000001 00 'exit.example.net' 00"_bytes.size();
            const outcome o =
                travel<plain>(m, route, line().add(tape().put(good), 0).add(tape().put(r.server), sent), how);
            t.ok(o.how == ending::failed && o.why == r.why && o.byte == r.byte && m.hop() == 1);
            t.ok(o.used == good.size() + r.used && o.told == alone.told);
            t.ok(o.sent.view().subspan(sent) == alone.sent.view());

            if (r.request.command != command::connect) continue;
            const socks::hop first[] = {says_no, {.proxy = r.request.to}};
            const socks::route onwards{.through = first, .to = {"b.example", 80}};
            socks::chain n;
            const outcome p = travel<plain>(n, onwards, line().add(tape().put(r.server), 0), how);
            t.ok(p.how == ending::failed && p.why == r.why && p.byte == r.byte && n.hop() == 0);
            t.ok(p.used == r.used && p.sent == alone.sent);
        }
    }
}
PROVE_AND_RUN(a_refusal_is_laid_at_the_right_door)

// Bytes behind the reply of a proxy on the way come from the next one, which has not been greeted yet.
// Whoever reads no further than the reply meets them where the next choice is due.
constexpr void a_proxy_that_speaks_first_is_named(check& t) {
    const socks::hop proxies[] = {{.proxy = {"a.example", 1080}}, {.proxy = {"b.example", 1080}}};
    const socks::route route{.through = proxies, .to = {"c.example", 80}};
    const bytes says = "05 00  05 00 00 01 c0000207 0438  'SSH-2.0-x'"_bytes;
    const struct {
        pace how;
        errc why;
        size_t unread;
    } reads[] = {
        {whole, errc::spoke_first, 9},        {split_at(2), errc::spoke_first, 9},
        {split_at(13), errc::spoke_first, 1}, {split_at(12), errc::peer_is_ssh, 9},
        {precise, errc::peer_is_ssh, 2},
    };
    for (const bool pipelined : {false, true})
        for (const auto& r : reads) {
            const auto entered = t.in();
            socks::chain m({.pipelined = pipelined});
            const outcome o = travel<boxed>(m, route, line().add(tape().put(says), 0), r.how);
            t.ok(o.how == ending::failed && o.why == r.why && m.hop() == 1);
            t.ok(o.byte == 'S' && o.used == 12 && o.unread == r.unread);
            t.ok(travel<boxed>(m, route, line(), whole).why == r.why && m.hop() == 1);
        }
}
PROVE_AND_RUN(a_proxy_that_speaks_first_is_named)

// A route that cannot be gone costs no byte, and the hop that cannot be asked is named.
constexpr void a_route_is_looked_at_before_the_first_byte(check& t) {
    const socks::hop fine{.proxy = {"a.example", 1080}};
    const socks::hop four{.proxy = {ipv4{192, 0, 2, 7}, 1081}, .version = version::v4};
    const socks::hop bad{.proxy = {bytes("localhost:80"), 80}};
    const socks::hop unset{};
    const socks::hop greedy{.proxy = {"b.example", 1080}, .methods = method::username_password};
    const struct {
        socks::hop proxies[3];
        size_t size;
        errc why;
        size_t hop;
    } routes[] = {
        {{fine}, 0, errc::bad_route, 0},
        {{fine, fine, bad}, 3, errc::bad_host, 1},
        {{fine, unset, fine}, 3, errc::no_host, 0},
        {{fine, unset, bad}, 3, errc::no_host, 0},
        {{four, fine, fine}, 3, errc::name_over_socks4, 0},
        {{fine, four, {.proxy = {documentation, 80}}}, 3, errc::ipv6_over_socks4, 1},
        {{fine, fine, four}, 3, errc::name_over_socks4, 2},
        {{fine, greedy, fine}, 3, errc::no_credentials, 1},
    };
    for (const auto& r : routes) {
        const auto entered = t.in();
        const socks::route route{.through = {r.proxies, r.size}, .to = {"c.example", 80}};
        socks::chain m;
        socks::inbox<socks::chain::max_input> in;
        socks::outbox<socks::chain::max_output> out;
        for (int i = 0; i < 2; ++i) {
            const auto nested = t.in(static_cast<size_t>(i));
            const auto a = m.step(route, in, out);
            t.ok(a.next() == next::fail && a.error() == r.why && m.hop() == r.hop && out.empty());
            t.ok(blame(a.error()) == socks::party::caller);
        }
    }
    const socks::hop proxies[] = {four, four};
    socks::chain udp;
    char out[socks::chain::max_output] = {};
    const socks::route route{.through = proxies, .command = command::udp_associate};
    t.ok(udp.step(route, "", out).error() == errc::command_over_socks4 && udp.hop() == 1);
}
PROVE_AND_RUN(a_route_is_looked_at_before_the_first_byte)

void a_chain_has_at_most_255_proxies(check& t) {
    const std::vector<socks::hop> proxies(256, {.proxy = {ipv4{192, 0, 2, 7}, 1081}, .version = version::v4});
    char out[socks::chain::max_output] = {};
    socks::chain m;
    const socks::route too_long{.through = proxies, .to = {ipv4{66, 102, 7, 99}, 80}};
    const auto a = m.step(too_long, "", out);
    t.ok(a.next() == next::fail && a.error() == errc::bad_route);

    socks::chain n;
    const socks::route longest{.through = {proxies.data(), 255}, .to = {ipv4{66, 102, 7, 99}, 80}};
    bytes in = "";
    for (size_t i = 0; i < 255; ++i) {
        const auto entered = t.in(i);
        const auto b = n.step(longest, in, out);
        t.ok(b.next() == next::send && n.hop() == i && b.consumed() == in.size());
        t.ok(b.data() == (i == 254 ? "04 01 0050 42660763 00"_bytes : "04 01 0439 c0000207 00"_bytes));
        in = "00 5a 0000 00000000"_bytes;
    }
    t.ok(n.step(longest, in, out).next() == next::done);
}
RUN(a_chain_has_at_most_255_proxies)

constexpr void a_chain_begins_at_its_first_proxy(check& t) {
    const socks::chain m;
    t.ok(m.hop() == 0 && m.state() == socks::client_state::start && !m.may_send_early());
}
PROVE_AND_RUN(a_chain_begins_at_its_first_proxy)

// The route is borrowed anew for each step: one that shrinks below the proxy in turn, or cuts off what it was
// asked for, never ends in a tunnel to somewhere else.
constexpr void a_route_that_shrinks_is_no_way(check& t) {
    const bytes done0 = "05 00 00 01 c0000207 0438"_bytes;
    for (const size_t left : {size_t{0}, size_t{1}}) {
        const auto entered = t.in(left);
        const socks::hop proxies[] = {{.proxy = {"a.example", 1080}}, {.proxy = {"b.example", 1080}}};
        const socks::route route{.through = proxies, .to = {"c.example", 80}};
        const socks::route shrunk{.through = {proxies, left}, .to = {"c.example", 80}};
        char out[socks::chain::max_output] = {};
        for (const int steps : {1, 2, 3}) {
            const auto nested = t.in(static_cast<size_t>(steps));
            socks::chain m;
            t.ok(m.step(route, "", out).data() == "05 01 00"_bytes);
            if (steps > 1) t.ok(m.step(route, "05 00"_bytes, out).next() == next::send);
            if (steps > 2) t.ok(m.step(route, done0, out).next() == next::send);
            const auto a = m.step(shrunk, steps == 2 ? done0 : "05 00"_bytes, out);
            t.ok(a.next() == next::fail && a.error() == errc::bad_route && a.consumed() == 0);
            t.ok(m.step(route, "05 00"_bytes, out).error() == errc::bad_route);
        }
    }
}
PROVE_AND_RUN(a_route_that_shrinks_is_no_way)

// One that grows changes nothing for a proxy that was the last when it was greeted.
constexpr void a_route_that_grows_ends_where_it_did(check& t) {
    const socks::hop proxies[] = {{.proxy = {"a.example", 1080}}, {.proxy = {"b.example", 1080}}};
    const socks::route route{.through = {proxies, 1}, .to = {"c.example", 80}};
    const socks::route grown{.through = proxies, .to = {"c.example", 80}};
    char out[socks::chain::max_output] = {};
    socks::chain m;
    t.ok(m.step(route, "", out).data() == "05 01 00"_bytes);
    t.ok(m.step(grown, "05 00"_bytes, out).data() == "05 01 00 03 09 'c.example' 0050"_bytes);
    t.ok(m.step(grown, "05 00 00 01 c0000207 0438"_bytes, out).next() == next::done);
}
PROVE_AND_RUN(a_route_that_grows_ends_where_it_did)

// An end that is told while a reply still lies in the inbox outlives the handshake that the reply completes.
constexpr void an_end_is_told_once_for_all_proxies(check& t) {
    const socks::route route{.through = {office, 2}, .to = {"files.example.com", 443}};
    socks::chain m;
    char out[socks::chain::max_output] = {};
    t.ok(m.step(route, "", out).next() == next::send);
    m.end_of_stream();
    t.ok(m.step(route, "05 02"_bytes, out).next() == next::send);
    t.ok(m.step(route, "01 00"_bytes, out).next() == next::send);
    t.ok(m.step(route, "05 00 00 01 c0000207 0438"_bytes, out).next() == next::send && m.hop() == 1);
    const auto a = m.step(route, "", out);
    t.ok(a.next() == next::fail && a.error() == errc::closed && m.hop() == 1);
}
PROVE_AND_RUN(an_end_is_told_once_for_all_proxies)

constexpr void without_a_reason_the_stream_of_a_chain_failed(check& t) {
    const socks::route route{.through = office, .to = {"files.example.com", 443}};
    for (const bool with_outbox : {false, true}) {
        const auto entered = t.in(size_t{with_outbox ? 1U : 0U});
        socks::outbox<socks::chain::max_output> tx;
        socks::chain m;
        with_outbox ? m.stream_failed(tx) : m.stream_failed();
        t.ok(m.step(route, "", tx.prepare()).error() == errc::stream_failed);
    }
}
PROVE_AND_RUN(without_a_reason_the_stream_of_a_chain_failed)

// What is tolerated, and how a refusal is taken, is the same for the second proxy as for the first.
constexpr void the_options_of_a_chain_hold_for_all_proxies(check& t) {
    const socks::hop proxies[] = {{.proxy = {"a.example", 1080}}, {.proxy = {"b.example", 1080}}};
    const socks::route route{.through = proxies, .to = {"c.example", 80}};
    const tape good = tape().put("05 00  05 00 00 01 c0000207 0438"_bytes);
    const size_t sent = "05 01 00  05 01 00 03 09 'b.example' 0438"_bytes.size();

    const line odd = line().add(good, 0).add(tape().put("05 00  05 00 01 01 c0000207 0439"_bytes), sent);
    socks::chain strict({.tolerance = socks::strict});
    t.ok(travel<plain>(strict, route, odd, whole).why == errc::bad_reserved && strict.hop() == 1);
    socks::chain lenient;
    t.ok(travel<plain>(lenient, route, odd, whole).how == ending::done);

    const line no = line().add(good, 0).add(tape().put("05 00  05 05 00 03 03 'b.c' 9c40"_bytes), sent);
    socks::chain patient({.wait_for_full_refusal = true});
    t.ok(travel<plain>(patient, route, no, whole).told == "'R' 05 03 03 'b.c' 9c40"_bytes);
    socks::chain hasty;
    t.ok(travel<plain>(hasty, route, no, whole).told == "'R' 05 00 0000"_bytes);
}
PROVE_AND_RUN(the_options_of_a_chain_hold_for_all_proxies)

// Too little room for any message, the first of the next proxy included, leaves the chain where it is.
constexpr void a_chain_out_of_room_is_as_it_was(check& t) {
    const socks::route route{.through = office, .to = {"files.example.com", 443}};
    const bytes replies_in_order[] = {"",
                                      "05 02"_bytes,
                                      "01 00"_bytes,
                                      "05 00 00 01 c0000207 0438"_bytes,
                                      "00 5a 0000 00000000"_bytes,
                                      "05 00"_bytes};
    const bytes messages[] = {"05 01 02"_bytes,
                              "01 04 'john' 03 'foo'"_bytes,
                              "05 01 00 01 c0000207 0439"_bytes,
                              "04 01 043a 00000001 'fred' 00 'exit.example.net' 00"_bytes,
                              "05 01 00"_bytes,
                              "05 01 00 03 11 'files.example.com' 01bb"_bytes};
    socks::chain m;
    char out[socks::chain::max_output] = {};
    for (size_t i = 0; i < 6; ++i) {
        const auto entered = t.in(i);
        const size_t here = m.hop();
        for (const size_t room : {messages[i].size() - 1, size_t{1}, size_t{0}}) {
            const auto nested = t.in(room);
            const auto a = m.step(route, replies_in_order[i], {out, room});
            t.ok(a.next() == next::fail && a.error() == errc::no_space && a.required() == messages[i].size());
            t.ok(a.consumed() == 0 && m.hop() == here);
        }
        const auto a = m.step(route, replies_in_order[i], {out, messages[i].size()});
        t.ok(a.next() == next::send && a.data() == messages[i] && a.consumed() == replies_in_order[i].size());
    }
}
PROVE_AND_RUN(a_chain_out_of_room_is_as_it_was)

// Pipelined, each proxy hears all at once, but not before its predecessor answered; the application only the
// last.
constexpr void a_pipelined_chain_waits_once_for_each_proxy(check& t) {
    const socks::route route{.through = office, .to = {"files.example.com", 443}};
    socks::chain m(at_once);
    socks::inbox<socks::chain::max_input> in;
    socks::outbox<socks::chain::max_pipelined> out;
    const struct {
        bytes says;
        bytes sends;
        bool login;
        bool request;
        bool open;
    } turns[] = {
        {"", "05 01 02  01 04 'john' 03 'foo'  05 01 00 01 c0000207 0439"_bytes, true, true, false},
        {"05 02  01 00  05 00 00 01 c0000207 0438"_bytes,
         "04 01 043a 00000001 'fred' 00 'exit.example.net' 00"_bytes, false, false, false},
        {"00 5a 0000 00000000"_bytes, "05 01 00  05 01 00 03 11 'files.example.com' 01bb"_bytes, false, true,
         true},
    };
    for (const auto& turn : turns) {
        const auto entered = t.in(turn.says);
        if (!turn.says.empty()) {
            const socks::buffer to = in.prepare(turn.says.size());
            for (size_t i = 0; i < turn.says.size(); ++i) to.data()[i] = turn.says.data()[i];
            in.commit(turn.says.size());
        }
        const auto a = m.step(route, in, out);
        t.ok(a.next() == next::send && a.data() == turn.sends && in.empty());
        t.ok(m.sent_early().credentials == turn.login && m.sent_early().request == turn.request);
        t.ok(m.may_send_early() == turn.open);
        out.consume(a.data().size());
        t.ok(m.step(route, in, out).next() == next::recv);
    }
}
PROVE_AND_RUN(a_pipelined_chain_waits_once_for_each_proxy)

// What has no room behind what is unsent goes out with the next send, and the application's bytes behind all
// of it.
constexpr void an_outbox_takes_what_fits_of_a_pipelined_chain(check& t) {
    const auto letters = message<255>().letters(255);
    const bytes most = letters.view();
    const socks::host to(most);
    const socks::hop proxies[] = {{.proxy = {"a.example", 1080}, .credentials = {most, most}}};
    const socks::route route{.through = proxies, .to = {to, 443}};
    socks::chain m(at_once);
    socks::inbox<socks::chain::max_input> in;
    socks::outbox<socks::chain::max_pipelined - 1> out;
    tape sent;
    for (const bool all : {false, true}) {
        const auto entered = t.in(size_t{all});
        const auto a = m.step(route, in, out);
        t.ok(a.next() == next::send && m.may_send_early() == all);
        sent.put(a.data());
        out.consume(a.data().size());
    }
    t.ok(m.step(route, in, out).next() == next::recv);
    tape expected = tape().put("05 01 02  01 ff"_bytes).put(most).put(0xff).put(most);
    t.ok(sent == expected.put("05 01 00 03 ff"_bytes).put(most).put("01bb"_bytes));
}
PROVE_AND_RUN(an_outbox_takes_what_fits_of_a_pipelined_chain)

// Only after no_space may the step be repeated.
constexpr void a_request_that_became_impossible_is_final_for_the_chain(check& t) {
    const socks::hop proxies[] = {{.proxy = {"a.example", 1080}}};
    const socks::route route{.through = proxies, .to = {"files.example.com", 443}};
    const socks::route nowhere{.through = proxies};
    char out[socks::chain::max_output] = {};
    socks::chain m;
    t.ok(m.step(route, "", out).next() == next::send);
    t.ok(m.step(nowhere, "05 00"_bytes, out).error() == errc::no_host);
    const auto a = m.step(route, "05 00"_bytes, out);
    t.ok(a.next() == next::fail && a.error() == errc::no_host);
}
PROVE_AND_RUN(a_request_that_became_impossible_is_final_for_the_chain)

constexpr void a_failed_stream_ends_the_chain(check& t) {
    const socks::route route{.through = office, .to = {"files.example.com", 443}};
    char out[socks::chain::max_output] = {};
    socks::chain m;
    m.stream_failed(errc::timed_out);
    t.ok(m.step(route, "", out).error() == errc::timed_out);
    socks::chain n;
    socks::inbox<socks::chain::max_input> rx;
    socks::outbox<socks::chain::max_output> tx;
    t.ok(n.step(route, rx, tx).next() == next::send);
    n.stream_failed(tx, errc::timed_out);
    t.ok(tx.empty() && n.step(route, rx, tx).error() == errc::timed_out);
}
PROVE_AND_RUN(a_failed_stream_ends_the_chain)

constexpr void an_answer_to_no_question_is_final_for_the_chain(check& t) {
    const socks::route route{.through = office, .to = {"files.example.com", 443}};
    socks::chain m;
    m.negotiated(true);
    char out[socks::chain::max_output] = {};
    for (int i = 0; i < 2; ++i) {
        const auto entered = t.in(static_cast<size_t>(i));
        const auto a = m.step(route, "", out);
        t.ok(a.next() == next::fail && a.error() == errc::out_of_turn && m.hop() == 0);
    }
}
PROVE_AND_RUN(an_answer_to_no_question_is_final_for_the_chain)

constexpr void a_chain_s_state_is_that_of_the_proxy_at_hop(check& t) {
    using state = socks::client_state;
    const socks::hop proxies[] = {{.proxy = {ipv4{192, 0, 2, 1}, 1080}, .version = version::v4},
                                  {.proxy = {ipv4{192, 0, 2, 7}, 1081}}};
    const socks::route to{.through = proxies, .to = {ipv4{198, 51, 100, 9}, 25}};
    char out[socks::chain::max_output] = {};
    socks::chain m;
    t.ok(m.state() == state::start && m.hop() == 0);
    t.ok(m.step(to, "", out).next() == socks::chain::next::send);
    t.ok(m.state() == state::reply && m.hop() == 0);
    t.ok(m.step(to, "00 5a 0000 00000000"_bytes, out).next() == socks::chain::next::send);
    t.ok(m.state() == state::method_selection && m.hop() == 1);
}
PROVE_AND_RUN(a_chain_s_state_is_that_of_the_proxy_at_hop)

// The first proxy has answered the greeting of another client. The proxies after it have not.
constexpr void only_the_first_proxy_of_a_chain_has_heard_another_greeting(check& t) {
    using state = socks::client_state;
    const socks::hop proxies[] = {{.proxy = {ipv4{192, 0, 2, 1}, 1080}, .version = version::v4},
                                  {.proxy = {ipv4{192, 0, 2, 7}, 1081}}};
    const socks::route to{.through = proxies, .to = {ipv4{198, 51, 100, 9}, 25}};
    char out[socks::chain::max_output] = {};
    socks::chain m({.after_greeting = true});
    t.ok(m.state() == state::after_greeting);
    const auto waits = m.step(to, "00"_bytes, out);
    t.ok(waits.next() == socks::chain::next::recv && waits.needed() == 1);
    const auto asks = m.step(to, "00 5b"_bytes, out);
    t.ok(asks.next() == socks::chain::next::send && asks.consumed() == 2);
    t.ok(asks.data() == "04 01 0439 c0000207 00"_bytes);
    const auto greets = m.step(to, "00 5a 0000 00000000"_bytes, out);
    t.ok(greets.next() == socks::chain::next::send && greets.data() == "05 01 00"_bytes && m.hop() == 1);

    socks::chain nowhere({.after_greeting = true});
    const auto a = nowhere.step({}, "00 5b"_bytes, out);
    t.ok(a.next() == socks::chain::next::fail && a.error() == errc::bad_route && a.consumed() == 0);
}
PROVE_AND_RUN(only_the_first_proxy_of_a_chain_has_heard_another_greeting)

}  // namespace
