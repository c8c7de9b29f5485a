// Copies the bytes of one stream of libuv to another one. It needs nothing of the handshake.

#ifndef EXAMPLES_LIBUV_RELAY_HPP
#define EXAMPLES_LIBUV_RELAY_HPP

#include <uv.h>

#include <functional>
#include <socks/core/bytes.hpp>

#include "to_uv.hpp"

/// One way of a relay. It reads only after the last bytes are written, so its memory is one buffer.
class one_way {
  public:
    /// `ended` gets 0 after the end of the stream is passed on, or the error that has ended the way.
    explicit one_way(std::function<void(int failed)> ended) : ended_(std::move(ended)) {
        writing_.data = ending_.data = this;
    }

    /// Writes `first`, and then what arrives from `from`. `first` must stay in memory until it is written.
    void start(uv_tcp_t& from, uv_tcp_t& to, socks::bytes first) {
        from_ = reinterpret_cast<uv_stream_t*>(&from);
        to_ = reinterpret_cast<uv_stream_t*>(&to);
        from_->data = this;
        uv_tcp_nodelay(&to, 1);  // otherwise each buffer waits until the one before is acknowledged
        first.empty() ? read_on() : forward(first);
    }

  private:
    void read_on() {
        const auto space = [](uv_handle_t* h, size_t, uv_buf_t* into) {
            *into = uv_buf_init(self(h).room_, sizeof self(h).room_);
        };
        const auto done = [](uv_stream_t* s, ssize_t n, const uv_buf_t*) {
            if (n != 0) self(s).received(n);  // 0 is not the end of the stream
        };
        const int failed = uv_read_start(from_, space, done);
        if (failed != 0) ended_(failed);
    }

    void received(ssize_t n) {
        uv_read_stop(from_);
        if (n > 0)
            forward({room_, static_cast<size_t>(n)});
        else if (n == UV_EOF)
            forward_end();
        else
            ended_(static_cast<int>(n));
    }

    void forward(socks::bytes data) {
        const uv_buf_t all = to_uv(data);
        const auto done = [](uv_write_t* w, int e) { e == 0 ? self(w).read_on() : self(w).ended_(e); };
        const int failed = uv_write(&writing_, to_, &all, 1, done);
        if (failed != 0) ended_(failed);
    }

    void forward_end() {
        const int failed = uv_shutdown(&ending_, to_, [](uv_shutdown_t* s, int e) { self(s).ended_(e); });
        if (failed != 0) ended_(failed);
    }

    template <class Handle>
    static one_way& self(const Handle* h) {
        return *static_cast<one_way*>(h->data);
    }

    std::function<void(int)> ended_;
    uv_stream_t* from_ = nullptr;
    uv_stream_t* to_ = nullptr;
    uv_write_t writing_{};
    uv_shutdown_t ending_{};
    char room_[16 * 1024];
};

#endif
