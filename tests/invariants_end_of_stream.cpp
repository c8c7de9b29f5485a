// The invariant of the end of the stream: end_of_stream() reports it, it is final after any byte, and bytes
// received before it still count. The first two bytes of a refusal suffice.

#include "refusals.hpp"

namespace {

using namespace drive;

// What an end after the first `n` bytes of the server must be called.
constexpr errc cut(const conversation& c, size_t n) {
    const bool negotiating = c.request.methods.contains(toy) && n >= 2 && n < 2 + toy_challenge.size();
    if (negotiating) return errc::negotiation_failed;
    if (!c.server.between(n)) return errc::truncated;
    const bool bound =
        c.request.command == command::bind && n == c.server.all().size() - c.server.last().size();
    return bound ? errc::closed_while_bound : errc::closed;
}

template <class End>
constexpr void a_client_survives_every_cut(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.server.all();
        for (size_t n = 0; n < says.size(); ++n) {
            const auto nested = t.in(n);
            const outcome o =
                run<End>(socks::client(), c.request, {.says = says.view().first(n), .closes = true});
            t.ok(o.how == ending::failed && o.why == cut(c, n));
            t.ok(o.used + o.unread == n);
        }
        const outcome o = run<End>(socks::client(), c.request, {.says = says.view(), .closes = true});
        t.ok(o.how == ending::done && o.told == c.result);
    }
}

constexpr void an_end_after_every_byte_fails_a_client_by_name(check& t) {
    a_client_survives_every_cut<plain>(t);
}
PROVE_AND_RUN(an_end_after_every_byte_fails_a_client_by_name)

void an_end_after_every_byte_fails_a_client_by_name_through_mailboxes(check& t) {
    a_client_survives_every_cut<boxed>(t);
    a_client_survives_every_cut<posted<2>>(t);
}
RUN(an_end_after_every_byte_fails_a_client_by_name_through_mailboxes)

template <class End>
constexpr void a_server_survives_every_cut(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.client.all();
        const bool asks = c.server_options.methods.contains(toy);
        for (size_t n = 0; n < says.size(); ++n) {
            const auto nested = t.in(n);
            const outcome o = run<End>(socks::server(c.server_options), c.app,
                                       {.says = says.view().first(n), .closes = true});
            const size_t proof = 4 + toy_hello.size() + toy_proof.size();
            const errc why = asks && n >= 4 && n < proof ? errc::negotiation_failed
                             : c.client.between(n)       ? errc::closed
                                                         : errc::truncated;
            t.ok(o.how == ending::failed && o.why == why);
            t.ok(o.used + o.unread == n);
        }
        const outcome o =
            run<End>(socks::server(c.server_options), c.app, {.says = says.view(), .closes = true});
        t.ok(o.how == ending::done && o.told == c.asked && o.sent == c.server.all());
    }
}

constexpr void an_end_after_every_byte_fails_a_server_by_name(check& t) {
    a_server_survives_every_cut<plain>(t);
}
PROVE_AND_RUN(an_end_after_every_byte_fails_a_server_by_name)

void an_end_after_every_byte_fails_a_server_by_name_through_mailboxes(check& t) {
    a_server_survives_every_cut<boxed>(t);
    a_server_survives_every_cut<posted<2>>(t);
}
RUN(an_end_after_every_byte_fails_a_server_by_name_through_mailboxes)

constexpr void a_stream_that_ended_before_anything_came_is_closed(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        socks::client m;
        m.end_of_stream();
        const outcome o = run<plain>(m, c.request, {.says = c.server.all().view()});
        t.ok(o.how == ending::failed && o.why == errc::closed && o.taken == 0 &&
             o.sent == c.client.messages[0]);
        socks::server s(c.server_options);
        s.end_of_stream();
        const outcome p = run<plain>(s, c.app, {.says = c.client.all().view()});
        t.ok(p.how == ending::failed && p.why == errc::closed && p.taken == 0 && p.sent == "");
    }
}
PROVE_AND_RUN(a_stream_that_ended_before_anything_came_is_closed)

// end_of_stream() is a level, not an event: all bytes are there, and the handshake completes.
constexpr void what_was_received_before_the_end_still_completes(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.server.all();
        if (c.request.methods.contains(toy)) continue;  // reads for itself
        socks::client m;
        m.end_of_stream();
        char out[socks::client::max_output] = {};
        tape sent;
        bytes in = says.view();
        auto a = m.step(c.request, in, out);
        while (a.next() == socks::client::next::send || a.next() == socks::client::next::bound) {
            if (a.next() == socks::client::next::send) sent.put(a.data());
            in = in.subspan(a.consumed());
            a = m.step(c.request, in, out);
        }
        t.ok(a.next() == socks::client::next::done && sent == c.client.all());
    }
}
PROVE_AND_RUN(what_was_received_before_the_end_still_completes)

