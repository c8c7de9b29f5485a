// A SOCKS4, SOCKS4a and SOCKS5 server over bufferevents of libevent, which keep the received bytes in
// evbuffers. session::drive() is the handshake: it gives the machine a view of the evbuffer, and removes what
// the machine has read. Early data stays in the evbuffer, where the relay finds it.

#include <event2/buffer.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <set>
#include <socks/socks.hpp>
#include <socks/system/sockaddr.hpp>
#include <string_view>

#include "dial.hpp"
#include "handle.hpp"
#include "relay.hpp"

namespace {

constexpr timeval handshake_limit{10, 0};
constexpr timeval dial_limit{10, 0};
constexpr timeval linger_limit{2, 0};

// What a client must present. Without it, clients need not authenticate.
socks::credentials known;

bool is_known(socks::bytes user, socks::bytes password) {
    const bool same_user = socks::constant_time_equal(user, known.user);
    const bool same_password = socks::constant_time_equal(password, known.password);
    return same_user && same_password;
}

// The machine needs a message in one piece. The longest one has max_input bytes.
socks::bytes front_of(evbuffer* input) {
    const size_t n = std::min(evbuffer_get_length(input), socks::server::max_input);
    const unsigned char* const front = evbuffer_pullup(input, static_cast<ev_ssize_t>(n));
    return {front, front == nullptr ? 0 : n};
}

// One client.
class session {
  public:
    static void start(event_base* base, evutil_socket_t fd) {
        auto* const s = new session(base, fd);
        if (s->client_) return s->begin();
        evutil_closesocket(fd);
        s->end();
    }

    static void end_all() {
        while (!all_.empty()) (*all_.begin())->end();
    }

  private:
    session(event_base* base, evutil_socket_t fd)
        : base_(base), client_(bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE)) {
        all_.insert(this);
    }
    ~session() { all_.erase(this); }

    void begin() {
        const auto received = [](bufferevent*, void* s) { self(s).received(); };
        const auto sent = [](bufferevent*, void* s) { self(s).drive(); };
        const auto happened = [](bufferevent*, short what, void* s) { self(s).happened(what); };
        bufferevent_setcb(client_.get(), received, sent, happened, this);
        bufferevent_setwatermark(client_.get(), EV_READ, 0, relay::most_unread);
        bufferevent_enable(client_.get(), EV_READ);
        limit(handshake_limit);
    }

    // The handshake. Every callback calls drive() again.

    void drive() {
        using next = socks::server::next;
        while (!parting_ && (broken_ || evbuffer_get_length(output()) == 0)) {
            auto s = handshake_.step(front_of(input()), out_);
            const auto remove = [&] { evbuffer_drain(input(), s.release()); };  // after the last accessor
            switch (s.next()) {
                case next::send: transmit(s.data()); break;
                case next::recv:
                    if (!ended_) return remove();
                    handshake_.end_of_stream();
                    break;
                case next::authenticate:
                    transmit(handshake_.authenticated(is_known(s.user(), s.password()), out_).data());
                    break;
                case next::negotiate: handshake_.negotiated(false); break;  // no such method is offered
                case next::serve: serve(s.command(), s.to()); break;
                case next::wait: return;                          // until answer()
                case next::done: remove(); return begin_relay();  // the rest of the input is early data
                case next::fail: return part(socks::outcome_of(s));
            }
            remove();
        }
    }

    void transmit(socks::bytes data) {
        if (evbuffer_add(output(), data.data(), data.size()) != 0) fail();
    }

    // The bytes that are not sent yet are never sent, so drive() does not wait for them.
    void fail() {
        broken_ = true;
        handshake_.stream_failed();
    }

    void received() {
        heard_ = true;
        parting_ ? discard() : drive();
    }

    void happened(short what) {
        if (parting_) return end();
        ended_ = (what & BEV_EVENT_EOF) != 0;
        if (!ended_) fail();
        drive();
    }

    void serve(socks::command command, const socks::endpoint& to) {
        if (command != socks::command::connect)
            return transmit(handshake_.answer({socks::code5::command_not_supported, {}}, out_).data());
        limit(dial_limit);
        const auto connected = [this](handle<bufferevent> target) {
            target_ = std::move(target);
            answer({socks::code5::succeeded, local_address()});
        };
        const auto failed = [this](socks::dial_error why) { answer({socks::code_for(why), {}}); };
        dialler_ = std::make_unique<dialler>(base_, to, dialler::callbacks{connected, failed});
    }

    void answer(const socks::reply& reply) {
        transmit(handshake_.answer(reply, out_).data());
        drive();
    }

