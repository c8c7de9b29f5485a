// The loop for coroutines does what run() does: the same calls of the socket, the same action. This holds
// if each awaitable object suspends the coroutine, and if none does. tests/run.cpp tests run() itself.

#include <coroutine>
#include <cstddef>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <socks/system/run_awaitable.hpp>
#include <utility>
#include <vector>

#include "refusals.hpp"

namespace {

using ::check;
using namespace drive;
using socks::buffer;
using socks::client_state;
using socks::io;
using socks::io_result;

int frames = 0;  // that exist now

// A coroutine that starts when the test resumes it.
template <class T>
class task {
  public:
    struct promise_type {
        std::optional<T> value;
        std::exception_ptr thrown;

        task get_return_object() { return task(std::coroutine_handle<promise_type>::from_promise(*this)); }
        static std::suspend_always initial_suspend() noexcept { return {}; }
        static std::suspend_always final_suspend() noexcept { return {}; }
        void return_value(const T& v) { value.emplace(v); }
        void unhandled_exception() noexcept { thrown = std::current_exception(); }

        static void* operator new(size_t size) {
            ++frames;
            return ::operator new(size);
        }
        static void operator delete(void* frame) {
            --frames;
            ::operator delete(frame);
        }
    };

    task(task&& from) noexcept : coroutine_(std::exchange(from.coroutine_, nullptr)) {}
    task& operator=(task&&) = delete;
    ~task() {
        if (coroutine_) coroutine_.destroy();
    }

    void resume() const { coroutine_.resume(); }
    [[nodiscard]] bool done() const { return coroutine_.done(); }
    [[nodiscard]] T result() const {
        if (coroutine_.promise().thrown) std::rethrow_exception(coroutine_.promise().thrown);
        return *coroutine_.promise().value;
    }

  private:
    explicit task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}

    std::coroutine_handle<promise_type> coroutine_;
};

struct call {
    bool reads;
    size_t size;    // of the room or of the data
    size_t result;  // bytes
    friend bool operator==(const call&, const call&) = default;
};

// A socket: the peer has sent its bytes already. Each call transfers at most `at_most` bytes, after as many
// pauses as `pauses` says. One call may fail or throw.
struct wire {
    bytes says;
    size_t at_most = SIZE_MAX;
    unsigned pauses = 0;
    io pause = io::would_block;
    size_t fails_at = SIZE_MAX;  // counted from 0
    io_result failure = errc::stream_failed;
    size_t throws_at = SIZE_MAX;

    size_t at = 0;
    tape written{};
    std::vector<call> calls{};
    unsigned paused = 0;
    size_t attempts = 0;

    // What ends the call before it transfers bytes.
    std::optional<io_result> ends_early() {
        const size_t attempt = attempts++;
        if (attempt == throws_at) throw attempt;
        if (attempt == fails_at) return failure;
        if (paused++ != pauses) return pause;
        paused = 0;
        return {};
    }

    io_result read_some(buffer room) {
        if (const auto result = ends_early()) return *result;
        size_t n = room.capacity() < at_most ? room.capacity() : at_most;
        if (n > says.size() - at) n = says.size() - at;
        for (size_t i = 0; i < n; ++i) room.data()[i] = says.data()[at + i];
        at += n;
        calls.push_back({true, room.capacity(), n});
        return n;
    }

    io_result write_some(bytes data) {
        if (const auto result = ends_early()) return *result;
        const size_t n = data.size() < at_most ? data.size() : at_most;
        written.put(data.first(n));
        calls.push_back({false, data.size(), n});
        return n;
    }
};

// run() over a wire. The machine, the request of a client and both mailboxes are `arguments`.
struct with_run {
    template <class... Arguments>
    auto operator()(wire& to, Arguments&... arguments) const {
        return socks::run(
            arguments..., [&](buffer room) { return to.read_some(room); },
            [&](bytes data) { return to.write_some(data); });
    }
};

// What the coroutine awaits: a call of the wire, before or after the coroutine was suspended.
template <class Call>
struct awaitable {
    std::coroutine_handle<>* waiting;  // null: it does not suspend
    Call perform;

    [[nodiscard]] bool await_ready() const noexcept { return waiting == nullptr; }
    void await_suspend(std::coroutine_handle<> waiter) const noexcept { *waiting = waiter; }
    io_result await_resume() const { return perform(); }
};
template <class Call>
awaitable(std::coroutine_handle<>*, Call) -> awaitable<Call>;

