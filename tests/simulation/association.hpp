// One association of UDP: a client sends messages, whole or in fragments, over a network that loses, repeats,
// delays and overtakes datagrams; other senders use the same relay, and some send garbage. The relay is that
// of users: a source lock, and a reassembly queue behind it. What has to be delivered is told by who sent
// what when, not by bytes.

#ifndef SOCKS_TESTS_SIMULATION_ASSOCIATION_HPP
#define SOCKS_TESTS_SIMULATION_ASSOCIATION_HPP

#include "invariants.hpp"
#include "network.hpp"

#include <algorithm>
#include <string>

namespace simulation {

class association {
  public:
    // All of it, from the first datagram to the last.
    static void run(uint64_t seed, invariants& checks) {
        association a(seed, checks);
        for (uint32_t i = 0; i < a.messages_.size() && !checks.bad; ++i) a.send(i);
        std::stable_sort(a.in_flight_.begin(), a.in_flight_.end(),
                         [](const packet& x, const packet& y) { return x.due < y.due; });
        for (const packet& p : a.in_flight_)
            if (!checks.bad) a.arrive(p);
        // Without a declared port a neighbour may have been the first to speak.
        const bool kind = !a.rough_ && a.port_ == a.client_.port;
        for (const message& m : a.messages_) {
            if (m.delivered == 0) ++checks.counts[lost];
            if (kind && m.from == a.client_ && !checks.bad) checks.demand(m.delivered == (a.fits(m) ? 1 : 0));
        }
    }

    enum fate : size_t { lost = 1, whole = 2, put_together = 3 };

  private:
    static constexpr uint64_t limit = 5'000;

    struct message {
        socks::endpoint from;
        socks::endpoint to;  // every message has its own: nothing else tells the fragments of two apart
        std::string data;
        uint32_t fragments;
        int delivered = 0;
    };

    struct packet {
        uint64_t due;
        socks::endpoint from;
        uint32_t message;  // UINT32_MAX: garbage
        uint32_t position;
        std::string bytes;
    };

