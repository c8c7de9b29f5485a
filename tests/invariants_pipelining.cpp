// The invariants hold for a client that does not wait. For every answer of a proxy the outcome is that of a
// client that waits. Only the bytes sent may be more.

#include "refusals.hpp"

namespace {

using namespace drive;
using next = socks::client::next;

constexpr socks::client_options at_once{.pipelined = true};

// Whether the option has an effect on this request.
constexpr bool sends_early(const socks::request& request) {
    if (request.version != version::v5 || request.offer().size() != 1) return false;
    return request.offer()[0] == method::none || request.offer()[0] == method::username_password;
}

// The invariant of this file. The pace decides how many replies are in the input at once.
template <class End>
constexpr void agrees(check& t, socks::client_options options, const socks::request& request,
                      const peer& from) {
    outcome waited = run<End>(socks::client(options), request, from);
    options.pipelined = true;
    const outcome ahead = run<End>(socks::client(options), request, from);
    t.ok(ahead.how != ending::spun && ahead.unread == waited.unread);
    t.ok(ahead.taken == waited.taken && ahead.reads == waited.reads);
    if (sends_early(request) && waited.how == ending::failed) waited.sent = ahead.sent;  // it says no more
    t.ok(static_cast<const verdict&>(ahead) == waited);
}

template <class End>
constexpr void agrees_at_many_paces(check& t, const socks::request& request, bytes says, bool closes) {
    agrees<End>(t, {}, request, {.says = says, .how = whole, .closes = closes});
    agrees<End>(t, {}, request, {.says = says, .how = bytewise, .closes = closes});
    agrees<End>(t, {}, request, {.says = says, .how = precise, .closes = closes});
}

constexpr void a_pipelined_client_learns_what_a_patient_one_does(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        agrees_at_many_paces<plain>(t, c.request, c.server.all().view(), false);
        agrees_at_many_paces<boxed>(t, c.request, c.server.all().put("SSH-2.0-x\r\n").view(), false);
        agrees_at_many_paces<posted<600>>(t, c.request, c.server.all().view(), true);
    }
}
PROVE_AND_RUN(a_pipelined_client_learns_what_a_patient_one_does)

void it_does_so_however_the_replies_are_split(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.server.all().put("SSH-2.0-x\r\n");
        for (size_t n = 0; n <= says.size(); ++n) {
            const auto nested = t.in(n);
            agrees<plain>(t, {}, c.request, {.says = says.view(), .how = split_at(n)});
            agrees<posted<3>>(t, {}, c.request, {.says = says.view(), .how = split_at(n)});
            agrees<boxed>(t, {}, c.request, {.says = says.view().first(n), .closes = true});
        }
        for (uint32_t seed = 1; seed <= 50; ++seed)
            agrees<plain>(t, {}, c.request, {.says = says.view(), .how = at_random(seed)});
    }
}
RUN(it_does_so_however_the_replies_are_split)

constexpr void a_pipelined_client_is_refused_as_a_patient_one_is(check& t) {
    for (const refusal& r : refusals) {
        const auto entered = t.in(r.what);
        agrees_at_many_paces<plain>(t, r.request, r.server, false);
        agrees_at_many_paces<boxed>(t, r.request, r.server, true);
    }
}
PROVE_AND_RUN(a_pipelined_client_is_refused_as_a_patient_one_is)

// The bound address of a refusal lies behind the other replies of the same step.
constexpr void a_whole_refusal_is_found_behind_other_replies(check& t) {
    const bytes says = "05 02  01 00  05 05 00 03 03 'b.c' 9c40  'x'"_bytes;
    for (const pace how : {whole, bytewise, precise, split_at(4)})
        agrees<plain>(t, {.wait_for_full_refusal = true}, login5, {.says = says, .how = how});
    const outcome o =
        run<plain>(socks::client({.wait_for_full_refusal = true, .pipelined = true}), login5, {.says = says});
    t.ok(o.told == "'R' 05 03 03 'b.c' 9c40"_bytes && o.used == 14);
}
PROVE_AND_RUN(a_whole_refusal_is_found_behind_other_replies)

