// The walk over one machine: every move in every state that can be reached, and the invariants at each edge.

#ifndef SOCKS_TESTS_EXPLORATION_WALK_HPP
#define SOCKS_TESTS_EXPLORATION_WALK_HPP

#include "checks.hpp"
#include "explorer.hpp"
#include "observations.hpp"

namespace exploration {

class walk {
  public:
    walk(const machine& m, bool more, observations& seen) : m_(m), more_(more), seen_(seen) {}

    void run() {
        std::vector<node> initial;
        const bool starts = m_.state(m_.fresh) != m_.failed;
        if (starts) seen_.initial.insert(m_.state(m_.fresh));
        for (const std::string& received : m_.prefixes)
            if (starts || received.empty()) initial.push_back({.bytes = m_.fresh, .unread = received});
        graph_.run(initial, [this](const node& n) { visit(n); });
    }

    [[nodiscard]] size_t states() const { return graph_.states(); }
    [[nodiscard]] size_t edges() const { return graph_.edges(); }
    [[nodiscard]] size_t longest() const { return longest_; }  // run of steps between two reads

    // The moves to the place where an invariant broke.
    [[nodiscard]] std::string trail() const {
        const std::string& received = graph_.origin().unread;
        std::string text = received.empty() ? "" : "    receive " + hexadecimal(received) + "\n";
        for (const move& each : graph_.trail()) text += "    " + each.in_words(m_) + "\n";
        return text;
    }

  private:
    [[nodiscard]] bool failed(const node& n) const { return m_.state(n.bytes) == m_.failed; }
    [[nodiscard]] bool done(const node& n) const { return m_.state(n.bytes) == m_.done; }

    void visit(const node& n) {
        require(states() < too_many_states, invariant::bounded, "there is no end of states");
        seen_.visited.insert(m_.state(n.bytes));
        const tried now = step(m_, n.bytes, n.unread);
        graph_.tries({move::step, 0, ample});
        check_step(m_, n, now);
        const node after = after_step(n, now);
        if (changes(n, after)) record(n, after, event_of(n, now.result));
        reach(n, after);
        longest_ = std::max(longest_, check_pace(m_, n));
        try_less_space(n, now);
        receive(n, now.result);
        end_stream(n);
        for (const socks::errc why : {socks::errc::stream_failed, socks::errc::refused}) fail_stream(n, why);
        for (size_t i = 0; i < m_.answers.size(); ++i) give(n, i);
    }

    void receive(const node& n, const said& now) {
        const bool waits = now.next == act::recv && now.consumed == 0;
        const bool over = failed(n) || done(n);
        if (n.ended || n.ahead >= (over ? 1 : m_.ahead + (more_ ? 1 : 0))) return;
        const place at = place_in(m_.expects(n.bytes), n.unread, m_.strict);
        for (const char byte : waits ? letters(at, more_) : std::string(early_letters)) {
            graph_.tries({move::receive, static_cast<uint8_t>(byte), 0});
            node after = n;
            after.unread += byte;
            after.ahead += waits ? 0 : 1;
            reach(n, after);
        }
        if (n.open != question::negotiation || n.unread.empty()) return;
        graph_.tries({move::take, 0, 0});
        node after = n;
        after.unread.erase(0, 1);
        --after.ahead;
        reach(n, after);
    }

    void end_stream(const node& n) {
        graph_.tries({move::end_of_stream, 0, 0});
        node after = n;
        m_.end_of_stream(after.bytes);
        after.ended = true;
        require(m_.state(after.bytes) == m_.state(n.bytes), invariant::state, "the end of the stream");
        reach(n, after);
    }

    void fail_stream(const node& n, socks::errc why) {
        graph_.tries({move::stream_failed, static_cast<uint8_t>(why), 0});
        node after = n;
        m_.stream_failed(after.bytes, why);
        const said then = step(m_, after.bytes, n.unread).result;
        const socks::errc reason = why == socks::errc::refused ? socks::errc::out_of_turn : why;
        if (done(n))
            require(after == n, invariant::stream_failed, "it changed a machine that is done");
        else if (!failed(n))
            require(failed(after) && then.error == reason, invariant::stream_failed, "the step after it");
        reach(n, after);
    }

    void give(const node& n, size_t number) {
        const answer& a = m_.answers[number];
        const tried t = make(a, n.bytes);
        node after = n;
        after.bytes = t.bytes;
        graph_.tries({move::call, static_cast<uint8_t>(number), ample});
        const bool asked = n.open == a.to || (n.open == question::second_answer && a.to == question::request);
        if (!asked) {
            const said then = step(m_, after.bytes, n.unread).result;
            require(failed(after) && t.result.sent.empty(), invariant::out_of_turn, "it has an effect");
            require(failed(n) || then.error == socks::errc::out_of_turn, invariant::out_of_turn,
                    "the step after it");
            return reach(n, after);
        }
        check_answer_space(n, number, t);
        require(failed(after) != a.positive, invariant::answers, a.name);
        require(
            a.to == question::negotiation || t.result.error != socks::errc::none || !t.result.sent.empty(),
            invariant::answers, "no bytes to send");
        after.open = n.binds && n.open == question::request ? question::second_answer : question::none;
        after.admitted = n.admitted || a.to != question::request;
        after.ahead = unread_ahead(after);
        if (changes(n, after)) record(n, after, {"", a.label, name_of_sent(n, t.result.sent)});
        reach(n, after);
    }