    association(uint64_t seed, invariants& checks) : checks_(checks), d_(seed) {
        rough_ = !d_.once_in(4);
        client_ = {home, static_cast<uint16_t>(1024 + d_.below(9'000))};
        declared_ = d_.once_in(2);
        lock_ = socks::source_lock(home, declared_ ? client_ : socks::endpoint{});
        port_ = declared_ ? client_.port : uint16_t{0};
        storage_.resize(d_.once_in(3) ? d_.below(400) : 1'000);
        messages_.resize(1 + d_.below(24));
        for (uint32_t i = 0; i < messages_.size(); ++i) {
            message& m = messages_[i];
            m.from = any_source();
            m.to = {socks::ipv4{198, 51, 100, 4}, static_cast<uint16_t>(1 + i)};
            for (uint32_t n = d_.below(d_.once_in(8) ? 1'200 : 300); n != 0; --n)
                m.data += static_cast<char>(d_.draw());
            m.fragments = d_.once_in(2) ? 1 : d_.once_in(16) ? 127 : 2 + d_.below(5);
        }
    }

    // Mostly the client. A neighbour has its address; without a declared port it may be the one who is let
    // in.
    socks::endpoint any_source() {
        if (d_.below(4) != 0) return client_;
        const uint32_t kind = d_.below(3);
        const auto other = static_cast<uint16_t>(11'000 + d_.below(3));
        return {kind == 0 ? home : socks::ipv4{192, 0, 2, 8}, kind == 1 ? client_.port : other};
    }

    void send(uint32_t i) {
        const message& m = messages_[i];
        size_t done = 0;
        for (uint32_t f = 1; f <= m.fragments; ++f) {
            const size_t size = f == m.fragments ? m.data.size() - done : m.data.size() / m.fragments;
            const bool last = f == m.fragments;
            const uint32_t byte = m.fragments == 1 ? 0 : f | (last ? 0x80U : 0U);
            char room[1'500];
            const socks::encoded e = socks::encode_datagram(m.to, bytes(m.data).subspan(done).first(size),
                                                            room, static_cast<uint8_t>(byte));
            checks_.demand(bool{e});
            done += size;
            set_off({0, m.from, i, f, std::string(room, e.size())});
        }
        if (rough_ && d_.once_in(3))
            set_off({0, any_source(), UINT32_MAX, 0, std::string(d_.below(4), '\0')});
    }

    void set_off(packet p) {
        now_ += 1 + d_.below(20);
        if (rough_ && d_.once_in(24)) now_ += limit - 200;
        for (bool again = true; again; again = rough_ && d_.once_in(12)) {
            p.due = now_ + (rough_ && d_.once_in(6) ? d_.below(60) : 0);
            if (!rough_ || !d_.once_in(24)) in_flight_.push_back(p);
        }
    }

    // Header and data in the storage, at every fragment.
    [[nodiscard]] bool fits(const message& m) const {
        return m.fragments == 1 || 10 + m.data.size() <= storage_.size();
    }

    void arrive(const packet& p) {
        ++checks_.steps;
        checks_.bytes += p.bytes.size();
        const std::vector<char> exact(p.bytes.begin(), p.bytes.end());
        const bytes in(exact.data(), exact.size());
        const bool decoded = bool{socks::decode_datagram(in, socks::lenient, socks::fragments::keep)};
        checks_.demand(decoded == (p.message != UINT32_MAX));
        if (!decoded) return refuse(p, in);
        const bool known = p.from.host == home && (port_ == 0 || p.from.port == port_);
        checks_.demand(lock_.admit(p.from) == known);
        checks_.say("relay", known ? "a datagram from port" : "another sender at port", p.from.port);
        if (!known) return;
        port_ = p.from.port;
        const bool complete = completes(p);
        const auto s = queue_.step(in, p.due, {storage_.data(), storage_.size()});
        checks_.demand((s.next() == socks::reassembly::next::deliver) == complete);
        checks_.demand(queue_.waiting() == (open_.message != UINT32_MAX));
        if (!complete || checks_.bad) return;
        message& m = messages_[p.message];
        checks_.say("relay", "delivers message", p.message);
        checks_.demand(text(s.datagram().data()) == m.data && s.datagram().remote() == m.to &&
                       s.datagram().fragment() == 0);
        ++m.delivered;
        ++checks_.counts[m.fragments == 1 ? whole : put_together];
    }

    // Who says nothing that can be read is neither let in nor shut out, and disturbs no sequence.
    void refuse(const packet& p, bytes in) {
        if (open_.message != UINT32_MAX && p.due - open_.began >= limit) open_ = {};
        const auto s = queue_.step(in, p.due, {storage_.data(), storage_.size()});
        checks_.demand(s.next() == socks::reassembly::next::drop);
        checks_.demand(queue_.waiting() == (open_.message != UINT32_MAX));
    }

    // Whether the relay now has a message, told from who sent which part of what.
    bool completes(const packet& p) {
        const message& m = messages_[p.message];
        if (open_.message != UINT32_MAX && p.due - open_.began >= limit) open_ = {};
        if (m.fragments == 1) {
            open_ = {};
            return true;
        }
        const bool next = p.message == open_.message && p.position == open_.position + 1;
        if (p.message == open_.message && p.position == open_.position && p.position != 1) return false;
        if (p.position == 1)
            open_ = {p.message, 0, p.due};
        else if (!next)
            open_ = {};
        if (open_.message == UINT32_MAX) return false;
        open_.position = p.position;
        const size_t each = m.data.size() / m.fragments;
        const bool last = p.position == m.fragments;
        if (10 + (last ? m.data.size() : each * p.position) > storage_.size()) {
            open_ = {};
            return false;
        }
        if (last) open_ = {};
        return last;
    }

    static std::string text(bytes from) { return {from.data(), from.size()}; }

    static constexpr socks::ipv4 home{192, 0, 2, 7};

    struct sequence {
        uint32_t message = UINT32_MAX;
        uint32_t position = 0;
        uint64_t began = 0;
    };

    invariants& checks_;
    dice d_;
    bool rough_ = false;
    bool declared_ = false;
    uint16_t port_ = 0;  // of the one who was let in
    uint64_t now_ = 0;
    socks::endpoint client_{};
    socks::source_lock lock_{};
    socks::reassembly queue_{limit};
    sequence open_{};
    std::vector<char> storage_{};
    std::vector<message> messages_{};
    std::vector<packet> in_flight_{};
};

}  // namespace simulation

#endif
