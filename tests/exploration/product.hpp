// The walk over a client and a server. Between them are two queues of a few bytes each, and either direction
// of the stream may end at any time. Every run ends, both sides agree, and nobody waits for ever.

#ifndef SOCKS_TESTS_EXPLORATION_PRODUCT_HPP
#define SOCKS_TESTS_EXPLORATION_PRODUCT_HPP

#include "client_machine.hpp"
#include "explorer.hpp"
#include "node.hpp"
#include "server_machine.hpp"

namespace exploration {

using namespace std::string_literals;
using socks::errc;

// What the loop around a machine does next. It reads at any time, also while it sends.
enum class due : uint8_t { step, read, answer, relay, nothing };

struct side {
    image bytes{};
    due next = due::step;
    question open = question::none;
    bool told = false;  // that the stream ended
    bool paid = false;  // its own bytes were sent
    std::string unread{};
    std::string pending{};  // to send
    std::string tunnel{};   // received after the handshake
    friend bool operator==(const side&, const side&) = default;
};

// One direction.
struct queue {
    std::string bytes{};
    bool ended = false;
    bool cut = false;  // by the network
    friend bool operator==(const queue&, const queue&) = default;
};

struct both {
    side client{}, server{};
    queue to_server{}, to_client{};
    friend bool operator==(const both&, const both&) = default;

    [[nodiscard]] size_t hash() const {
        size_t made = 0;
        const auto add = [&](size_t value) { made = made * 1'000'003 + value; };
        for (const side* s : {&client, &server}) {
            for (const unsigned char byte : s->bytes) add(byte);
            for (const std::string* text : {&s->unread, &s->pending, &s->tunnel})
                add(std::hash<std::string>()(*text));
            add(static_cast<size_t>(s->next) * 4 + (s->told ? 2 : 0) + (s->paid ? 1 : 0));
        }
        for (const queue* q : {&to_server, &to_client})
            add(std::hash<std::string>()(q->bytes) * 4 + (q->ended ? 2 : 0) + (q->cut ? 1 : 0));
        return made;
    }
};

// What the client and the server send through the tunnel. It looks like replies.
inline const std::string payloads[] = {"\5\0"s, "\0\1"s};

struct pair {
    std::string name;
    machine client;
    machine server;
    std::string asked;  // what the server is told, or nothing if it is not asked
    bool pipelines = false;
};

// Five times as many as the longest walk with --more has: something grows without end.
inline constexpr size_t too_many_pairs = 1'000'000;

class product {
  public:
    product(const pair& p, size_t in_flight) : p_(p), in_flight_(in_flight) {}

    void run() {
        both start;
        start.client.bytes = p_.client.fresh;
        start.server.bytes = p_.server.fresh;
        graph_.run({start}, [this](const both& b) { visit(b); });
        if (const auto* node = graph_.find_cycle()) {
            at_ = graph_.trail(*node);
            throw broken{invariant::ends, "this state leads to itself"};
        }
        require(succeeded_ || p_.asked.empty(), invariant::agree, "no run succeeds");
    }

    [[nodiscard]] size_t states() const { return graph_.states(); }
    [[nodiscard]] size_t edges() const { return graph_.edges(); }
    [[nodiscard]] std::string trail() const {
        std::string text;
        for (const std::string& each : at_.empty() ? graph_.trail() : at_) text += "    " + each + "\n";
        return text;
    }

  private:
    // The same moves for both sides: a side, its machine, and the queues.
    struct view {
        const char* name;
        const machine& m;
        side& own;
        queue& in;
        queue& out;
    };
    view client_of_pair(both& b) const { return {"client", p_.client, b.client, b.to_client, b.to_server}; }
    view server_of_pair(both& b) const { return {"server", p_.server, b.server, b.to_server, b.to_client}; }

    void visit(const both& b) {
        require(states() < too_many_pairs, invariant::ends, "there is no end of states");
        moves_ = 0;
        for (const auto of : {&product::client_of_pair, &product::server_of_pair}) {
            try_move(b, of, "sends a byte", &product::sends);
            try_move(b, of, "receives a byte", &product::receives);
            try_move(b, of, "sees the end of the stream", &product::sees_the_end);
            try_move(b, of, "steps", &product::steps);
            for (answering_ = 0; answering_ < (this->*of)(scratch_).m.answers.size(); ++answering_)
                try_move(b, of, (this->*of)(scratch_).m.answers[answering_].name, &product::answers);
            try_move(b, of, "sends its own bytes early", &product::sends_early);
        }
        if (moves_ == 0) check_end(b);
        for (const auto of : {&product::client_of_pair, &product::server_of_pair})
            try_move(b, of, "cannot send any more", &product::cut);
    }

    template <class Of, class Move>
    void try_move(const both& b, Of of, const char* what, Move apply) {
        both after = b;
        const view v = (this->*of)(after);
        graph_.tries(std::string("the ") + v.name + ": " + what);
        if (!(this->*apply)(v)) return;
        ++moves_;
        graph_.leads_to(after);
    }

    // Each of these is a move. It returns false if it cannot be made.

