// A SOCKS5 client over libuv, whose callbacks report what has completed. drive() is the handshake: it starts
// one operation after the other. Each callback tells the machine the result of its operation.

#include <signal.h>
#include <uv.h>

#include <cstdio>
#include <socks/socks.hpp>
#include <socks/system/sockaddr.hpp>
#include <string>
#include <string_view>

#include "to_uv.hpp"

namespace {

constexpr uint64_t time_limit = 10'000;  // milliseconds, for connecting and the handshake together

class session {
  public:
    session(uv_loop_t* loop, const socks::request& request, std::string to_send)
        : request_(request), to_send_(std::move(to_send)) {
        uv_tcp_init(loop, &tcp_);
        uv_timer_init(loop, &deadline_);
        tcp_.data = deadline_.data = this;
    }

    void start(const sockaddr* proxy) {
        const auto expired = [](uv_timer_t* t) { self(t).expired(); };
        uv_timer_start(&deadline_, expired, time_limit, 0);
        const auto done = [](uv_connect_t* c, int e) { self(c->handle).connected(e); };
        const int failed = uv_tcp_connect(&connecting_, &tcp_, proxy, done);
        if (failed != 0) connected(failed);
    }

    [[nodiscard]] bool succeeded() const noexcept { return succeeded_; }

  private:
    void connected(int failed) {
        if (over_) return;
        if (failed != 0) return end(std::string("cannot connect to the proxy: ") + uv_strerror(failed));
        connected_ = true;
        drive();
    }

    // The handshake. Each operation that drive() starts calls drive() again when it has completed.

    void drive() {
        using next = socks::client::next;
        for (;;) {
            const auto s = handshake_.step(request_, rx_, tx_);
            switch (s.next()) {
                case next::send: return transmit(tx_.submit());
                case next::recv: return receive(s.needed());
                case next::wait: return;                                    // bytes are in flight
                case next::negotiate: handshake_.negotiated(false); break;  // no such method was offered
                case next::bound: break;                                    // only BIND has this action
                case next::done: return relay(s.result().early);
                case next::fail: return end(text(socks::outcome_of(s)));
            }
        }
    }

    // The bytes in tx_ do not move before the write has completed.
    void transmit(socks::bytes data) {
        const uv_buf_t all = to_uv(data);
        const auto done = [](uv_write_t* w, int e) { self(w->handle).transmitted(e); };
        const int failed = uv_write(&writing_, stream(), &all, 1, done);
        if (failed != 0) transmitted(failed);
    }

    void transmitted(int failed) {
        tx_.consume(failed == 0 ? tx_.data().size() : 0);
        tx_.clear();  // wipes the password
        if (over_) return;
        if (failed != 0) handshake_.stream_failed();
        drive();
    }

    // libuv asks for memory when bytes are there. It gets space for the rest of the message, and no more.
    void receive(size_t needed) {
        needed_ = needed;
        const auto space = [](uv_handle_t* h, size_t, uv_buf_t* into) {
            const socks::buffer room = self(h).rx_.prepare(self(h).needed_);
            *into = uv_buf_init(room.data(), static_cast<unsigned>(room.capacity()));
        };
        const auto done = [](uv_stream_t* s, ssize_t n, const uv_buf_t*) {
            if (n != 0) self(s).received(n);  // 0 is not the end of the stream
        };
        const int failed = uv_read_start(stream(), space, done);
        if (failed != 0) received(failed);
    }

    void received(ssize_t n) {
        uv_read_stop(stream());
        if (n > 0)
            rx_.commit(static_cast<size_t>(n));
        else if (n == UV_EOF)
            handshake_.end_of_stream();
        else
            handshake_.stream_failed();
        drive();
    }

    // The tunnel: what came from standard input is sent, what arrives goes to standard output.

    void relay(socks::bytes early) {
        uv_timer_stop(&deadline_);
        print(early);
        const uv_buf_t all = to_uv(to_send_);
        const auto sent = [](uv_write_t* w, int e) { self(w->handle).write_error_ = e; };
        write_error_ = uv_write(&writing_, stream(), &all, 1, sent);
        const auto space = [](uv_handle_t* h, size_t, uv_buf_t* into) {
            *into = uv_buf_init(self(h).arrived_, sizeof self(h).arrived_);
        };
        const auto done = [](uv_stream_t* s, ssize_t n, const uv_buf_t* from) {
            n < 0 ? self(s).ended(static_cast<int>(n)) : self(s).print({from->base, static_cast<size_t>(n)});
        };
        const int failed = uv_read_start(stream(), space, done);
        if (failed != 0) ended(failed);
    }

    // After a failed write, the bytes that arrived before were still read.
    void ended(int why) {
        if (why == UV_EOF) why = write_error_;
        end(why == 0 ? "" : std::string("the tunnel failed: ") + uv_strerror(why));
    }

    void expired() {
        end(connected_ ? std::string("timed out ") + to_string(handshake_.state())
                       : "timed out connecting to the proxy");
    }

    void print(socks::bytes data) {
        if (fwrite(data.data(), 1, data.size(), stdout) != data.size() || fflush(stdout) != 0)
            end("cannot write to standard output");
    }

    // uv_run() returns after both handles are closed. Their operations are cancelled.
    void end(std::string_view why) {
        if (over_) return;
        over_ = true;
        succeeded_ = why.empty();
        if (!succeeded_) fprintf(stderr, "client: %.*s\n", static_cast<int>(why.size()), why.data());
        uv_close(reinterpret_cast<uv_handle_t*>(&tcp_), nullptr);
        uv_close(reinterpret_cast<uv_handle_t*>(&deadline_), nullptr);
    }

    static std::string text(const socks::outcome& o) {
        char room[socks::max_text_outcome];
        return std::string(std::string_view(socks::format(o, room).data()));
    }

    template <class Handle>
    static session& self(const Handle* h) {
        return *static_cast<session*>(h->data);
    }
    uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&tcp_); }

    uv_tcp_t tcp_{};
    uv_timer_t deadline_{};
    uv_connect_t connecting_{};
    uv_write_t writing_{};

    socks::request request_;
    socks::client handshake_;
    socks::inbox<socks::client::max_input> rx_;
    socks::outbox<socks::client::max_output> tx_;
    size_t needed_ = 0;

    std::string to_send_;
    char arrived_[64 * 1024];
    int write_error_ = 0;
    bool connected_ = false;
    bool over_ = false;
    bool succeeded_ = false;
};

int usage() {
    fputs("usage: client PROXY DESTINATION [USER PASSWORD]\n", stderr);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    signal(SIGPIPE, SIG_IGN);
    if (argc != 3 && argc != 5) return usage();
    const auto proxy = socks::parse_endpoint(std::string_view(argv[1]));
    const auto destination = socks::parse_endpoint(std::string_view(argv[2]));
    sockaddr_storage address;
    if (!proxy || !destination || !socks::to_sockaddr(*proxy, address)) return usage();
    socks::request request{.to = *destination};
    if (argc == 5) request.credentials = {std::string_view(argv[3]), std::string_view(argv[4])};

    std::string to_send;
    char part[64 * 1024];
    while (const size_t n = fread(part, 1, sizeof part, stdin)) to_send.append(part, n);
    if (ferror(stdin) != 0) {
        perror("client: cannot read standard input");
        return 1;
    }

    uv_loop_t* const loop = uv_default_loop();
    session s(loop, request, std::move(to_send));
    s.start(reinterpret_cast<const sockaddr*>(&address));
    uv_run(loop, UV_RUN_DEFAULT);
    uv_loop_close(loop);
    return s.succeeded() ? 0 : 1;
}
