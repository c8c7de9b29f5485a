// Completion I/O. From submit() to consume() the bytes of an outbox are in flight. Meanwhile each step
// returns wait, and changes neither the machine nor a mailbox.

#include <cstring>
#include <type_traits>

#include "journey.hpp"

#if !defined(NDEBUG) && (defined(__unix__) || defined(__APPLE__))
#include "end_of.hpp"
#endif

namespace {

using namespace drive;

// Whether one step waits and leaves everything as it is.
template <class Machine, size_t N, size_t M, class... Request>
constexpr bool waits(Machine& m, socks::inbox<N>& in, socks::outbox<M>& out, const Request&... request) {
    const auto state = m.state();
    const tape unread = tape().put(in.data());
    const tape unsent = tape().put(out.data());
    const char* const input = in.data().data();
    const char* const output = out.data().data();
    const auto a = m.step(request..., in, out);
    return a.next() == Machine::next::wait && a.consumed() == 0 && m.state() == state && out.submitted() &&
           unread == in.data() && in.data().data() == input && unsent == out.data() &&
           out.data().data() == output;
}

template <size_t N>
constexpr void arrive(socks::inbox<N>& in, bytes bytes) {
    const socks::buffer to = in.prepare(bytes.size());
    for (size_t i = 0; i < bytes.size(); ++i) to.data()[i] = bytes.data()[i];
    in.commit(bytes.size());
}

// An inbox and an outbox whose operations complete later. Meanwhile steps are called at random moments. An
// operation sends a random part of its bytes, or none.
template <uint32_t Seed>
class completing : boxed_in<> {
  public:
    using boxed_in<>::drop;
    using boxed_in<>::receive;
    using boxed_in<>::remaining;
    using boxed_in<>::room;

    template <class Machine, class... Request>
    constexpr typename Machine::action step(Machine& machine, const Request&... request) {
        for (int i = 0; i < 1000 && post_.submitted(); ++i) {
            if (luck_.below(3) == 0)
                complete();
            else if (!waits(machine, in_, post_, request...))
                sent_->put("a step changed something");
        }
        return machine.step(request..., in_, post_);
    }

    constexpr void send(bytes data, tape& sent) {
        sent_ = &sent;
        if (post_.submit() != data) sent.put("not the bytes of the action");
    }
    template <class Server>
    constexpr void authenticate(Server& machine, bool granted, tape&) {
        machine.authenticated(granted, post_);
    }
    template <class Server>
    constexpr void answer(Server& machine, const socks::reply& outcome, tape&) {
        machine.answer(outcome, post_);
    }

  private:
    constexpr void complete() {
        const bytes data = post_.data();
        const size_t n = luck_.below(static_cast<uint32_t>(data.size()) + 1);
        sent_->put(data.first(n));
        post_.consume(n);
    }

    socks::outbox<socks::server::max_pending> post_;
    tape* sent_ = nullptr;
    dice luck_{Seed};
};

// A completion loop gives the same record as plain views.
template <uint32_t... Seeds, class Machine, class Request>
constexpr void same_record(check& t, Machine m, const Request& request, const peer& from) {
    const verdict once = run<plain>(m, request, from);
    (t.ok(run<completing<Seeds>>(m, request, from) == once), ...);
}

constexpr void a_completion_loop_has_every_conversation(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        same_record<1>(t, socks::client(), c.request, {.says = c.server.all().view()});
        same_record<2>(t, socks::server(c.server_options), c.app, {.says = c.client.all().view()});
    }
}
PROVE_AND_RUN(a_completion_loop_has_every_conversation)

void a_completion_loop_has_every_conversation_at_every_pace(check& t) {
    for (const pace how : {whole, bytewise, in_pieces_of(3), at_random(7)}) {
        const auto entered = t.in();
        for (const conversation& c : conversations) {
            const auto nested = t.in(c.what);
            const tape replies = c.server.all().put("early");
            const tape requests = c.client.all().put("early");
            for (const auto options : {socks::client_options{}, at_once})
                same_record<1, 2, 3>(t, socks::client(options), c.request,
                                     {.says = replies.view(), .how = how});
            same_record<1, 2, 3>(t, socks::server(c.server_options), c.app,
                                 {.says = requests.view(), .how = how});
        }
    }
}
RUN(a_completion_loop_has_every_conversation_at_every_pace)

void a_completion_loop_has_every_failure(check& t) {
    for (const bool closes : {false, true}) {
        for (const refusal& r : refusals) {
            const auto entered = t.in(r.what);
            same_record<1, 2, 3>(t, socks::client(), r.request, {.says = r.server, .closes = closes});
        }
        for (const rejection& r : rejections) {
            const auto entered = t.in(r.what);
            same_record<1, 2, 3>(t, socks::server(r.server_options), r.app,
                                 {.says = r.client, .closes = closes});
        }
    }
}
RUN(a_completion_loop_has_every_failure)

