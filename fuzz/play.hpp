// One machine against a peer whose bytes are given, at any pace: what it came to, and the invariants that
// hold meanwhile. Every step is made three times: by a copy without any room, by a copy with just the room
// that this asked for, and by the machine with plenty. Input and room lie in blocks of their own, which are
// gone before the next call. At two paces the end of the stream is known with its last bytes, at the others
// only after them.

#ifndef SOCKS_FUZZ_PLAY_HPP
#define SOCKS_FUZZ_PLAY_HPP

#include "by_hand.hpp"
#include "requests.hpp"

namespace fuzzing {

enum class pace : uint8_t { whole, bytewise, precise, random };
enum class ending : uint8_t { running, starved, done, failed };

// What a handshake came to; the first part is equal at every pace.
struct outcome {
    ending how = ending::running;
    errc why = errc::none;
    size_t used = 0;  // by messages
    std::string sent;
    std::string told;   // to the application, in order
    std::string early;  // handed over by done
    size_t taken = 0;   // by reads
    bool let_in = false;
    std::string login;    // the credentials that a server showed, as they are sent
    std::string request;  // the request that it showed, as it is sent

    [[nodiscard]] bool same(const outcome& o) const {
        return how == o.how && why == o.why && used == o.used && sent == o.sent && told == o.told;
    }
};

inline void write_down(std::string& to, bytes b) {
    to += static_cast<char>(b.size() >> 8);
    to += static_cast<char>(b.size() & 0xff);
    to += text(b);
}
inline void write_down(std::string& to, const socks::endpoint& e) {
    char room[socks::max_text_endpoint];
    to += static_cast<char>(e.host.kind());
    write_down(to, socks::format(e, room).data());
}

// What one action says, as bytes: two actions are the same when these are.
inline std::string said(const socks::client::action& a) {
    using next = socks::client::next;
    std::string s(1, static_cast<char>(a.next()));
    switch (a.next()) {
        case next::send: write_down(s, a.data()); break;
        case next::recv: s += std::to_string(a.needed()); break;
        case next::negotiate: s += static_cast<char>(a.method()); break;
        case next::wait: break;
        case next::bound: write_down(s, a.bound()); break;
        case next::done:
            s += static_cast<char>(a.result().reply.code.value);
            write_down(s, a.result().reply.bound);
            break;
        case next::fail:
            s += static_cast<char>(a.error());
            if (a.error() != errc::no_space) s += static_cast<char>(a.byte());
            if (a.error() == errc::refused) write_down(s, a.bound());
            break;
    }
    return s;
}
inline std::string said(const socks::server::action& a) {
    using next = socks::server::next;
    std::string s(1, static_cast<char>(a.next()));
    switch (a.next()) {
        case next::send: write_down(s, a.data()); break;
        case next::recv: s += std::to_string(a.needed()); break;
        case next::authenticate:
            write_down(s, a.user());
            write_down(s, a.password());
            break;
        case next::negotiate: s += static_cast<char>(a.method()); break;
        case next::serve:
            s += static_cast<char>(a.version());
            s += static_cast<char>(a.command());
            s += static_cast<char>(a.method());
            write_down(s, a.user());
            write_down(s, a.to());
            break;
        case next::wait:
        case next::done: break;
        case next::fail:
            s += static_cast<char>(a.error());
            if (a.error() != errc::no_space) s += static_cast<char>(a.byte());
            break;
    }
    return s;
}

template <class Action>
bool lacks_room(const Action& a) {
    using next = decltype(a.next());
    return a.next() == next::fail && a.error() == errc::no_space;
}

// One step, three times. `act` is told the action while its views live.
template <class Machine, class Act, class... Request>
void step(Machine& m, bytes unread, Act act, const Request&... request) {
    const block in(unread);
    const volatile size_t nothing = 0;  // volatile: g++ 12 warns of writes that the check prevents
    block none(size_t{nothing});
    Machine copy = m;
    auto bare = copy.step(request..., in.view(), none.room());
    const size_t room = lacks_room(bare) ? bare.required() : 0;
    demand(room <= Machine::max_output && (!lacks_room(bare) || (bare.consumed() == 0 && room != 0)));
    block exact(room);
    if (room != 0) bare = copy.step(request..., in.view(), exact.room());
    block plenty(Machine::max_output);
    const block again(unread);
    const auto a = m.step(request..., again.view(), plenty.room());
    demand(!lacks_room(a) && a.consumed() <= unread.size());
    demand(said(a) == said(bare) && a.consumed() == bare.consumed());
    act(a);
}

// The peer.
struct peer {
    bytes says;
    bool closes;
    pace how;
    uint32_t seed;
    size_t at = 0;
    dice chance{seed};

