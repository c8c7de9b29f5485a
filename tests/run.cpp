// The loop in one call: every conversation comes to its end with reads and writes of any size, with calls
// that would block or are interrupted, and each failure of the stream ends the handshake.

#include <socks/machine/run.hpp>

#include "refusals.hpp"

namespace {

using ::check;
using namespace drive;
using socks::client_state;
using socks::io;
using socks::io_result;

// A socket: the peer has sent its bytes already. A call transfers at most `at_most` bytes, and each of the
// first calls pauses as often as `pauses` says.
struct wire {
    bytes says;
    size_t at_most = SIZE_MAX;
    unsigned pauses = 0;
    io pause = io::would_block;

    size_t at = 0;
    tape written{};
    size_t reads = 0;
    size_t writes = 0;
    unsigned paused = 0;
    const char* last = nullptr;  // where the last bytes that were written lie

    constexpr bool pausing() {
        if (paused == pauses) {
            paused = 0;
            return false;
        }
        ++paused;
        return true;
    }

    constexpr io_result read_some(socks::buffer room) {
        if (pausing()) return pause;
        size_t n = room.capacity() < at_most ? room.capacity() : at_most;
        if (n > says.size() - at) n = says.size() - at;
        for (size_t i = 0; i < n; ++i) room.data()[i] = says.data()[at + i];
        at += n;
        ++reads;
        return n;
    }

    constexpr io_result write_some(bytes data) {
        if (pausing()) return pause;
        const size_t n = data.size() < at_most ? data.size() : at_most;
        written.put(data.first(n));
        last = data.data();
        ++writes;
        return n;
    }
};

struct client_side {
    socks::client machine{};
    socks::inbox<socks::client::max_input> rx{};
    socks::outbox<socks::client::max_output> tx{};

    constexpr auto run(const socks::request& request, wire& to) {
        return socks::run(
            machine, request, rx, tx, [&](socks::buffer room) { return to.read_some(room); },
            [&](bytes data) { return to.write_some(data); });
    }
};

struct server_side {
    explicit constexpr server_side(const socks::server_options& options) : machine(options) {}

    socks::server machine;
    socks::inbox<socks::server::max_input> rx{};
    socks::outbox<socks::server::max_pending> tx{};

    constexpr auto run(wire& to) {
        return socks::run(
            machine, rx, tx, [&](socks::buffer room) { return to.read_some(room); },
            [&](bytes data) { return to.write_some(data); });
    }
};

// The messages of the toy method of a conversation are not the machine's. They are left out of the stream.
constexpr bool is_toy(const conversation& c) { return c.client.messages[1] == toy_hello; }

constexpr void joined(tape& all, const script& s, bool toy, bool is_client) {
    for (size_t i = 0; i < 4; ++i)
        if (!toy || !(is_client ? i == 1 || i == 2 : i == 1)) all.put(s.messages[i]);
}

// Runs a client to its end. How often run() returned without an end is in `returns`.
constexpr void completes(check& t, const conversation& c, wire to, tape& told, size_t& returns) {
    using next = socks::client::next;
    tape sent;
    joined(sent, c.client, is_toy(c), true);
    tape peer;
    joined(peer, c.server, is_toy(c), false);
    const size_t length = peer.size();
    peer.put("early");
    to.says = peer.view();
    client_side side;
    for (bool running = true; running;) {
        const auto s = side.run(c.request, to);
        switch (s.next()) {
            case next::send:
            case next::recv: t.ok(++returns < 10'000); break;
            case next::negotiate:
                told.put('N').put(static_cast<uint8_t>(s.method()));
                side.machine.negotiated(true);
                break;
            case next::bound: told.put('B').put(s.bound()); break;
            case next::done:
                told.put('D').put(s.result().reply.code.value).put(s.result().reply.bound);
                t.ok(s.result().early.empty());
                running = false;
                break;
            case next::wait:
            case next::fail:
                t.ok(false);
                running = false;
                break;
        }
    }
    t.ok(to.written == sent.view());
    t.ok(to.at == length);  // it reads no byte of the destination
    t.ok(told == c.result);
    const size_t toys = is_toy(c) ? 1 : 0;  // the read of its challenge is not the machine's
    if (to.at_most == SIZE_MAX) t.ok(to.reads + toys == c.reads);
}

constexpr void a_client_runs_to_its_end_with_exact_reads(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        tape told;
        size_t returns = 0;
        completes(t, c, {.says = {}}, told, returns);
        t.ok(returns == 0);
    }
}
PROVE_AND_RUN(a_client_runs_to_its_end_with_exact_reads)

constexpr void a_client_runs_with_reads_and_writes_of_any_size(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        for (size_t n = 1; n < 9; ++n) {
            tape told;
            size_t returns = 0;
            const auto portion = t.in(n);
            completes(t, c, {.says = {}, .at_most = n}, told, returns);
            t.ok(returns == 0);
        }
    }
}
PROVE_AND_RUN(a_client_runs_with_reads_and_writes_of_any_size)

