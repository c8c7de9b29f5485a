// One thread, one epoll. Each descriptor is registered once, edge-triggered, for all events. Its watcher
// remembers which operations are possible until the system returns "would block".

#ifndef EXAMPLES_COMMON_EVENT_LOOP_HPP
#define EXAMPLES_COMMON_EVENT_LOOP_HPP

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstdint>

#include "posix.hpp"

namespace example {

/// Its ready() is called when a descriptor becomes ready. It must not move while the descriptor is open.
class watcher {
  public:
    virtual void ready(uint32_t events) = 0;

  protected:
    watcher() noexcept = default;
    watcher(const watcher&) = delete;
    watcher& operator=(const watcher&) = delete;
    ~watcher() = default;
};

class event_loop {
  public:
    using clock = std::chrono::steady_clock;
    static constexpr uint32_t stream_events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET;

    event_loop() : epoll_(must(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1")) {}

    /// Watches `fd` until it is closed. @returns false, with errno set, if the system has no memory for it.
    [[nodiscard]] bool watch(int fd, uint32_t events, watcher& by) noexcept {
        return control(EPOLL_CTL_ADD, fd, events, by);
    }

    /// Watches `fd` for other events. `events` of 0 stops the reports.
    bool change(int fd, uint32_t events, watcher& by) noexcept {
        return control(EPOLL_CTL_MOD, fd, events, by);
    }

    /// Runs one round: waits up to `milliseconds` (-1: for ever) and calls each watcher that has events. A
    /// watcher may close descriptors during the round, but must not destroy another watcher.
    void turn(int milliseconds) {
        const int n =
            ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), milliseconds);
        if (n < 0 && errno != EINTR) must(n, "epoll_wait");
        now_ = clock::now();
        for (int i = 0; i < n; ++i) {
            const epoll_event& e = events_[static_cast<size_t>(i)];
            static_cast<watcher*>(e.data.ptr)->ready(e.events);
        }
    }

    /// The time at which this round began.
    [[nodiscard]] clock::time_point now() const noexcept { return now_; }

  private:
    bool control(int operation, int fd, uint32_t events, watcher& by) noexcept {
        epoll_event e{};
        e.events = events;
        e.data.ptr = &by;
        return ::epoll_ctl(epoll_.get(), operation, fd, &e) == 0;
    }

    unique_fd epoll_;
    clock::time_point now_ = clock::now();
    std::array<epoll_event, 256> events_;
};

}  // namespace example

#endif
