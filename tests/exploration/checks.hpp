// What the invariants demand of one step.

#ifndef SOCKS_TESTS_EXPLORATION_CHECKS_HPP
#define SOCKS_TESTS_EXPLORATION_CHECKS_HPP

#include "node.hpp"

namespace exploration {

inline void check_action(const node& n, const said& s) {
    const auto complete = [&](bool holds, const char* how) { require(holds, invariant::one_action, how); };
    complete(s.next != act::unknown, "the action is none of the machine");
    complete(s.consumed <= n.unread.size(), "it consumes more than there is");
    complete((s.next == act::recv) == (s.number != 0), "it receives nothing");
    complete((s.next == act::send) == !s.sent.empty(), "it sends nothing");
    complete((s.next == act::fail) == (s.error != socks::errc::none), "it fails without an error");
    complete(s.next != act::wait || s.consumed == 0, "it consumes while it waits");
}

// The machine has just received the last byte that it could wait for.
inline void check_message(const machine& m, const node& n, const said& s) {
    const place at = place_in(m.expects(n.bytes), n.unread, m.strict);
    const size_t size = n.unread.size();
    if (s.next == act::recv && s.consumed == 0)
        require(s.number == at.shortest, invariant::needed,
                std::to_string(s.number) + " instead of " + std::to_string(at.shortest));
    const bool refused = s.next == act::fail && s.error == socks::errc::refused;
    if (refused && !m.full_refusals)
        require(size == 2 && s.consumed == 2, invariant::early_refusal, "it is decided elsewhere");
    if (s.consumed != 0 && !(refused && s.consumed == 2))
        require(s.consumed == size && at.next == field::end, invariant::consumed,
                std::to_string(s.consumed) + " of " + std::to_string(size));
    const bool answers = s.next != act::recv && s.next != act::fail && s.next != act::send;
    if (answers && size != 0)
        require(s.consumed == size, invariant::consumed, "a message that was acted on was not consumed");
}

// Which byte says what was chosen: the method of a client, and the reply that ends its handshake.
inline void check_agreement(const machine& m, const node& n, const said& s) {
    const message expected = m.expects(n.bytes);
    const auto second = [&] { return static_cast<uint8_t>(n.unread[1]); };
    if (s.consumed >= 2 && s.next != act::fail) {
        if (expected == message::method_selection)
            require(m.offered(n.bytes).contains(static_cast<socks::method>(second())), invariant::offered,
                    "the method selection");
        if (expected == message::auth_status)
            require(second() == 0, invariant::granted, "the status of the credentials");
        if (expected == message::reply5 || expected == message::reply4)
            require(second() == (expected == message::reply5 ? 0 : 0x5a), invariant::granted, "the reply");
    }
    if (expected == message::first && s.sent.size() == 2 && s.sent[0] == 5 && s.sent[1] != '\xff')
        require(m.offered(n.bytes).contains(static_cast<socks::method>(s.sent[1])) &&
                    n.unread.find(s.sent[1], 2) < size_t{2} + second(),
                invariant::offered, "the method selection");
}

inline void check_step(const machine& m, const node& n, const tried& now) {
    const said& s = now.result;
    check_action(n, s);
    const tried again = step(m, n.bytes, n.unread);
    require(again.result == s && again.bytes == now.bytes, invariant::purity, "the step of a copy differs");
    const uint8_t before = m.state(n.bytes);
    const uint8_t after = m.state(now.bytes);
    if (n.open != question::none)
        require(s.next == act::wait && now.bytes == n.bytes, invariant::waits, to_string(s.next));
    if (before == m.done)
        require(s.next == act::fail && s.error == socks::errc::finished, invariant::after_done,
                to_string(s.next));
    if (s.next == act::serve)
        require(s.told[0] == '5' ? n.admitted : m.serves_anyone, invariant::admitted, "serve");
    if (s.next == act::recv) require(!n.ended, invariant::end, "recv");
    if (s.next == act::done)
        require(s.early == n.unread.substr(s.consumed), invariant::early, hexadecimal(s.early));
    if (before == m.failed)
        require(s.next == act::fail && s.consumed == 0, invariant::final, "the machine goes on");
    require(m.suits(after, s.next), invariant::state,
            std::string(to_string(s.next)) + " in " + m.name_of_state(after));
    if (before == m.failed) return;
    if (n.ahead == 0 && !n.ended && n.open == question::none) check_message(m, n, s);
    check_agreement(m, n, s);
    if (m.hop && m.hop(now.bytes) != m.hop(n.bytes))
        require(s.consumed == n.unread.size() || s.next == act::fail, invariant::on_the_way,
                "it goes on to the next proxy");
}

// However its bytes arrive, a machine does the same, and it does not run on without its caller. A chain sees
// whether a proxy on the way said more than its reply.
inline size_t check_pace(const machine& m, const node& n) {
    const journey at_once = travel(m, n, true);
    if (n.ahead == 0 || n.ended || n.open != question::none) return at_once.steps;
    const bool noticed = m.hop && at_once.last.error == socks::errc::spoke_first;
    require(noticed || at_once.leads_as(travel(m, n, false)), invariant::pace, "byte by byte it differs");
    return at_once.steps;
}

// The error of a machine that has failed. Every later step reports it, whatever has arrived.
inline std::pair<socks::errc, uint8_t> check_failed(const machine& m, const node& n) {
    const said now = step(m, n.bytes, n.unread).result;
    const said later = step(m, n.bytes, "").result;
    require(now.next == act::fail && now.consumed == 0 && !now.lacks_space(), invariant::final,
            std::string("the next step is ") + to_string(now.next));
    require(now == later, invariant::final, "the next steps differ");
    return {now.error, now.byte};
}

}  // namespace exploration

#endif