constexpr void run_returns_when_a_call_would_block_and_continues_later(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        for (const size_t n : {size_t{1}, size_t{3}, SIZE_MAX}) {
            tape told;
            size_t returns = 0;
            const auto portion = t.in(n);
            completes(t, c, {.says = {}, .at_most = n, .pauses = 2}, told, returns);
            t.ok(returns != 0 && returns % 2 == 0);
        }
    }
}
PROVE_AND_RUN(run_returns_when_a_call_would_block_and_continues_later)

constexpr void run_repeats_a_call_that_was_interrupted(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        tape told;
        size_t returns = 0;
        completes(t, c, {.says = {}, .at_most = 3, .pauses = 2, .pause = io::interrupted}, told, returns);
        t.ok(returns == 0);
    }
}
PROVE_AND_RUN(run_repeats_a_call_that_was_interrupted)

constexpr void serves(check& t, const conversation& c, wire to) {
    using next = socks::server::next;
    tape peer;
    joined(peer, c.client, is_toy(c), true);
    peer.put("early");
    tape sent;
    joined(sent, c.server, is_toy(c), false);
    to.says = peer.view();
    server_side side(c.server_options);
    tape asked;
    tape early;
    size_t returns = 0;
    for (bool running = true; running;) {
        const auto s = side.run(to);
        switch (s.next()) {
            case next::send:
            case next::recv: t.ok(++returns < 10'000); break;
            case next::authenticate:
                asked.put('L').put(s.user()).put(':').put(s.password());
                side.machine.authenticated(true, side.tx);
                break;
            case next::negotiate:
                asked.put('N').put(static_cast<uint8_t>(s.method()));
                side.machine.negotiated(true);
                break;
            case next::serve:
                asked.put('S').put(static_cast<uint8_t>(s.version())).put(static_cast<uint8_t>(s.command()));
                asked.put(s.to()).put(static_cast<uint8_t>(s.method())).put(s.user());
                side.machine.answer(c.app.answers[0], side.tx);
                break;
            case next::wait: side.machine.answer(c.app.answers[1], side.tx); break;
            case next::done:
                early.put(s.result().early);
                running = false;
                break;
            case next::fail:
                t.ok(false);
                running = false;
                break;
        }
    }
    t.ok(to.written == sent.view() && asked == c.asked);
    // A byte that no read has taken is still in the socket.
    t.ok(early == bytes("early").first(early.size()));
    t.ok(early.size() + (peer.size() - to.at) == 5);
    if (to.at_most == SIZE_MAX) t.ok(early == "early" && to.reads == 1);
}

constexpr void a_server_reads_what_has_arrived(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        serves(t, c, {.says = {}});
        for (const size_t n : {size_t{1}, size_t{2}, size_t{7}}) {
            const auto portion = t.in(n);
            serves(t, c, {.says = {}, .at_most = n});
            serves(t, c, {.says = {}, .at_most = n, .pauses = 1});
            serves(t, c, {.says = {}, .at_most = n, .pauses = 1, .pause = io::interrupted});
        }
    }
}
PROVE_AND_RUN(a_server_reads_what_has_arrived)

