// One connection of the proxy, from its first byte to its line in the log: the handshake, the connection to
// the destination, then the relay. The library returns the next action, and this file performs it.
//
//     talking ──> resolving ──> dialing or listening ──> talking ──> relaying or associated ──> over
//        └── any failure: the error reply to the client, then parting ────────────────────────────┘

#ifndef EXAMPLES_PROXY_SESSION_HPP
#define EXAMPLES_PROXY_SESSION_HPP

#include <cstring>

#include "association.hpp"
#include "attempts.hpp"

namespace example {

class proxy_session final : public std::enable_shared_from_this<proxy_session> {
  public:
    proxy_session(proxy_common& common, unique_fd client, const socks::endpoint& peer);

    /// Starts to watch the client.
    void start();
    /// Does all work that the state of both sockets permits.
    void advance();
    /// Continues the work of an earlier turn.
    void go_on() {
        queued_ = false;
        advance();
    }
    /// Handles a deadline that has passed.
    void expire();
    /// Begins to connect to the next address, if `tried` are tried and none has connected.
    void dial_next(size_t tried);
    /// Ends the session. `why` goes into the log.
    void end(std::string_view why);

    [[nodiscard]] event_loop::clock::time_point deadline() const noexcept { return deadline_; }

  private:
    using next = socks::server::next;
    enum class at : uint8_t { talking, resolving, dialing, listening, relaying, associated, parting, over };

    // The state that only the handshake needs. It is freed when the relay begins.
    struct handshake {
        explicit handshake(const proxy_options& options);
        ~handshake() { rx.clear(); }  // the inbox held the password

        socks::server machine;
        socks::inbox<socks::server::max_input> rx;
        socks::outbox<socks::server::max_pending> tx;
        socks::version via{};
        socks::command command{};
        resolver::interest asked;                // reset after the reply to the client
        std::vector<socks::endpoint> addresses;  // of the destination
        socks::endpoint target;                  // the address of the last attempt, or of the connection
        size_t tried = 0;
        int error = EHOSTUNREACH;  // of the last address; this value if there is none
        event_loop::clock::time_point deadline;
    };

    struct side final : watcher, stream {
        explicit side(proxy_session& s) noexcept : session(s) {}
        void ready(uint32_t events) override {
            note(events);
            if (!session.queued_) session.advance();  // a queued session has its turn later
        }
        proxy_session& session;
    };

    // A session is in the queue at most once, although several events may call this in one turn.
    void go_on_later() {
        if (!std::exchange(queued_, true)) common_.busy.push_back(shared_from_this());
    }

    void talk();
    bool receive();
    bool transmit(socks::bytes bytes);
    void serve(const socks::server::action& s);
    void reach(const socks::endpoint& to);
    void limit_look_up();
    void reached(looked_up found);
    [[nodiscard]] socket_address remote_address(const socks::endpoint& e) const noexcept;
    void dial();
    [[nodiscard]] bool is_dialing() const noexcept;
    void set_aside();
    [[nodiscard]] bool has_connected_earlier();
    void dialed();
    [[nodiscard]] socket_address address_for(const socks::host& caller) const noexcept;
    void listen();
    void accept_caller();
    void associate(const socks::endpoint& declared);
    void answer(const socks::reply& outcome);
    void refuse(socks::dial_error why) {
        reason_ = to_string(why);
        answer({code_for(why), {}});
    }
    void begin_relay(socks::bytes early);
    void relay();
    void attend();
    void part(const socks::server::action& s);
    void finish_parting();