// run_awaitable() over a wire.
template <bool Suspends>
struct with_coroutine {
    template <class Machine, class... Arguments>
    auto operator()(wire& to, Machine& machine, Arguments&... arguments) const {
        std::coroutine_handle<> waiting;
        std::coroutine_handle<>* const where = Suspends ? &waiting : nullptr;
        task<typename Machine::action> t = socks::run_awaitable<task<typename Machine::action>>(
            machine, arguments...,
            [&, where](buffer room) {
                return awaitable{where, [&to, room] { return to.read_some(room); }};
            },
            [&, where](bytes data) {
                return awaitable{where, [&to, data] { return to.write_some(data); }};
            });
        t.resume();
        while (!t.done()) std::exchange(waiting, nullptr).resume();
        return t.result();
    }
};

struct client_side {
    socks::client machine{};
    socks::inbox<socks::client::max_input> rx{};
    socks::outbox<socks::client::max_output> tx{};

    template <class Loop>
    auto run(Loop loop, const socks::request& request, wire& to) {
        return loop(to, machine, request, rx, tx);
    }
};

struct server_side {
    explicit server_side(const socks::server_options& options) : machine(options) {}

    socks::server machine;
    socks::inbox<socks::server::max_input> rx{};
    socks::outbox<socks::server::max_pending> tx{};

    template <class Loop>
    auto run(Loop loop, wire& to) {
        return loop(to, machine, rx, tx);
    }
};

// A handshake from its first call to its end.
struct record {
    tape written;
    std::vector<call> calls;
    size_t attempts = 0;
    size_t returns = 0;  // because a call would block
    tape told;
    errc error = errc::none;
    friend bool operator==(const record&, const record&) = default;
};

template <class Loop>
record play_client(Loop loop, const socks::request& request, wire to) {
    using next = socks::client::next;
    client_side side;
    record r;
    for (bool running = true; running;) {
        const auto s = side.run(loop, request, to);
        switch (s.next()) {
            case next::send:
            case next::recv:
                ++r.returns;
                r.told.put(static_cast<uint8_t>(side.machine.state()));
                break;
            case next::negotiate:
                r.told.put('N').put(static_cast<uint8_t>(s.method()));
                to.at += toy_challenge.size();
                side.machine.negotiated(true);
                break;
            case next::bound: r.told.put('B').put(s.bound()); break;
            case next::done:
                r.told.put('D').put(s.result().reply.code.value).put(s.result().reply.bound);
                r.told.put(s.result().early);
                running = false;
                break;
            case next::wait:
            case next::fail:
                r.error = s.next() == next::fail ? s.error() : errc::none;
                running = false;
                break;
        }
    }
    r.written = to.written;
    r.calls = to.calls;
    r.attempts = to.attempts;
    return r;
}

template <class Loop>
record play_server(Loop loop, const socks::server_options& options, const application& app, wire to) {
    using next = socks::server::next;
    server_side side(options);
    record r;
    for (bool running = true; running;) {
        const auto s = side.run(loop, to);
        switch (s.next()) {
            case next::send:
            case next::recv:
                ++r.returns;
                r.told.put(static_cast<uint8_t>(side.machine.state()));
                break;
            case next::authenticate:
                r.told.put('L').put(s.user()).put(':').put(s.password());
                side.machine.authenticated(app.grants, side.tx);
                break;
            case next::negotiate:
                r.told.put('N').put(static_cast<uint8_t>(s.method()));
                side.machine.negotiated(false);
                break;
            case next::serve:
                r.told.put('S').put(s.to());
                side.machine.answer(app.answers[0], side.tx);
                break;
            case next::wait: side.machine.answer(app.answers[1], side.tx); break;
            case next::done:
                r.told.put('D').put(s.result().early);
                running = false;
                break;
            case next::fail:
                r.error = s.error();
                running = false;
                break;
        }
    }
    r.written = to.written;
    r.calls = to.calls;
    r.attempts = to.attempts;
    return r;
}

// A wire that carries everything, and wires whose calls transfer a few bytes, would block or are interrupted.
std::vector<wire> wires(bytes says) {
    std::vector<wire> all{{.says = says}};
    for (const size_t n : {size_t{1}, size_t{3}, SIZE_MAX})
        for (const io pause : {io::would_block, io::interrupted})
            all.push_back({.says = says, .at_most = n, .pauses = 2, .pause = pause});
    return all;
}

