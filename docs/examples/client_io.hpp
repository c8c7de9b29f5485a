// Blocking sockets for clients: connect, send everything, receive something.

#ifndef EXAMPLES_CLIENT_IO_HPP
#define EXAMPLES_CLIENT_IO_HPP

#include "posix.hpp"

namespace example {

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

/// A connection to `where`, a name or an address: to the first of its addresses that answers.
inline unique_fd connect_to_any(const socks::endpoint& where) {
    std::vector<socks::endpoint> addresses{where};
    if (where.host.is() == socks::host::kind::name)
        addresses = look_up(std::string(std::string_view(where.host.name())), where.port);
    int error = EHOSTUNREACH;
    for (const socks::endpoint& e : addresses) {
        socket_address remote(e);
        unique_fd fd(must(::socket(remote.family(), SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
        if (::connect(fd.get(), remote.data(), remote.size()) == 0) return fd;
        error = errno;
    }
    throw std::system_error(error, std::generic_category(), "cannot connect to " + text(where));
}

}  // namespace example

#endif
