// Relays bytes between two sockets, both ways, until both streams have ended. It needs nothing of the
// handshake.

#ifndef EXAMPLES_IO_URING_RELAY_HPP
#define EXAMPLES_IO_URING_RELAY_HPP

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <socks/core/bytes.hpp>

#include "task.hpp"

class relay final : public task {
  public:
    /// @param first  the first bytes to `b`, at most capacity.
    static void begin(ring& r, descriptor a, descriptor b, socks::bytes first) {
        auto* const t = new relay(r, std::move(a), std::move(b));
        std::copy_n(first.data(), first.size(), t->ways_[0].room);
        t->forward(t->ways_[0], {t->ways_[0].room, first.size()});
        t->receive(t->ways_[1]);
    }

    static constexpr size_t capacity = 16 * 1024;

  private:
    // A way receives only after its last bytes are sent, so its memory is one buffer.
    struct way {
        way(int f, int t) : from(f), to(t) {}

        const int from;
        const int to;
        operation op;
        char room[capacity];
    };

    relay(ring& r, descriptor a, descriptor b)
        : task(r), a_(std::move(a)), b_(std::move(b)), ways_{{a_.get(), b_.get()}, {b_.get(), a_.get()}} {
        const int on = 1;
        for (const way& w : ways_) setsockopt(w.to, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }

    void receive(way& w) {
        const auto done = [this, &w](int result) {
            if (result > 0) return forward(w, {w.room, static_cast<size_t>(result)});
            if (result < 0 || shutdown(w.to, SHUT_WR) != 0) return reset();
            if (++ended_ == 2) end();
        };
        start(w.op, done, io_uring_prep_recv, w.from, w.room, sizeof w.room, 0);
    }

    void forward(way& w, socks::bytes data) {
        if (data.empty()) return receive(w);
        const auto done = [this, &w, data](int result) {
            result < 0 ? reset() : forward(w, data.subspan(static_cast<size_t>(result)));
        };
        start(w.op, done, io_uring_prep_send, w.to, data.data(), data.size(), MSG_NOSIGNAL);
    }

    // A reset tells both peers that the stream is not complete.
    void reset() {
        const linger at_once{1, 0};
        for (const way& w : ways_) setsockopt(w.to, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        end();
    }

    descriptor a_;
    descriptor b_;
    way ways_[2];
    int ended_ = 0;
};

#endif