    void check_answer_space(const node& n, size_t number, const tried& t) {
        const size_t size = t.result.sent.size();
        for (const size_t space : rooms(size)) {
            graph_.tries({move::call, static_cast<uint8_t>(number), space});
            const tried less = make(m_.answers[number], n.bytes, space);
            if (space < size) {
                require(less.result.lacks_space() && less.result.number == size && less.bytes == n.bytes &&
                            less.result.sent.empty(),
                        invariant::no_space, m_.answers[number].name);
                graph_.leads_to(n);
            } else {
                require(less.result == t.result && less.bytes == t.bytes, invariant::enough,
                        m_.answers[number].name);
            }
        }
        graph_.tries({move::call, static_cast<uint8_t>(number), ample});
    }

    // No room, one byte too little, and exactly enough.
    static std::vector<size_t> rooms(size_t size) {
        if (size == 0) return {};
        return size == 1 ? std::vector<size_t>{0, 1} : std::vector<size_t>{0, size - 1, size};
    }

    void try_less_space(const node& n, const tried& now) {
        const size_t size = now.result.sent.size();
        for (const size_t space : rooms(size)) {
            graph_.tries({move::step, 0, space});
            const tried less = step(m_, n.bytes, n.unread, space);
            if (space == size) {
                require(less.result == now.result && less.bytes == now.bytes, invariant::enough, "a step");
                continue;
            }
            require(less.result.lacks_space() && less.result.number == size && less.result.consumed == 0,
                    invariant::no_space, "a step says something else");
            const tried again = step(m_, less.bytes, n.unread);
            require(m_.state(less.bytes) == m_.state(n.bytes) && again.result == now.result &&
                        again.bytes == now.bytes,
                    invariant::no_space, "the step after it differs");
            node after = n;
            after.bytes = less.bytes;
            reach(n, after);
        }
    }

    [[nodiscard]] node after_step(const node& n, const tried& t) const {
        node after = n;
        after.bytes = t.bytes;
        after.unread.erase(0, t.result.consumed);
        if (t.result.next == act::authenticate) after.open = question::credentials;
        if (t.result.next == act::negotiate) after.open = question::negotiation;
        if (t.result.next == act::serve) after.open = question::request;
        if (t.result.next == act::serve) after.binds = t.result.told[1] == 2;
        if (t.result.sent == std::string("\5\0", 2)) after.admitted = true;
        const bool waits = t.result.next == act::recv && t.result.consumed == 0;
        if (!waits) after.ahead = unread_ahead(after);
        return after;
    }

    // How many unread bytes follow the first ones with which the machine does something.
    [[nodiscard]] size_t unread_ahead(const node& n) const {
        for (size_t i = 0; i < n.unread.size(); ++i) {
            const said s = step(m_, n.bytes, std::string_view(n.unread).substr(0, i)).result;
            if (s.next != act::recv || s.consumed != 0) return n.unread.size() - i;
        }
        return 0;
    }

    // Adds an edge. What happened before the end of a handshake is forgotten there.
    void reach(const node& before, node after) {
        if (failed(after)) {
            seen_.can_fail.insert(m_.state(before.bytes));
            const auto reason = check_failed(m_, after);
            require(!failed(before) || reason == check_failed(m_, before), invariant::final, "another error");
        } else {
            require(!failed(before), invariant::final, "the machine goes on");
        }
        if (failed(after) != failed(before) || done(after) != done(before)) {
            after.unread.clear();
            after.ahead = 0;
            after.open = question::none;
            after.admitted = after.binds = false;
        }
        graph_.leads_to(after);
    }

    [[nodiscard]] std::string name_of_sent(const node& n, const std::string& sent) const {
        return sent.empty() ? "" : m_.name_of_sent(m_.state(n.bytes), sent, n.binds);
    }

    [[nodiscard]] event event_of(const node& n, const said& s) const {
        const std::string read = n.unread.substr(0, s.consumed);
        event e{read.empty() ? "" : m_.name_of_read(m_.state(n.bytes), read), "", name_of_sent(n, s.sent)};
        if (e == event{}) e.call = std::string("step() returns ") + to_string(s.next);
        return e;
    }

    // Whether an arrow of the diagram is an edge. A step with bytes ahead may go through several states.
    [[nodiscard]] bool changes(const node& n, const node& after) const {
        const uint8_t to = m_.state(after.bytes);
        return to != m_.state(n.bytes) && to != m_.failed && !n.ended && n.ahead == 0;
    }

    void record(const node& before, const node& after, const event& e) {
        transition& t = seen_.transitions[{m_.state(before.bytes), m_.state(after.bytes)}];
        t.events.insert(e);
        t.options.insert(m_.option);
    }

    const machine& m_;
    bool more_;
    observations& seen_;
    explorer<node, move> graph_;
    size_t longest_ = 0;
};

}  // namespace exploration

#endif