    proxy_common& common_;
    side client_{*this};
    side target_{*this};
    std::unique_ptr<earlier_attempts> earlier_;  // created when there is one
    std::unique_ptr<handshake> handshake_;
    std::shared_ptr<association> association_;
    at at_ = at::talking;
    bool queued_ = false;  // in common_.busy
    event_loop::clock::time_point began_;
    event_loop::clock::time_point deadline_;
    socks::endpoint peer_;
    std::string request_ = "no request";
    const char* reason_ = nullptr;  // of a refusal
    std::string outcome_;
};

inline proxy_session::handshake::handshake(const proxy_options& options)
    : machine({.v5 = !options.socks4_only,
               .v4_after_greeting = options.socks4_only,
               .methods = options.users.empty() ? socks::method::none : socks::method::username_password}) {}

inline proxy_session::proxy_session(proxy_common& common, unique_fd client, const socks::endpoint& peer)
    : common_(common),
      handshake_(std::make_unique<handshake>(common.options)),
      began_(common.loop.now()),
      deadline_(common.loop.now() + common.options.handshake_limit),
      peer_(peer) {
    client_.adopt(std::move(client));
    client_.writable = true;
    handshake_->deadline = deadline_;
}

inline void proxy_session::start() {
    if (!common_.loop.watch(client_.fd.get(), event_loop::stream_events, client_)) end(std::strerror(errno));
}

inline void proxy_session::advance() {
    switch (at_) {
        case at::talking: return talk();
        case at::resolving:
            if (client_.failed) return end("client disconnected");
            limit_look_up();
            return;
        case at::dialing: return client_.failed ? end("client disconnected") : dialed();
        case at::listening: return client_.failed ? end("client disconnected") : accept_caller();
        case at::relaying: return relay();
        case at::associated: return attend();
        case at::parting: return finish_parting();
        case at::over: return;
    }
}

// The drive loop: performs one action for each step until it must wait for the client or the destination.
inline void proxy_session::talk() {
    for (;;) {
        handshake& h = *handshake_;
        const auto s = h.machine.step(h.rx, h.tx);
        switch (s.next()) {
            case next::send:
                if (!transmit(s.data())) return;
                break;
            case next::recv:
                if (!receive()) return;
                break;
            case next::authenticate:
                h.machine.authenticated(known(common_.options.users, s.user(), s.password()), h.tx);
                break;
            case next::negotiate: h.machine.negotiated(false); break;  // this proxy accepts no such method
            case next::serve: serve(s); break;
            case next::wait:
                // If the client closes before the caller of BIND connects, close the listener now, not at the
                // deadline.
                return at_ == at::listening && client_.hung_up ? end("client disconnected") : void();
            case next::done: return begin_relay(s.result().early);
            case next::fail: return part(s);
        }
    }
}

inline bool proxy_session::receive() {
    if (!client_.readable) return false;
    const socks::buffer room = handshake_->rx.prepare();
    const std::string_view bytes = client_.receive({room.data(), room.capacity()});
    if (!bytes.empty()) handshake_->rx.commit(bytes.size());
    if (client_.ended) handshake_->machine.end_of_stream();
    if (client_.broken) end("client disconnected");
    return !bytes.empty() || client_.ended;
}

inline bool proxy_session::transmit(socks::bytes bytes) {
    if (!client_.writable) return false;
    handshake_->tx.consume(client_.transmit(bytes));
    if (client_.broken) end("client disconnected");
    return client_.writable;
}

// A browser shows this text if its user configured this port as an HTTP proxy.
constexpr std::string_view to_http_client =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    "This is a SOCKS proxy, not an HTTP proxy.\n";

inline void proxy_session::part(const socks::server::action& s) {
    outcome_ = s.error() == socks::errc::refused ? text(s.code()) : to_string(s.error());
    if (reason_ != nullptr && outcome_ != reason_) outcome_ += std::string(" (") + reason_ + ')';
    target_.fd.reset();
    if (s.error() == socks::errc::peer_is_http) client_.transmit(to_http_client);
    if (client_.ended) return end({});
    // close() with unread bytes of the client sends a reset, which could arrive before the reply.
    client_.end_output();
    at_ = at::parting;
    deadline_ = common_.loop.now() + seconds(5);
    finish_parting();
}

inline void proxy_session::finish_parting() {
    constexpr int rounds = 16;
    for (int i = 0; i < rounds && client_.readable; ++i) client_.receive(common_.scratch);
    if (client_.ended || client_.broken) return end({});
    if (client_.readable) go_on_later();
}

inline void proxy_session::begin_relay(socks::bytes early) {
    if (association_) {
        handshake_.reset();
        at_ = at::associated;
        deadline_ = common_.loop.now() + common_.options.idle_limit;
        return early.empty() ? attend() : end("bytes after the request");
    }
    // The next line is the policy on early data. To refuse early data, write:
    //     if (!early.empty()) return end("early data");
    target_.unsent.assign(std::string_view(early));
    client_.carried = early.size();
    handshake_.reset();
    at_ = at::relaying;
    relay();
}

inline void proxy_session::relay() {
    const bool more_up = carry(client_, target_, common_.scratch, common_.through);
    const bool more_down = carry(target_, client_, common_.scratch, common_.through);
    if (client_.broken || target_.broken) {
        client_.abort();
        target_.abort();
        return end(client_.broken ? "reset by the client" : "reset by the destination");
    }
    if (over(client_, target_)) return end({});
    if (more_up || more_down) go_on_later();
    deadline_ = common_.loop.now() + common_.options.idle_limit;
}

// A control connection carries no more data after UDP ASSOCIATE.
inline void proxy_session::attend() {
    if (!client_.readable) return;
    const bool said = !client_.receive(common_.scratch).empty();
    if (said) return end("bytes after the request");
    if (client_.broken) return end("client disconnected");
    if (client_.ended) return end({});
}

inline void proxy_session::expire() {
    switch (at_) {
        case at::talking: return end("handshake too slow");
        case at::resolving:
        case at::dialing:
        case at::listening: refuse(socks::dial_error::timed_out); return talk();
        case at::relaying: return end("idle for too long");
        case at::associated:
            deadline_ = association_->moved() + common_.options.idle_limit;
            return common_.loop.now() < deadline_ ? void() : end("idle for too long");
        case at::parting: return end({});
        case at::over: return;
    }
}

inline void proxy_session::end(std::string_view why) {
    if (at_ == at::over) return;
    at_ = at::over;
    client_.fd.reset();
    target_.fd.reset();
    if (association_) {
        client_.carried = association_->up();
        target_.carried = association_->down();
    }
    common_.ended.push_back(shared_from_this());
    if (!why.empty()) outcome_ += (outcome_.empty() ? "" : ", then ") + std::string(why);
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(common_.loop.now() - began_).count();
    common_.lines += text(peer_) + ' ' + request_ + ": " + outcome_ + ", " + std::to_string(client_.carried) +
                     " bytes up, " + std::to_string(target_.carried) + " down, " + std::to_string(ms) +
                     " ms\n";
}

}  // namespace example

#include "destination.hpp"

#endif
