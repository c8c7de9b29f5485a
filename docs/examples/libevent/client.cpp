// A SOCKS5 client over a bufferevent of libevent, which keeps the received bytes in an evbuffer. drive() is
// the handshake: it gives the machine a view of the evbuffer, and removes what the machine has read. Early
// data stays in the evbuffer.

#include <errno.h>
#include <event2/buffer.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <socks/socks.hpp>
#include <socks/system/sockaddr.hpp>
#include <string>
#include <string_view>

#include "handle.hpp"

namespace {

constexpr timeval time_limit{10, 0};       // for connecting and the handshake together
constexpr size_t most_unread = 64 * 1024;  // while the input has more bytes, libevent reads nothing

// The machine needs a message in one piece. The longest one has max_input bytes.
socks::bytes front_of(evbuffer* input) {
    const size_t n = std::min(evbuffer_get_length(input), socks::client::max_input);
    const unsigned char* const front = evbuffer_pullup(input, static_cast<ev_ssize_t>(n));
    return {front, front == nullptr ? 0 : n};
}

class session {
  public:
    session(const socks::request& request, std::string to_send)
        : request_(request), to_send_(std::move(to_send)) {}

    /// @returns whether the tunnel ended with the end of the stream.
    bool run(const sockaddr* proxy, int size) {
        if (!base_ || !stream_ || !deadline_) return fputs("client: out of resources\n", stderr), false;
        const auto received = [](bufferevent*, void* s) { self(s).received(); };
        const auto sent = [](bufferevent*, void* s) { self(s).sent(); };
        const auto event = [](bufferevent*, short what, void* s) { self(s).happened(what); };
        bufferevent_setcb(stream_.get(), received, sent, event, this);
        bufferevent_setwatermark(stream_.get(), EV_READ, 0, most_unread);
        evtimer_add(deadline_.get(), &time_limit);
        if (bufferevent_socket_connect(stream_.get(), proxy, size) != 0)
            end("cannot connect to the proxy: ", EVUTIL_SOCKET_ERROR());
        if (!over_) event_base_dispatch(base_.get());
        return succeeded_;
    }

  private:
    // The handshake. received() and sent() call drive() again.

    void drive() {
        using next = socks::client::next;
        while (!is_sending()) {
            auto s = handshake_.step(request_, front_of(input()), out_);
            const auto remove = [&] { evbuffer_drain(input(), s.release()); };  // after the last accessor
            switch (s.next()) {
                case next::send: transmit(s.data()); break;
                case next::recv:
                    if (!ended_) return remove();
                    handshake_.end_of_stream();
                    break;
                case next::negotiate: handshake_.negotiated(false); break;  // no such method was offered
                case next::bound: break;                                    // only BIND has this action
                case next::wait: return;                                    // only if an answer comes later
                case next::done: remove(); return relay();  // the rest of the input is early data
                case next::fail: return end(text(socks::outcome_of(s)));
            }
            remove();
        }
    }

    // evbuffer_add() would copy the password into memory that nobody wipes. So libevent sends from out_.
    void transmit(socks::bytes data) {
        const auto sent = [](const void*, size_t, void* s) { socks::wipe(self(s).out_); };
        if (evbuffer_add_reference(output(), data.data(), data.size(), sent, this) != 0)
            handshake_.stream_failed();
    }

    // Nothing else is sent, and out_ is not written, before all bytes of a message are sent.
    [[nodiscard]] bool is_sending() const {
        return evbuffer_get_length(output()) != 0 && handshake_.state() != socks::client_state::failed;
    }

    void received() { relaying_ ? print() : drive(); }

    void sent() {
        if (!relaying_) drive();
    }

    void happened(short what) {
        const int error = EVUTIL_SOCKET_ERROR();
        const bool ended = (what & BEV_EVENT_EOF) != 0;
        if ((what & BEV_EVENT_CONNECTED) != 0) {
            connected_ = true;
            bufferevent_enable(stream_.get(), EV_READ);
            return drive();
        }
        if (!connected_) return end("cannot connect to the proxy: ", error);
        if (relaying_) {
            // After a failed write, the bytes that arrived before are still read.
            if ((what & BEV_EVENT_WRITING) != 0)
                write_error_ = error;
            else
                finish(ended ? write_error_ : error);
            return;
        }
        ended_ = ended;
        if (!ended) handshake_.stream_failed();
        drive();
    }

    // The tunnel: what came from standard input is sent, what arrives goes to standard output.

    void relay() {
        relaying_ = true;
        evtimer_del(deadline_.get());
        print();
        if (ended_) return finish(0);
        if (evbuffer_add_reference(output(), to_send_.data(), to_send_.size(), nullptr, nullptr) != 0)
            finish(ENOMEM);
    }

    void print() {
        while (!over_ && evbuffer_get_length(input()) != 0)
            if (evbuffer_write(input(), STDOUT_FILENO) < 0 && errno != EINTR)
                end("cannot write to standard output: ", errno);
    }

    void finish(int error) { error == 0 ? end("") : end("the tunnel failed: ", error); }

    void expired() {
        end(connected_ ? std::string("timed out ") + to_string(handshake_.state())
                       : "timed out connecting to the proxy");
    }

    void end(std::string why, int error = 0) {
        if (over_) return;
        over_ = true;
        succeeded_ = why.empty();
        if (error != 0) why += evutil_socket_error_to_string(error);
        if (!succeeded_) fprintf(stderr, "client: %s\n", why.c_str());
        event_base_loopbreak(base_.get());
    }

    static std::string text(const socks::outcome& o) {
        char room[socks::max_text_outcome];
        return std::string(std::string_view(socks::format(o, room).data()));
    }

    static session& self(void* s) { return *static_cast<session*>(s); }
    [[nodiscard]] evbuffer* input() const { return bufferevent_get_input(stream_.get()); }
    [[nodiscard]] evbuffer* output() const { return bufferevent_get_output(stream_.get()); }

    socks::request request_;
    socks::client handshake_;

    // These two are destroyed after the output, which refers to them.
    char out_[socks::client::max_output];
    std::string to_send_;

    handle<event_base> base_{event_base_new()};
    handle<bufferevent> stream_{bufferevent_socket_new(base_.get(), -1, BEV_OPT_CLOSE_ON_FREE)};
    handle<event> deadline_{evtimer_new(
        base_.get(), [](evutil_socket_t, short, void* s) { self(s).expired(); }, this)};

    int write_error_ = 0;
    bool connected_ = false;
    bool ended_ = false;
    bool relaying_ = false;
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
    if (!proxy || !destination) return usage();
    const auto size = socks::to_sockaddr(*proxy, address);
    if (!size) return usage();
    socks::request request{.to = *destination};
    if (argc == 5) request.credentials = {std::string_view(argv[3]), std::string_view(argv[4])};

    std::string to_send;
    char part[64 * 1024];
    while (const size_t n = fread(part, 1, sizeof part, stdin)) to_send.append(part, n);
    if (ferror(stdin) != 0) {
        perror("client: cannot read standard input");
        return 1;
    }

    session s(request, std::move(to_send));
    return s.run(reinterpret_cast<const sockaddr*>(&address), static_cast<int>(*size)) ? 0 : 1;
}
