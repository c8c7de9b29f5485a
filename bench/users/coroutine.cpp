// The loops driven by a coroutine. co_await suspends it at each read and at each write; the row resumes it.

#include "peer.hpp"

#if defined(__cpp_impl_coroutine)

#include <coroutine>
#include <cstdlib>
#include <utility>

namespace bench {
namespace {

using socks::client;
using socks::server;

class task {
  public:
    struct promise_type {
        outcome result{};
        task get_return_object() { return task(handle::from_promise(*this)); }
        static std::suspend_never initial_suspend() noexcept { return {}; }
        static std::suspend_always final_suspend() noexcept { return {}; }
        void return_value(outcome made) { result = made; }
        static void unhandled_exception() { std::abort(); }

        // One task at a time.
        static void* operator new(size_t size) {
            alignas(16) static char frame[4096];
            if (size > sizeof frame) std::abort();
            return frame;
        }
        static void operator delete(void*) {}
    };
    using handle = std::coroutine_handle<promise_type>;

    explicit task(handle h) : handle_(h) {}
    task(task&& from) noexcept : handle_(std::exchange(from.handle_, nullptr)) {}
    task& operator=(task&&) = delete;
    ~task() {
        if (handle_) handle_.destroy();
    }

    // Resumes the task until it ends.
    outcome run() {
        while (!handle_.done()) handle_.resume();
        return handle_.promise().result;
    }

  private:
    handle handle_;
};

// The bytes are moved when the task is resumed, as after a poll.
struct reading {
    int fd;
    socks::buffer room;
    static bool await_ready() noexcept { return false; }
    static void await_suspend(std::coroutine_handle<>) noexcept {}
    [[nodiscard]] size_t await_resume() const { return read_some(fd, room); }
};

struct writing {
    int fd;
    socks::bytes data;
    static bool await_ready() noexcept { return false; }
    static void await_suspend(std::coroutine_handle<>) noexcept {}
    [[nodiscard]] size_t await_resume() const { return write_some(fd, data); }
};

task serve(const sample& s, const service& app) {
    const int fd = open_peer(s);
    server handshake(app.options);
    socks::inbox<server::max_input> rx;
    socks::outbox<server::max_pending> tx;
    size_t digest = 0;
    for (;;) {
        using next = server::next;
        const auto a = handshake.step(rx, tx);
        switch (a.next()) {
            case next::send: tx.consume(co_await writing{fd, a.data()}); break;
            case next::recv:
                if (const size_t n = co_await reading{fd, rx.prepare()})
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::authenticate:
                handshake.authenticated(app.let_in.known(a.user(), a.password()), tx);
                break;
            case next::serve:
                digest = digest_of(a.to());
                handshake.answer(app.answer, tx);
                break;
            case next::done: co_return made(fd, digest);
            case next::negotiate:
            case next::wait:
            case next::fail: co_return {};
        }
    }
}

task connect(const sample& s, const socks::request& request) {
    const int fd = open_peer(s);
    client handshake;
    socks::inbox<client::max_input> rx;
    socks::outbox<client::max_output> tx;
    for (;;) {
        using next = client::next;
        const auto a = handshake.step(request, rx, tx);
        switch (a.next()) {
            case next::send: tx.consume(co_await writing{fd, a.data()}); break;
            case next::recv:
                if (const size_t n = co_await reading{fd, rx.prepare()})
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::done: co_return made(fd, digest_of(a.result()));
            case next::negotiate:
            case next::wait:
            case next::bound:
            case next::fail: co_return {};
        }
    }
}

}  // namespace

outcome serve_coroutine(const sample& s) { return serve(s, *static_cast<const service*>(s.with)).run(); }

outcome connect_coroutine(const sample& s) {
    return connect(s, *static_cast<const socks::request*>(s.with)).run();
}

}  // namespace bench

#endif
