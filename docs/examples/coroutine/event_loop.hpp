// One thread, one epoll, and the system calls that a coroutine can await. Only the loop resumes a coroutine
// that awaits a call: when the call has returned, or when its deadline has passed.

#ifndef EXAMPLE_EVENT_LOOP_HPP
#define EXAMPLE_EVENT_LOOP_HPP

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdio>
#include <list>
#include <map>
#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/sockaddr.hpp>
#include <system_error>

#include "task.hpp"

namespace example {

using time_point = std::chrono::steady_clock::time_point;
inline constexpr time_point never = time_point::max();
inline time_point now() noexcept { return std::chrono::steady_clock::now(); }

/// The result of a system call that must not fail. Throws the error of errno if it failed.
template <class Result>
Result must(Result result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
    return result;
}

/// Closes the descriptor that it owns.
class unique_fd {
  public:
    explicit unique_fd(int fd) noexcept : fd_(fd) {}
    unique_fd(unique_fd&& from) noexcept : fd_(std::exchange(from.fd_, -1)) {}
    unique_fd& operator=(unique_fd&&) = delete;
    ~unique_fd() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const noexcept { return fd_; }

  private:
    int fd_;
};

class timer;

class event_loop {
  public:
    /// Runs `work`, and the tasks that it spawns, until `work` ends.
    template <class T>
    T run(task<T> work) {
        work.start();
        while (!work.done()) turn();
        return work.result();
    }

    /// Starts `work` and owns it. The destructor of the loop destroys the tasks that have not ended.
    void spawn(task<> work) {
        const auto place = tasks_.emplace(tasks_.end());
        *place = own(std::move(work), place);
        place->start();
    }

  private:
    friend class timer;
    friend class descriptor;

    task<> own(task<> work, std::list<task<>>::iterator place) {
        try {
            co_await work;
        } catch (const std::exception& e) {
            std::fprintf(stderr, "%s\n", e.what());
        }
        ended_.splice(ended_.end(), tasks_, place);  // turn() destroys it, because it must not destroy itself
    }

    void turn();

    unique_fd epoll_{must(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")};
    std::multimap<time_point, timer*> timers_;
    std::list<task<>> tasks_, ended_;  // declared last, because their destructors use the other members
};

/// `co_await timer(loop, until)` suspends a coroutine until that time. The timer is a variable of the
/// coroutine, so if the coroutine is destroyed, the loop does not resume it.
class timer {
  public:
    timer(event_loop& loop, time_point until) noexcept : loop_(loop), until_(until) {}
    timer(const timer&) = delete;
    timer& operator=(const timer&) = delete;
    ~timer() { remove(); }

    static bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
        waiter_ = waiter;
        place_ = loop_.timers_.emplace(until_, this);
    }
    static void await_resume() noexcept {}

  protected:
    /// Ends the wait. The loop resumes the coroutine soon.
    void expire() noexcept {
        auto node = loop_.timers_.extract(place_);
        node.key() = now();
        place_ = loop_.timers_.insert(std::move(node));
    }

  private:
    friend class event_loop;

    void remove() noexcept {
        if (place_ != loop_.timers_.end()) loop_.timers_.erase(std::exchange(place_, loop_.timers_.end()));
    }

    event_loop& loop_;
    time_point until_;
    std::coroutine_handle<> waiter_;
    std::multimap<time_point, timer*>::iterator place_ = loop_.timers_.end();
};

/// The result of an awaited system call. If it failed, `n` is negative and `error` is the value of errno.
/// EAGAIN means that the deadline has passed, and ECANCELED that descriptor::abort() was called.
struct call_result {
    ssize_t n;
    int error;

    operator socks::io_result() const noexcept { return socks::io_result_of(n, error); }
};

class operation;

/// A non-blocking descriptor. One coroutine may read from it while another one writes to it.
class descriptor {
  public:
    descriptor(event_loop& loop, unique_fd fd) : loop_(loop), fd_(std::move(fd)) {
        epoll_event all{};
        all.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
        all.data.ptr = this;
        must(::epoll_ctl(loop_.epoll_.get(), EPOLL_CTL_ADD, get(), &all), "epoll_ctl");
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;

    [[nodiscard]] int get() const noexcept { return fd_.get(); }

    // `co_await` each of these for a call_result. The program must ignore SIGPIPE.
    [[nodiscard]] auto read_some(socks::buffer room, time_point until = never);
    [[nodiscard]] auto write_some(socks::bytes data, time_point until = never);
    [[nodiscard]] auto connect_to(const socks::endpoint& address, time_point until);
    [[nodiscard]] auto accept_one();

    /// Ends all operations, now and later, with ECANCELED. The destructor then resets the connection.
    void abort() noexcept;

  private:
    friend class event_loop;
    friend class operation;

    void ready() noexcept;

    event_loop& loop_;
    unique_fd fd_;
    operation* reader_ = nullptr;
    operation* writer_ = nullptr;
    bool aborted_ = false;
};

/// A system call that a coroutine awaits. The loop repeats it until it does not block.
class operation : public timer {
  public:
    operation(descriptor& on, operation*& role, time_point until) noexcept
        : timer(on.loop_, until), on_(on), role_(role) {}

