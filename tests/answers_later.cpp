// Answers that come later than their questions. While a question is open, each step returns wait, consumes
// nothing and changes nothing. This holds for any input, and if the stream ends meanwhile.

#include <cstring>

#include "conversations.hpp"

namespace {

using namespace drive;
using next = socks::server::next;

using server_inbox = socks::inbox<socks::server::max_input>;
using server_outbox = socks::outbox<socks::server::max_pending>;

template <size_t N>
constexpr void arrive(socks::inbox<N>& in, bytes bytes) {
    const socks::buffer to = in.prepare(bytes.size());
    for (size_t i = 0; i < bytes.size(); ++i) to.data()[i] = bytes.data()[i];
    in.commit(bytes.size());
}

// One step while a question is open: nothing happens. Then a byte arrives.
constexpr void waits_once(check& t, socks::server& m, server_inbox& in, server_outbox& out) {
    const size_t had = in.data().size();
    const auto a = m.step(in, out);
    t.ok(a.next() == next::wait && a.consumed() == 0 && in.data().size() == had && out.empty());
    if (!in.full()) arrive(in, "x");
}

constexpr void waits(check& t, socks::server& m, server_inbox& in, server_outbox& out) {
    for (int i = 0; i < 3; ++i) waits_once(t, m, in, out);
}

constexpr void sends(check& t, socks::server& m, server_inbox& in, server_outbox& out, bytes expected) {
    const auto a = m.step(in, out);
    t.ok(a.next() == next::send && a.data() == expected);
    out.consume(expected.size());
}

constexpr void finishes(check& t, socks::server& m, server_inbox& in, server_outbox& out, bytes early) {
    const auto a = m.step(in, out);
    t.ok(a.next() == next::done && a.result().early == early && in.empty());
}

constexpr void a_request_may_be_answered_later(check& t) {
    for (const bool closes : {false, true}) {
        const auto entered = t.in(size_t{closes});
        socks::server m;
        server_inbox in;
        server_outbox out;
        arrive(in, "05 01 00  05 01 00 03 11 'files.example.com' 01bb  'GET'"_bytes);
        sends(t, m, in, out, "05 00"_bytes);
        socks::stored_endpoint to;
        {
            const auto a = m.step(in, out);
            t.ok(a.next() == next::serve);
            to = a.to();
        }
        waits(t, m, in, out);
        if (closes) m.end_of_stream();
        waits(t, m, in, out);
        t.ok(to.view() == socks::endpoint{"files.example.com", 443});
        m.answer({code5::succeeded, {ipv4{192, 0, 2, 7}, 1080}}, out);
        sends(t, m, in, out, "05 00 00 01 c0000207 0438"_bytes);
        finishes(t, m, in, out, "GETxxxxxx");
    }
}
PROVE_AND_RUN(a_request_may_be_answered_later)

constexpr void a_login_may_be_answered_later(check& t) {
    for (const bool closes : {false, true}) {
        const auto entered = t.in(size_t{closes});
        socks::server m({.methods = method::username_password});
        server_inbox in;
        server_outbox out;
        arrive(in, "05 01 02  01 04 'john' 03 'foo'"_bytes);
        sends(t, m, in, out, "05 02"_bytes);
        socks::fixed_bytes<255> user;
        socks::fixed_bytes<255> password;
        {
            const auto a = m.step(in, out);
            t.ok(a.next() == next::authenticate && user.store(a.user()) && password.store(a.password()));
        }
        arrive(in, "05 01 00 01 42660763 0050"_bytes);
        if (closes) m.end_of_stream();
        const auto a = m.step(in, out);
        t.ok(a.next() == next::wait && in.data().size() == 10);
        t.ok(user.view() == "john" && password.view() == "foo");
        password.clear();
        t.ok(password.empty());
        m.authenticated(true, out);
        sends(t, m, in, out, "01 00"_bytes);
        t.ok(m.step(in, out).next() == next::serve);
        m.answer({code5::succeeded, {}}, out);
        sends(t, m, in, out, "05 00 00 01 00000000 0000"_bytes);
        finishes(t, m, in, out, "");
    }
}
PROVE_AND_RUN(a_login_may_be_answered_later)

constexpr void a_refusal_may_come_later_than_the_end_of_the_stream(check& t) {
    socks::server m;
    server_inbox in;
    server_outbox out;
    arrive(in, "04 01 0050 42660763 00"_bytes);
    t.ok(m.step(in, out).next() == next::serve);
    m.end_of_stream();
    waits(t, m, in, out);
    m.answer({code4::identd_unreachable, {}}, out);
    sends(t, m, in, out, "00 5c 0000 00000000"_bytes);
    const auto a = m.step(in, out);
    t.ok(a.next() == next::fail && a.error() == errc::refused && a.byte() == 0x5c);
    t.ok(in.data() == "xxx");  // nothing of it was taken
}
PROVE_AND_RUN(a_refusal_may_come_later_than_the_end_of_the_stream)

constexpr void both_answers_to_bind_may_come_later(check& t) {
    for (const bool closes : {false, true}) {
        const auto entered = t.in(size_t{closes});
        socks::server m;
        server_inbox in;
        server_outbox out;
        arrive(in, "05 01 00  05 02 00 01 c6336404 0015"_bytes);
        sends(t, m, in, out, "05 00"_bytes);
        t.ok(m.step(in, out).next() == next::serve);
        waits(t, m, in, out);
        m.answer({code5::succeeded, {ipv4{203, 0, 113, 5}, 4000}}, out);
        sends(t, m, in, out, "05 00 00 01 cb007105 0fa0"_bytes);
        waits(t, m, in, out);
        if (closes) m.end_of_stream();
        waits(t, m, in, out);
        m.answer({code5::succeeded, {ipv4{198, 51, 100, 4}, 20}}, out);
        sends(t, m, in, out, "05 00 00 01 c6336404 0014"_bytes);
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
    stays_open(t, {.methods = method::username_password}, "05 01 02  01 04 'john' 03 'foo'"_bytes,
               next::authenticate);
    stays_open(t, {.methods = toy}, "05 01 80"_bytes, next::negotiate);
    stays_open(t, {}, "05 01 00  05 01 00 01 42660763 0050"_bytes, next::serve);
    stays_open(t, {}, "05 01 00  05 02 00 01 c6336404 0015"_bytes, next::serve);
}
PROVE_AND_RUN(a_question_without_an_answer_stays_open)

// Both answers before the socket took the first: they go out in order, and done comes behind them.
constexpr void both_answers_to_bind_may_wait_in_the_outbox(check& t) {
    socks::server m;
    server_inbox in;
    server_outbox out;
    arrive(in, "05 01 00  05 02 00 01 c6336404 0015"_bytes);
    sends(t, m, in, out, "05 00"_bytes);
    t.ok(m.step(in, out).next() == next::serve);
    m.answer({code5::succeeded, {ipv4{203, 0, 113, 5}, 4000}}, out);
    m.answer({code5::succeeded, {ipv4{198, 51, 100, 4}, 20}}, out);
    const bytes both = "05 00 00 01 cb007105 0fa0  05 00 00 01 c6336404 0014"_bytes;
    for (size_t i = 0; i < both.size(); ++i) {
        const auto entered = t.in(i);
        const auto a = m.step(in, out);
        t.ok(a.next() == next::send && a.data() == both.subspan(i));
        out.consume(1U);
    }
    finishes(t, m, in, out, "");
}
PROVE_AND_RUN(both_answers_to_bind_may_wait_in_the_outbox)

constexpr void the_longest_answers_to_bind_fit_the_outbox(check& t) {
    socks::server m;
    server_inbox in;
    server_outbox out;
    arrive(in, "05 01 00  05 02 00 01 c6336404 0015"_bytes);
    sends(t, m, in, out, "05 00"_bytes);
    t.ok(m.step(in, out).next() == next::serve);
    char name[255] = {};
    for (char& c : name) c = 'n';
    const socks::host n(bytes(name, 255));
    const socks::reply longest{code5::succeeded, {n, 80}};
    m.answer(longest, out);
    m.answer(longest, out);
    t.ok(out.data().size() == socks::server::max_pending && socks::server::max_pending == 524);
}
PROVE_AND_RUN(the_longest_answers_to_bind_fit_the_outbox)

constexpr void a_client_s_sub_negotiation_may_take_its_time(check& t) {
    for (const bool closes : {false, true}) {
        const auto entered = t.in(size_t{closes});
        socks::client m;
        socks::inbox<socks::client::max_input> in;
        socks::outbox<socks::client::max_output> out;
        const socks::request request{.to = {"a.example", 25}, .methods = toy};
        t.ok(m.step(request, in, out).data() == "05 01 80"_bytes);
        out.consume(3U);
        arrive(in, "05 80  80 02"_bytes);
        const auto asked = m.step(request, in, out);
        t.ok(asked.next() == socks::client::next::negotiate && asked.method() == toy);
        if (closes) m.end_of_stream();
        for (int i = 0; i < 3; ++i) {
            const auto nested = t.in(static_cast<size_t>(i));
            const auto a = m.step(request, in, out);
            t.ok(a.next() == socks::client::next::wait && a.consumed() == 0 && in.data().size() == 2);
        }
        in.consume(2U);  // the method's own bytes
        m.negotiated(true);
        t.ok(m.step(request, in, out).data() == "05 01 00 03 09 'a.example' 0019"_bytes);
        out.consume(out.data().size());
        arrive(in, "05 00 00 01 00000000 0000"_bytes);
        t.ok(m.step(request, in, out).next() == socks::client::next::done);
    }
}
PROVE_AND_RUN(a_client_s_sub_negotiation_may_take_its_time)

// The bytes of the machine itself, before and after.
void a_step_while_a_question_is_open_changes_no_byte_of_the_machine(check& t) {
    const bytes says = "05 01 02  01 04 'john' 03 'foo'  05 02 00 01 c6336404 0015  'early'"_bytes;
    socks::server m({.methods = method::username_password});
    char out[socks::server::max_output];
    size_t used = 0;
    int questions = 0;
    for (int step = 0; step < 20; ++step) {
        unsigned char before[sizeof m];
        std::memcpy(before, &m, sizeof m);
        const auto a = m.step(says.subspan(used), out);
        used += a.consumed();
        if (a.next() == next::wait) {
            t.ok(std::memcmp(before, &m, sizeof m) == 0 && a.consumed() == 0);
            ++questions;
            const auto e =
                questions == 1 ? m.authenticated(true, out) : m.answer({code5::succeeded, {}}, out);
            t.ok(static_cast<bool>(e));
        }
        if (a.next() == next::done) break;
    }
    t.ok(questions == 3);
}
RUN(a_step_while_a_question_is_open_changes_no_byte_of_the_machine)

}  // namespace
