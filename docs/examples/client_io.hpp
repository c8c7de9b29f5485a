// Blocking sockets for clients: connect, send everything, receive something, and give up at a deadline.

#ifndef EXAMPLES_CLIENT_IO_HPP
#define EXAMPLES_CLIENT_IO_HPP

#include <fcntl.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <climits>

#include "posix.hpp"

namespace example {

/// When to give up.
using deadline = std::chrono::steady_clock::time_point;
inline constexpr deadline never = deadline::max();
inline deadline in(std::chrono::seconds time) noexcept { return std::chrono::steady_clock::now() + time; }

/// Waits for one of `events` on a socket, or for its failure; throws ETIMEDOUT at the deadline.
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

/// Writes all of it; throws when that is impossible. The program ignores SIGPIPE, so that a peer who has closed is
/// an error like others.
inline void write_all(int fd, std::string_view octets) {
    while (!octets.empty()) {
        const ssize_t n = uninterrupted([&] { return ::write(fd, octets.data(), octets.size()); });
        if (n < 0 && errno == EAGAIN) errno = ETIMEDOUT;  // SO_SNDTIMEO, by its right name
        octets.remove_prefix(static_cast<size_t>(must(n, "cannot send")));
    }
}

/// Reads into `room` what there is, waiting for it. @returns 0 at the end of the stream.
inline size_t read_some(int fd, socks::buffer room) {
    const ssize_t n = uninterrupted([&] { return ::read(fd, room.data(), room.room()); });
    if (n < 0 && errno == EAGAIN) errno = ETIMEDOUT;  // SO_RCVTIMEO, by its right name
    return static_cast<size_t>(must(n, "cannot receive"));
}

/// The same of a socket, until the deadline: for all of it, in however small portions the peer takes it.
inline void write_all(int fd, std::string_view octets, deadline until) {
    while (!octets.empty()) {
        wait_for(fd, POLLOUT, until);
        const ssize_t n =
            uninterrupted([&] { return ::send(fd, octets.data(), octets.size(), MSG_DONTWAIT); });
        if (n < 0 && errno == EAGAIN) continue;
        octets.remove_prefix(static_cast<size_t>(must(n, "cannot send")));
    }
}

/// The same of a socket, until the deadline.
inline size_t read_some(int fd, socks::buffer room, deadline until) {
    for (;;) {
        wait_for(fd, POLLIN, until);
        const ssize_t n = uninterrupted([&] { return ::recv(fd, room.data(), room.room(), MSG_DONTWAIT); });
        if (n < 0 && errno == EAGAIN) continue;
        return static_cast<size_t>(must(n, "cannot receive"));
    }
}

/// Connects until the deadline. @returns false, with errno set, when that fails.
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

/// What connect_to_any throws: the error of the last attempt, and what it means to whoever asked a server for it.
struct cannot_connect : std::system_error {
    socks::dial_error failure;

    cannot_connect(socks::dial_error why, int error, const socks::endpoint& where)
        : std::system_error(error, std::generic_category(), "cannot connect to " + text(where)),
          failure(why) {}
};

/// A connection to `where`, a name or an address: to the first of its addresses that answers.
inline unique_fd connect_to_any(const socks::endpoint& where, deadline until = never) {
    looked_up found{{where}};
    if (where.host.is() == socks::host::kind::name)
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
