// Drivers that play one machine against a peer whose bytes are fixed, and write down all that happened. The
// same conversation can arrive at any pace and go through any overload of step; an invariant then says that
// the records are equal. Everything is bounded, so that a machine that spins ends as a record too.

#ifndef SOCKS_TESTS_DRIVE_HPP
#define SOCKS_TESTS_DRIVE_HPP

#include "ends.hpp"

namespace drive {

using socks::errc;

// How bytes arrive.
struct pace {
    size_t at_most = SIZE_MAX;  // in one read
    size_t split = 0;           // a read never crosses this offset
    bool exact = false;         // as many as the machine asks for
    uint32_t seed = 0;          // other than 0: 1..9 in one read, by chance
};

inline constexpr pace whole{};
inline constexpr pace bytewise{.at_most = 1};
inline constexpr pace precise{.exact = true};
constexpr pace in_pieces_of(size_t n) { return {.at_most = n}; }
constexpr pace split_at(size_t offset) { return {.split = offset}; }
constexpr pace at_random(uint32_t seed) { return {.seed = seed}; }

// What the other side sends. After it the stream ends, or stays open and silent.
struct peer {
    bytes says;
    pace how{};
    bool closes = false;
    size_t at = 0;
    size_t reads = 0;

    // The next read of at most `room` bytes; empty when there is nothing left.
    constexpr bytes read(size_t need, size_t room) {
        size_t n = how.exact ? need : how.at_most;
        if (how.seed != 0) n = 1 + dice(how.seed + static_cast<uint32_t>(reads)).below(9);
        if (at < how.split && n > how.split - at) n = how.split - at;
        if (n > room) n = room;
        if (n > says.size() - at) n = says.size() - at;
        if (n != 0) ++reads;
        at += n;
        return says.subspan(at - n).first(n);
    }
};

enum class ending : uint8_t { spun, starved, done, failed };

// What a handshake came to: equal for every pace and every overload.
struct verdict {
    ending how = ending::spun;
    errc why = errc::none;
    uint8_t byte = 0;
    size_t used = 0;  // bytes of input, by messages
    tape sent;
    tape told;   // all that the application was told, in order
    tape early;  // what done handed over
    friend constexpr bool operator==(const verdict&, const verdict&) = default;
};

struct outcome : verdict {
    size_t taken = 0;  // bytes of input, by reads
    size_t reads = 0;
    size_t steps = 0;
    size_t unread = 0;  // what a failure leaves to whoever owns the stream next
};

// A private method for tests: one message, its answer, one more message.
inline constexpr auto toy = static_cast<socks::method>(0x80);
inline constexpr bytes toy_hello = "80 01 03 'abc'"_bytes;
inline constexpr bytes toy_challenge = "80 02 05 '12345'"_bytes;
inline constexpr bytes toy_proof = "80 03 01 '!'"_bytes;

// Reads until `n` bytes are unread.
template <class End>
constexpr bool await(End& end, peer& from, size_t n) {
    while (end.remaining().size() < n) {
        const bytes portion = from.read(n - end.remaining().size(), end.room());
        if (portion.empty()) return false;
        end.receive(portion);
    }
    return true;
}

// One message of the toy method; what lies behind it stays unread.
template <class End>
constexpr bool hear(End& end, peer& from, bytes expected, outcome& o) {
    if (!await(end, from, expected.size())) return false;
    const bool same = end.remaining().first(expected.size()) == expected;
    end.drop(expected.size());
    o.used += expected.size();
    return same;
}

// Answers recv: reads, or tells the end of the stream, once.
template <class End, class Machine>
constexpr bool feed(End& end, Machine& machine, peer& from, size_t need, bool& closed) {
    const bytes portion = from.read(need, end.room());
    if (!portion.empty()) {
        end.receive(portion);
        return true;
    }
    if (closed || !from.closes) return false;
    machine.end_of_stream();
    return closed = true;
}

constexpr size_t step_limit(const peer& from) { return 4 * from.says.size() + 2 * tape::room; }

template <class Action>
constexpr void fail(outcome& o, const Action& a) {
    o.how = ending::failed;
    o.why = a.error();
    o.byte = a.error() == errc::no_space ? uint8_t{0} : a.byte();
}

template <class End>
constexpr void settle(outcome& o, const End& end, const peer& from) {
    o.taken = from.at;
    o.reads = from.reads;
    o.unread = end.remaining().size();
}

// What a caller does with an action of a client or of a chain, sending and receiving aside.
template <class Action, class End, class Machine>
constexpr void obey(const Action& a, End& end, Machine& machine, peer& from, outcome& o) {
    using next = socks::client::next;
    switch (a.next()) {
        case next::send:
        case next::recv:
        case next::wait: break;
        case next::negotiate: {
            o.told.put('N').put(static_cast<uint8_t>(a.method()));
            o.sent.put(toy_hello);
            const bool good = hear(end, from, toy_challenge, o);
            if (good) o.sent.put(toy_proof);
            machine.negotiated(good);
            break;
        }
        case next::bound: o.told.put('B').put(a.bound()); break;
        case next::done:
            o.how = ending::done;
            o.told.put('D').put(a.result().reply.code.value).put(a.result().reply.bound);
            o.early.put(a.result().early);
            break;
        case next::fail:
            if (a.error() == errc::refused) o.told.put('R').put(a.code().value).put(a.bound());
            fail(o, a);
            break;
    }
}

// Runs a client to its end, and leaves it there.
template <class End, socks::feature Parts>
constexpr outcome run_on(socks::basic_client<Parts>& machine, const socks::request& request, peer from) {
    using next = socks::client::next;
    outcome o;
    End end;
    bool closed = false;
    while (o.how == ending::spun && o.steps++ != step_limit(from)) {
        const auto a = end.step(machine, request);
        o.used += a.consumed();
        switch (a.next()) {
            case next::send: end.send(a.data(), o.sent); break;
            case next::recv:
                if (!feed(end, machine, from, a.needed(), closed))
                    o.how = closed ? ending::spun : ending::starved;
                break;
            case next::negotiate:
            case next::wait:
            case next::bound:
            case next::done:
            case next::fail: obey(a, end, machine, from, o); break;
        }
    }
    settle(o, end, from);
    return o;
}

// What the application behind a server decides.
struct application {
    bool grants = true;
    socks::reply answers[2] = {};
};

template <class End, socks::feature Parts>
constexpr outcome run_on(socks::basic_server<Parts>& machine, const application& app, peer from) {
    using next = socks::server::next;
    outcome o;
    End end;
    bool closed = false;
    while (o.how == ending::spun && o.steps++ != step_limit(from)) {
        const auto a = end.step(machine);
        o.used += a.consumed();
        switch (a.next()) {
            case next::send: end.send(a.data(), o.sent); break;
            case next::recv:
                if (!feed(end, machine, from, a.needed(), closed))
                    o.how = closed ? ending::spun : ending::starved;
                break;
            case next::authenticate:
                o.told.put('L').put(a.user()).put(':').put(a.password());
                end.authenticate(machine, app.grants, o.sent);
                break;
            case next::negotiate: {
                o.told.put('N').put(static_cast<uint8_t>(a.method()));
                bool good = hear(end, from, toy_hello, o);
                if (good) o.sent.put(toy_challenge);
                good = good && hear(end, from, toy_proof, o);
                machine.negotiated(good);
                break;
            }
            case next::serve:
                o.told.put('S').put(static_cast<uint8_t>(a.version())).put(static_cast<uint8_t>(a.command()));
                o.told.put(a.to()).put(static_cast<uint8_t>(a.method())).put(a.user());
                end.answer(machine, app.answers[0], o.sent);
                break;
            case next::wait: end.answer(machine, app.answers[1], o.sent); break;
            case next::done:
                o.how = ending::done;
                o.early.put(a.result().early);
                break;
            case next::fail: fail(o, a); break;
        }
    }
    settle(o, end, from);
    return o;
}

template <class End, class Machine, class Request>
constexpr outcome run(Machine machine, const Request& request, peer from) {
    return run_on<End>(machine, request, from);
}

}  // namespace drive

#endif