    bool sends(const view& v) const {
        if (v.own.pending.empty() || (v.out.bytes.size() == in_flight_ && !v.out.ended)) return false;
        if (v.out.ended) {  // nobody receives them
            v.own.pending.clear();
        } else {
            v.out.bytes += v.own.pending[0];
            v.own.pending.erase(0, 1);
        }
        return true;
    }

    bool receives(const view& v) const {
        if (v.in.bytes.empty()) return false;
        const char byte = v.in.bytes[0];
        if (v.own.next == due::read) v.own.next = due::step;
        if (v.own.next == due::relay) v.own.tunnel += byte;
        if (v.own.next == due::step || v.own.next == due::answer) v.own.unread += byte;
        v.in.bytes.erase(0, 1);
        return true;
    }

    bool sees_the_end(const view& v) const {
        if (!v.in.ended || !v.in.bytes.empty() || v.own.told) return false;
        if (v.own.next != due::read && v.own.next != due::relay) return false;
        v.own.told = true;
        if (v.own.next == due::read) {
            v.m.end_of_stream(v.own.bytes);
            v.own.next = due::step;
        }
        return true;
    }

    bool steps(const view& v) const {
        side& s = v.own;
        if (!s.pending.empty() || s.next != due::step) return false;
        const tried t = step(v.m, s.bytes, s.unread);
        s.bytes = t.bytes;
        s.unread.erase(0, t.result.consumed);
        s.pending = t.result.sent;
        s.next = due::step;
        const act next = t.result.next;
        if (next == act::recv) s.next = due::read;
        if (next == act::authenticate) ask(s, question::credentials);
        if (next == act::negotiate) ask(s, question::negotiation);
        if (next == act::serve) {
            require(t.result.told == p_.asked, invariant::agree, "the request arrives as another one");
            ask(s, question::request);
        }
        require(next != act::wait, invariant::one_action, "a machine waits that was answered");
        if (next == act::done) {
            s.next = due::relay;
            s.tunnel = t.result.early;
            s.unread.clear();
            pay(v);
        }
        if (next == act::fail) {
            s.next = due::nothing;
            v.out.ended = true;
        }
        return true;
    }

    static void ask(side& s, question q) {
        s.open = q;
        s.next = due::answer;
    }

    void pay(const view& v) const {
        if (v.own.paid) return;
        v.own.paid = true;
        v.own.pending += payloads[&v.m == &p_.server];
    }

    bool answers(const view& v) const {
        side& s = v.own;
        const answer& a = v.m.answers[answering_];
        if (s.next != due::answer || s.open != a.to) return false;
        const tried t = make(a, s.bytes);
        s.bytes = t.bytes;
        s.pending += t.result.sent;
        s.open = question::none;
        s.next = due::step;
        const bool another = step(v.m, s.bytes, s.unread).result.next == act::wait;
        if (another) ask(s, question::request);
        return true;
    }

    bool sends_early(const view& v) const {
        if (&v.m != &p_.client || !p_.pipelines || v.own.paid || v.own.next != due::read) return false;
        image copy = v.own.bytes;
        if (!with<socks::client>(copy, [](socks::client& c) { return c.may_send_early(); })) return false;
        pay(v);
        return true;
    }

    bool cut(const view& v) const {
        if (v.out.ended) return false;
        v.out.ended = v.out.cut = true;
        return true;
    }

    // Nothing can happen any more, unless the network ends a direction.
    void check_end(const both& b) {
        const auto over = [](const side& s) { return s.next == due::relay || s.next == due::nothing; };
        require(over(b.client) && over(b.server), invariant::no_deadlock, "both sides wait");
        const bool client_done = b.client.next == due::relay, server_done = b.server.next == due::relay;
        const bool undisturbed = !b.to_server.cut && !b.to_client.cut;
        require(!client_done || server_done, invariant::agree, "only the client has succeeded");
        require(!undisturbed || client_done == server_done, invariant::agree,
                "only the server has succeeded");
        const said why = step(p_.client, b.client.bytes, "").result;
        const said because = step(p_.server, b.server.bytes, "").result;
        const bool told = because.error == errc::refused || because.error == errc::credentials_refused;
        if (undisturbed && told)
            require(why.error == because.error && why.byte == because.byte, invariant::agree,
                    std::string(socks::to_string(why.error)) + ", " + socks::to_string(because.error));
        if (!client_done) return;
        succeeded_ = true;
        const auto arrived = [](const std::string& tunnel, const std::string& sent, bool cut) {
            require(tunnel == (cut ? sent.substr(0, tunnel.size()) : sent), invariant::tunnel,
                    hexadecimal(tunnel));
        };
        arrived(b.client.tunnel, payloads[1], b.to_client.cut);
        arrived(b.server.tunnel, payloads[0], b.to_server.cut);
    }

    const pair& p_;
    size_t in_flight_;
    explorer<both, std::string> graph_;
    std::vector<std::string> at_;
    both scratch_;
    size_t moves_ = 0, answering_ = 0;
    bool succeeded_ = false;
};

}  // namespace exploration

#endif
