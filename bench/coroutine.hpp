// A task that waits for its peer: co_await suspends it at each read and at each write, and the row resumes it
// when the bytes are there. Its frame lies in memory of the row, so that no allocator is measured.

#ifndef SOCKS_BENCH_COROUTINE_HPP
#define SOCKS_BENCH_COROUTINE_HPP

#include "peer.hpp"

#if defined(__cpp_impl_coroutine)

#include <coroutine>
#include <cstdlib>
#include <utility>

namespace bench {

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
    outcome finish() {
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

}  // namespace bench

#endif

#endif
