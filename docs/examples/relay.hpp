// Octets between two non-blocking sockets, both ways, each way until its own end: one side may have said all it
// has to say while the other still talks. A connection at rest holds no buffer.

#ifndef EXAMPLES_RELAY_HPP
#define EXAMPLES_RELAY_HPP

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include <span>

#include "posix.hpp"

namespace example {

/// Prepares a socket for a relay, or a listener, from which what it accepts inherits this. Octets are passed on at
/// once, not collected; and urgent ones stay in their place among the others instead of being lost.
inline void prepare(int fd) noexcept {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
}

/// One socket, what is known about it, and what is still to be sent to it.
struct stream {
    unique_fd fd;
    bool readable = false;  ///< until recv() would block
    bool writable = false;  ///< until send() would block
    bool bulk = false;      ///< recv() had all that it was asked for, and may have more
    bool cut = false;       ///< recv() may stop short of what there is: before the end, or at urgent data
    bool hung_up = false;   ///< the peer sends no more; octets that came before are still to be read
    bool failed = false;    ///< the connection is lost; octets that came before are still to be read
    bool broken = false;    ///< lost, and nothing is left to be read
    bool ended = false;     ///< the end was read
    bool shut = false;      ///< the end was sent
    std::string unsent;
    uint64_t carried = 0;  ///< octets received here and passed on

    void note(uint32_t events) noexcept {
        readable |= (events & (EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        writable |= (events & EPOLLOUT) != 0;
        cut |= (events & (EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
        hung_up |= (events & (EPOLLRDHUP | EPOLLHUP)) != 0;
        failed |= (events & EPOLLERR) != 0;
    }

    /// Starts again with another socket.
    void adopt(unique_fd other) noexcept {
        fd = std::move(other);
        readable = writable = bulk = cut = hung_up = failed = broken = ended = shut = false;
    }

    /// Receives what there is. @returns the octets in `room`; none when there are none now, at the end, or when
    /// the connection broke.
    std::string_view receive(std::span<char> room) noexcept {
        const ssize_t n = uninterrupted([&] { return ::recv(fd.get(), room.data(), room.size(), 0); });
        bulk = n == static_cast<ssize_t>(room.size());
        if (n > 0) {
            // Less than asked for was all there is, and epoll tells of more; only what it told of already, an end
            // or what follows urgent data, is still to be fetched.
            if (!bulk && !cut) readable = false;
            return {room.data(), static_cast<size_t>(n)};
        }
        if (n < 0 && errno != EAGAIN) broken = true;
        ended |= n == 0;
        readable = false;
        return {};
    }

    /// Sends what the socket takes. @returns how much that is.
    size_t transmit(std::string_view octets) noexcept {
        const ssize_t n =
            uninterrupted([&] { return ::send(fd.get(), octets.data(), octets.size(), MSG_NOSIGNAL); });
        if (n < 0 && errno != EAGAIN) broken = true;
        const size_t taken = n < 0 ? 0 : static_cast<size_t>(n);
        if (taken < octets.size()) writable = false;
        return taken;
    }

    /// Tells the peer that nothing more will come.
    void finish() noexcept {
        shut = true;
        ::shutdown(fd.get(), SHUT_WR);
    }

    /// Makes the coming close() a reset: what was cut off must not look as if it had ended.
    void abort() noexcept {
        const linger at_once{1, 0};
        ::setsockopt(fd.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
};

/// A way for octets from one socket to another, during which nobody copies them: for bulk it takes a third to a half less
/// processor time than recv() and send(). Nothing stays in it, so that one serves all connections of a loop.
class conduit {
  public:
    /// Without descriptors for it, nothing passes.
    conduit() noexcept {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) return;
        out_ = unique_fd(ends[0]);
        in_ = unique_fd(ends[1]);
        ::fcntl(in_.get(), F_SETPIPE_SZ, size);
    }

    /// Carries what there is, up to a limit, and keeps for later in `to.unsent` what `to` did not take.
    /// @returns  false when nothing came: at the end, and at urgent data, where only recv() knows more.
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

    // All of it: what stayed would go to somebody else.
    void take_back(std::string& rest, size_t n) {
        rest.resize(n);
        must(uninterrupted([&] { return ::read(out_.get(), rest.data(), n); }), "read from a pipe");
    }

    unique_fd in_, out_;
};

/// Carries what `from` has to `to`, and then the end of it; bulk through the conduit, the rest by way of `scratch`.
///
/// @returns  true when there is more to do at once: one busy connection must not starve the others. Otherwise the
///           next event of either socket goes on.
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
            const bool last = to.ended && from.unsent.empty();  // close() comes next and says as much
            if (!to.shut && !last) to.finish();
            from.broken |= from.failed;
            return false;
        }
        if (!from.readable) return false;
        if (from.bulk && to.writable && through.carry(from, to)) continue;
        const std::string_view octets = from.receive(scratch);
        if (octets.empty()) continue;
        from.carried += octets.size();
        const size_t taken = to.writable ? to.transmit(octets) : 0;
        if (taken < octets.size()) to.unsent.assign(octets.substr(taken));
    }
    return !from.broken && !to.broken;
}

/// Whether each way has ended and nothing is left to be sent.
inline bool over(const stream& a, const stream& b) noexcept {
    return a.ended && b.ended && a.unsent.empty() && b.unsent.empty();
}

}  // namespace example

#endif
