// A coroutine type. A task starts when another coroutine awaits it, and resumes that coroutine when it
// ends. To cancel a task, destroy it. That destroys the variables of the coroutine, and the task that it
// awaits.

#ifndef EXAMPLE_TASK_HPP
#define EXAMPLE_TASK_HPP

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

namespace example {

namespace detail {

template <class T>
struct returned {
    std::optional<T> value;
    void return_value(T v) { value.emplace(std::move(v)); }
    T get() { return std::move(*value); }
};

template <>
struct returned<void> {
    static void return_void() noexcept {}
    static void get() noexcept {}
};

}  // namespace detail

template <class T = void>
class [[nodiscard]] task {
  public:
    struct promise_type;
    using handle = std::coroutine_handle<promise_type>;

    // If await_suspend() returns a handle, that coroutine continues in place of this one. A call of resume()
    // would need stack for each task of a chain.
    struct resume_waiter : std::suspend_always {
        static std::coroutine_handle<> await_suspend(handle ended) noexcept { return ended.promise().waiter; }
    };

    struct promise_type : detail::returned<T> {
        std::coroutine_handle<> waiter = std::noop_coroutine();
        std::exception_ptr failure;
        bool started = false;

        task get_return_object() noexcept { return task(handle::from_promise(*this)); }
        static std::suspend_always initial_suspend() noexcept { return {}; }
        static resume_waiter final_suspend() noexcept { return {}; }
        void unhandled_exception() noexcept { failure = std::current_exception(); }
    };

    task() noexcept = default;
    task(task&& from) noexcept : coroutine_(std::exchange(from.coroutine_, nullptr)) {}
    task& operator=(task&& from) noexcept {
        std::swap(coroutine_, from.coroutine_);
        return *this;
    }
    ~task() {
        if (coroutine_) coroutine_.destroy();
    }

    /// Runs the task until it suspends. Then it runs beside the caller, which may await it later.
    void start() {
        coroutine_.promise().started = true;
        coroutine_.resume();
    }

    [[nodiscard]] bool done() const noexcept { return coroutine_.done(); }

    /// The result of a task that is done. Throws the exception that ended it.
    T result() {
        if (coroutine_.promise().failure) std::rethrow_exception(coroutine_.promise().failure);
        return coroutine_.promise().get();
    }

    // The compiler calls these three for `co_await`.
    [[nodiscard]] bool await_ready() const noexcept { return done(); }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
        coroutine_.promise().waiter = waiter;
        if (coroutine_.promise().started) return std::noop_coroutine();
        return coroutine_;
    }
    T await_resume() { return result(); }

  private:
    explicit task(handle coroutine) noexcept : coroutine_(coroutine) {}

    handle coroutine_;
};

}  // namespace example

#endif
