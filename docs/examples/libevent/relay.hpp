// Relays bytes between two bufferevents, both ways, until both streams have ended. It needs nothing of the
// handshake.

#ifndef EXAMPLES_LIBEVENT_RELAY_HPP
#define EXAMPLES_LIBEVENT_RELAY_HPP

#include <event2/buffer.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <functional>

#include "handle.hpp"

class relay {
  public:
    /// Takes over both connections, with the bytes that are in their evbuffers.
    relay(handle<bufferevent> a, handle<bufferevent> b) {
        sides_[0].stream = std::move(a);
        sides_[1].stream = std::move(b);
    }

    /// Calls `over` once, possibly before it returns. `over` may destroy the relay.
    void start(std::function<void()> over) {
        over_ = std::move(over);
        const auto moved = [](bufferevent*, void* r) { static_cast<relay*>(r)->carry_on(); };
        const auto happened = [](bufferevent* b, short what, void* r) {
            static_cast<relay*>(r)->happened(b, what);
        };
        const int on = 1;
        for (const side& s : sides_) {
            bufferevent_setcb(s.stream.get(), moved, moved, happened, this);
            bufferevent_setwatermark(s.stream.get(), EV_READ, 0, most_unread);
            bufferevent_enable(s.stream.get(), EV_READ);
            setsockopt(s.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        }
        carry_on();
    }

    /// While the input of a bufferevent has more bytes, libevent does not read from its socket.
    static constexpr size_t most_unread = 16 * 1024;

  private:
    struct side {
        handle<bufferevent> stream;
        bool ended = false;  // the end of its stream was read
        bool shut = false;   // the end of the other stream was sent to it

        [[nodiscard]] evutil_socket_t fd() const { return bufferevent_getfd(stream.get()); }
    };

    void carry_on() {
        carry(sides_[0], sides_[1]);
        carry(sides_[1], sides_[0]);
        if (sides_[0].shut && sides_[1].shut) over_();
    }

    // Moves the memory, and copies nothing. While the output of `to` has bytes, the input of `from` fills up.
    static void carry(const side& from, side& to) {
        evbuffer* const output = bufferevent_get_output(to.stream.get());
        if (evbuffer_get_length(output) == 0)
            evbuffer_add_buffer(output, bufferevent_get_input(from.stream.get()));
        if (!from.ended || to.shut || evbuffer_get_length(output) != 0) return;
        to.shut = true;
        shutdown(to.fd(), SHUT_WR);
    }

    void happened(const bufferevent* b, short what) {
        if ((what & BEV_EVENT_EOF) == 0) return reset();
        sides_[b == sides_[0].stream.get() ? 0 : 1].ended = true;
        carry_on();
    }

    // A reset tells both peers that the stream is not complete.
    void reset() {
        const linger at_once{1, 0};
        for (const side& s : sides_) setsockopt(s.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        over_();
    }

    side sides_[2];
    std::function<void()> over_;
};

#endif
