// Plays the golden conversations with the machines, and records each change of state.

#ifndef SOCKS_TESTS_EXPLORATION_OBSERVER_HPP
#define SOCKS_TESTS_EXPLORATION_OBSERVER_HPP

#include "conversations.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace exploration {

using drive::bytes;
using drive::conversation;
using socks::command;
using socks::method;
using socks::version;

// What a change of state came with. A text is empty if there was none.
struct event {
    std::string read;  // the message
    std::string call;
    std::string sent;  // the message
    friend auto operator<=>(const event&, const event&) = default;
};

struct transition {
    std::set<event> events;
    std::set<std::string> options;  // it was seen with; "" is none
};

struct observations {
    std::map<std::pair<uint8_t, uint8_t>, transition> transitions;  // by the states at both ends
    std::set<uint8_t> initial;
    std::set<uint8_t> visited;
    std::set<uint8_t> can_fail;
};

inline std::string client_message(bytes m) {
    if (m.empty()) return "";
    if (m[0] == 4) return "the SOCKS4 request";
    if (m[0] == 1) return "the credentials";
    return m.size() == 2U + m[1] ? "the greeting" : "the request";
}

// The two replies to BIND look alike, so they are counted.
inline std::string server_message(bytes m, command asked, size_t replies_before) {
    if (m.empty()) return "";
    if (m[0] == 1) return "the auth status";
    if (m.size() == 2 && m[0] == 0) return "two bytes of a SOCKS4 refusal";
    if (m.size() == 2 && m[1] == 0) return "the method selection (none)";
    if (m.size() == 2 && m[1] == 2) return "the method selection (username/password)";
    if (m.size() == 2) return "the method selection (another)";
    if (asked != command::bind) return "the reply";
    return replies_before == 0 ? "the first reply to BIND" : "the second reply to BIND";
}

// One machine and the bytes of its peer, which arrive one by one.
template <class Machine>
class player {
  public:
    player(const Machine& m, bytes from_peer, const char* option, observations& seen)
        : machine(m), from_peer_(from_peer), option_(option), seen_(seen) {
        seen_.initial.insert(state_of(machine));
        visit(machine);
    }

    // Copies of the machine first get an invalid byte, the end of the stream, and a failed sub-negotiation.
    template <class Step>
    typename Machine::action play(Step step) {
        Machine garbled = machine, ended = machine, denied = machine;
        (void)step(garbled, bytes("\xff", 1));
        ended.end_of_stream();
        (void)step(ended, unread());
        denied.negotiated(false);
        for (const Machine& m : {garbled, ended, denied}) {
            if (m.state() != decltype(m.state())::failed) continue;
            seen_.can_fail.insert(state_of(machine));
            visit(m);
        }
        return step(machine, unread());
    }

    // Removes bytes that the machine or a sub-negotiation has read.
    bytes consume(size_t n) {
        begin_ += n;
        if (end_ < begin_) end_ = begin_;
        return from_peer_.subspan(begin_ - n).first(n);
    }

    [[nodiscard]] bool receive() { return end_++ != from_peer_.size(); }

    void record(uint8_t before, const event& e) {
        visit(machine);
        if (state_of(machine) == before && e == event{}) return;
        transition& t = seen_.transitions[{before, state_of(machine)}];
        t.events.insert(e);
        t.options.insert(option_);
    }

    static uint8_t state_of(const Machine& m) { return static_cast<uint8_t>(m.state()); }

    Machine machine;

  private:
    void visit(const Machine& m) { seen_.visited.insert(state_of(m)); }
    [[nodiscard]] bytes unread() const { return from_peer_.subspan(begin_).first(end_ - begin_); }

    bytes from_peer_;
    size_t begin_ = 0;
    size_t end_ = 0;
    const char* option_;
    observations& seen_;
};