    void await_suspend(std::coroutine_handle<> waiter) {
        timer::await_suspend(waiter);
        assert(role_ == nullptr);
        role_ = this;
        on_.aborted_ ? conclude() : attempt();
    }
    call_result await_resume() noexcept {
        leave();
        return on_.aborted_ ? call_result{-1, ECANCELED} : result_;
    }

  protected:
    ~operation() { leave(); }

  private:
    friend class descriptor;

    virtual ssize_t call() noexcept = 0;

    // Even if the first attempt succeeds, the loop resumes other coroutines before this one.
    void attempt() noexcept {
        do {
            result_.n = call();
            result_.error = errno;
        } while (result_.n < 0 && result_.error == EINTR);
        if (result_.n >= 0 || result_.error != EAGAIN) conclude();
    }

    void conclude() noexcept {
        leave();
        expire();
    }

    void leave() noexcept {
        if (role_ == this) role_ = nullptr;
    }

    descriptor& on_;
    operation*& role_;  // where the descriptor finds this operation
    call_result result_{-1, EAGAIN};
};

template <class Call>
class operation_of final : public operation {
  public:
    operation_of(descriptor& on, operation*& role, time_point until, Call call) noexcept
        : operation(on, role, until), call_(call) {}

  private:
    ssize_t call() noexcept override { return call_(); }

    Call call_;
};

inline auto descriptor::read_some(socks::buffer room, time_point until) {
    return operation_of(*this, reader_, until,
                        [fd = get(), room] { return ::read(fd, room.data(), room.capacity()); });
}

inline auto descriptor::write_some(socks::bytes data, time_point until) {
    return operation_of(*this, writer_, until,
                        [fd = get(), data] { return ::write(fd, data.data(), data.size()); });
}

// A second call of connect returns the result of the first.
inline auto descriptor::connect_to(const socks::endpoint& address, time_point until) {
    sockaddr_storage to;
    const socklen_t size = *socks::to_sockaddr(address, to);
    return operation_of(*this, writer_, until, [fd = get(), to, size]() -> ssize_t {
        const int result = ::connect(fd, reinterpret_cast<const sockaddr*>(&to), size);
        if (errno == EINPROGRESS || errno == EALREADY) errno = EAGAIN;
        return result;
    });
}

inline auto descriptor::accept_one() {
    return operation_of(*this, reader_, never, [fd = get()]() -> ssize_t {
        return ::accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    });
}

/// Writes all of `data`. @returns 0, or the errno of the failure.
inline task<int> write_all(descriptor& to, socks::bytes data) {
    while (!data.empty()) {
        const call_result written = co_await to.write_some(data);
        if (written.n < 0) co_return written.error;
        data = data.subspan(static_cast<size_t>(written.n));
    }
    co_return 0;
}

inline void descriptor::abort() noexcept {
    const linger no_time{1, 0};
    ::setsockopt(get(), SOL_SOCKET, SO_LINGER, &no_time, sizeof no_time);
    aborted_ = true;
    if (reader_ != nullptr) reader_->conclude();
    if (writer_ != nullptr) writer_->conclude();
}

inline void descriptor::ready() noexcept {
    if (reader_ != nullptr) reader_->attempt();
    if (writer_ != nullptr) writer_->attempt();
}

inline void event_loop::turn() {
    using std::chrono::milliseconds;
    constexpr milliseconds::rep longest = INT_MAX;
    milliseconds::rep wait = longest;
    if (!timers_.empty()) wait = std::chrono::ceil<milliseconds>(timers_.begin()->first - now()).count();
    std::array<epoll_event, 64> events;
    const int n = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                               static_cast<int>(std::clamp<milliseconds::rep>(wait, 0, longest)));
    if (n < 0 && errno != EINTR) must(n, "epoll_wait");
    for (int i = 0; i < n; ++i) static_cast<descriptor*>(events[static_cast<size_t>(i)].data.ptr)->ready();
    // No coroutine was resumed up to here, so every descriptor of `events` existed.
    for (const time_point end = now(); !timers_.empty() && timers_.begin()->first <= end;) {
        timer& first = *timers_.begin()->second;
        first.remove();
        first.waiter_.resume();
        ended_.clear();
    }
}

}  // namespace example

#endif