constexpr void the_end_of_the_stream_is_a_read_of_nothing(check& t) {
    wire to{.says = "05 00  05 00 00 01 c000"_bytes};
    client_side side;
    const auto s = side.run(plain5, to);
    t.ok(s.next() == socks::client::next::fail && s.error() == errc::truncated);
    wire nothing{.says = {}};
    server_side other({});
    t.ok(other.run(nothing).error() == errc::closed);
}
PROVE_AND_RUN(the_end_of_the_stream_is_a_read_of_nothing)

constexpr void a_refusal_ends_the_run(check& t) {
    for (const refusal& r : refusals) {
        if (r.request.methods.size() != 0) continue;  // the toy method
        const auto entered = t.in(r.what);
        wire to{.says = r.server};
        client_side side;
        auto s = side.run(r.request, to);
        if (s.next() == socks::client::next::bound) s = side.run(r.request, to);
        t.ok(s.next() == socks::client::next::fail && s.error() == r.why && s.byte() == r.byte);
    }
}
PROVE_AND_RUN(a_refusal_ends_the_run)

// Fails at the call of this number, counted from 0; reads and writes are counted together.
constexpr auto fails_at(unsigned call, errc why, client_side& side, wire& to) {
    unsigned calls = 0;
    return socks::run(
        side.machine, login5, side.rx, side.tx,
        [&](socks::buffer room) { return calls++ == call ? io_result(why) : to.read_some(room); },
        [&](bytes data) { return calls++ == call ? io_result(why) : to.write_some(data); });
}

constexpr void a_failed_read_or_write_ends_the_handshake(check& t) {
    for (unsigned call = 0; call < 7; ++call) {  // three writes, four reads
        const auto entered = t.in(size_t{call});
        for (const errc why : {errc::stream_failed, errc::timed_out}) {
            wire to{.says = "05 02  01 00  05 00 00 01 c0000207 1f90"_bytes};
            client_side side;
            const auto s = fails_at(call, why, side, to);
            t.ok(s.next() == socks::client::next::fail && s.error() == why);
            t.ok(side.tx.empty() && side.machine.state() == client_state::failed);
            t.ok(side.run(login5, to).error() == why);
        }
        // Only a failure of the stream can be reported this way.
        wire to{.says = "05 02  01 00  05 00 00 01 c0000207 1f90"_bytes};
        client_side side;
        t.ok(fails_at(call, errc::refused, side, to).error() == errc::out_of_turn);
    }
    wire to{.says = "05 02  01 00  05 00 00 01 c0000207 1f90"_bytes};
    client_side side;
    t.ok(fails_at(7, errc::timed_out, side, to).next() == socks::client::next::done);
}
PROVE_AND_RUN(a_failed_read_or_write_ends_the_handshake)

constexpr void a_failed_write_of_a_server_ends_the_handshake(check& t) {
    wire to{.says = "05 01 00"_bytes};
    server_side side({});
    const auto s = socks::run(
        side.machine, side.rx, side.tx, [&](socks::buffer room) { return to.read_some(room); },
        [](bytes) { return io_result(errc::stream_failed); });
    t.ok(s.next() == socks::server::next::fail && s.error() == errc::stream_failed && side.tx.empty());
}
PROVE_AND_RUN(a_failed_write_of_a_server_ends_the_handshake)

constexpr void an_impossible_number_is_a_defined_error(check& t) {
    wire to{.says = "05 00"_bytes};
    client_side reading;
    const auto s = socks::run(
        reading.machine, plain5, reading.rx, reading.tx,
        [](socks::buffer) { return io_result(size_t{1000}); },
        [&](bytes data) { return to.write_some(data); });
    t.ok(s.error() == errc::bad_count);
    client_side writing;
    const auto w = socks::run(
        writing.machine, plain5, writing.rx, writing.tx,
        [&](socks::buffer room) { return to.read_some(room); },
        [](bytes) { return io_result(size_t{1000}); });
    t.ok(w.error() == errc::bad_count);
}
PROVE_AND_RUN(an_impossible_number_is_a_defined_error)

