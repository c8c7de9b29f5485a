// The loop for coroutines. A task of the test suspends at every read and write, and is resumed by the test.

#include <socks/system/run_awaitable.hpp>

#include <exception>
#include <optional>
#include <utility>

#include "refusals.hpp"

namespace {

using ::check;
using namespace drive;
using socks::client_state;
using socks::io;
using socks::io_result;

// A coroutine that starts at once and keeps its result.
template <class T>
class task {
  public:
    struct promise_type {
        std::optional<T> value{};
        std::exception_ptr thrown{};

        task get_return_object() { return task(std::coroutine_handle<promise_type>::from_promise(*this)); }
        static std::suspend_never initial_suspend() noexcept { return {}; }
        static std::suspend_always final_suspend() noexcept { return {}; }
        void return_value(const T& v) { value = v; }
        void unhandled_exception() { thrown = std::current_exception(); }
    };

    explicit task(std::coroutine_handle<promise_type> h) : handle_(h) {}
    task(task&& from) noexcept : handle_(std::exchange(from.handle_, {})) {}
    task& operator=(task&&) = delete;
    ~task() {
        if (handle_) handle_.destroy();
    }

    [[nodiscard]] bool done() const { return handle_.done(); }
    [[nodiscard]] bool threw() const { return handle_.promise().thrown != nullptr; }
    [[nodiscard]] const T& result() const { return *handle_.promise().value; }

  private:
    std::coroutine_handle<promise_type> handle_;
};

// One read or write: it suspends, and the test completes it.
struct pending {
    std::coroutine_handle<> waiter{};
    socks::buffer room{};
    bytes data{};
    io_result result = io::would_block;
    bool throws = false;
};

struct awaiting {
    pending& one;

    static bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) const { one.waiter = waiter; }
    [[nodiscard]] io_result await_resume() const {
        if (one.throws) throw 7;
        return one.result;
    }
};

template <class Machine, size_t Output>
struct side {
    Machine machine{};
    socks::inbox<Machine::max_input> rx{};
    socks::outbox<Output> tx{};
    pending now{};
    tape written{};

    auto reader() {
        return [this](socks::buffer room) {
            now.room = room;
            now.data = {};
            return awaiting{now};
        };
    }
    auto writer() {
        return [this](bytes data) {
            now.data = data;
            return awaiting{now};
        };
    }

    // Completes the read or the write that the loop waits for. A read takes the next bytes of `from`.
    void complete(peer& from, size_t at_most) {
        if (!now.data.empty()) {
            const size_t n = at_most < now.data.size() ? at_most : now.data.size();
            written.put(now.data.first(n));
            now.result = n;
        } else {
            const bytes portion = from.read(now.room.capacity(), now.room.capacity());
            for (size_t i = 0; i < portion.size(); ++i) now.room.data()[i] = portion.data()[i];
            now.result = portion.size();
        }
        std::exchange(now.waiter, {}).resume();
    }
};

using client_side = side<socks::client, socks::client::max_output>;
using server_side = side<socks::server, socks::server::max_pending>;

task<socks::client::action> start(client_side& s, const socks::request& request) {
    return socks::run_awaitable<task<socks::client::action>>(s.machine, request, s.rx, s.tx, s.reader(),
                                                             s.writer());
}
task<socks::server::action> start(server_side& s) {
    return socks::run_awaitable<task<socks::server::action>>(s.machine, s.rx, s.tx, s.reader(), s.writer());
}

constexpr bytes granted = "05 02  01 00  05 00 00 01 c0000207 1f90"_bytes;
constexpr bytes asked_by_client =
    "05 01 02  01 04 'john' 03 'foo'  05 01 00 03 11 'files.example.com' 01bb"_bytes;

void a_client_is_suspended_at_each_read_and_write(check& t) {
    for (const size_t n : {size_t{1}, size_t{3}, SIZE_MAX}) {
        const auto entered = t.in(n);
        client_side s;
        peer proxy{.says = granted, .how = n == 1 ? bytewise : precise};
        const auto run = start(s, login5);
        size_t resumed = 0;
        for (; !run.done() && resumed < 200; ++resumed) s.complete(proxy, n);
        t.ok(run.done() && run.result().next() == socks::client::next::done);
        t.ok(s.written == asked_by_client && run.result().result().early.empty());
        if (n == SIZE_MAX) t.ok(resumed == 3 + 4);  // three writes, four exact reads
    }
}
RUN(a_client_is_suspended_at_each_read_and_write)

