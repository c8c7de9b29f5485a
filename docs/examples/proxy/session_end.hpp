// How a session ends: the reply to a client whose handshake failed, the deadlines, and the line in the log.

#ifndef EXAMPLES_PROXY_SESSION_END_HPP
#define EXAMPLES_PROXY_SESSION_END_HPP

#include "session.hpp"

namespace example {

// A browser shows this text if its user configured this port as an HTTP proxy.
constexpr std::string_view to_http_client =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nConnection: close\r\n\r\n"
    "This is a SOCKS proxy, not an HTTP proxy.\n";

inline void proxy_session::part(const socks::server::action& s) {
    const std::string cause = std::exchange(outcome_, explain(s, handshake_->rx.data()));
    if (!cause.empty() && s.error() == socks::errc::refused && cause != outcome_)
        outcome_ += " (" + cause + ')';
    used_ = address_used();
    const bool browser =
        s.error() == socks::errc::peer_is_http && !is_proxy_header(std::string_view(handshake_->rx.data()));
    handshake_.reset();  // it may contain a password
    target_.fd.reset();
    if (browser) client_.transmit(to_http_client);
    if (client_.ended) return end({});
    // close() with unread bytes of the client sends a reset, which could arrive before the reply.
    client_.end_output();
    at_ = at::parting;
    deadline_ = common_.loop.now() + seconds(5);
    finish_parting();
}

// The address of the destination that the session used last.
inline socks::endpoint proxy_session::address_used() const noexcept {
    const handshake& h = *handshake_;
    if (h.command == socks::command::connect) return h.target;
    return at_ == at::listening || !target_.fd ? socks::endpoint{} : remote_endpoint(target_.fd.get());
}

inline void proxy_session::finish_parting() {
    constexpr int rounds = 16;
    for (int i = 0; i < rounds && client_.readable; ++i) {
        const std::string_view rest = client_.receive(common_.scratch);
        socks::wipe({common_.scratch.data(), rest.size()});  // it may contain a password
    }
    if (client_.ended || client_.broken) return end({});
    if (client_.readable) go_on_later();
}

inline void proxy_session::expire() {
    switch (at_) {
        case at::talking:
            return end(std::string("handshake too slow, timed out ") +
                       to_string(handshake_->machine.state()));
        case at::resolving:
        case at::dialing:
        case at::listening: refuse(socks::dial_error::timed_out); return talk();
        case at::relaying:
            if (client_.deaf || target_.deaf) return end("the other side does not accept the rest");
            return check_peers();
        case at::associated:
            deadline_ = association_->moved() + common_.options.idle_limit;
            return common_.loop.now() < deadline_ ? void() : end("idle for too long");
        case at::resetting: ++looks_; return reset_when_delivered();
        case at::parting: return end({});
        case at::over: return;
    }
}

inline void proxy_session::end(std::string_view why) {
    if (at_ == at::over) return;
    common_.ended.push_back(shared_from_this());
    if (!why.empty()) reset();
    at_ = at::over;
    client_.fd.reset();
    target_.fd.reset();
    if (association_) {
        client_.carried = association_->up();
        target_.carried = association_->down();
    }
    if (!why.empty()) outcome_ += (outcome_.empty() ? "" : ", then ") + std::string(why);
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(common_.loop.now() - began_).count();
    const bool known = used_.host.kind() != socks::host_kind::none;
    common_.log(text(peer_) + ' ' + user_ + ' ' + request_ + ": " + outcome_ + ", " +
                std::to_string(client_.carried) + " bytes up, " + std::to_string(target_.carried) +
                " down, " + std::to_string(ms) + " ms" + (known ? ", address " + text(used_) : ""));
}

}  // namespace example

#endif
