// Blocking sockets for clients: connect, send all bytes, receive some bytes, and stop at a deadline.

#ifndef EXAMPLES_COMMON_CLIENT_IO_HPP
#define EXAMPLES_COMMON_CLIENT_IO_HPP

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <climits>

#include "posix.hpp"

namespace example {

/// The time at which an operation fails.
using deadline = std::chrono::steady_clock::time_point;
inline constexpr deadline never = deadline::max();
inline deadline in(std::chrono::seconds time) noexcept { return std::chrono::steady_clock::now() + time; }

/// Waits for one of `events` on a socket, or for an error of the socket. Throws ETIMEDOUT at the deadline.
inline void wait_for(int fd, short events, deadline until) {
    using std::chrono::milliseconds;
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(until - std::chrono::steady_clock::now()).count();
        pollfd watched{fd, events, 0};
        const int limit = static_cast<int>(std::clamp<decltype(left)>(left, 0, INT_MAX));
        if (must(uninterrupted([&] { return ::poll(&watched, 1, limit); }), "poll") != 0) return;
        if (left <= 0) throw std::system_error(ETIMEDOUT, std::generic_category(), "no progress");
    }
}

/// Writes all bytes, or throws. The program ignores SIGPIPE, so a write to a closed connection throws too.
inline void write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = uninterrupted([&] { return ::write(fd, bytes.data(), bytes.size()); });
        if (n < 0 && errno == EAGAIN) errno = ETIMEDOUT;  // the timeout of SO_SNDTIMEO
        bytes.remove_prefix(static_cast<size_t>(must(n, "cannot send")));
    }
}

/// Waits for bytes and reads them into `room`. @returns how many, or 0 at the end of the stream.
inline size_t read_some(int fd, socks::buffer room) {
    const ssize_t n = uninterrupted([&] { return ::read(fd, room.data(), room.capacity()); });
    if (n < 0 && errno == EAGAIN) errno = ETIMEDOUT;  // the timeout of SO_RCVTIMEO
    return static_cast<size_t>(must(n, "cannot receive"));
}

/// Writes all bytes to a socket until the deadline. The deadline covers all portions that the peer accepts.
inline void write_all(int fd, std::string_view bytes, deadline until) {
    while (!bytes.empty()) {
        wait_for(fd, POLLOUT, until);
        const ssize_t n = uninterrupted([&] { return ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT); });
        if (n < 0 && errno == EAGAIN) continue;
        bytes.remove_prefix(static_cast<size_t>(must(n, "cannot send")));
    }
}

/// Waits for bytes of a socket until the deadline, and reads them.
inline size_t read_some(int fd, socks::buffer room, deadline until) {
    for (;;) {
        wait_for(fd, POLLIN, until);
        const ssize_t n =
            uninterrupted([&] { return ::recv(fd, room.data(), room.capacity(), MSG_DONTWAIT); });
        if (n < 0 && errno == EAGAIN) continue;
        return static_cast<size_t>(must(n, "cannot receive"));
    }
}

/// Connects until the deadline. @returns false, with errno set, if that fails.
inline bool connect_until(int fd, socket_address& remote, deadline until) {
    const int flags = must(::fcntl(fd, F_GETFL), "fcntl");
    must(::fcntl(fd, F_SETFL, flags | O_NONBLOCK), "fcntl");
    int error = ::connect(fd, remote.data(), remote.size()) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
        wait_for(fd, POLLOUT, until);
        socklen_t size = sizeof error;
        must(::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size), "getsockopt");
    }
    must(::fcntl(fd, F_SETFL, flags), "fcntl");
    errno = error;
    return error == 0;
}

/// The exception of connect_to_any: the error of the last attempt, and the dial error for a reply.
struct cannot_connect : std::system_error {
    socks::dial_error failure;

    cannot_connect(socks::dial_error why, int error, const socks::endpoint& where)
        : std::system_error(error, std::generic_category(), "cannot connect to " + text(where)),
          failure(why) {}
};

/// Connects to the first address of `where` that answers. `where` is a name or an address.
inline unique_fd connect_to_any(const socks::endpoint& where, deadline until = never) {
    looked_up found{{where}};
    if (where.host.kind() == socks::host_kind::name)
        found = look_up(std::string(std::string_view(where.host.name())), where.port);
    int error = errno_for(found.failure);
    for (const socks::endpoint& e : found.addresses) {
        socket_address remote(e);
        unique_fd fd(must(::socket(remote.family(), SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
        if (connect_until(fd.get(), remote, until)) return fd;
        error = errno;
        found.failure = socks::dial_error_from_errno(error, e.host);
    }
    throw cannot_connect(found.failure, error, where);
}

}  // namespace example

#endif
