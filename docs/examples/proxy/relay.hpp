// Relays bytes between two non-blocking sockets, both ways. Each way continues until its own end, because one
// side may end its stream while the other still sends. A connection at rest holds no buffer.

#ifndef EXAMPLES_PROXY_RELAY_HPP
#define EXAMPLES_PROXY_RELAY_HPP

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include <span>

#include "../common/posix.hpp"

namespace example {

/// Prepares a socket for a relay. The connections of a prepared listener inherit the options. The system
/// sends bytes at once instead of collecting them, and urgent bytes stay in the stream instead of being lost.
inline void prepare(int fd) noexcept {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
}

/// One socket, its state, and the bytes that wait to be sent to it.
struct stream {
    unique_fd fd;
    bool readable = false;  ///< until recv() would block
    bool writable = false;  ///< until send() would block
    bool bulk = false;      ///< recv() filled the buffer, and more bytes may be there
    bool cut = false;       ///< recv() may return less than there is: before the end, or at urgent data
    bool hung_up = false;   ///< the peer sends no more; earlier bytes can still be read
    bool failed = false;    ///< the connection is lost; earlier bytes can still be read
    bool broken = false;    ///< the connection is lost, and no bytes are left to read
    bool ended = false;     ///< the end was read
    bool shut = false;      ///< the end was sent
    std::string unsent;
    uint64_t carried = 0;  ///< bytes received here and passed on

    void note(uint32_t events) noexcept {
        readable |= (events & (EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        writable |= (events & EPOLLOUT) != 0;
        cut |= (events & (EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        hung_up |= (events & (EPOLLRDHUP | EPOLLHUP)) != 0;
        failed |= (events & EPOLLERR) != 0;
    }

    /// Takes another socket and resets the state.
    void adopt(unique_fd other) noexcept {
        fd = std::move(other);
        readable = writable = bulk = cut = hung_up = failed = broken = ended = shut = false;
    }

    /// Receives the bytes that are there. @returns the bytes in `room`; none if no bytes are there, at the
    /// end, or if the connection broke.
    std::string_view receive(std::span<char> room) noexcept {
        const ssize_t n = uninterrupted([&] { return ::recv(fd.get(), room.data(), room.size(), 0); });
        bulk = n == static_cast<ssize_t>(room.size());
        if (n > 0) {
            // A short read returned all bytes, and epoll reports new ones. It does not report an end, or the
            // bytes after urgent data, a second time.
            if (!bulk && !cut) readable = false;
            return {room.data(), static_cast<size_t>(n)};
        }
        if (n < 0 && errno != EAGAIN) broken = true;
        ended |= n == 0;
        readable = false;
        return {};
    }

    /// Sends the bytes that the socket accepts. @returns how many.
    size_t transmit(std::string_view bytes) noexcept {
        const ssize_t n =
            uninterrupted([&] { return ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
        if (n < 0 && errno != EAGAIN) broken = true;
        const size_t taken = n < 0 ? 0 : static_cast<size_t>(n);
        if (taken < bytes.size()) writable = false;
        return taken;
    }

    /// Ends the stream to the peer.
    void end_output() noexcept {
        shut = true;
        ::shutdown(fd.get(), SHUT_WR);
    }

    /// Makes the next close() send a reset, so that a cut stream does not look like a complete one.
    void abort() noexcept {
        const linger at_once{1, 0};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
};

/// A pipe that moves bytes from one socket to another without a copy. For bulk data it takes a third to a
/// half less processor time than recv() and send(). No bytes stay in it, so one conduit serves all
/// connections of a loop.
class conduit {
  public:
    /// If there are no descriptors for it, carry() does nothing.
    conduit() noexcept {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
        out_ = unique_fd(ends[0]);
        in_ = unique_fd(ends[1]);
        ::fcntl(in_.get(), F_SETPIPE_SZ, size);
    }

    /// Moves the bytes that are there, up to a limit. Bytes that `to` did not accept go to `to.unsent`.
    /// @returns  false if no bytes came: at the end, and at urgent data. Only recv() distinguishes them.
    bool carry(stream& from, stream& to) {
        if (!in_) return false;
        const ssize_t n = move(from.fd, in_, size);
        if (n < 0 && errno != EAGAIN) from.broken = true;
        if (n <= 0) return from.broken;
        size_t left = static_cast<size_t>(n);
        from.carried += left;
        while (left != 0 && to.writable) {
            const ssize_t taken = move(out_, to.fd, left);
            if (taken < 0) {
                to.broken |= errno != EAGAIN;
                to.writable = false;
            } else {
                left -= static_cast<size_t>(taken);
            }
        }
        if (left != 0) take_back(to.unsent, left);
        return true;
    }

  private:
    static constexpr int size = 256 << 10;

    static ssize_t move(const unique_fd& from, const unique_fd& to, size_t n) noexcept {
        return uninterrupted(
            [&] { return ::splice(from.get(), nullptr, to.get(), nullptr, n, SPLICE_F_NONBLOCK); });
    }

    // Reads all bytes back, because the next connection would receive bytes that stay.
    void take_back(std::string& rest, size_t n) {
        rest.resize(n);
        must(uninterrupted([&] { return ::read(out_.get(), rest.data(), n); }), "read from a pipe");
    }

    unique_fd in_, out_;
};

/// Moves the bytes of `from` to `to`, then its end. Bulk data goes through the conduit, the rest through
/// `scratch`.
///
/// @returns  true if there is more to do now; the caller serves other connections first. After false, call it
///           again on the next event of either socket.
inline bool carry(stream& from, stream& to, std::span<char> scratch, conduit& through) {
    constexpr int rounds = 2;
    for (int i = 0; i < rounds && !from.broken && !to.broken; ++i) {
        if (!to.unsent.empty()) {
            if (!to.writable) return false;
            to.unsent.erase(0, to.transmit(to.unsent));
            if (!to.unsent.empty()) return false;
            to.unsent = {};
        }
        if (from.ended) {
            const bool last = to.ended && from.unsent.empty();  // the close() that follows ends it too
            if (!to.shut && !last) to.end_output();
            from.broken |= from.failed;
            return false;
        }
        if (!from.readable) return false;
        if (from.bulk && to.writable && through.carry(from, to)) continue;
        const std::string_view bytes = from.receive(scratch);
        if (bytes.empty()) continue;
        from.carried += bytes.size();
        const size_t taken = to.writable ? to.transmit(bytes) : 0;
        if (taken < bytes.size()) to.unsent.assign(bytes.substr(taken));
    }
    return !from.broken && !to.broken;
}

/// Whether each way has ended and no bytes wait to be sent.
inline bool over(const stream& a, const stream& b) noexcept {
    return a.ended && b.ended && a.unsent.empty() && b.unsent.empty();
}

}  // namespace example

#endif