inline void observe(const socks::client& m, const conversation& c, bytes from_server, const char* option,
                    observations& seen) {
    using next = socks::client::next;
    player<socks::client> p(m, from_server, option, seen);
    char out[socks::client::max_output];
    size_t replies = 0;
    const auto step = [&](socks::client& of, bytes in) { return of.step(c.request, in, out); };
    for (;;) {
        const uint8_t before = p.state_of(p.machine);
        const auto a = p.play(step);
        const bytes read = p.consume(a.consumed());
        const uint8_t after = p.state_of(p.machine);
        const bytes sent = a.next() == next::send ? a.data() : bytes();
        p.record(before, {server_message(read, c.request.command, replies), "", client_message(sent)});
        replies += read.size() > 2;
        switch (a.next()) {
            case next::send:
            case next::wait:
            case next::bound: break;
            case next::recv:
                if (!p.receive()) return;
                break;
            case next::negotiate:
                (void)p.play(step);
                p.consume(drive::toy_challenge.size());
                p.machine.negotiated(true);
                p.record(after, {"", "negotiated(true)", ""});
                break;
            case next::done: (void)p.play(step); return;
            case next::fail: return;
        }
    }
}

inline void observe(const socks::server& m, const conversation& c, bytes from_client, const char* option,
                    observations& seen) {
    using next = socks::server::next;
    player<socks::server> p(m, from_client, option, seen);
    char out[socks::server::max_output];
    size_t replies = 0;
    const auto step = [&](socks::server& of, bytes in) { return of.step(in, out); };
    const auto name = [&](bytes message) { return server_message(message, c.request.command, replies); };
    for (;;) {
        const uint8_t before = p.state_of(p.machine);
        const auto a = p.play(step);
        const std::string read = client_message(p.consume(a.consumed()));
        const uint8_t after = p.state_of(p.machine);
        switch (a.next()) {
            case next::send: p.record(before, {read, "", name(a.data())}); break;
            case next::recv:
                p.record(before, {read, "", ""});
                if (!p.receive()) return;
                break;
            case next::authenticate: {
                p.record(before, {read, "", ""});
                (void)p.play(step);
                const auto answer = p.machine.authenticated(true, out);
                p.record(after, {"", "authenticated(true)", name(answer.data())});
                break;
            }
            case next::negotiate:
                p.record(before, {read, "step() returns negotiate", ""});
                (void)p.play(step);
                p.consume(drive::toy_hello.size() + drive::toy_proof.size());
                p.machine.negotiated(true);
                p.record(after, {"", "negotiated(true)", ""});
                break;
            case next::serve:
                p.record(before, {read, "", ""});
                (void)p.play(step);
                [[fallthrough]];
            case next::wait: {
                const auto answer = p.machine.answer(c.app.answers[replies], out);
                p.record(after, {"", "answer()", name(answer.data())});
                ++replies;
                break;
            }
            case next::done:
                p.record(before, {read, "step() returns done", ""});
                (void)p.play(step);
                return;
            case next::fail: p.record(before, {read, "", ""}); return;
        }
    }
}

inline observations observe_client() {
    observations seen;
    for (const conversation& c : drive::conversations) {
        const drive::tape replies = c.server.all();
        observe(socks::client(), c, replies.view(), "", seen);
        observe(socks::client({.pipelined = true}), c, replies.view(), "pipelined", seen);
        if (c.request.version == version::v5) continue;  // see client_options::after_greeting
        const drive::tape refused = drive::tape().put("00 5b"_bytes).put(replies.view());
        observe(socks::client({.after_greeting = true}), c, refused.view(), "after_greeting", seen);
    }
    return seen;
}

inline observations observe_server() {
    observations seen;
    for (const conversation& c : drive::conversations) {
        const drive::tape requests = c.client.all();
        observe(socks::server(c.server_options), c, requests.view(), "", seen);
        if (c.request.version == version::v5) continue;
        const drive::tape greeted = drive::tape().put("05 01 00"_bytes).put(requests.view());
        observe(socks::server({.v5 = false, .v4_after_greeting = true}), c, greeted.view(),
                "v4_after_greeting", seen);
    }
    return seen;
}

}  // namespace exploration

#endif
