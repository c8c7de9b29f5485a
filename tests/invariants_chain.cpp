// The invariants of a chain: its proxies receive the bytes of single handshakes, one after the other, and the
// application gets the actions of these handshakes. This holds at any pace, through every overload, and
// wherever the stream ends.

#include <type_traits>

#include "journey.hpp"

namespace {

using namespace drive;
using next = socks::chain::next;

constexpr bool may_be_passed(const conversation& c) { return c.request.command == command::connect; }

template <class End>
constexpr void arrives(check& t, const journey& j, pace how, socks::client_options options = {}) {
    line from = replies_of(j);
    const size_t handshakes = from.says.size();
    from.says.put("SSH-2.0-x\r\n");
    from.ends[j.size - 1] = from.says.size();
    socks::chain m(options);
    const outcome o = travel<End>(m, j.route(), from, how);
    t.ok(o.how == ending::done && m.hop() == j.size - 1);
    t.ok(o.sent == j.client() && o.told == j.told() && o.used == handshakes);
    t.ok(tape(o.early).put(from.says.view().subspan(o.taken)) == "SSH-2.0-x\r\n");
    t.ok(o.unread == (std::is_same_v<End, plain> ? o.early.size() : 0));  // done empties an inbox
}

constexpr void every_two_proxies_make_a_chain(check& t) {
    for (const conversation& a : conversations)
        if (may_be_passed(a))
            for (const conversation& b : conversations) {
                const auto entered = t.in(b.what);
                arrives<boxed>(t, {&a, &b}, whole);
                arrives<plain>(t, {&a, &b}, precise);
                arrives<posted<600>>(t, {&a, &b}, bytewise);
            }
}
PROVE_AND_RUN(every_two_proxies_make_a_chain)

void every_three_proxies_make_a_chain(check& t) {
    for (const conversation& a : conversations)
        if (may_be_passed(a))
            for (const conversation& b : conversations)
                if (may_be_passed(b))
                    for (const conversation& c : conversations) {
                        const auto entered = t.in(c.what);
                        const journey j{&a, &b, &c};
                        for (const pace how : {whole, bytewise, precise, in_pieces_of(3), at_random(7)}) {
                            const auto nested = t.in();
                            arrives<plain>(t, j, how);
                            arrives<posted<5>>(t, j, how);
                            arrives<plain>(t, j, how, at_once);
                            arrives<posted<600>>(t, j, how, at_once);
                        }
                    }
}
RUN(every_three_proxies_make_a_chain)

void a_chain_may_be_cut_at_every_byte(check& t) {
    for (const conversation& a : conversations)
        if (may_be_passed(a))
            for (const conversation& b : conversations) {
                const auto entered = t.in(b.what);
                const journey j{&a, &b};
                const size_t size = replies_of(j).says.size() + 11;
                for (size_t n = 0; n <= size; ++n) arrives<plain>(t, j, split_at(n));
            }
}
RUN(a_chain_may_be_cut_at_every_byte)

// One proxy is a chain too, and no different from a client.
constexpr void a_chain_of_one_is_a_client(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const outcome alone = run<plain>(socks::client(), c.request, {.says = c.server.all().view()});
        socks::chain m;
        const journey j{&c};
        const outcome o = travel<plain>(m, j.route(), replies_of(j), whole);
        t.ok(static_cast<const verdict&>(o) == alone && m.hop() == 0);
    }
}
PROVE_AND_RUN(a_chain_of_one_is_a_client)

// The end of the stream, wherever it comes, is the failure of the proxy that should have answered; and final.
constexpr void an_end_after_every_byte_names_the_proxy(check& t) {
    const journey j{&conversations[5], &conversations[0], &conversations[6]};
    const line all = replies_of(j);
    for (size_t n = 0; n < all.says.size(); ++n) {
        const auto entered = t.in(n);
        line cut = all;
        cut.says = tape().put(all.says.view().first(n));
        for (size_t& end : cut.ends) end = end < n ? end : n;
        socks::chain m;
        const outcome o = travel<boxed>(m, j.route(), cut, whole, true);
        t.ok(o.how == ending::failed && blame(o.why) == socks::party::stream);
        const size_t there = n < all.ends[0] ? 0 : n < all.ends[1] ? 1 : 2;
        t.ok(m.hop() == there);
        const bool between = j.legs[there]->server.between(n - (there == 0 ? 0 : all.ends[there - 1]));
        const bool bound = n == all.says.size() - j.last().server.last().size();
        t.ok(o.why == (bound ? errc::closed_while_bound : between ? errc::closed : errc::truncated));
        t.ok(travel<plain>(m, j.route(), all, whole).why == o.why && m.hop() == there);
        m.negotiated(true);
        m.end_of_stream();
        t.ok(travel<plain>(m, j.route(), all, whole).why == o.why && m.hop() == there);
    }
}
PROVE_AND_RUN(an_end_after_every_byte_names_the_proxy)

