// Blocking sockets for clients: send all bytes, receive some bytes, and stop at a deadline.

#ifndef EXAMPLES_COMMON_CLIENT_IO_HPP
#define EXAMPLES_COMMON_CLIENT_IO_HPP

#include <poll.h>

#include <algorithm>
#include <chrono>

#include "posix.hpp"

namespace example {

/// A time limit, and the time at which it ends.
class deadline {
  public:
    using clock = std::chrono::steady_clock;

    explicit deadline(std::chrono::seconds limit) noexcept : limit_(limit) {}

    [[nodiscard]] clock::time_point end() const noexcept { return begin_ + limit_; }
    [[nodiscard]] std::chrono::milliseconds left() const noexcept {
        using std::chrono::milliseconds;
        return std::max(milliseconds(0), std::chrono::ceil<milliseconds>(end() - clock::now()));
    }
    [[nodiscard]] bool passed() const noexcept { return left().count() == 0; }

    /// The same limit, from now on.
    [[nodiscard]] deadline again() const noexcept { return deadline(limit_); }

    /// "within 30 s"
    [[nodiscard]] std::string text() const { return "within " + std::to_string(limit_.count()) + " s"; }

  private:
    std::chrono::seconds limit_;
    clock::time_point begin_ = clock::now();
};

/// Waits for one of `events` on a socket, or for an error of the socket. Throws ETIMEDOUT at the deadline.
inline void wait_for(int fd, short events, const deadline& until) {
    pollfd watched{fd, events, 0};
    const auto poll = [&] { return ::poll(&watched, 1, static_cast<int>(until.left().count())); };
    while (must(uninterrupted(poll), "poll") == 0)
        if (until.passed()) throw std::system_error(ETIMEDOUT, std::generic_category(), "no progress");
}

/// Writes all bytes, or throws. The program ignores SIGPIPE, so a write to a closed connection throws too.
inline void write_all(int fd, std::string_view bytes, const char* what = "cannot send") {
    while (!bytes.empty()) {
        const ssize_t n = uninterrupted([&] { return ::write(fd, bytes.data(), bytes.size()); });
        if (n < 0 && errno == EAGAIN) errno = ETIMEDOUT;  // the timeout of SO_SNDTIMEO
        bytes.remove_prefix(static_cast<size_t>(must(n, what)));
    }
}

/// Waits for bytes and reads them into `room`. @returns how many, or 0 at the end of the stream.
inline size_t read_some(int fd, socks::buffer room, const char* what = "cannot receive") {
    const ssize_t n = uninterrupted([&] { return ::read(fd, room.data(), room.capacity()); });
    if (n < 0 && errno == EAGAIN) errno = ETIMEDOUT;  // the timeout of SO_RCVTIMEO
    return static_cast<size_t>(must(n, what));
}

/// Writes all bytes to a socket until the deadline. The deadline covers all portions that the peer accepts.
inline void write_all(int fd, std::string_view bytes, const deadline& until) {
    while (!bytes.empty()) {
        wait_for(fd, POLLOUT, until);
        const ssize_t n = uninterrupted([&] { return ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT); });
        if (n < 0 && errno == EAGAIN) continue;
        bytes.remove_prefix(static_cast<size_t>(must(n, "cannot send")));
    }
}

/// Waits for bytes of a socket until the deadline, and reads them.
inline size_t read_some(int fd, socks::buffer room, const deadline& until) {
    for (;;) {
        wait_for(fd, POLLIN, until);
        const ssize_t n =
            uninterrupted([&] { return ::recv(fd, room.data(), room.capacity(), MSG_DONTWAIT); });
        if (n < 0 && errno == EAGAIN) continue;
        return static_cast<size_t>(must(n, "cannot receive"));
    }
}

}  // namespace example

#endif
