// One connection of the proxy, from its first byte to its line in the log: the handshake, the connection to
// the destination, then the relay. The library returns the next action, and this file performs it.
//
//     talking ──> resolving ──> dialing or listening ──> talking ──> relaying or associated ──> over
//        └── any failure: the error reply to the client, then parting ────────────────────────────┤
//                                                   a relay lost one side: resetting ─────────────┘
//
// A session that ends before its two peers have ended resets both connections.

#ifndef EXAMPLES_PROXY_SESSION_HPP
#define EXAMPLES_PROXY_SESSION_HPP

#include <cstring>

#include "association.hpp"
#include "attempts.hpp"
#include "report.hpp"

namespace example {

class proxy_session final : public std::enable_shared_from_this<proxy_session> {
  public:
    /// `peer` is counted in `counts` of the options. The destructor takes it back.
    proxy_session(proxy_common& common, unique_fd client, const socks::endpoint& peer);
    proxy_session(const proxy_session&) = delete;
    proxy_session& operator=(const proxy_session&) = delete;
    ~proxy_session() {
        if (at_ != at::over) reset();
        common_.options.counts->leave(peer_.host);
    }

    /// Starts to watch the client.
    void start();
    /// Does all work that the state of both sockets permits.
    void go_on() {
        queued_ = false;
        guarded([this] { advance(); });
    }
    /// Begins to connect to the next address, if `tried` are tried and none has connected.
    void dial_next(size_t tried) {
        guarded([this, tried] { dial_again(tried); });
    }
    /// Ends or continues the session if its deadline has passed.
    void check_deadline() {
        if (common_.loop.now() >= deadline_) guarded([this] { expire(); });
    }
    /// Ends the session. `why` goes into the log. If it is empty, the streams of both peers are complete.
    void end(std::string_view why);

    [[nodiscard]] event_loop::clock::time_point began() const noexcept { return began_; }
    /// Whether it waits for a message of the client.
    [[nodiscard]] bool waits_for_client() const noexcept { return at_ == at::talking; }

  private:
    using next = socks::server::next;
    enum class at : uint8_t {
        talking,
        resolving,
        dialing,
        listening,
        relaying,
        associated,
        resetting,
        parting,
        over,
    };

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
            if (!session.queued_) session.go_on();  // a queued session has its turn later
        }
        proxy_session& session;
    };

    // A session is in the queue at most once, although several events may call this in one turn.
    void go_on_later() {
        if (!std::exchange(queued_, true)) common_.busy.push_back(shared_from_this());
    }

    // A failure of the proxy, for example no memory, ends only this session.
    template <class Work>
    void guarded(Work work) {
        try {
            work();
        } catch (const std::exception& e) {
            end(e.what());
        }
    }

    void advance();
    void expire();
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
    void dial_again(size_t tried);
    void set_aside();
    [[nodiscard]] bool has_connected_earlier();
    void dialed();
    [[nodiscard]] socket_address address_for(const socks::host& caller) const noexcept;
    void listen();
    void accept_caller();
    void associate(const socks::endpoint& declared);
    void answer(const socks::reply& outcome);
    void refuse(socks::dial_error why, const std::string& detail = {}) {
        outcome_ = to_string(why) + (detail.empty() ? "" : ": " + detail);
        answer({code_for(why), {}});
    }
    void forbid(const std::string& rule) { refuse(socks::dial_error::not_allowed, rule); }
    [[nodiscard]] socks::endpoint address_used() const noexcept;
    void begin_relay(socks::bytes early);
    void relay();
    void check_peers();
    void reset_when_delivered();
    void attend();
    void reset() noexcept {
        client_.abort();
        target_.abort();
    }
    void part(const socks::server::action& s);
    void finish_parting();

    proxy_common& common_;
    side client_{*this};
    side target_{*this};
    std::unique_ptr<earlier_attempts> earlier_;  // created when there is one
    std::unique_ptr<handshake> handshake_;
    std::shared_ptr<association> association_;
    at at_ = at::talking;
    bool queued_ = false;      // in common_.busy
    bool kept_alive_ = false;  // the system watches the destination
    uint8_t looks_ = 0;        // at the bytes that the system has not delivered yet
    event_loop::clock::time_point began_;
    event_loop::clock::time_point deadline_;
    event_loop::clock::time_point moved_;  // when the relay moved bytes last
    socks::endpoint peer_;
    socks::endpoint used_;    // the address of the destination
    std::string user_ = "-";  // the user name or the SOCKS4 user ID
    std::string request_ = "no request";
    std::string outcome_;
};

inline socks::methods accepted_methods(const proxy_options& options) noexcept {
    if (!options.users.empty()) return socks::method::username_password;
    if (options.any_password) return {socks::method::none, socks::method::username_password};
    return socks::method::none;
}

inline proxy_session::handshake::handshake(const proxy_options& options)
    : machine({.v5 = !options.socks4_only,
               .v4_after_greeting = options.socks4_only,
               .methods = accepted_methods(options)}) {}

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
        case at::resetting: return reset_when_delivered();
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
                user_ = escaped(std::string_view(s.user()));
                h.machine.authenticated(
                    common_.options.any_password || known(common_.options.users, s.user(), s.password()),
                    h.tx);
                break;
            case next::negotiate: h.machine.negotiated(false); break;  // this proxy accepts no such method
            case next::serve:
                if (!s.user().empty()) user_ = escaped(std::string_view(s.user()));
                serve(s);
                break;
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
    if (client_.deaf) end("client disconnected");
    return client_.writable;
}

}  // namespace example

#include "destination.hpp"
#include "session_end.hpp"
#include "session_relay.hpp"

#endif