void a_client_is_run_as_by_run(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.server.all().put("early");
        for (const wire& w : wires(says.view())) {
            const record expected = play_client(with_run{}, c.request, w);
            t.ok(expected.error == errc::none &&
                 (w.pauses == 0 || w.pause != io::would_block || expected.returns != 0));
            t.ok(play_client(with_coroutine<true>{}, c.request, w) == expected);
            t.ok(play_client(with_coroutine<false>{}, c.request, w) == expected);
        }
    }
}
RUN(a_client_is_run_as_by_run)

void a_server_is_run_as_by_run(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.client.all().put("early");
        for (const wire& w : wires(says.view())) {
            const record expected = play_server(with_run{}, c.server_options, c.app, w);
            t.ok(play_server(with_coroutine<true>{}, c.server_options, c.app, w) == expected);
            t.ok(play_server(with_coroutine<false>{}, c.server_options, c.app, w) == expected);
        }
    }
}
RUN(a_server_is_run_as_by_run)

void a_refusal_is_reported_as_by_run(check& t) {
    for (const refusal& r : refusals) {
        if (r.request.methods.size() != 0) continue;  // the toy method
        const auto entered = t.in(r.what);
        const record expected = play_client(with_run{}, r.request, {.says = r.server});
        t.ok(expected.error == r.why);
        t.ok(play_client(with_coroutine<true>{}, r.request, {.says = r.server}) == expected);
    }
    for (const rejection& r : rejections) {
        const auto entered = t.in(r.what);
        const record expected = play_server(with_run{}, r.server_options, r.app, {.says = r.client});
        t.ok(expected.written == r.server);
        t.ok(play_server(with_coroutine<true>{}, r.server_options, r.app, {.says = r.client}) == expected);
    }
}
RUN(a_refusal_is_reported_as_by_run)

void a_failure_of_the_stream_is_reported_as_by_run(check& t) {
    constexpr bytes says = "05 02  01 00  05 00 00 01 c0000207 1f90"_bytes;
    const application app{.answers = {{code5::succeeded, {}}}};
    constexpr bytes asks = "05 01 02  01 04 'john' 03 'foo'  05 01 00 01 42660763 0050"_bytes;
    for (size_t attempt = 0; attempt < 7; ++attempt)
        for (const io_result& failure :
             {io_result(errc::stream_failed), io_result(errc::timed_out), io_result(errc::refused),
              io_result(size_t{0}), io_result(size_t{1000}), io_result(io::would_block)}) {
            const auto entered = t.in(attempt);
            const wire w{.says = says, .fails_at = attempt, .failure = failure};
            const record expected = play_client(with_run{}, login5, w);
            t.ok(play_client(with_coroutine<true>{}, login5, w) == expected);
            const wire v{.says = asks, .at_most = 7, .fails_at = attempt, .failure = failure};
            const record served = play_server(with_run{}, with_login, app, v);
            t.ok(play_server(with_coroutine<true>{}, with_login, app, v) == served);
            if (failure == io_result(errc::timed_out))
                t.ok(expected.error == errc::timed_out && served.error == errc::timed_out);
        }
}
RUN(a_failure_of_the_stream_is_reported_as_by_run)

void the_end_of_the_stream_is_reported_as_by_run(check& t) {
    constexpr bytes says = "05 00  05 00 00 01 c0000207 1f90"_bytes;
    for (size_t n = 0; n < says.size(); ++n) {
        const auto entered = t.in(n);
        const record expected = play_client(with_run{}, plain5, {.says = says.first(n)});
        t.ok(expected.error == (n == 0 || n == 2 ? errc::closed : errc::truncated));
        t.ok(play_client(with_coroutine<true>{}, plain5, {.says = says.first(n)}) == expected);
    }
    t.ok(play_server(with_coroutine<true>{}, any_version, application{}, {.says = {}}).error == errc::closed);
}
RUN(the_end_of_the_stream_is_reported_as_by_run)

