// A SOCKS4, SOCKS4a and SOCKS5 server over libuv, whose callbacks report what has completed.
// session::drive() is the handshake: it starts one operation after the other. Each callback tells the machine
// the result of its operation.

#include <signal.h>
#include <uv.h>

#include <cstdio>
#include <socks/socks.hpp>
#include <socks/system/sockaddr.hpp>
#include <string_view>

#include "dial.hpp"
#include "relay.hpp"
#include "to_uv.hpp"

namespace {

constexpr uint64_t handshake_limit = 10'000;  // milliseconds
constexpr uint64_t dial_limit = 10'000;
constexpr uint64_t linger_limit = 2'000;

// What a client must present. Without it, clients need not authenticate.
socks::credentials known;

bool is_known(socks::bytes user, socks::bytes password) {
    const bool same_user = socks::constant_time_equal(user, known.user);
    const bool same_password = socks::constant_time_equal(password, known.password);
    return same_user && same_password;
}

// One client. The session deletes itself after the timer and both connections are closed.
class session {
  public:
    static void start(uv_stream_t* listener) {
        auto* const s = new session(listener->loop);
        if (uv_accept(listener, s->stream()) != 0) return s->end();
        s->limit(handshake_limit);
        s->drive();
    }

    void end() { close_all(false); }

  private:
    explicit session(uv_loop_t* loop)
        : target_(loop, {.connected = [this] { answer(socks::code5::succeeded, local_address()); },
                         .failed = [this](socks::dial_error why) { answer(socks::code_for(why)); },
                         .closed = [this] { released(); }}) {
        uv_timer_init(loop, &timer_);
        uv_tcp_init(loop, &client_);
        timer_.data = client_.data = this;
    }
    ~session() { rx_.clear(); }  // the inbox held the password

    // The handshake. Each operation that drive() starts calls drive() again when it has completed.

    void drive() {
        using next = socks::server::next;
        for (;;) {
            const auto s = handshake_.step(rx_, tx_);
            switch (s.next()) {
                case next::send: return transmit(tx_.submit());
                case next::recv: return receive();
                case next::authenticate:
                    handshake_.authenticated(is_known(s.user(), s.password()), tx_);
                    break;
                case next::negotiate: handshake_.negotiated(false); break;  // no such method is offered
                case next::serve: return serve(s.command(), s.to());
                case next::wait: return;  // bytes are in flight, or the dial is not complete
                case next::done: return relay(s.result().early);
                case next::fail: return part(socks::outcome_of(s));
            }
        }
    }

    // The bytes in tx_ do not move before the write has completed.
    void transmit(socks::bytes data) {
        in_flight_ = data.size();
        const uv_buf_t all = to_uv(data);
        const auto done = [](uv_write_t* w, int e) { self(w->handle).transmitted(e); };
        const int failed = uv_write(&writing_, stream(), &all, 1, done);
        if (failed != 0) transmitted(failed);
    }

    void transmitted(int failed) {
        if (over_) return;
        tx_.consume(failed == 0 ? in_flight_ : 0);
        if (failed != 0) {
            tx_.clear();
            handshake_.stream_failed();
        }
        drive();
    }

    void receive() {
        const auto space = [](uv_handle_t* h, size_t, uv_buf_t* into) {
            const socks::buffer room = self(h).rx_.prepare();
            *into = uv_buf_init(room.data(), static_cast<unsigned>(room.capacity()));
        };
        const auto done = [](uv_stream_t* s, ssize_t n, const uv_buf_t*) {
            if (n != 0) self(s).received(n);  // 0 is not the end of the stream
        };
        const int failed = uv_read_start(stream(), space, done);
        if (failed != 0) received(failed);
    }

    void received(ssize_t n) {
        if (parting_) return n < 0 ? end() : void();
        uv_read_stop(stream());
        heard_ = heard_ || n > 0;
        if (n > 0)
            rx_.commit(static_cast<size_t>(n));
        else if (n == UV_EOF)
            handshake_.end_of_stream();
        else
            handshake_.stream_failed();
        drive();
    }

    void serve(socks::command command, const socks::endpoint& to) {
        if (command != socks::command::connect) return answer(socks::code5::command_not_supported);
        limit(dial_limit);
        target_.start(to);
    }

    void answer(socks::code5 code, const socks::endpoint& bound = {}) {
        handshake_.answer({code, bound}, tx_);
        drive();
    }

    void relay(socks::bytes early) {
        uv_timer_stop(&timer_);
        up_.start(client_, target_.tcp(), early);
        if (!over_) down_.start(target_.tcp(), client_, {});
    }

    void way_ended(int failed) {
        if (failed != 0) return close_all(true);
        if (++ended_ways_ == 2) end();
    }

