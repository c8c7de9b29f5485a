// The relay of a session after its handshake, until both peers have ended or one is lost.

#ifndef EXAMPLES_PROXY_SESSION_RELAY_HPP
#define EXAMPLES_PROXY_SESSION_RELAY_HPP

#include "session.hpp"

namespace example {

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
    used_ = address_used();
    handshake_.reset();
    at_ = at::relaying;
    deadline_ = common_.loop.now() + std::min(seconds(60), common_.options.idle_limit / 2);
    relay();
}

inline void proxy_session::relay() {
    const bool more_up = carry(client_, target_, common_.scratch, common_.through);
    const bool more_down = carry(target_, client_, common_.scratch, common_.through);
    const bool lost = client_.deaf || target_.deaf;
    if (over(client_, target_) && over(target_, client_)) return lost ? reset_when_delivered() : end({});
    if (more_up || more_down) go_on_later();
    moved_ = common_.loop.now();
    if (lost) deadline_ = moved_ + seconds(30);
}

// Called once a minute. The system watches a client from the beginning. It watches a destination only after
// the first minute, because that takes four system calls.
inline void proxy_session::check_peers() {
    const seconds limit = common_.options.idle_limit;
    if (common_.loop.now() >= moved_ + limit) return end("idle for too long");
    if (client_.vanished()) return end("lost the client: it acknowledges nothing");
    if (target_.vanished()) return end("lost the destination: it acknowledges nothing");
    if (!std::exchange(kept_alive_, true)) keep_alive(target_.fd.get());
    deadline_ = std::min(common_.loop.now() + seconds(60), moved_ + limit);
}

// One side is lost. What it sent before the reset must arrive at the other side before the reset does.
inline void proxy_session::reset_when_delivered() {
    constexpr auto often = std::chrono::milliseconds(20);
    at_ = at::resetting;
    deadline_ = common_.loop.now() + often;
    common_.next_sweep = std::min(common_.next_sweep, deadline_);
    if ((!client_.delivered() || !target_.delivered()) && looks_ * often < seconds(5)) return;
    end(client_.deaf ? how_lost("client", client_.error) : how_lost("destination", target_.error));
}

// A control connection carries no more data after UDP ASSOCIATE.
inline void proxy_session::attend() {
    if (!client_.readable) return;
    const bool said = !client_.receive(common_.scratch).empty();
    if (said) return end("bytes after the request");
    if (client_.broken) return end(how_lost("client", client_.error));
    if (client_.ended) return end({});
}

}  // namespace example

#endif