    bytes read(size_t need) {
        size_t n = says.size() - at;
        if (how == pace::bytewise && n > 1) n = 1;
        if (how == pace::precise && n > need) n = need;
        if (how == pace::random && n > 1) n = 1 + chance.below(static_cast<uint32_t>(n < 9 ? n : 9));
        at += n;
        return says.subspan(at - n).first(n);
    }
    [[nodiscard]] bool end_is_known() const {
        return closes && at == says.size() && (how == pace::whole || how == pace::precise);
    }
};

// Whatever follows a failure or the end is the same failure, and uses nothing.
template <class Machine, class... Request>
void stays_ended(Machine m, const outcome& o, const Request&... request) {
    using next = typename Machine::next;
    for (const bytes in : {bytes(), bytes("\5\1\0\5\0"), bytes("\4\1")}) {
        block room(Machine::max_output);
        const auto a = m.step(request..., in, room.room());
        demand(a.next() == next::fail && a.consumed() == 0);
        demand(a.error() == (o.how == ending::done ? errc::finished : o.why));
        m.end_of_stream();
    }
}

// While a question is open nothing is used and nothing is done, whatever has arrived.
template <class Machine, class... Request>
void waits(Machine m, const Request&... request) {
    for (const bytes in : {bytes(), bytes("\5\1\0\1\1\2\3\4\0\x50"), bytes("\1\0\5\0")}) {
        block room(Machine::max_output);
        const auto a = m.step(request..., in, room.room());
        demand(a.next() == Machine::next::wait && a.consumed() == 0);
    }
}

// Answers recv. False when there is nothing left to happen.
template <class Machine>
bool feed(Machine& m, peer& from, size_t need, bool& closed, outcome& o) {
    demand(need >= 1 && need <= Machine::max_input);
    demand(!closed);  // a closed stream is not waited for
    const bool news = !from.read(need).empty();
    if (from.end_is_known() || (from.closes && !news)) {
        m.end_of_stream();
        closed = true;
    }
    if (news || closed) return true;
    o.how = ending::starved;
    return false;
}

inline bool sub_negotiate(peer& from, outcome& o, bool yes) {
    // The toy of a method: one byte.
    if (from.at == o.used) static_cast<void>(from.read(1));
    if (from.at == o.used) return false;
    ++o.used;
    return yes;
}

template <class Machine, class... Request>
void settle(const Machine& m, outcome& o, const peer& from, const Request&... request) {
    o.taken = from.at;
    demand(o.used <= o.taken);
    if (o.how == ending::done) {
        demand(o.early == text(from.says.first(o.taken).subspan(o.used)));
        if (from.how == pace::precise) demand(o.early.empty());
    }
    if (o.how == ending::done || o.how == ending::failed) stays_ended(m, o, request...);
}

inline size_t step_limit(const peer& from) { return 2 * from.says.size() + 64; }

// A client, or a chain of them.
template <class Machine, class Request>
outcome play_client(Machine m, const Request& request, peer from) {
    using next = typename Machine::next;
    outcome o;
    bool closed = false;
    bool negotiated = true;
    for (size_t steps = 0; o.how == ending::running; ++steps) {
        demand(steps < step_limit(from));
        const bytes unread = from.says.first(from.at).subspan(o.used);
        const auto act = [&](const socks::client::action& a) {
            o.used += a.consumed();
            demand(negotiated || a.next() == next::fail);
            if (a.next() != next::recv && a.next() != next::send) o.told += said(a);
            switch (a.next()) {
                case next::send: o.sent += text(a.data()); break;
                case next::recv: static_cast<void>(feed(m, from, a.needed(), closed, o)); break;
                case next::negotiate:
                    waits(m, request);
                    negotiated = sub_negotiate(from, o, true);
                    m.negotiated(negotiated);
                    break;
                case next::wait: demand(false); break;
                case next::bound: break;
                case next::done:
                    o.how = ending::done;
                    o.early = text(a.result().early);
                    demand(a.result().reply.code.succeeded());
                    demand(!m.sent_early().credentials && !m.sent_early().request);
                    break;
                case next::fail:
                    o.how = ending::failed;
                    o.why = a.error();
                    break;
            }
        };
        step(m, unread, act, request);
    }
    settle(m, o, from, request);
    return o;
}

inline outcome play(const socks::client& m, const socks::request& request, const peer& from) {
    return play_client(m, request, from);
}
inline outcome play(const socks::chain& m, const socks::route& route, const peer& from) {
    return play_client(m, route, from);
}

// authenticated() and answer(), with no room, then with just enough.
template <class Answer>
void answer_exactly(socks::server& m, outcome& o, Answer answer) {
    const volatile size_t nothing = 0;  // volatile: g++ 12 warns of writes that the check prevents
    block none(size_t{nothing});
    socks::encoded e = answer(m, none.room());
    block enough(e.required());
    if (e.error() == errc::no_space) e = answer(m, enough.room());
    demand(e.error() != errc::no_space && e.error() != errc::out_of_turn);
    o.sent += text(e.data());
}

inline std::string request_by_hand(const socks::server::action& a) {
    const auto command = static_cast<uint8_t>(a.command());
    return a.version() == socks::version::v5 ? by_hand::message5(command, a.to())
                                             : by_hand::request4(command, a.to(), a.user());
}

inline outcome play(socks::server m, const answers& app, peer from) {
    using next = socks::server::next;
    outcome o;
    bool closed = false;
    size_t asked = 0;
    for (size_t steps = 0; o.how == ending::running; ++steps) {
        demand(steps < step_limit(from));
        const bytes unread = from.says.first(from.at).subspan(o.used);
        const auto answer = [&](socks::server& s, buffer out) { return s.answer(app.replies[asked], out); };
        const auto act = [&](const socks::server::action& a) {
            o.used += a.consumed();
            if (a.next() != next::recv && a.next() != next::send) o.told += said(a);
            switch (a.next()) {
                case next::send: o.sent += text(a.data()); break;
                case next::recv: static_cast<void>(feed(m, from, a.needed(), closed, o)); break;
                case next::authenticate:
                    waits(m);
                    o.login = by_hand::login(a.user(), a.password());
                    o.let_in = app.grants;
                    answer_exactly(m, o,
                                   [&](auto& s, buffer out) { return s.authenticated(app.grants, out); });
                    break;
                case next::negotiate:
                    waits(m);
                    o.let_in = sub_negotiate(from, o, app.negotiates);
                    m.negotiated(o.let_in);
                    break;
                case next::serve:
                    waits(m);
                    demand(o.let_in || m.method() == socks::method::none);
                    o.request = request_by_hand(a);
                    answer_exactly(m, o, answer);
                    break;
                case next::wait:  // BIND, between its answers
                    demand(++asked == 1);
                    answer_exactly(m, o, answer);
                    break;
                case next::done:
                    o.how = ending::done;
                    o.early = text(a.result().early);
                    demand(app.replies[asked].code.succeeded());
                    break;
                case next::fail:
                    o.how = ending::failed;
                    o.why = a.error();
                    break;
            }
        };
        step(m, unread, act);
    }
    settle(m, o, from);
    return o;
}

// At every pace the same.
template <class Machine, class Request>
outcome play_at_every_pace(const Machine& m, const Request& request, bytes says, bool closes, uint32_t seed) {
    const outcome o = play(m, request, {says, closes, pace::whole, seed});
    for (const pace how : {pace::bytewise, pace::precise, pace::random})
        demand(play(m, request, {says, closes, how, seed}).same(o));
    return o;
}

}  // namespace fuzzing

#endif
