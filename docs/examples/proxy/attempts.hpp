// Attempts to connect that continue although the next one has begun (RFC 8305, section 5).

#ifndef EXAMPLES_PROXY_ATTEMPTS_HPP
#define EXAMPLES_PROXY_ATTEMPTS_HPP

#include <poll.h>

#include <functional>
#include <vector>

#include "../common/event_loop.hpp"

namespace example {

/// The owner makes the last attempt itself, and adds it here when the next one begins. There is one watcher
/// for all, so an event does not say which attempt it is about.
class earlier_attempts final : public watcher {
  public:
    struct attempt {
        unique_fd fd;
        socks::endpoint to;
    };

    /// @param changed  is called when an attempt may have connected or failed.
    earlier_attempts(event_loop& loop, std::function<void()> changed)
        : loop_(loop), changed_(std::move(changed)) {}

    /// Adds an attempt that the loop watches. If there are too many, the oldest one is closed.
    void add(attempt a) {
        constexpr size_t most = 7;
        if (attempts_.size() == most) attempts_.erase(attempts_.begin());
        loop_.change(a.fd.get(), event_loop::stream_events, *this);
        attempts_.push_back(std::move(a));
    }

    /// Takes the first one that has connected, and closes those that have failed.
    /// @param error  receives the error of one that has failed.
    /// @returns      an attempt that the loop watches for this object, or one with an invalid socket.
    [[nodiscard]] attempt take_connected(int& error) {
        for (auto a = attempts_.begin(); a != attempts_.end();) {
            pollfd state{a->fd.get(), POLLOUT, 0};
            if (::poll(&state, 1, 0) <= 0) {
                ++a;
                continue;
            }
            attempt ended = std::move(*a);
            a = attempts_.erase(a);
            const int failure = error_of(ended.fd.get());
            if (failure == 0) return ended;
            error = failure;
        }
        return {};
    }

    [[nodiscard]] bool empty() const noexcept { return attempts_.empty(); }
    void clear() noexcept { attempts_.clear(); }

    void ready(uint32_t) override { changed_(); }

  private:
    event_loop& loop_;
    std::function<void()> changed_;
    std::vector<attempt> attempts_;  // the oldest first
};

}  // namespace example

#endif
