// stream_failed() ends a handshake at every place, with the reason that the caller gives.

#include "refusals.hpp"

namespace {

using ::check;
using namespace drive;
using socks::client_state;
using socks::server_state;

template <size_t N>
constexpr void receive(socks::inbox<N>& rx, bytes said) {
    const socks::buffer room = rx.prepare(said.size());
    for (size_t i = 0; i < said.size(); ++i) room.data()[i] = said.data()[i];
    rx.commit(said.size());
}

// A client that has received the first `n` bytes of its peer, with plain views.
constexpr void receives(socks::client& machine, const conversation& c, bytes said) {
    using next = socks::client::next;
    char out[socks::client::max_output] = {};
    size_t at = 0;
    for (;;) {
        const auto s = machine.step(c.request, said.subspan(at), socks::buffer(out));
        at += s.consumed();
        if (s.next() != next::send && s.next() != next::bound && s.next() != next::negotiate) return;
    }
}

constexpr void a_client_fails_at_every_place(check& t) {
    using next = socks::client::next;
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape said = c.server.all();
        for (size_t n = 0; n <= said.size(); ++n) {
            const auto place = t.in(n);
            socks::client machine;
            receives(machine, c, said.view().first(n));
            const bool done = machine.state() == client_state::done;
            machine.stream_failed(errc::timed_out);
            machine.stream_failed(errc::stream_failed);  // the first reason stays
            t.ok(machine.state() == (done ? client_state::done : client_state::failed));
            char out[socks::client::max_output] = {};
            for (int i = 0; i < 2; ++i) {
                const auto s = machine.step(c.request, said.view().subspan(n), socks::buffer(out));
                t.ok(s.next() == next::fail && s.consumed() == 0);
                t.ok(s.error() == (done ? errc::finished : errc::timed_out) && s.byte() == 0);
                machine.negotiated(true);
            }
        }
    }
}
PROVE_AND_RUN(a_client_fails_at_every_place)

constexpr void a_client_fails_before_its_first_byte(check& t) {
    socks::client machine;
    machine.stream_failed();
    socks::inbox<socks::client::max_input> rx;
    socks::outbox<socks::client::max_output> tx;
    const auto s = machine.step(plain5, rx, tx);
    t.ok(s.next() == socks::client::next::fail && s.error() == errc::stream_failed && tx.empty());
    t.ok(blame(s.error()) == socks::party::stream);
}
PROVE_AND_RUN(a_client_fails_before_its_first_byte)

// A server that has received `said`, and whose questions were answered until it would ask one more.
constexpr void serves(socks::server& machine, const conversation& c, bytes said, size_t answers) {
    using next = socks::server::next;
    char out[socks::server::max_output] = {};
    for (size_t at = 0;;) {
        const auto s = machine.step(said.subspan(at), socks::buffer(out));
        at += s.consumed();
        switch (s.next()) {
            case next::send: break;
            case next::authenticate:
                if (answers-- == 0) return;
                static_cast<void>(machine.authenticated(true, out));
                break;
            case next::serve:
            case next::wait:
                if (answers-- == 0) return;
                static_cast<void>(machine.answer(c.app.answers[s.next() == next::serve ? 0 : 1], out));
                if (machine.state() == server_state::success) return;
                break;
            case next::negotiate:
            case next::recv:
            case next::done:
            case next::fail: return;
        }
    }
}

constexpr void a_server_fails_at_every_place(check& t) {
    using next = socks::server::next;
    bool reached[16] = {};
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape said = c.client.all();
        for (size_t n = 0; n <= said.size(); ++n) {
            const auto place = t.in(n);
            for (size_t answers = 0; answers <= (n == said.size() ? 3U : 1U); ++answers) {
                const auto count = t.in(answers);
                char out[socks::server::max_output] = {};
                socks::server machine(c.server_options);
                serves(machine, c, said.view().first(n), answers);
                reached[static_cast<uint8_t>(machine.state())] = true;
                machine.stream_failed(errc::timed_out);
                t.ok(machine.state() == server_state::failed);
                // A later answer writes nothing.
                t.ok(machine.answer({code5::succeeded, {}}, out).error() == errc::out_of_turn);
                t.ok(machine.authenticated(true, out).error() == errc::out_of_turn);
                machine.negotiated(true);
                const auto s = machine.step(said.view().subspan(n), socks::buffer(out));
                t.ok(s.next() == next::fail && s.error() == errc::timed_out && s.byte() == 0);
            }
        }
    }
    for (const server_state state :
         {server_state::start, server_state::credentials, server_state::authenticate, server_state::request,
          server_state::negotiation, server_state::serve, server_state::second_answer, server_state::success})
        t.in(size_t{static_cast<uint8_t>(state)}).ok(reached[static_cast<uint8_t>(state)]);
}
PROVE_AND_RUN(a_server_fails_at_every_place)

constexpr void a_server_that_is_done_stays_done(check& t) {
    socks::server machine;
    socks::inbox<socks::server::max_input> rx;
    socks::outbox<socks::server::max_pending> tx;
    receive(rx, "04 01 0050 42660763 00"_bytes);
    t.ok(machine.step(rx, tx).next() == socks::server::next::serve);
    machine.answer({code4::granted, {}}, tx);
    t.ok(machine.step(rx, tx).next() == socks::server::next::send);
    tx.consume(8U);
    t.ok(machine.step(rx, tx).next() == socks::server::next::done);
    machine.stream_failed();
    t.ok(machine.state() == server_state::done && machine.step(rx, tx).error() == errc::finished);
}
PROVE_AND_RUN(a_server_that_is_done_stays_done)