    // The lingering close. A close with unread bytes sends a reset, and the reset could destroy the reply.
    void part(const socks::outcome& why) {
        const bool cut = blame(why.error()) == socks::party::stream;
        char room[socks::max_text_outcome];
        if (!cut || heard_) report("", socks::format(why, room).data());
        if (cut) return end();
        parting_ = true;
        limit(linger_limit);
        uv_shutdown(&ending_, stream(), [](uv_shutdown_t*, int) {});
        rx_.clear();
        receive();
    }

    void limit(uint64_t milliseconds) {
        const auto expired = [](uv_timer_t* t) { self(t).expired(); };
        uv_timer_start(&timer_, expired, milliseconds, 0);
    }

    void expired() {
        if (!parting_) report("timed out ", to_string(handshake_.state()));
        end();
    }

    // A reset tells both peers that the stream is not complete.
    void close_all(bool with_reset) {
        if (over_) return;
        over_ = true;
        const auto closed = [](uv_handle_t* h) { self(h).released(); };
        uv_close(reinterpret_cast<uv_handle_t*>(&timer_), closed);
        client_.data = this;  // the relay has used it
        if (!with_reset || uv_tcp_close_reset(&client_, closed) != 0)
            uv_close(reinterpret_cast<uv_handle_t*>(&client_), closed);
        target_.finish(with_reset);
    }

    void released() {
        if (--unreleased_ == 0) delete this;
    }

    [[nodiscard]] socks::endpoint local_address() {
        sockaddr_storage here;
        int size = sizeof here;
        uv_tcp_getsockname(&target_.tcp(), reinterpret_cast<sockaddr*>(&here), &size);
        return socks::from_sockaddr(here, static_cast<socklen_t>(size));
    }

    static void report(const char* what, std::string_view text) {
        fprintf(stderr, "server: %s%.*s\n", what, static_cast<int>(text.size()), text.data());
    }

    template <class Handle>
    static session& self(const Handle* h) {
        return *static_cast<session*>(h->data);
    }
    uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&client_); }

    uv_timer_t timer_{};
    uv_tcp_t client_{};
    uv_write_t writing_{};
    uv_shutdown_t ending_{};
    dialler target_;
    int unreleased_ = 3;  // timer, client and target

    socks::server handshake_{
        {.methods = known.given ? socks::method::username_password : socks::method::none}};
    socks::inbox<socks::server::max_input> rx_;
    socks::outbox<socks::server::max_pending> tx_;
    size_t in_flight_ = 0;

    one_way up_{[this](int failed) { way_ended(failed); }};
    one_way down_{[this](int failed) { way_ended(failed); }};
    int ended_ways_ = 0;

    bool heard_ = false;  // whether the client has sent a byte
    bool parting_ = false;
    bool over_ = false;
};

int usage() {
    fputs("usage: server ADDRESS [USER PASSWORD]\n", stderr);
    return 2;
}

}  // namespace

int main(int argc, char** argv) {
    signal(SIGPIPE, SIG_IGN);
    if (argc != 2 && argc != 4) return usage();
    const auto address = socks::parse_endpoint(std::string_view(argv[1]));
    sockaddr_storage here;
    if (!address || !socks::to_sockaddr(*address, here)) return usage();
    if (argc == 4) known = {std::string_view(argv[2]), std::string_view(argv[3])};

    uv_loop_t* const loop = uv_default_loop();
    uv_tcp_t listener{};
    uv_tcp_init(loop, &listener);
    int failed = uv_tcp_bind(&listener, reinterpret_cast<const sockaddr*>(&here), 0);
    if (failed == 0)
        failed = uv_listen(reinterpret_cast<uv_stream_t*>(&listener), 128, [](uv_stream_t* l, int e) {
            if (e == 0) session::start(l);
        });
    int size = sizeof here;
    if (failed == 0) failed = uv_tcp_getsockname(&listener, reinterpret_cast<sockaddr*>(&here), &size);
    if (failed != 0) {
        fprintf(stderr, "server: cannot listen on %s: %s\n", argv[1], uv_strerror(failed));
        return 1;
    }
    char room[socks::max_text_endpoint];
    const std::string_view text =
        socks::format(socks::from_sockaddr(here, static_cast<socklen_t>(size)), room).data();
    printf("listening on %.*s\n", static_cast<int>(text.size()), text.data());
    fflush(stdout);

    uv_signal_t stop{};
    uv_signal_init(loop, &stop);
    const auto stopped = [](uv_signal_t* s, int) {
        const auto close_one = [](uv_handle_t* h, void*) {
            if (h->type == UV_TIMER)
                static_cast<session*>(h->data)->end();
            else if (h->data == nullptr)
                uv_close(h, nullptr);
        };
        uv_walk(s->loop, close_one, nullptr);
    };
    uv_signal_start(&stop, stopped, SIGTERM);
    uv_run(loop, UV_RUN_DEFAULT);
    return uv_loop_close(loop) == 0 ? 0 : 1;
}