// One byte more than the room, or than the bytes to send.
constexpr void a_number_beyond_the_room_is_a_defined_error(check& t) {
    wire to{.says = "05 02  01 00"_bytes};
    client_side reading;
    const auto s = socks::run(
        reading.machine, login5, reading.rx, reading.tx,
        [](socks::buffer room) { return io_result(room.capacity() + 1); },
        [&](bytes data) { return to.write_some(data); });
    t.ok(s.error() == errc::bad_count);
    client_side writing;
    const char* password = nullptr;
    const auto w = socks::run(
        writing.machine, login5, writing.rx, writing.tx,
        [&](socks::buffer room) { return to.read_some(room); },
        [&](bytes data) {
            if (data[0] == 1) password = data.data();
            return io_result(data.size() + (data[0] == 1 ? 1 : 0));
        });
    t.ok(w.error() == errc::bad_count && writing.tx.empty());
    t.ok(bytes(password, 10) == "00 00 00 00 00 00 00 00 00 00"_bytes);
}
PROVE_AND_RUN(a_number_beyond_the_room_is_a_defined_error)

constexpr void a_server_that_fails_keeps_nothing_to_send(check& t) {
    wire to{.says = "05 01 00"_bytes};
    server_side side({});
    const char* reply = nullptr;
    const auto s = socks::run(
        side.machine, side.rx, side.tx, [&](socks::buffer room) { return to.read_some(room); },
        [&](bytes data) {
            reply = data.data();
            return io_result(data.size() + 1);
        });
    t.ok(s.error() == errc::bad_count && side.tx.empty() && bytes(reply, 2) == "00 00"_bytes);
}
PROVE_AND_RUN(a_server_that_fails_keeps_nothing_to_send)

// A failure does not wipe what an operation still reads.
constexpr void a_failure_leaves_bytes_in_flight_where_they_are(check& t) {
    wire to{.says = "05 00"_bytes};
    client_side side;
    const auto s = socks::run(
        side.machine, plain5, side.rx, side.tx, [&](socks::buffer room) { return to.read_some(room); },
        [&](bytes) {
            to.written.put(side.tx.submit());
            side.tx.commit(1000U);  // impossible, so the next step fails
            return io_result(io::interrupted);
        });
    t.ok(s.error() == errc::bad_count && side.tx.submitted() && side.tx.data() == "05 01 00"_bytes);
}
PROVE_AND_RUN(a_failure_leaves_bytes_in_flight_where_they_are)

// A write that completes later: run() does not start it a second time.
constexpr void bytes_in_flight_are_written_once(check& t) {
    wire to{.says = "05 00  05 00 00 01 c0000207 1f90"_bytes};
    client_side side;
    const auto run = [&] {
        return socks::run(
            side.machine, plain5, side.rx, side.tx, [&](socks::buffer room) { return to.read_some(room); },
            [&](bytes) {
                to.written.put(side.tx.submit());
                return io_result(io::would_block);
            });
    };
    t.ok(run().next() == socks::client::next::send && side.tx.submitted());
    t.ok(run().next() == socks::client::next::wait && run().next() == socks::client::next::wait);
    side.tx.consume(3U);
    t.ok(run().next() == socks::client::next::send);
    side.tx.consume(side.tx.data().size());
    t.ok(run().next() == socks::client::next::done);
    t.ok(to.written == "05 01 00  05 01 00 03 11 'files.example.com' 01bb"_bytes);
}
PROVE_AND_RUN(bytes_in_flight_are_written_once)