constexpr void a_chain_fails_at_the_proxy_that_it_has_reached(check& t) {
    const socks::hop proxies[] = {{.proxy = {"gate.example.net", 1080}}, {.proxy = {"b.example", 1081}}};
    const socks::route route{.through = proxies, .to = {"files.example.com", 443}};
    const bytes said = "05 00  05 00 00 01 00000000 0000  05 00"_bytes;
    for (size_t n = 0; n <= said.size(); ++n) {
        const auto place = t.in(n);
        socks::chain machine;
        char out[socks::chain::max_output] = {};
        for (size_t at = 0, read = 0; true;) {
            const auto s = machine.step(route, said.first(read).subspan(at), socks::buffer(out));
            at += s.consumed();
            if (s.next() == socks::chain::next::recv) {
                if (read + s.needed() > n) break;
                read += s.needed();  // a proxy says nothing before it is asked
            } else if (s.next() != socks::chain::next::send) {
                t.ok(false);
                break;
            }
        }
        machine.stream_failed(errc::timed_out);
        const auto s = machine.step(route, bytes(), socks::buffer(out));
        t.ok(s.next() == socks::chain::next::fail && s.error() == errc::timed_out);
        t.ok(machine.hop() == (n < 12 ? 0U : 1U));
    }
}
PROVE_AND_RUN(a_chain_fails_at_the_proxy_that_it_has_reached)

// Otherwise a loop would try for ever to send what cannot be sent.
template <class Machine, class Outbox, class Step>
constexpr void drops_what_was_not_sent(check& t, Machine& machine, Outbox& tx, Step step) {
    t.ok(step().next() == Machine::next::send);
    const bytes written = tx.data();
    t.ok(!written.empty());
    machine.stream_failed(tx, errc::timed_out);
    t.ok(tx.empty());
    for (size_t i = 0; i < written.size(); ++i) t.in(i).ok(written[i] == 0);
    t.ok(step().next() == Machine::next::fail && step().error() == errc::timed_out);
    machine.stream_failed(tx);
    t.ok(step().error() == errc::timed_out);
}

constexpr void a_failed_stream_drops_what_was_not_sent(check& t) {
    socks::inbox<socks::server::max_input> rx;
    socks::outbox<socks::client::max_pipelined> tx;
    socks::client client{{.pipelined = true}};
    drops_what_was_not_sent(t, client, tx, [&] { return client.step(login5, rx, tx); });

    const socks::hop proxies[] = {{.proxy = {"gate.example.net", 1080}}};
    const socks::route route{.through = proxies, .to = {"files.example.com", 443}};
    socks::chain chain;
    drops_what_was_not_sent(t, chain, tx, [&] { return chain.step(route, rx, tx); });

    socks::server server;
    receive(rx, "05 01 00"_bytes);
    drops_what_was_not_sent(t, server, tx, [&] { return server.step(rx, tx); });
}
PROVE_AND_RUN(a_failed_stream_drops_what_was_not_sent)

constexpr void without_a_reason_the_stream_failed(check& t) {
    for (const bool with_outbox : {false, true}) {
        const auto entered = t.in(size_t{with_outbox ? 1U : 0U});
        socks::inbox<socks::server::max_input> rx;
        socks::outbox<socks::client::max_pipelined> tx;
        socks::client client;
        with_outbox ? client.stream_failed(tx) : client.stream_failed();
        t.ok(client.step(login5, rx, tx).error() == errc::stream_failed);
        socks::server server;
        with_outbox ? server.stream_failed(tx) : server.stream_failed();
        t.ok(server.step(rx, tx).error() == errc::stream_failed);
    }
}
PROVE_AND_RUN(without_a_reason_the_stream_failed)

// A machine that has failed already keeps its reason.
constexpr void a_refusal_that_cannot_be_sent_ends_too(check& t) {
    for (const bool sent : {false, true}) {
        const auto entered = t.in(size_t{sent ? 1U : 0U});
        socks::server machine{{.methods = method::username_password}};
        socks::inbox<socks::server::max_input> rx;
        socks::outbox<socks::server::max_pending> tx;
        receive(rx, "05 01 00"_bytes);
        t.ok(machine.step(rx, tx).data() == "05 ff"_bytes && machine.state() == server_state::failed);
        tx.consume(1U);
        if (sent)
            tx.consume(1U);
        else
            machine.stream_failed(tx);
        t.ok(machine.step(rx, tx).error() == errc::no_acceptable_method);
    }
}
PROVE_AND_RUN(a_refusal_that_cannot_be_sent_ends_too)

constexpr void only_a_failure_of_the_stream_is_taken(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const auto why = errc{static_cast<uint8_t>(v)};
        const errc shown = blame(why) == socks::party::stream ? why : errc::out_of_turn;
        char out[socks::client::max_output] = {};
        socks::client client;
        client.stream_failed(why);
        t.ok(client.step(plain5, bytes(), socks::buffer(out)).error() == shown);
        socks::server server;
        server.stream_failed(why);
        t.ok(server.step(bytes(), socks::buffer(out)).error() == shown);
    }
}
PROVE_AND_RUN(only_a_failure_of_the_stream_is_taken)

}  // namespace