template <uint32_t... Seeds>
constexpr void same_journey(check& t, const journey& j, const socks::client_options& options) {
    const line from = replies_of(j);
    socks::chain plainly(options);
    const verdict once = travel<plain>(plainly, j.route(), from, whole);
    const auto completes = [&](auto end) {
        socks::chain m(options);
        return travel<typename decltype(end)::type>(m, j.route(), from, whole) == once;
    };
    (t.ok(completes(std::type_identity<completing<Seeds>>())), ...);
}

void a_completion_loop_passes_through_every_two_proxies(check& t) {
    for (const conversation& a : conversations) {
        if (a.request.command != command::connect) continue;
        for (const conversation& b : conversations) {
            const auto entered = t.in(b.what);
            same_journey<1, 2, 3>(t, {&a, &b}, {});
            same_journey<1, 2, 3>(t, {&a, &b}, at_once);
        }
    }
}
RUN(a_completion_loop_passes_through_every_two_proxies)

constexpr void a_client_waits_until_its_bytes_are_sent(check& t) {
    socks::client m;
    socks::inbox<socks::client::max_input> in;
    socks::outbox<socks::client::max_output> out;
    t.ok(m.step(login5, in, out).data() == "05 01 02"_bytes && !out.submitted());
    t.ok(out.submit() == "05 01 02"_bytes && waits(m, in, out, login5));
    arrive(in, "05 02"_bytes);  // before the completion
    t.ok(waits(m, in, out, login5) && m.state() == socks::client_state::method_selection);
    out.consume(0U);
    t.ok(!out.submitted() && m.step(login5, in, out).data() == "05 01 02"_bytes);
    t.ok(out.submit() == "05 01 02"_bytes && waits(m, in, out, login5));
    out.consume(1U);
    t.ok(!out.submitted() && m.step(login5, in, out).data() == "01 02"_bytes);
    t.ok(out.submit() == "01 02"_bytes && waits(m, in, out, login5));
    out.consume(2U);
    t.ok(m.step(login5, in, out).data() == "01 04 'john' 03 'foo'"_bytes && in.empty());
}
PROVE_AND_RUN(a_client_waits_until_its_bytes_are_sent)

constexpr void a_chain_waits_until_all_pipelined_messages_are_sent(check& t) {
    const socks::hop proxies[] = {{.proxy = {ipv4{192, 0, 2, 7}, 1080}, .credentials = {"john", "foo"}}};
    const socks::route route{.through = proxies, .to = {"a.example", 25}};
    socks::chain m(at_once);
    socks::inbox<socks::chain::max_input> in;
    socks::outbox<socks::chain::max_pipelined> out;
    const bytes all = "05 01 02  01 04 'john' 03 'foo'  05 01 00 03 09 'a.example' 0019"_bytes;
    t.ok(m.step(route, in, out).data() == all);
    arrive(in, "05 02  01 00  05 00 00 01 c0000207 0438"_bytes);
    for (size_t sent = 0; sent < all.size(); sent += 5) {
        const auto entered = t.in(sent);
        t.ok(out.submit() == all.subspan(sent) && waits(m, in, out, route));
        out.consume(all.size() - sent < 5 ? all.size() - sent : 5);
    }
    t.ok(m.step(route, in, out).next() == socks::chain::next::done && out.empty());
}
PROVE_AND_RUN(a_chain_waits_until_all_pipelined_messages_are_sent)

constexpr void a_server_asks_nothing_while_its_bytes_are_in_flight(check& t) {
    socks::server m({.methods = method::username_password});
    socks::inbox<socks::server::max_input> in;
    socks::outbox<socks::server::max_pending> out;
    using next = socks::server::next;
    arrive(in, "05 01 02  01 04 'john' 03 'foo'  05 01 00 01 42660763 0050"_bytes);
    t.ok(m.step(in, out).data() == "05 02"_bytes);
    t.ok(out.submit() == "05 02"_bytes && waits(m, in, out));
    out.consume(2U);
    t.ok(m.step(in, out).next() == next::authenticate);
    m.authenticated(true, out);
    t.ok(out.submit() == "01 00"_bytes && waits(m, in, out));
    out.consume(1U);
    t.ok(m.step(in, out).data() == "00"_bytes);
    t.ok(out.submit() == "00"_bytes && waits(m, in, out));
    out.consume(1U);
    t.ok(m.step(in, out).next() == next::serve);
    m.answer({code5::host_unreachable, {}}, out);
    t.ok(out.submit() == "05 04 00 01 00000000 0000"_bytes && waits(m, in, out));
    out.consume(10U);
    t.ok(m.step(in, out).next() == next::fail);  // after the refusal is sent
}
PROVE_AND_RUN(a_server_asks_nothing_while_its_bytes_are_in_flight)