// Our own servers in a row: each relays what follows its handshake to the next, and back.
constexpr void our_servers_make_a_chain(check& t) {
    const journey j{&conversations[5], &conversations[2], &conversations[3]};
    for (const socks::client_options options : {socks::client_options{}, at_once}) {
        const auto entered = t.in();
        socks::chain near(options);
        socks::inbox<socks::chain::max_input> in;
        socks::outbox<socks::chain::max_pipelined> out;
        socks::server far[journey::most] = {socks::server(j.legs[0]->server_options),
                                            socks::server(j.legs[1]->server_options),
                                            socks::server(j.legs[2]->server_options)};
        tape told;
        tape up;
        size_t taken = 0;
        size_t turn = 0;
        bool done = false;
        for (int i = 0; i < 60 && !done; ++i) {
            const auto a = near.step(j.route(), in, out);
            if (a.next() == next::send) {
                up.put(a.data().first(1));
                out.consume(1U);
                i = 0;
                continue;
            }
            done = a.next() == next::done;
            if (!t.ok(done || a.next() == next::recv) || done) break;
            char reply[socks::server::max_output] = {};
            const auto s = far[turn].step(up.view().subspan(taken), reply);
            taken += s.consumed();
            bytes says;
            if (s.next() == socks::server::next::send) says = s.data();
            if (s.next() == socks::server::next::authenticate) {
                told.put('L').put(s.user()).put(':').put(s.password());
                says = far[turn].authenticated(true, reply).data();
            }
            if (s.next() == socks::server::next::serve) {
                told.put('S').put(static_cast<uint8_t>(s.version())).put(static_cast<uint8_t>(s.command()));
                told.put(s.to()).put(static_cast<uint8_t>(s.method())).put(s.user());
                says = far[turn].answer(j.legs[turn]->app.answers[0], reply).data();
            }
            if (s.next() == socks::server::next::done) ++turn;
            const socks::buffer to = in.prepare(says.size());
            for (size_t k = 0; k < says.size(); ++k) to.data()[k] = says.data()[k];
            if (!says.empty()) in.commit(says.size());
        }
        t.ok(done && near.hop() == 2 && up == j.client() && taken == up.size());
        tape asked;
        for (const conversation* c : j.legs) asked.put(c->asked);
        t.ok(told == asked);
    }
}
PROVE_AND_RUN(our_servers_make_a_chain)

// Any call, any route, in any order, by the same dice every time: nothing but a proxy's success gets further,
// the hop never goes back, and a failure stays what and where it was.
void a_chain_survives_any_caller(check& t) {
    constexpr size_t known = sizeof conversations / sizeof conversations[0];
    int connected = 0;
    for (uint32_t seed = 1; seed <= 4000; ++seed) {
        dice d(seed);
        const auto any = [&] { return &conversations[d.below(known)]; };
        const journey j{any(), any()};
        const journey other{any(), any(), any()};
        const uint32_t rude = seed % 3 * 10;
        line from = replies_of(j);
        socks::chain m({.wait_for_full_refusal = seed % 5 == 0, .pipelined = d.below(2) == 0});
        size_t sent = 0;
        size_t used = 0;
        size_t shown = 0;
        size_t hop = 0;
        bool ended = false;
        errc why = errc::none;
        for (int i = 0; i < 60; ++i) {
            const auto entered = t.in(static_cast<size_t>(i));
            if (d.below(100) < rude && d.below(2) == 0) m.end_of_stream();
            if (d.below(100) < rude) m.negotiated(d.below(2) == 0);
            socks::route route = d.below(100) < rude ? other.route() : j.route();
            if (d.below(100) < rude) route.through = {other.proxies, d.below(4)};
            const size_t there = from.until(sent).size();
            if (there > shown) shown += d.below(static_cast<uint32_t>(there - shown) + 1);
            const bytes in = from.says.view().first(shown).subspan(used);
            char out[socks::chain::max_output];
            const size_t room = d.below(4) == 0 ? d.below(30) : sizeof out;
            const auto a = m.step(route, in, {out, room});
            if (!t.ok(a.consumed() <= in.size() && m.hop() >= hop && m.hop() <= hop + (sent == 0 ? 2 : 1)))
                return;
            if (a.next() == next::send) sent += t.ok(a.data().size() <= room) ? a.data().size() : 0;
            if (a.next() == next::negotiate) m.negotiated(true);
            connected += a.next() == next::done;
            t.ok(a.next() != next::done || (!ended && a.result().reply.code.succeeded()));
            const bool fails = a.next() == next::fail && a.error() != errc::no_space;
            if (ended) t.ok(fails && a.error() == why && a.consumed() == 0 && m.hop() == hop);
            if (fails && !ended) why = a.error();
            ended = ended || fails;
            hop = m.hop();
            used += a.consumed();
        }
    }
    t.ok(connected > 400);  // the dice do get that far
}
RUN(a_chain_survives_any_caller)

}  // namespace