    void begin_relay() {
        timer_.reset();
        dialler_.reset();
        relay_ = std::make_unique<relay>(std::move(client_), std::move(target_));
        relay_->start([this] { end(); });
    }

    // The lingering close. A close with unread bytes sends a reset, and the reset could destroy the reply.
    void part(const socks::outcome& why) {
        const bool cut = blame(why.error()) == socks::party::stream;
        char room[socks::max_text_outcome];
        if (!cut || heard_) report("", socks::format(why, room).data());
        if (cut || broken_ || ended_) return end();
        parting_ = true;
        limit(linger_limit);
        shutdown(bufferevent_getfd(client_.get()), SHUT_WR);
        discard();
    }

    void discard() { evbuffer_drain(input(), evbuffer_get_length(input())); }

    void limit(const timeval& time) { evtimer_add(timer_.get(), &time); }

    void expired() {
        if (!parting_) report("timed out ", to_string(handshake_.state()));
        end();
    }

    void end() { delete this; }

    [[nodiscard]] socks::endpoint local_address() const {
        sockaddr_storage here;
        socklen_t size = sizeof here;
        if (getsockname(bufferevent_getfd(target_.get()), reinterpret_cast<sockaddr*>(&here), &size) != 0)
            return {};
        return socks::from_sockaddr(here, size);
    }

    static void report(const char* what, std::string_view text) {
        fprintf(stderr, "server: %s%.*s\n", what, static_cast<int>(text.size()), text.data());
    }

    static session& self(void* s) { return *static_cast<session*>(s); }
    [[nodiscard]] evbuffer* input() const { return bufferevent_get_input(client_.get()); }
    [[nodiscard]] evbuffer* output() const { return bufferevent_get_output(client_.get()); }

    inline static std::set<session*> all_;

    event_base* base_;
    handle<bufferevent> client_;
    handle<bufferevent> target_;
    handle<event> timer_{evtimer_new(
        base_, [](evutil_socket_t, short, void* s) { self(s).expired(); }, this)};
    std::unique_ptr<dialler> dialler_;
    std::unique_ptr<relay> relay_;

    socks::server handshake_{
        {.methods = known.given ? socks::method::username_password : socks::method::none}};
    char out_[socks::server::max_output];

    bool heard_ = false;   // whether the client has sent a byte
    bool ended_ = false;   // whether its stream has ended
    bool broken_ = false;  // whether nothing can be sent to it
    bool parting_ = false;
};

// If no descriptor is left, another attempt at once would fail too.
void pause_accepting(evconnlistener* listener, void* base) {
    const auto go_on = [](evutil_socket_t, short, void* l) {
        evconnlistener_enable(static_cast<evconnlistener*>(l));
    };
    const timeval pause{0, 100'000};
    evconnlistener_disable(listener);
    event_base_once(static_cast<event_base*>(base), -1, EV_TIMEOUT, go_on, listener, &pause);
}

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
    if (!address) return usage();
    const auto size = socks::to_sockaddr(*address, here);
    if (!size) return usage();
    if (argc == 4) known = {std::string_view(argv[2]), std::string_view(argv[3])};

    const handle<event_base> base(event_base_new());
    if (!base) return fputs("server: out of resources\n", stderr), 1;
    const auto accepted = [](evconnlistener*, evutil_socket_t fd, sockaddr*, int, void* b) {
        session::start(static_cast<event_base*>(b), fd);
    };
    const handle<evconnlistener> listener(
        evconnlistener_new_bind(base.get(), accepted, base.get(), LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE,
                                -1, reinterpret_cast<const sockaddr*>(&here), static_cast<int>(*size)));
    socklen_t n = sizeof here;
    if (!listener ||
        getsockname(evconnlistener_get_fd(listener.get()), reinterpret_cast<sockaddr*>(&here), &n) != 0) {
        fprintf(stderr, "server: cannot listen on %s: %s\n", argv[1],
                evutil_socket_error_to_string(EVUTIL_SOCKET_ERROR()));
        return 1;
    }
    evconnlistener_set_error_cb(listener.get(), pause_accepting);
    char room[socks::max_text_endpoint];
    const std::string_view text = socks::format(socks::from_sockaddr(here, n), room).data();
    printf("listening on %.*s\n", static_cast<int>(text.size()), text.data());
    fflush(stdout);

    const auto stopped = [](evutil_socket_t, short, void* b) {
        event_base_loopbreak(static_cast<event_base*>(b));
    };
    const handle<event> stop(evsignal_new(base.get(), SIGTERM, stopped, base.get()));
    evsignal_add(stop.get(), nullptr);
    event_base_dispatch(base.get());
    session::end_all();
    event_base_loop(base.get(), EVLOOP_NONBLOCK);  // bufferevents are freed by the loop
}