// The second answer to BIND may come while the first is in flight, and after a part of it was sent.
constexpr void an_answer_comes_after_the_bytes_in_flight(check& t) {
    const bytes first = "05 00 00 01 cb007105 0fa0"_bytes;
    const bytes second = "05 00 00 01 c6336404 0014"_bytes;
    for (size_t sent = 0; sent <= first.size(); ++sent) {
        const auto entered = t.in(sent);
        socks::server m;
        socks::inbox<socks::server::max_input> in;
        socks::outbox<socks::server::max_pending> out;
        arrive(in, "05 01 00  05 02 00 01 c6336404 0015"_bytes);
        t.ok(m.step(in, out).data() == "05 00"_bytes);
        out.consume(2U);
        t.ok(m.step(in, out).next() == socks::server::next::serve);
        m.answer({code5::succeeded, {ipv4{203, 0, 113, 5}, 4000}}, out);
        const bytes flying = out.submit();
        t.ok(flying == first && waits(m, in, out));
        m.answer({code5::succeeded, {ipv4{198, 51, 100, 4}, 20}}, out);
        t.ok(out.submitted() && waits(m, in, out));
        t.ok(out.data() == tape().put(first).put(second).view());
        t.ok(flying == first && flying.data() == out.data().data());  // the operation still reads them
        out.consume(sent);
        const auto a = m.step(in, out);
        t.ok(a.next() == socks::server::next::send);
        t.ok(a.data() == tape().put(first.subspan(sent)).put(second).view());
        t.ok(out.submit() == a.data() && waits(m, in, out));
        out.consume(out.data().size());
        t.ok(m.step(in, out).next() == socks::server::next::done);
    }
}
PROVE_AND_RUN(an_answer_comes_after_the_bytes_in_flight)

constexpr void a_stream_that_ends_meanwhile_fails_after_the_completion(check& t) {
    for (const bool fails : {false, true}) {
        const auto entered = t.in(size_t{fails});
        socks::client m;
        socks::inbox<socks::client::max_input> in;
        socks::outbox<socks::client::max_output> out;
        t.ok(m.step(login5, in, out).data() == "05 01 02"_bytes);
        t.ok(out.submit() == "05 01 02"_bytes);
        fails ? m.stream_failed() : m.end_of_stream();
        t.ok(waits(m, in, out, login5));
        out.consume(fails ? 0U : 3U);
        out.clear();
        const auto a = m.step(login5, in, out);
        t.ok(a.next() == socks::client::next::fail);
        t.ok(a.error() == (fails ? errc::stream_failed : errc::closed));
    }
}
PROVE_AND_RUN(a_stream_that_ends_meanwhile_fails_after_the_completion)

constexpr void an_impossible_completion_fails(check& t) {
    socks::client m;
    socks::inbox<socks::client::max_input> in;
    socks::outbox<socks::client::max_output> out;
    t.ok(m.step(login5, in, out).data() == "05 01 02"_bytes);
    t.ok(out.submit() == "05 01 02"_bytes);
    out.consume(4U);
    t.ok(!out.submitted() && out.miscounted());
    t.ok(m.step(login5, in, out).error() == errc::bad_count);
}
PROVE_AND_RUN(an_impossible_completion_fails)

constexpr void an_empty_outbox_has_nothing_in_flight(check& t) {
    socks::outbox<8> out;
    t.ok(out.submit().empty() && !out.submitted());
    out.consume(0U);
    t.ok(out.empty() && !out.submitted() && !out.miscounted());
}
PROVE_AND_RUN(an_empty_outbox_has_nothing_in_flight)

// The bytes of the machine itself, before and after.
template <class Machine, size_t Output, class... Request>
void changes_no_byte(check& t, Machine m, bytes says, const Request&... request) {
    socks::inbox<socks::server::max_input> in;
    socks::outbox<Output> out;
    arrive(in, says);
    t.ok(m.step(request..., in, out).next() == Machine::next::send && !out.submit().empty());
    unsigned char before[sizeof m];
    std::memcpy(before, &m, sizeof m);
    for (int i = 0; i < 3; ++i) t.ok(waits(m, in, out, request...));
    t.ok(std::memcmp(before, &m, sizeof m) == 0);
}

void a_step_while_bytes_are_in_flight_changes_no_byte_of_the_machine(check& t) {
    const socks::hop proxies[] = {{.proxy = {ipv4{192, 0, 2, 7}, 1080}}};
    const socks::route route{.through = proxies, .to = {"a.example", 25}};
    changes_no_byte<socks::client, socks::client::max_output>(t, {}, "05 02"_bytes, login5);
    changes_no_byte<socks::chain, socks::chain::max_pipelined>(t, socks::chain(at_once), "05 00"_bytes,
                                                               route);
    changes_no_byte<socks::server, socks::server::max_pending>(t, {}, "05 01 00  05 01"_bytes);
}
RUN(a_step_while_bytes_are_in_flight_changes_no_byte_of_the_machine)

#if !defined(NDEBUG) && (defined(__unix__) || defined(__APPLE__))

// The operation still reads the bytes, so they must not become zeros.
void an_outbox_is_not_cleared_while_its_bytes_are_in_flight(check& t) {
    t.ok(fails_an_assertion([] {
        socks::client m;
        socks::inbox<socks::client::max_input> in;
        socks::outbox<socks::client::max_output> out;
        static_cast<void>(m.step(login5, in, out));
        static_cast<void>(out.submit());
        out.clear();
    }));
}
RUN(an_outbox_is_not_cleared_while_its_bytes_are_in_flight)

#endif

}  // namespace