// Everything that is ever sent of a refusal, and what the reader makes of it with each kind of ending.
constexpr void a_refusal_is_decided_on_two_bytes(check& t) {
    const bytes tails[] = {"", "00"_bytes, "00 01"_bytes, "00 09 'junk'"_bytes, "00 01 c0000207 0438"_bytes};
    for (const bool closes : {false, true})
        for (const bytes tail : tails) {
            const auto entered = t.in(tail);
            tape says;
            says.put("05 00  05 05"_bytes).put(tail);
            const outcome o = run<plain>(socks::client(), plain5, {.says = says.view(), .closes = closes});
            t.ok(o.how == ending::failed && o.why == errc::refused && o.byte == 5 && o.used == 4);
            t.ok(o.told == "'R' 05 00 0000"_bytes && o.unread == tail.size());

            tape four;
            four.put("00 5b"_bytes).put(tail);
            const outcome p = run<boxed>(socks::client(), plain4, {.says = four.view(), .closes = closes});
            t.ok(p.how == ending::failed && p.why == errc::refused && p.byte == 0x5b && p.used == 2);
            t.ok(p.told == "'R' 5b 00 0000"_bytes && p.unread == tail.size());
        }
}
PROVE_AND_RUN(a_refusal_is_decided_on_two_bytes)

constexpr void a_whole_refusal_has_its_bound_address(check& t) {
    const socks::client patient({.wait_for_full_refusal = true});
    const bytes says = "05 00  05 05 00 01 c0000207 0438  'T'"_bytes;
    for (const pace how : {whole, bytewise, precise}) {
        const auto entered = t.in();
        const outcome o = run<plain>(patient, plain5, {.says = says, .how = how});
        t.ok(o.how == ending::failed && o.why == errc::refused && o.byte == 5 && o.used == 12);
        t.ok(o.told == "'R' 05 01 c0000207 0438"_bytes);
        t.ok(how.exact ? o.taken == 12 : o.taken >= 12);
    }
    const outcome four = run<boxed>(patient, bind4, {.says = "00 5c 1f90 c0000207"_bytes});
    t.ok(four.why == errc::refused && four.used == 8 && four.told == "'R' 5c 01 c0000207 1f90"_bytes);
}
PROVE_AND_RUN(a_whole_refusal_has_its_bound_address)

constexpr void a_whole_refusal_cut_short_still_has_its_code(check& t) {
    const socks::client patient({.wait_for_full_refusal = true});
    const tape says = tape().put("05 00  05 05 00 01 c0000207 0438"_bytes);
    for (size_t n = 4; n < says.size(); ++n) {
        const auto entered = t.in(n);
        const outcome silent = run<plain>(patient, plain5, {.says = says.view().first(n)});
        t.ok(silent.how == ending::starved);
        const outcome o = run<plain>(patient, plain5, {.says = says.view().first(n), .closes = true});
        t.ok(o.how == ending::failed && o.why == errc::refused && o.byte == 5 && o.used == 4);
        t.ok(o.told == "'R' 05 00 0000"_bytes);
    }
    for (size_t n = 2; n < 8; ++n) {
        const auto entered = t.in(n);
        const bytes four = "00 5b 1f90 c0000207"_bytes;
        const outcome o = run<plain>(patient, plain4, {.says = four.first(n), .closes = true});
        t.ok(o.how == ending::failed && o.why == errc::refused && o.byte == 0x5b && o.used == 2);
    }
}
PROVE_AND_RUN(a_whole_refusal_cut_short_still_has_its_code)

// Where no more bytes could make it whole, there is nothing to wait for.
constexpr void a_refusal_that_can_not_become_whole_is_not_waited_for(check& t) {
    const socks::client patient({.wait_for_full_refusal = true});
    const outcome o = run<plain>(patient, plain5, {.says = "05 00  05 01 00 00"_bytes});
    t.ok(o.how == ending::failed && o.why == errc::refused && o.byte == 1 && o.used == 4);
}
PROVE_AND_RUN(a_refusal_that_can_not_become_whole_is_not_waited_for)

}  // namespace