constexpr void a_write_of_nothing_would_block(check& t) {
    wire to{.says = "05 00"_bytes};
    client_side side;
    const auto s = socks::run(
        side.machine, plain5, side.rx, side.tx, [&](socks::buffer room) { return to.read_some(room); },
        [](bytes) { return io_result(size_t{0}); });
    t.ok(s.next() == socks::client::next::send && s.data() == "05 01 00"_bytes && !side.tx.empty());
}
PROVE_AND_RUN(a_write_of_nothing_would_block)

// The deadline of a blocking program: state() still says what the handshake waits for.
constexpr void the_state_tells_where_a_call_would_block(check& t) {
    wire to{.says = "05 02"_bytes};
    client_side side;
    const auto s = socks::run(
        side.machine, login5, side.rx, side.tx,
        [&](socks::buffer room) { return to.at == 2 ? io_result(io::would_block) : to.read_some(room); },
        [&](bytes data) { return to.write_some(data); });
    t.ok(s.next() == socks::client::next::recv && s.needed() == 2);
    t.ok(side.machine.state() == client_state::auth_status);
}
PROVE_AND_RUN(the_state_tells_where_a_call_would_block)

constexpr void the_password_is_overwritten_after_it_was_sent(check& t) {
    wire to{.says = "05 02"_bytes};
    client_side side;
    const auto s = socks::run(
        side.machine, login5, side.rx, side.tx,
        [&](socks::buffer room) { return to.at == 2 ? io_result(io::would_block) : to.read_some(room); },
        [&](bytes data) { return to.write_some(data); });
    t.ok(s.next() == socks::client::next::recv && to.written == "05 01 02  01 04 'john' 03 'foo'"_bytes);
    t.ok(bytes(to.last, 10) == "00 00 00 00 00 00 00 00 00 00"_bytes);
}
PROVE_AND_RUN(the_password_is_overwritten_after_it_was_sent)

constexpr void a_chain_runs_through_all_its_proxies(check& t) {
    const socks::hop proxies[] = {{.proxy = {"gate.example.net", 1080}},
                                  {.proxy = {ipv4{192, 0, 2, 7}, 1081}, .version = version::v4}};
    const socks::route route{.through = proxies, .to = {ipv4{198, 51, 100, 4}, 21}};
    wire to{.says = "05 00  05 00 00 01 00000000 0000  00 5a 0000 00000000  'early'"_bytes};
    socks::chain machine;
    socks::inbox<socks::chain::max_input> rx;
    socks::outbox<socks::chain::max_output> tx;
    const auto s = socks::run(
        machine, route, rx, tx, [&](socks::buffer room) { return to.read_some(room); },
        [&](bytes data) { return to.write_some(data); });
    t.ok(s.next() == socks::chain::next::done && s.result().early.empty() && machine.hop() == 1);
    t.ok(to.written == "05 01 00  05 01 00 01 c0000207 0439  04 01 0015 c6336404 00"_bytes && to.at == 20);
}
PROVE_AND_RUN(a_chain_runs_through_all_its_proxies)

#if defined(__cpp_exceptions)
void run_may_be_called_again_after_an_exception(check& t) {
    for (unsigned call = 0; call < 7; ++call) {
        const auto entered = t.in(size_t{call});
        wire to{.says = "05 02  01 00  05 00 00 01 c0000207 1f90"_bytes};
        client_side side;
        unsigned calls = 0;
        const auto attempt = [&] {
            return socks::run(
                side.machine, login5, side.rx, side.tx,
                [&](socks::buffer room) {
                    if (calls++ == call) throw call;
                    return to.read_some(room);
                },
                [&](bytes data) {
                    if (calls++ == call) throw call;
                    return to.write_some(data);
                });
        };
        bool thrown = false;
        try {
            static_cast<void>(attempt());
        } catch (unsigned) {
            thrown = true;
        }
        t.ok(thrown && attempt().next() == socks::client::next::done);
        t.ok(to.written == "05 01 02  01 04 'john' 03 'foo'  05 01 00 03 11 'files.example.com' 01bb"_bytes);
    }
}
RUN(run_may_be_called_again_after_an_exception)
#endif

}  // namespace
