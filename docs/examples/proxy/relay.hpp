// Relays bytes between two non-blocking sockets, both ways. Each way continues until its own end, because one
// side may end its stream while the other still sends. If a side is lost, the bytes that it sent before still
// go to the other side, then the reset. A connection at rest holds no buffer.

#ifndef EXAMPLES_PROXY_RELAY_HPP
#define EXAMPLES_PROXY_RELAY_HPP

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>

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

/// Lets the system ask a silent peer whether it is still there. If it does not answer, the connection fails
/// after two minutes. TCP_USER_TIMEOUT would also end the connection of a program that pauses its download.
inline void keep_alive(int fd) noexcept {
    const int on = 1, idle = 60, interval = 15, count = 4;
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
    ::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
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
    bool deaf = false;      ///< the peer accepts no more bytes; earlier bytes of it can still be read
    bool broken = false;    ///< the connection is lost, and no bytes are left to read
    bool ended = false;     ///< the end was read
    bool shut = false;      ///< the end was sent
    int error = 0;          ///< why the connection is lost
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
        readable = writable = bulk = cut = hung_up = failed = deaf = broken = ended = shut = false;
        error = 0;
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
        readable = false;
        if (n == 0) end();
        if (n < 0 && errno != EAGAIN) lose(errno);
        return {};
    }

    /// Sends the bytes that the socket accepts. @returns how many.
    size_t transmit(std::string_view bytes) noexcept {
        const ssize_t n =
            uninterrupted([&] { return ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
        if (n < 0 && errno != EAGAIN) refuse_bytes(errno);
        const size_t taken = n < 0 ? 0 : static_cast<size_t>(n);
        if (taken < bytes.size()) writable = false;
        return taken;
    }

    /// The connection is lost for reading too.
    void lose(int why) noexcept {
        refuse_bytes(why);
        readable = false;
        broken = true;
    }

    /// A send failed. What the peer sent before can still be read.
    void refuse_bytes(int why) noexcept {
        if (error == 0) error = why;
        readable = cut = deaf = true;
        writable = false;
    }

    /// Ends the stream to the peer.
    void end_output() noexcept {
        shut = true;
        ::shutdown(fd.get(), SHUT_WR);
    }

    /// Whether the system has delivered all bytes, or cannot deliver them any more.
    [[nodiscard]] bool delivered() const noexcept {
        int waiting = 0;
        return deaf || failed || ::ioctl(fd.get(), SIOCOUTQ, &waiting) != 0 || waiting == 0;
    }

    /// Whether bytes wait to be delivered, and the peer has acknowledged nothing for three minutes. The
    /// system asks a peer that accepts no bytes at least every two minutes, and a peer that is there answers.
    [[nodiscard]] bool vanished() const noexcept {
        tcp_info state{};
        socklen_t size = sizeof state;
        return !delivered() && ::getsockopt(fd.get(), IPPROTO_TCP, TCP_INFO, &state, &size) == 0 &&
               state.tcpi_last_ack_recv > 180'000;
    }

    /// Makes the next close() send a reset, so that a cut stream does not look like a complete one.
    void abort() noexcept {
        if (fd) reset_on_close(fd.get());
    }

  private:
    // After a failed send(), recv() returns 0 for a reset too. The first error tells them apart: EPIPE
    // means that the peer had ended its stream before the reset, so the stream is complete.
    void end() noexcept {
        if (failed && error == 0) error = error_of(fd.get());
        if (error != 0) refuse_bytes(error);
        readable = false;
        ended = error == 0 || error == EPIPE;
        broken = !ended;
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
        if (n < 0 && errno != EAGAIN) from.lose(errno);
        if (n <= 0) return from.broken;
        size_t left = static_cast<size_t>(n);
        from.carried += left;
        while (left != 0 && to.writable) {
            const ssize_t taken = move(out_, to.fd, left);
            if (taken < 0) {
                if (errno != EAGAIN) to.refuse_bytes(errno);
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

    // Reads all bytes back, because the next connection would receive bytes that stay. If there is no memory
    // for them, they are lost with the pipe.
    void take_back(std::string& rest, size_t n) {
        try {
            rest.resize(n);
        } catch (...) {
            *this = conduit();
            throw;
        }
        must(uninterrupted([&] { return ::read(out_.get(), rest.data(), n); }), "read from a pipe");
    }

    unique_fd in_, out_;
};

/// Moves the bytes of `from` to `to`, then its end. Bulk data goes through the conduit, the rest through
/// `scratch`.
///
/// @returns  true if there is more to do now, in either direction; the caller serves other connections first.
///           After false, call it again on the next event of either socket.
inline bool carry(stream& from, stream& to, std::span<char> scratch, conduit& through) {
    constexpr int rounds = 2;
    for (int i = 0; i < rounds; ++i) {
        if (to.deaf) {
            to.unsent = {};
            return i != 0;  // what `to` has sent can now be read
        }
        if (!to.unsent.empty()) {
            if (!to.writable) return false;
            to.unsent.erase(0, to.transmit(to.unsent));
            if (to.deaf) continue;
            if (!to.unsent.empty()) return false;
            to.unsent = {};
        }
        if (from.ended) {
            const bool last = to.ended && from.unsent.empty();  // the close() that follows ends it too
            if (!to.shut && !last) to.end_output();
            return false;
        }
        if (!from.readable) return false;  // also after it broke
        if (from.bulk && to.writable && through.carry(from, to)) continue;
        const std::string_view bytes = from.receive(scratch);
        if (bytes.empty()) continue;
        from.carried += bytes.size();
        const size_t taken = to.writable ? to.transmit(bytes) : 0;
        if (taken < bytes.size()) to.unsent.assign(bytes.substr(taken));
    }
    return true;
}

/// Whether no more bytes go from `from` to `to`.
inline bool over(const stream& from, const stream& to) noexcept {
    return to.deaf || ((from.ended || from.broken) && to.unsent.empty());
}

}  // namespace example

#endif
