// The course of a connection: its begin, the effect of each event, and the expected result.

#ifndef SOCKS_TESTS_SIMULATION_COURSE_HPP
#define SOCKS_TESTS_SIMULATION_COURSE_HPP

#include "connection.hpp"

namespace simulation {

inline void connection::start(uint64_t seed, uint32_t index, calendar& time, invariants& checks) {
    const uint32_t life = life_ + 1;
    std::destroy_at(this);
    std::construct_at(this);
    time_ = &time;
    checks_ = &checks;
    seed_ = seed;
    d_ = dice(seed);
    index_ = index;
    life_ = life;
    fine_ = d_.once_in(3);
    precise_ = d_.once_in(2);
    last_ = any_proxy(d_);
    if (d_.once_in(4)) line_up(1 + d_.below(3));
    good_ = must_succeed(last_);
    for (const proxy& p : fronts_) good_ = good_ && must_succeed(p);
    far_ = socks::server(proxy_at(0).server_options);
    const socks::client_options takes{.wait_for_full_refusal = d_.once_in(4), .pipelined = d_.once_in(4)};
    near_ = socks::client(takes);
    chain_ = socks::chain(takes);
    // At least one of the two is honest.
    const uint32_t who = d_.below(10);
    constexpr manners rude[] = {manners::babbles,  manners::disorders, manners::pipelines,
                                manners::drips,    manners::floods,    manners::mute,
                                manners::vanishes, manners::cuts_short};
    if (who == 0 || who == 1) client_.how = rude[d_.below(8)];
    if (who == 2) server_.how = rude[d_.below(8)];
    client_.says = payload(d_);
    server_.says = payload(d_);
    for (side* s : {&client_, &server_}) {
        s->ends = s->how == manners::cuts_short || s->how == manners::pipelines || d_.once_in(2);
        if (s->how == manners::drips || s->how == manners::mute) s->ends = false;
        if (s->how == manners::vanishes) s->vanishes_at = d_.below(60);
    }
    messages honest;
    if (!has_machine(client_.how)) {
        for (size_t i = 0; i < proxies(); ++i) add_client(proxy_at(i), honest);
        client_.script = script_of(client_.how, d_, honest);
        if (client_.how == manners::pipelines)
            for (uint32_t i = 0; i < client_.says.size(); ++i) client_.script += client_.says.at(i);
    } else if (!has_machine(server_.how)) {
        for (size_t i = 0; i < proxies(); ++i) add_server(proxy_at(i), honest);
        server_.script = script_of(server_.how, d_, honest);
    }
    checks_->say("client", to_string(client_.how));
    checks_->say("server", to_string(server_.how));
    wake(happening::client_wakes, 1 + d_.below(4));
    wake(happening::server_wakes, 1 + d_.below(4));
    deadline_ = time.now() + calendar::horizon - 1;
    if (life_ == 1) time.set(left(time.now()), {index_, 0, happening::deadline});
}

// So many proxies in front of the last; each is asked for the next.
inline void connection::line_up(uint32_t n) {
    for (; n != 0; --n) {
        fronts_.push_back(any_proxy(d_));
        fronts_.back().request.command = socks::command::connect;
    }
    socks::endpoint at{"gate.example.net", 1080};
    for (size_t i = 0; i < proxies(); ++i) {
        const socks::request& request = proxy_at(i).request;
        hops_.push_back({at, request.version, request.credentials, request.methods});
        at = request.to;
    }
}

inline bool connection::handle(happening what, calendar& time, invariants& checks) {
    time_ = &time;
    checks_ = &checks;
    switch (what) {
        case happening::arrival_up:
            arrive(up_);
            turn_of_server(what);
            break;
        case happening::arrival_down:
            arrive(down_);
            turn_of_client(what);
            break;
        case happening::client_wakes: turn_of_client(what); break;
        case happening::server_wakes: turn_of_server(what); break;
        case happening::answer_due:
            answer();
            turn_of_server(what);
            break;
        case happening::deadline:
            // One event per place is enough: it moves on with those who take the place.
            if (left(time.now()) != 0) {
                time.set(left(time.now()), {index_, 0, what});
                return true;
            }
            time.set(calendar::horizon - 1, {index_, 0, what});
            drop_all();
            if (client_.at != phase::over) finish(client_, result::timed_out, errc::timed_out, up_);
            if (server_.at != phase::over) finish(server_, result::timed_out, errc::timed_out, down_);
            break;
    }
    // Who is over takes in nothing any more; what arrives for it is gone.
    char sink[link::capacity];
    if (client_.at == phase::over) static_cast<void>(down_.bytes.read(sink));
    if (server_.at == phase::over) static_cast<void>(up_.bytes.read(sink));
    if (client_.at == phase::over && server_.at == phase::over) {
        verify();
        over_ = true;
        return false;
    }
    set_off(up_, happening::arrival_up);
    set_off(down_, happening::arrival_down);
    if (up_.blocked && up_.bytes.room() != 0) {
        up_.blocked = false;
        wake(happening::client_wakes, delay());
    }
    if (down_.blocked && down_.bytes.room() != 0) {
        down_.blocked = false;
        wake(happening::server_wakes, delay());
    }
    return true;
}

// Some or all of what is on its way.
inline void connection::arrive(route& r) {
    r.flying = false;
    const auto n = static_cast<uint32_t>(r.bytes.on_its_way());
    const uint32_t most = fine_ ? 3 : n;
    if (n != 0) r.bytes.arrive(d_.once_in(2) ? (most < n ? most : n) : 1 + d_.below(most < n ? most : n));
}

inline void connection::set_off(route& r, happening arrival) {
    const bool news = r.bytes.on_its_way() != 0 || (r.bytes.at_end() && !r.end_told);
    if (!news || r.flying) return;
    r.end_told = r.bytes.at_end();
    r.flying = true;
    wake(arrival, delay());
}

inline void connection::drop_all() {
    up_.bytes.reset();
    down_.bytes.reset();
}

inline void connection::finish(side& s, result r, errc why, route& out) {
    s.came_to = s.came_to == result::none ? r : s.came_to;
    s.why = why;
    s.at = phase::over;
    out.bytes.end();
    checks_->say(&s == &client_ ? "client" : "server", socks::to_string(why), static_cast<size_t>(r));
}

inline void connection::verify() {
    const bool client_ours = has_machine(client_.how);
    const bool server_ours = has_machine(server_.how);
    if (client_ours) ++checks_->counts[static_cast<size_t>(client_.came_to)];
    if (server_ours) ++checks_->counts[static_cast<size_t>(server_.came_to)];
    if (fronts_.size() == 3 && server_ours && client_.came_to == result::done) ++checks_->chains;
    checks_->bytes += up_.bytes.read() + down_.bytes.read();
    const auto ended = [&](const side& s, const side& other) {
        checks_->demand(s.came_to != result::none);
        // Only a peer who neither speaks nor ends lets the time run out.
        if (s.came_to == result::timed_out)
            checks_->demand(!has_machine(other.how) && other.how != manners::floods && !other.ends);
    };
    if (client_ours) ended(client_, server_);
    if (server_ours) ended(server_, client_);
    if (client_.how == manners::honest && server_.how == manners::honest) {
        checks_->demand((client_.came_to == result::done) == good_ &&
                        (server_.came_to == result::done) == good_);
        if (!good_)
            return checks_->demand(blame(client_.why) == socks::party::peer &&
                                   blame(server_.why) == socks::party::peer);
        checks_->demand(client_.heard == server_.says.size() && server_.heard == client_.says.size());
    }
    if (client_.how == manners::pipelines && server_.how == manners::honest) {
        checks_->demand((server_.came_to == result::done) == good_);
        if (good_) checks_->demand(server_.heard == client_.says.size());
    }
}

}  // namespace simulation

#endif
