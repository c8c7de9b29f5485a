// Answers that come later than their questions. While a question is open the machine may be stepped at will: it
// says wait, uses nothing and changes nothing, whatever arrives and even when the stream ends meanwhile.

#include <cstring>

#include "conversations.hpp"

namespace {

using namespace drive;
using next = socks::server::next;

using server_inbox = socks::inbox<socks::server::max_input>;
using server_outbox = socks::outbox<socks::server::max_pending>;

template <size_t N>
constexpr void arrive(socks::inbox<N>& in, bytes octets) {
    const socks::buffer to = in.space(octets.size());
    for (size_t i = 0; i < octets.size(); ++i) to.data()[i] = octets.data()[i];
    in.commit(octets.size());
}

// One step while a question is open: nothing happens. Then a byte arrives.
constexpr void waits_once(check& t, socks::server& m, server_inbox& in, server_outbox& out) {
    const size_t had = in.unread().size();
    const auto a = m.step(in, out);
    t.ok(a.next() == next::wait && a.used() == 0 && in.unread().size() == had && out.empty());
    if (!in.full()) arrive(in, "x");
}

constexpr void waits(check& t, socks::server& m, server_inbox& in, server_outbox& out) {
    for (int i = 0; i < 3; ++i) waits_once(t, m, in, out);
}

constexpr void sends(check& t, socks::server& m, server_inbox& in, server_outbox& out, bytes expected) {
    const auto a = m.step(in, out);
    t.ok(a.next() == next::send && a.data() == expected);
    out.sent(expected.size());
}

constexpr void finishes(check& t, socks::server& m, server_inbox& in, server_outbox& out, bytes early) {
    const auto a = m.step(in, out);
    t.ok(a.next() == next::done && a.finish().early == early && in.empty());
}

constexpr void a_request_may_be_answered_later(check& t) {
    for (const bool closes : {false, true}) {
        socks::server m;
        server_inbox in;
        server_outbox out;
        arrive(in, "05 01 00  05 01 00 03 11 'files.example.com' 01bb  'GET'"_octets);
        sends(t, m, in, out, "05 00"_octets);
        socks::owned<255> name;
        socks::endpoint to;
        {
            const auto a = m.step(in, out);
            t.ok(a.next() == next::serve);
            to = name.keep(a.to());
        }
        waits(t, m, in, out);
        if (closes) m.end_of_stream();
        waits(t, m, in, out);
        t.ok(to == socks::endpoint{"files.example.com", 443});
        t.ok(to.host.name().data() == name.view().data());
        m.answer({code5::succeeded, {ipv4{192, 0, 2, 7}, 1080}}, out);
        sends(t, m, in, out, "05 00 00 01 c0000207 0438"_octets);
        finishes(t, m, in, out, "GETxxxxxx");
    }
}
PROVE_AND_RUN(a_request_may_be_answered_later)

constexpr void a_login_may_be_answered_later(check& t) {
    for (const bool closes : {false, true}) {
        socks::server m({.methods = method::login});
        server_inbox in;
        server_outbox out;
        arrive(in, "05 01 02  01 04 'john' 03 'foo'"_octets);
        sends(t, m, in, out, "05 02"_octets);
        socks::owned<255> user;
        socks::owned<255> password;
        {
            const auto a = m.step(in, out);
            t.ok(a.next() == next::login && user.assign(a.user()) && password.assign(a.password()));
        }
        arrive(in, "05 01 00 01 42660763 0050"_octets);
        if (closes) m.end_of_stream();
        const auto a = m.step(in, out);
        t.ok(a.next() == next::wait && in.unread().size() == 10);
        t.ok(user.view() == "john" && password.view() == "foo");
        password.clear();
        t.ok(password.empty());
        m.grant(true, out);
        sends(t, m, in, out, "01 00"_octets);
        t.ok(m.step(in, out).next() == next::serve);
        m.answer({code5::succeeded, {}}, out);
        sends(t, m, in, out, "05 00 00 01 00000000 0000"_octets);
        finishes(t, m, in, out, "");
    }
}
PROVE_AND_RUN(a_login_may_be_answered_later)

constexpr void a_refusal_may_come_later_than_the_end_of_the_stream(check& t) {
    socks::server m;
    server_inbox in;
    server_outbox out;
    arrive(in, "04 01 0050 42660763 00"_octets);
    t.ok(m.step(in, out).next() == next::serve);
    m.end_of_stream();
    waits(t, m, in, out);
    m.answer({code4::identd_unreachable, {}}, out);
    sends(t, m, in, out, "00 5c 0000 00000000"_octets);
    const auto a = m.step(in, out);
    t.ok(a.next() == next::fail && a.error() == errc::refused && a.octet() == 0x5c);
    t.ok(in.unread() == "xxx");  // nothing of it was taken
}
PROVE_AND_RUN(a_refusal_may_come_later_than_the_end_of_the_stream)

constexpr void both_answers_to_bind_may_come_later(check& t) {
    for (const bool closes : {false, true}) {
        socks::server m;
        server_inbox in;
        server_outbox out;
        arrive(in, "05 01 00  05 02 00 01 c6336404 0015"_octets);
        sends(t, m, in, out, "05 00"_octets);
        t.ok(m.step(in, out).next() == next::serve);
        waits(t, m, in, out);
        m.answer({code5::succeeded, {ipv4{203, 0, 113, 5}, 4000}}, out);
        sends(t, m, in, out, "05 00 00 01 cb007105 0fa0"_octets);
        waits(t, m, in, out);
        if (closes) m.end_of_stream();
        waits(t, m, in, out);
        m.answer({code5::succeeded, {ipv4{198, 51, 100, 4}, 20}}, out);
        sends(t, m, in, out, "05 00 00 01 c6336404 0014"_octets);
        finishes(t, m, in, out, "xxxxxxxxx");
    }
}
PROVE_AND_RUN(both_answers_to_bind_may_come_later)

// A caller that forgets an answer has a connection that hangs and nothing worse.
constexpr void stays_open(check& t, const socks::server_options& options, bytes says, next question) {
    socks::server m(options);
    server_inbox in;
    server_outbox out;
    arrive(in, says);
    sends(t, m, in, out, m.step(in, out).data());
    t.ok(m.step(in, out).next() == question);
    while (!in.full()) waits_once(t, m, in, out);
    m.end_of_stream();
    for (int i = 0; i < 3; ++i) waits_once(t, m, in, out);
}

constexpr void a_question_without_an_answer_stays_open(check& t) {
    stays_open(t, {.methods = method::login}, "05 01 02  01 04 'john' 03 'foo'"_octets, next::login);
    stays_open(t, {.methods = toy}, "05 01 80"_octets, next::negotiate);
    stays_open(t, {}, "05 01 00  05 01 00 01 42660763 0050"_octets, next::serve);
    stays_open(t, {}, "05 01 00  05 02 00 01 c6336404 0015"_octets, next::serve);
}
PROVE_AND_RUN(a_question_without_an_answer_stays_open)

// Both answers before the socket took the first: they go out in order, and done comes behind them.
constexpr void both_answers_to_bind_may_wait_in_the_outbox(check& t) {
    socks::server m;
    server_inbox in;
    server_outbox out;
    arrive(in, "05 01 00  05 02 00 01 c6336404 0015"_octets);
    sends(t, m, in, out, "05 00"_octets);
    t.ok(m.step(in, out).next() == next::serve);
    m.answer({code5::succeeded, {ipv4{203, 0, 113, 5}, 4000}}, out);
    m.answer({code5::succeeded, {ipv4{198, 51, 100, 4}, 20}}, out);
    const bytes both = "05 00 00 01 cb007105 0fa0  05 00 00 01 c6336404 0014"_octets;
    for (size_t i = 0; i < both.size(); ++i) {
        const auto a = m.step(in, out);
        t.ok(a.next() == next::send && a.data() == both.from(i));
        out.sent(1U);
    }
    finishes(t, m, in, out, "");
}
PROVE_AND_RUN(both_answers_to_bind_may_wait_in_the_outbox)

constexpr void the_longest_answers_to_bind_fit_the_outbox(check& t) {
    socks::server m;
    server_inbox in;
    server_outbox out;
    arrive(in, "05 01 00  05 02 00 01 c6336404 0015"_octets);
    sends(t, m, in, out, "05 00"_octets);
    t.ok(m.step(in, out).next() == next::serve);
    char name[255] = {};
    for (char& c : name) c = 'n';
    const socks::host n(bytes(name, 255));
    const socks::reply longest{code5::succeeded, {n, 80}};
    m.answer(longest, out);
    m.answer(longest, out);
    t.ok(out.unsent().size() == socks::server::max_pending && socks::server::max_pending == 524);
}
PROVE_AND_RUN(the_longest_answers_to_bind_fit_the_outbox)

constexpr void a_client_s_sub_negotiation_may_take_its_time(check& t) {
    for (const bool closes : {false, true}) {
        socks::client m;
        socks::inbox<socks::client::max_input> in;
        socks::outbox<socks::client::max_output> out;
        const socks::request want{.to = {"a.example", 25}, .methods = toy};
        t.ok(m.step(want, in, out).data() == "05 01 80"_octets);
        out.sent(3U);
        arrive(in, "05 80  80 02"_octets);
        const auto asked = m.step(want, in, out);
        t.ok(asked.next() == socks::client::next::negotiate && asked.method() == toy);
        if (closes) m.end_of_stream();
        for (int i = 0; i < 3; ++i) {
            const auto a = m.step(want, in, out);
            t.ok(a.next() == socks::client::next::wait && a.used() == 0 && in.unread().size() == 2);
        }
        in.drop(2U);  // the method's own octets
        m.negotiated(true);
        t.ok(m.step(want, in, out).data() == "05 01 00 03 09 'a.example' 0019"_octets);
        out.sent(out.unsent().size());
        arrive(in, "05 00 00 01 00000000 0000"_octets);
        t.ok(m.step(want, in, out).next() == socks::client::next::done);
    }
}
PROVE_AND_RUN(a_client_s_sub_negotiation_may_take_its_time)

// The octets of the machine itself, before and after.
void a_step_while_a_question_is_open_changes_no_octet_of_the_machine(check& t) {
    const bytes says = "05 01 02  01 04 'john' 03 'foo'  05 02 00 01 c6336404 0015  'early'"_octets;
    socks::server m({.methods = method::login});
    char out[socks::server::max_output];
    size_t used = 0;
    int questions = 0;
    for (int step = 0; step < 20; ++step) {
        unsigned char before[sizeof m];
        std::memcpy(before, &m, sizeof m);
        const auto a = m.step(says.from(used), out);
        used += a.used();
        if (a.next() == next::wait) {
            t.ok(std::memcmp(before, &m, sizeof m) == 0 && a.used() == 0);
            ++questions;
            const auto e = questions == 1 ? m.grant(true, out) : m.answer({code5::succeeded, {}}, out);
            t.ok(static_cast<bool>(e));
        }
        if (a.next() == next::done) break;
    }
    t.ok(questions == 3);
}
RUN(a_step_while_a_question_is_open_changes_no_octet_of_the_machine)

}  // namespace