void a_server_continues_after_each_answer(check& t) {
    server_side s;
    peer client{.says = "05 01 00  05 01 00 01 42660763 0050  'early'"_bytes};
    for (;;) {
        const auto run = start(s);
        for (int i = 0; i < 100 && !run.done(); ++i) s.complete(client, 1);
        if (!t.ok(run.done())) return;
        if (run.result().next() == socks::server::next::done) {
            t.ok(run.result().result().early == "early");
            break;
        }
        if (!t.ok(run.result().next() == socks::server::next::serve)) return;
        s.machine.answer({code5::succeeded, {ipv4{192, 0, 2, 7}, 1080}}, s.tx);
    }
    t.ok(s.written == "05 00  05 00 00 01 c0000207 0438"_bytes);
}
RUN(a_server_continues_after_each_answer)

// At each read and write: what an awaited call returns, and what the loop makes of it.
void each_result_of_a_call_does_what_it_does_in_run(check& t) {
    for (size_t call = 0; call < 7; ++call) {
        const auto entered = t.in(call);
        for (const io_result result : {io_result(io::would_block), io_result(io::interrupted),
                                       io_result(errc::stream_failed), io_result(errc::timed_out)}) {
            client_side s;
            peer proxy{.says = granted, .how = precise};
            const auto run = start(s, login5);
            for (size_t i = 0; i < call; ++i) s.complete(proxy, SIZE_MAX);
            s.now.result = result;
            std::exchange(s.now.waiter, {}).resume();
            if (result.is(io::interrupted)) {
                for (int i = 0; i < 20 && !run.done(); ++i) s.complete(proxy, SIZE_MAX);
                t.ok(run.done() && run.result().next() == socks::client::next::done);
            } else if (result.is(io::would_block)) {
                const auto next = run.result().next();
                t.ok(run.done() && (next == socks::client::next::send || next == socks::client::next::recv));
                t.ok(s.machine.state() != client_state::failed);
            } else {
                t.ok(run.done() && run.result().error() == result.error() && s.tx.empty());
            }
        }
    }
}
RUN(each_result_of_a_call_does_what_it_does_in_run)

void the_end_of_the_stream_and_a_refusal_end_the_loop(check& t) {
    client_side closed;
    peer silent{.says = "05"_bytes};
    const auto first = start(closed, plain5);
    for (int i = 0; i < 20 && !first.done(); ++i) closed.complete(silent, SIZE_MAX);
    t.ok(first.done() && first.result().error() == errc::truncated);
    client_side refused;
    peer refuses{.says = "05 00  05 05"_bytes, .how = precise};
    const auto second = start(refused, plain5);
    for (int i = 0; i < 20 && !second.done(); ++i) refused.complete(refuses, SIZE_MAX);
    t.ok(second.done() && second.result().code() == code5::connection_refused);
}
RUN(the_end_of_the_stream_and_a_refusal_end_the_loop)

void an_exception_reaches_the_task_and_another_call_continues(check& t) {
    for (size_t call = 0; call < 7; ++call) {
        const auto entered = t.in(call);
        client_side s;
        peer proxy{.says = granted, .how = precise};
        {
            const auto run = start(s, login5);
            for (size_t i = 0; i < call; ++i) s.complete(proxy, SIZE_MAX);
            s.now.throws = true;
            std::exchange(s.now.waiter, {}).resume();
            t.ok(run.done() && run.threw());
        }
        s.now.throws = false;
        const auto again = start(s, login5);
        for (int i = 0; i < 20 && !again.done(); ++i) s.complete(proxy, SIZE_MAX);
        t.ok(again.done() && again.result().next() == socks::client::next::done);
        t.ok(s.written == asked_by_client);
    }
}
RUN(an_exception_reaches_the_task_and_another_call_continues)

}  // namespace