void a_chain_is_run_through_all_its_proxies(check& t) {
    const socks::hop proxies[] = {{.proxy = {"gate.example.net", 1080}},
                                  {.proxy = {ipv4{192, 0, 2, 7}, 1081}, .version = version::v4}};
    const socks::route route{.through = proxies, .to = {ipv4{198, 51, 100, 4}, 21}};
    wire to{.says = "05 00  05 00 00 01 00000000 0000  00 5a 0000 00000000  'early'"_bytes};
    socks::chain machine;
    socks::inbox<socks::chain::max_input> rx;
    socks::outbox<socks::chain::max_output> tx;
    const auto s = with_coroutine<true>{}(to, machine, route, rx, tx);
    t.ok(s.next() == socks::chain::next::done && s.result().early.empty() && machine.hop() == 1);
    t.ok(to.written == "05 01 00  05 01 00 01 c0000207 0439  04 01 0015 c6336404 00"_bytes && to.at == 20);
}
RUN(a_chain_is_run_through_all_its_proxies)

// The deadline of a coroutine: the read ends with io::would_block, and state() says what it waited for.
void the_state_tells_where_an_awaited_call_would_block(check& t) {
    wire to{.says = "05 02"_bytes, .fails_at = 3, .failure = io::would_block};
    client_side side;
    const auto s = side.run(with_coroutine<true>{}, login5, to);
    t.ok(s.next() == socks::client::next::recv && s.needed() == 2);
    t.ok(side.machine.state() == client_state::auth_status);
}
RUN(the_state_tells_where_an_awaited_call_would_block)

void an_awaited_write_leaves_no_password_in_the_outbox(check& t) {
    const bytes zeros = "00 00 00 00 00 00 00 00 00 00"_bytes;
    wire to{.says = "05 02"_bytes, .fails_at = 3, .failure = io::would_block};
    client_side side;
    const char* const memory = side.tx.prepare().data();
    side.tx.clear();
    static_cast<void>(side.run(with_coroutine<true>{}, login5, to));
    t.ok(to.written == "05 01 02  01 04 'john' 03 'foo'"_bytes && bytes(memory, 10) == zeros);
}
RUN(an_awaited_write_leaves_no_password_in_the_outbox)

// A message that cannot be sent any more may contain the password. Here a write reports an impossible
// number of bytes.
void a_failure_leaves_nothing_in_the_outbox(check& t) {
    const bytes zeros = "00 00 00 00 00 00 00 00 00 00"_bytes;
    wire proxy{.says = "05 02"_bytes, .fails_at = 2, .failure = size_t{1000}};
    client_side asks;
    const char* const password = asks.tx.prepare().data();
    asks.tx.clear();
    t.ok(asks.run(with_coroutine<true>{}, login5, proxy).error() == errc::bad_count);
    t.ok(asks.tx.empty() && bytes(password, 10) == zeros);
    wire user{.says = "05 01 00"_bytes, .fails_at = 1, .failure = size_t{1000}};
    server_side serves({});
    const char* const selection = serves.tx.prepare().data();
    serves.tx.clear();
    t.ok(serves.run(with_coroutine<true>{}, user).error() == errc::bad_count);
    t.ok(serves.tx.empty() && bytes(selection, 2) == "00 00"_bytes);
}
RUN(a_failure_leaves_nothing_in_the_outbox)

// An exception of a call reaches the coroutine that awaits the task. The handshake may continue in another
// task.
void an_exception_leaves_the_handshake_as_it_was(check& t) {
    for (size_t attempt = 0; attempt < 7; ++attempt) {
        const auto entered = t.in(attempt);
        wire to{.says = "05 02  01 00  05 00 00 01 c0000207 1f90"_bytes, .throws_at = attempt};
        client_side side;
        size_t thrown = SIZE_MAX;
        try {
            static_cast<void>(side.run(with_coroutine<true>{}, login5, to));
        } catch (size_t at) {
            thrown = at;
        }
        t.ok(thrown == attempt && frames == 0);
        t.ok(side.run(with_coroutine<true>{}, login5, to).next() == socks::client::next::done);
        t.ok(to.written == "05 01 02  01 04 'john' 03 'foo'  05 01 00 03 11 'files.example.com' 01bb"_bytes);
    }
}
RUN(an_exception_leaves_the_handshake_as_it_was)

using client_task = task<socks::client::action>;

