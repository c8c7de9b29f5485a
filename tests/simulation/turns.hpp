// What the sides of a connection do when they run. The loops are those that users write, with each demand
// beside its action.

#ifndef SOCKS_TESTS_SIMULATION_TURNS_HPP
#define SOCKS_TESTS_SIMULATION_TURNS_HPP

#include "connection.hpp"

namespace simulation {

// The most that a handshake with one proxy can use: greeting, login and request; choice, status and two
// replies.
inline constexpr uint32_t most_used_by_server = 257 + 513 + 262;
inline constexpr uint32_t most_used_by_client = 2 + 2 + 2 * 262;

// Writes a part of what is to be sent. False when the link is full.
template <size_t M>
bool connection::put(side& s, route& out, socks::outbox<M>& box, bytes data) {
    const size_t most = d_.once_in(2) ? data.size() : 1 + d_.below(static_cast<uint32_t>(data.size()));
    const size_t n = out.bytes.write(data.first(most));
    box.consume(n);
    if (out.bytes.written() >= s.vanishes_at) drop_all();
    out.blocked = n == 0;
    return n != 0;
}

// Answers recv. False when there is nothing to read. Some loops see the end of the stream with its last
// bytes.
template <class Machine, size_t N>
bool connection::get(side& s, route& in, Machine& machine, socks::inbox<N>& box, size_t need) {
    checks_->demand(need >= 1 && need <= Machine::max_input - box.data().size());
    checks_->demand(!s.closed);  // a closed stream is not waited for
    const buffer to = precise_ ? box.prepare(need) : box.prepare();
    const size_t n = in.bytes.read(to);
    if (n != 0) box.commit(n);
    if (in.bytes.at_end() && (n == 0 || d_.once_in(2))) {
        s.closed = true;
        machine.end_of_stream();
    }
    return n != 0 || s.closed;
}

// Work is bounded by what was moved and by how often there was a reason to look.
inline bool connection::count(side& s, const route& out, const route& in) {
    ++s.steps;
    ++checks_->steps;
    checks_->demand(s.steps <= 2 * (in.bytes.read() + out.bytes.written()) + s.idle + 24 * proxies());
    return !checks_->bad;
}

// Payload, byte for byte, as far as an honest side sends it.
inline void connection::hear(side& s, bytes bytes, const side& other) {
    const bool known = has_machine(other.how) || (other.how == manners::pipelines && &other == &client_);
    for (size_t i = 0; known && i < bytes.size(); ++i)
        checks_->demand(s.heard + i < other.says.size() &&
                        bytes.data()[i] == other.says.at(s.heard + static_cast<uint32_t>(i)));
    s.heard += static_cast<uint32_t>(bytes.size());
}

inline void connection::tunnel(side& s, route& out, route& in, const side& other) {
    char room[link::capacity];
    while (s.said < s.says.size()) {
        const char c = s.says.at(s.said);
        if (out.bytes.write({&c, 1}) == 0) break;
        ++s.said;
    }
    if (out.bytes.written() >= s.vanishes_at) drop_all();
    out.blocked = s.said < s.says.size() && !out.bytes.gone();
    if (s.said == s.says.size()) out.bytes.end();
    for (size_t n = in.bytes.read(room); n != 0; n = in.bytes.read(room)) hear(s, {room, n}, other);
    if (other.how == manners::floods && s.heard > 500) drop_all();
    if (in.bytes.at_end() && (out.bytes.ended() || out.bytes.gone())) finish(s, s.came_to, errc::none, out);
}

template <class Machine, class Request>
void connection::client_turn(Machine& near, const Request& request) {
    using next = socks::client::next;
    ++client_.idle;
    while (client_.at == phase::handshake && count(client_, up_, down_)) {
        const auto a = near.step(request, client_in_, client_out_);
        client_.used += static_cast<uint32_t>(a.consumed());
        switch (a.next()) {
            case next::send:
                checks_->say("client", "send", a.data().size());
                if (!put(client_, up_, client_out_, a.data())) return;
                break;
            case next::recv:
                checks_->say("client", "recv", a.needed());
                if (!get(client_, down_, near, client_in_, a.needed())) return;
                break;
            case next::negotiate: near.negotiated(proxy_at(hop_of(near)).app.grants); break;
            case next::wait: checks_->demand(false); return;
            case next::bound:
                if (has_machine(server_.how)) checks_->demand(a.bound() == last_.app.replies[0].bound);
                break;
            case next::done: {
                const auto got = a.result();
                const socks::reply& told =
                    last_.app.replies[last_.request.command == socks::command::bind ? 1 : 0];
                if (has_machine(server_.how))
                    checks_->demand(got.reply.code == told.code && got.reply.bound == told.bound);
                checks_->demand(got.reply.code.succeeded() &&
                                client_.used <= proxies() * most_used_by_client);
                checks_->demand(!precise_ || got.early.empty());
                client_.came_to = result::done;
                client_.at = phase::tunnel;
                hear(client_, got.early, server_);
                break;
            }
            case next::fail: finish(client_, result::failed, a.error(), up_); break;
        }
    }
    if (client_.at == phase::tunnel) tunnel(client_, up_, down_, server_);
}

inline void connection::server_turn() {
    using next = socks::server::next;
    ++server_.idle;
    while (server_.at == phase::handshake && count(server_, down_, up_)) {
        const auto a = far_.step(server_in_, server_out_);
        server_.used += static_cast<uint32_t>(a.consumed());
        checks_->demand(!asked_ || a.next() == next::wait);
        const bool honest = has_machine(client_.how);
        const socks::request& request = proxy_at(reached_).request;
        question asks = question::none;
        switch (a.next()) {
            case next::send:
                checks_->say("server", "send", a.data().size());
                if (!put(server_, down_, server_out_, a.data())) return;
                break;
            case next::recv:
                checks_->say("server", "recv", a.needed());
                if (!get(server_, up_, far_, server_in_, a.needed())) return;
                break;
            case next::authenticate:
                if (honest)
                    checks_->demand(a.user() == request.credentials.user &&
                                    a.password() == request.credentials.password);
                asks = question::login;
                break;
            case next::negotiate: asks = question::negotiate; break;
            case next::serve:
                checks_->demand(let_in_ || far_.method() == socks::method::none);
                if (honest) {
                    checks_->demand(a.command() == request.command && a.to() == request.to);
                    checks_->demand((a.version() == socks::version::v5) ==
                                    (request.version == socks::version::v5));
                    if (request.version != socks::version::v5)
                        checks_->demand(a.user() == request.credentials.user);
                }
                asks = question::serve;
                break;
            case next::wait:
                // Open since an earlier turn, or the second of BIND's, which nothing but the wait announces.
                if (asked_) return;
                checks_->demand(answered_ == 1);
                asks = question::serve;
                break;
            case next::done:
                checks_->demand(answered_ >= 1 && server_.used <= (reached_ + 1) * most_used_by_server);
                if (reached_ < fronts_.size()) {
                    next_proxy(a.result().early);
                    break;
                }
                server_.came_to = result::done;
                server_.at = phase::tunnel;
                hear(server_, a.result().early, client_);
                break;
            case next::fail: finish(server_, result::failed, a.error(), down_); break;
        }
        if (asks != question::none) {
            question_ = asks;
            asked_ = true;
            wake(happening::answer_due, delay());
        }
    }
    if (server_.at == phase::tunnel) tunnel(server_, down_, up_, client_);
}

// The tunnel stands, and at its other end is the next proxy, to which all that comes from now on goes.
inline void connection::next_proxy(bytes early) {
    ++reached_;
    far_ = socks::server(proxy_at(reached_).server_options);
    if (server_.closed) far_.end_of_stream();
    let_in_ = false;
    answered_ = 0;
    const std::string bytes(early.data(), early.size());
    server_in_.clear();
    if (bytes.empty()) return;
    const buffer room = server_in_.prepare();
    std::memcpy(room.data(), bytes.data(), bytes.size());
    server_in_.commit(bytes.size());
}

// The application has made up its mind.
inline void connection::answer() {
    if (server_.at != phase::handshake) return;
    asked_ = false;
    const application& app = proxy_at(reached_).app;
    switch (question_) {
        case question::none: checks_->demand(false); break;
        case question::login:
            let_in_ = app.grants;
            far_.authenticated(app.grants, server_out_);
            break;
        case question::negotiate:
            let_in_ = app.grants;
            far_.negotiated(app.grants);
            break;
        case question::serve:
            checks_->demand(answered_ < 2);
            far_.answer(app.replies[answered_++ == 0 ? 0 : 1], server_out_);
            break;
    }
}

inline void connection::adversary_turn(side& s, route& out, route& in, const side& other, happening wakes) {
    const happening own = &s == &client_ ? happening::client_wakes : happening::server_wakes;
    char room[link::capacity];
    while (in.bytes.read(room) != 0) continue;
    if (s.at == phase::over) return;
    const bool patient = s.how == manners::drips;
    if (!patient || wakes == own) {
        const bytes left = bytes(s.script).subspan(s.scripted);
        s.scripted += out.bytes.write(left.first(patient && !left.empty() ? 1 : left.size()));
    }
    const bool said_all = s.scripted == s.script.size();
    out.blocked = !patient && !said_all && !out.bytes.gone();
    if (patient && wakes == own && !said_all) wake(own, 20 + d_.below(60));
    if (s.how == manners::floods && said_all && wakes == own && other.at != phase::over) {
        checks_->demand(++s.said < 4000);  // somebody takes all this
        for (size_t n = out.bytes.room(); n != 0; --n) {
            const char c = static_cast<char>(d_.draw());
            static_cast<void>(out.bytes.write({&c, 1}));
        }
        wake(own, 1 + d_.below(8));
    }
    if (said_all && s.ends && s.how != manners::floods) out.bytes.end();
    if (other.at == phase::over || out.bytes.ended()) s.at = phase::over;
}

}  // namespace simulation

#endif