// The invariant of space holds at each send.
constexpr void each_message_that_runs_ahead_may_be_short_of_room(check& t) {
    const bytes messages[] = {"05 01 02"_bytes, "01 04 'john' 03 'foo'"_bytes,
                              "05 01 00 03 11 'files.example.com' 01bb"_bytes};
    socks::client m(at_once);
    char out[socks::client::max_output] = {};
    for (const bytes message : messages) {
        const auto entered = t.in(message);
        for (const size_t room : {message.size() - 1, message.size() / 2, size_t{0}}) {
            const auto nested = t.in(room);
            const socks::client::early_messages before = m.sent_early();
            const auto a = m.step(login5, "05 02"_bytes, {out, room});
            t.ok(a.next() == next::fail && a.error() == errc::no_space && a.required() == message.size());
            t.ok(a.consumed() == 0 && !m.may_send_early());
            t.ok(m.sent_early().credentials == before.credentials &&
                 m.sent_early().request == before.request);
        }
        t.ok(m.step(login5, "", {out, message.size()}).data() == message);
    }
    t.ok(m.step(login5, "", {out, 0}).next() == next::recv && m.may_send_early());
}
PROVE_AND_RUN(each_message_that_runs_ahead_may_be_short_of_room)

// Wherever the stream ends, the failure is final; the flags of it stay as they were.
constexpr void a_pipelined_failure_is_final(check& t) {
    const bytes all = "05 02  01 00  05 00 00 01 c0000207 0438"_bytes;
    for (size_t n = 0; n < all.size(); ++n) {
        const auto entered = t.in(n);
        socks::client m(at_once);
        const outcome o = run_on<plain>(m, login5, {.says = all.first(n), .closes = true});
        t.ok(o.how == ending::failed && blame(o.why) == socks::party::stream);
        t.ok(m.sent_early().credentials == (n < 2) && m.sent_early().request == (n < 4));
        const socks::client::early_messages before = m.sent_early();
        const outcome again = run_on<boxed>(m, login5, {.says = all});
        t.ok(again.how == ending::failed && again.why == o.why && again.used == 0 && again.sent == "");
        t.ok(m.sent_early().credentials == before.credentials && m.sent_early().request == before.request);
        m.negotiated(true);
        t.ok(run_on<boxed>(m, login5, {.says = all}).why == o.why);
    }
    socks::client m(at_once);
    t.ok(run_on<plain>(m, login5, {.says = all}).how == ending::done);
    t.ok(run_on<plain>(m, login5, {.says = all}).why == errc::finished);
}
PROVE_AND_RUN(a_pipelined_failure_is_final)

// Our server takes all of it at once, payload included, and answers message by message.
constexpr void our_server_serves_a_pipelined_client(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        if (!sends_early(c.request)) continue;
        socks::client near(at_once);
        const outcome asked = run_on<posted<600>>(near, c.request, {.says = ""});
        t.ok(asked.how == ending::starved && asked.sent == c.client.all());
        t.ok(near.may_send_early() == (c.request.command == command::connect));
        const tape up = tape(asked.sent).put("GET / HTTP/1.0\r\n\r\n");
        for (const pace how : {whole, bytewise, in_pieces_of(5)}) {
            const auto nested = t.in();
            const outcome served =
                run<boxed>(socks::server(c.server_options), c.app, {.says = up.view(), .how = how});
            t.ok(served.how == ending::done && served.sent == c.server.all() && served.told == c.asked);
            const tape rest = tape(served.early).put(up.view().subspan(served.taken));
            t.ok(rest == "GET / HTTP/1.0\r\n\r\n");
            socks::client resumed = near;
            const outcome heard = run_on<plain>(resumed, c.request, {.says = served.sent.view(), .how = how});
            t.ok(heard.how == ending::done && heard.told == c.result && heard.sent == "");
        }
    }
}
PROVE_AND_RUN(our_server_serves_a_pipelined_client)

}  // namespace
