// The handshake with one proxy, as a client and a chain run it: its states and their texts, what the options
// begin with, what a chain asks of it, and a handshake that continues in the same stream.

#include <type_traits>

#include "refusals.hpp"
#include "text_of.hpp"

namespace {

using namespace drive;
using next = socks::client::next;
using core = socks::detail::client_core<socks::feature::all>;

static_assert(std::is_trivially_copyable_v<core> && sizeof(core) == sizeof(socks::client));

constexpr bool stands(const socks::client& m, socks::client_state expected, bytes text) {
    return m.state() == expected && text_of(to_string(m.state())) == text;
}

constexpr void a_state_says_what_a_client_waits_for(check& t) {
    using state = socks::client_state;
    char out[socks::client::max_output] = {};
    const socks::request want{.to = {"a.example", 25}, .credentials = {"john", "foo"}};
    socks::client m;
    t.ok(stands(m, state::start, "before the first message"));
    t.ok(m.step(want, "", out).next() == next::send);
    t.ok(stands(m, state::method_selection, "waiting for the method selection"));
    t.ok(m.step(want, "05 02"_bytes, out).next() == next::send);
    t.ok(stands(m, state::auth_status, "waiting for the verdict on user name and password"));
    t.ok(m.step(want, "01 00"_bytes, out).next() == next::send);
    t.ok(stands(m, state::reply, "waiting for the reply"));
    t.ok(m.step(want, "05 00 00 01 c0000207 0050"_bytes, out).next() == next::done);
    t.ok(stands(m, state::done, "after the handshake"));
    t.ok(m.step(want, "", out).next() == next::fail);
    t.ok(stands(m, state::failed, "after the handshake failed"));
}
PROVE_AND_RUN(a_state_says_what_a_client_waits_for)

constexpr void a_state_says_so_on_the_other_ways_too(check& t) {
    using state = socks::client_state;
    char out[socks::client::max_output] = {};
    const socks::request binds{
        .version = version::v4, .command = command::bind, .to = {ipv4{192, 0, 2, 7}, 25}};
    socks::client four;
    t.ok(four.step(binds, "", out).next() == next::send && four.state() == state::reply);
    t.ok(four.step(binds, "00 5a 0050 c0000207"_bytes, out).next() == next::bound);
    t.ok(stands(four, state::second_reply, "waiting for the second reply to BIND"));

    const socks::request offers{.to = {"a.example", 25}, .methods = toy};
    socks::client other;
    t.ok(other.step(offers, "", out).next() == next::send);
    t.ok(other.step(offers, "05 80"_bytes, out).next() == next::negotiate);
    t.ok(stands(other, state::negotiation, "during the sub-negotiation"));
    other.negotiated(true);
    t.ok(stands(other, state::request, "before the request"));

    const socks::request early{.to = {"a.example", 25}, .credentials = {"john", "foo"}};
    socks::client pipelined({.pipelined = true});
    t.ok(pipelined.step(early, "", out).next() == next::send);
    t.ok(stands(pipelined, state::early_credentials, "before the credentials"));
    t.ok(pipelined.step(early, "", out).next() == next::send);
    t.ok(stands(pipelined, state::early_request, "before the request"));
    t.ok(pipelined.step(early, "", out).next() == next::send);
    t.ok(pipelined.state() == state::method_selection);

    const socks::client later({.after_greeting = true});
    t.ok(stands(later, state::after_greeting, "waiting for the answer to an earlier greeting"));
    t.ok(text_of(to_string(state{99})) == "in an unknown state");
}
PROVE_AND_RUN(a_state_says_so_on_the_other_ways_too)

constexpr void every_state_has_a_text_of_its_own(check& t) {
    using state = socks::client_state;
    const struct {
        state where;
        bytes text;
    } states[] = {
        {state::after_greeting, "waiting for the answer to an earlier greeting"},
        {state::start, "before the first message"},
        {state::early_credentials, "before the credentials"},
        {state::early_request, "before the request"},
        {state::method_selection, "waiting for the method selection"},
        {state::auth_status, "waiting for the verdict on user name and password"},
        {state::negotiation, "during the sub-negotiation"},
        {state::request, "before the request"},
        {state::reply, "waiting for the reply"},
        {state::second_reply, "waiting for the second reply to BIND"},
        {state::done, "after the handshake"},
        {state::failed, "after the handshake failed"},
        {state{12}, "in an unknown state"},
    };
    for (const auto& s : states) t.in(s.text).ok(text_of(to_string(s.where)) == s.text);
}
PROVE_AND_RUN(every_state_has_a_text_of_its_own)

constexpr void an_option_is_off_by_default(check& t) {
    const socks::client_options o;
    t.ok(o.tolerance == socks::lenient && !o.wait_for_full_refusal && !o.pipelined && !o.after_greeting);
    t.ok(core().state() == socks::client_state::start && core(o).state() == socks::client_state::start);
    t.ok(core({.after_greeting = true}).state() == socks::client_state::after_greeting);
}
PROVE_AND_RUN(an_option_is_off_by_default)

// A chain validates its route as long as nothing was sent.
constexpr void a_handshake_is_fresh_until_it_sends(check& t) {
    char out[socks::client::max_output] = {};
    core m;
    t.ok(m.is_fresh());
    t.ok(m.step(plain5, "", {out, 2}).error() == errc::no_space && m.is_fresh());
    t.ok(m.step(plain5, "", out).next() == next::send && !m.is_fresh());
    core second({.after_greeting = true});
    t.ok(second.is_fresh());
    t.ok(second.step(plain4, "00"_bytes, out).next() == next::recv && second.is_fresh());
    t.ok(second.step(plain4, "00 5b"_bytes, out).next() == next::send && !second.is_fresh());
    core failed;
    t.ok(failed.fail_now(errc::bad_route).error() == errc::bad_route && !failed.is_fresh());
}
PROVE_AND_RUN(a_handshake_is_fresh_until_it_sends)

// An outbox appends the messages that need no reply.
constexpr void what_is_sent_early_is_known_before(check& t) {
    char out[socks::client::max_output] = {};
    core m({.pipelined = true});
    t.ok(!m.sends_next() && m.step(login5, "", out).next() == next::send);
    t.ok(m.sends_next() && m.step(login5, "", out).next() == next::send);
    t.ok(m.sends_next() && m.step(login5, "", out).next() == next::send);
    t.ok(!m.sends_next() && m.step(login5, "", out).next() == next::recv);
    core patient;
    t.ok(patient.step(login5, "", out).next() == next::send && !patient.sends_next());
}
PROVE_AND_RUN(what_is_sent_early_is_known_before)

// What did not fit was not sent.
constexpr void no_space_sends_nothing_early(check& t) {
    char out[socks::client::max_output] = {};
    core m({.pipelined = true});
    t.ok(m.step(login5, "", out).next() == next::send);
    t.ok(m.step(login5, "", {out, 3}).error() == errc::no_space && !m.sent_early().credentials);
    t.ok(m.step(login5, "", out).next() == next::send && m.sent_early().credentials);
    t.ok(m.step(login5, "", {out, 3}).error() == errc::no_space);
    t.ok(!m.sent_early().request && !m.may_send_early());
    t.ok(m.step(login5, "", out).next() == next::send && m.sent_early().request && m.may_send_early());
}
PROVE_AND_RUN(no_space_sends_nothing_early)

constexpr void the_answer_to_an_earlier_greeting_has_two_bytes(check& t) {
    char out[socks::client::max_output] = {};
    for (const bytes answer : {"00 5b"_bytes, "04 00"_bytes, "06 00"_bytes}) {
        const auto entered = t.in(answer);
        core m({.after_greeting = true});
        const auto none = m.step(plain4, "", out);
        t.ok(none.next() == next::recv && none.needed() == 2 && none.consumed() == 0);
        const auto half = m.step(plain4, answer.first(1), out);
        t.ok(half.next() == next::recv && half.needed() == 1 && half.consumed() == 0);
        const auto more = m.step(plain4, tape().put(answer).put(answer).view(), out);
        t.ok(more.next() == next::send && more.consumed() == 2);
    }
    for (const bytes answer : {"05"_bytes, "05 ff"_bytes}) {
        const auto entered = t.in(answer);
        core m({.after_greeting = true});
        const auto a = m.step(plain4, answer, out);
        t.ok(a.next() == next::fail && a.error() == errc::bad_version && a.byte() == 5);
    }
}
PROVE_AND_RUN(the_answer_to_an_earlier_greeting_has_two_bytes)

// The next proxy gets the same options, without the greeting of another client, and may find the same end.
constexpr void a_handshake_restarts_with_its_options(check& t) {
    char out[socks::client::max_output] = {};
    const core all({.tolerance = socks::strict,
                    .wait_for_full_refusal = true,
                    .pipelined = true,
                    .after_greeting = true});
    core m = all.restarted();
    t.ok(m.state() == socks::client_state::start && m.is_fresh());
    t.ok(m.step(plain5, "", out).next() == next::send && m.sends_next());
    t.ok(m.step(plain5, "", out).next() == next::send && m.may_send_early());
    const auto waits = m.step(plain5, "05 00  05 05 00"_bytes, out);
    t.ok(waits.next() == next::recv && waits.needed() == 4);
    core again = m.restarted();
    t.ok(again.state() == socks::client_state::start && !again.sent_early().request);
    t.ok(again.step(plain5, "", out).next() == next::send &&
         again.step(plain5, "", out).next() == next::send);
    const auto strict = again.step(plain5, "05 00  05 00 01"_bytes, out);
    t.ok(strict.next() == next::fail && strict.error() == errc::bad_reserved);

    core open;
    t.ok(open.restarted().step(plain4, "", out).next() == next::send);
    core ended;
    ended.end_of_stream();
    core after = ended.restarted();
    t.ok(after.step(plain4, "", out).next() == next::send);
    t.ok(after.step(plain4, "", out).error() == errc::closed);
}
PROVE_AND_RUN(a_handshake_restarts_with_its_options)

// The bytes that an earlier handshake has read in this step are counted, and not read again.
constexpr void a_handshake_may_begin_behind_another(check& t) {
    char out[socks::client::max_output] = {};
    core m;
    const auto a = m.step(plain4, "05 00  05 00"_bytes, out, 4);
    t.ok(a.next() == next::send && a.consumed() == 4);
    const auto b = m.step(plain4, "05 00  00 5a 0000 00000000 'x'"_bytes, out, 2);
    t.ok(b.next() == next::done && b.consumed() == 10 && b.result().early == "x");
    core refused;
    t.ok(refused.step(plain4, "", out).next() == next::send);
    const auto c = refused.step(plain4, "05 00  00 5b"_bytes, out, 2);
    t.ok(c.next() == next::fail && c.error() == errc::refused && c.consumed() == 4);
}
PROVE_AND_RUN(a_handshake_may_begin_behind_another)

// The first reason stays; a reason of the caller consumes nothing.
constexpr void a_handshake_is_ended_from_outside(check& t) {
    core m;
    const auto a = m.fail_now(errc::spoke_first, 10, 0x53);
    t.ok(a.next() == next::fail && a.error() == errc::spoke_first && a.consumed() == 10 && a.byte() == 0x53);
    const auto b = m.fail_now(errc::bad_route);
    t.ok(b.error() == errc::spoke_first && b.byte() == 0x53 && b.consumed() == 0);
    core n;
    t.ok(n.fail_now(errc::bad_count, 7).consumed() == 0 && n.state() == socks::client_state::failed);
}
PROVE_AND_RUN(a_handshake_is_ended_from_outside)

}  // namespace