// A run of a client that stores in `waiting` what to resume. Without it, the run does not suspend.
client_task run_of(client_side& side, wire& to, std::coroutine_handle<>* waiting) {
    return socks::run_awaitable<client_task>(
        side.machine, plain5, side.rx, side.tx,
        [&to, waiting](buffer room) {
            return awaitable{waiting, [&to, room] { return to.read_some(room); }};
        },
        [&to, waiting](bytes data) {
            return awaitable{waiting, [&to, data] { return to.write_some(data); }};
        });
}

// A coroutine is suspended for each call, and nothing happens before it is resumed.
void a_coroutine_waits_until_it_is_resumed(check& t) {
    wire to{.says = "05 00  05 00 00 01 c0000207 1f90"_bytes};
    client_side side;
    std::coroutine_handle<> waiting;
    const client_task run = run_of(side, to, &waiting);
    t.ok(to.attempts == 0 && side.machine.state() == client_state::start);
    run.resume();
    for (size_t calls = 0; calls < 5; ++calls) {  // two writes, three reads
        const auto entered = t.in(calls);
        t.ok(!run.done() && to.attempts == calls);
        std::exchange(waiting, nullptr).resume();
    }
    t.ok(run.done() && to.attempts == 5 && !waiting);
    t.ok(run.result().next() == socks::client::next::done);
}
RUN(a_coroutine_waits_until_it_is_resumed)

// A function that can only be moved, and that counts how many of it exist.
class counted {
  public:
    explicit counted(int& count) : count_(&count, [](int* c) { --*c; }) { ++count; }

    [[nodiscard]] bool is_alive() const { return count_ != nullptr; }

  private:
    std::unique_ptr<int, void (*)(int*)> count_;
};

// It owns `read` and `write`, which were temporaries, until it is destroyed. Everything else it refers to.
void a_coroutine_owns_both_functions_and_nothing_else(check& t) {
    int functions = 0;
    wire to{.says = "05 00  05 00 00 01 c0000207 1f90"_bytes};
    client_side side;
    std::coroutine_handle<> waiting;
    {
        const client_task run = [&] {
            return socks::run_awaitable<client_task>(
                side.machine, plain5, side.rx, side.tx,
                [&, alive = counted(functions)](buffer room) {
                    t.ok(alive.is_alive());
                    return awaitable{&waiting, [&to, room] { return to.read_some(room); }};
                },
                [&, alive = counted(functions)](bytes data) {
                    t.ok(alive.is_alive());
                    return awaitable{&waiting, [&to, data] { return to.write_some(data); }};
                });
        }();
        t.ok(functions == 2);
        run.resume();
        while (!run.done()) std::exchange(waiting, nullptr).resume();
        t.ok(functions == 2 && side.machine.state() == client_state::done);
        const auto result = run.result().result();
        t.ok(result.reply.bound == socks::endpoint{ipv4{192, 0, 2, 7}, 8080});
    }
    t.ok(functions == 0);
}
RUN(a_coroutine_owns_both_functions_and_nothing_else)

// The allocation of the type makes the frame, and there is no other one.
void a_run_takes_one_coroutine_frame(check& t) {
    wire to{.says = "05 00  05 00"_bytes};
    client_side side;
    {
        const client_task run = run_of(side, to, nullptr);
        t.ok(frames == 1);
        run.resume();
        t.ok(frames == 1 && run.done());
    }
    t.ok(frames == 0);
}
RUN(a_run_takes_one_coroutine_frame)

// To cancel a handshake that waits, destroy its coroutine. No byte is lost, so another one may continue.
void a_coroutine_may_be_destroyed_while_it_waits(check& t) {
    for (int calls = 0; calls < 5; ++calls) {
        const auto entered = t.in(static_cast<size_t>(calls));
        wire to{.says = "05 00  05 00 00 01 c0000207 1f90"_bytes};
        client_side side;
        std::coroutine_handle<> waiting;
        {
            const client_task run = run_of(side, to, &waiting);
            run.resume();
            for (int i = 0; i < calls; ++i) waiting.resume();
            t.ok(!run.done() && frames == 1);
        }
        t.ok(frames == 0 && to.attempts == static_cast<size_t>(calls));
        t.ok(side.run(with_coroutine<true>{}, plain5, to).next() == socks::client::next::done);
        t.ok(to.written == "05 01 00  05 01 00 03 11 'files.example.com' 01bb"_bytes && to.attempts == 5);
    }
}
RUN(a_coroutine_may_be_destroyed_while_it_waits)

}  // namespace
