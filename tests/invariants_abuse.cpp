// Any call is defined in any state, in any order, with any argument. Thousands of callers that do not know
// the protocol are drawn from fixed seeds. No machine crashes, loops, continues after a failure, or
// authorises anything that was not granted, even if input that it has seen is taken away again.

#include "conversations.hpp"

namespace {

using namespace drive;

constexpr int callers = 4000;
constexpr int calls = 60;

constexpr const conversation& any_conversation(dice& d) {
    return conversations[d.below(sizeof conversations / sizeof conversations[0])];
}

// Bytes that get far: the messages of one side, now and then with one left out, changed or from elsewhere.
tape mutter(dice& d, script (*side)(const conversation&), const conversation& c) {
    tape said;
    for (const bytes right : side(c).messages) {
        const bytes message = d.below(12) == 0 ? side(any_conversation(d)).messages[d.below(4)] : right;
        const size_t wrong = d.below(10) == 0 ? d.below(40) : tape::room;
        if (d.below(20) == 0) continue;
        for (size_t i = 0; i < message.size(); ++i)
            said.put(i == wrong ? static_cast<uint8_t>(d.below(256)) : message[i]);
    }
    return said;
}

socks::request any_request(dice& d) {
    socks::request r = conversations[d.below(sizeof conversations / sizeof conversations[0])].request;
    if (d.below(4) == 0) r.to = {};
    if (d.below(4) == 0) r.credentials = {"mary", "secret"};
    if (d.below(6) == 0) r.methods = {method::gssapi, toy};
    if (d.below(6) == 0) r.command = static_cast<command>(d.below(5));
    return r;
}

// The first failure that is final; from then on every step repeats it and uses nothing.
struct last_words {
    bool failed = false;
    errc why = errc::none;
    uint8_t byte = 0;

    template <class Action>
    bool hold(const Action& a) {
        using next = decltype(a.next());
        const bool fails = a.next() == next::fail && a.error() != errc::no_space;
        if (failed) return fails && a.error() == why && a.byte() == byte && a.consumed() == 0;
        if (!fails) return true;
        why = a.error();
        byte = a.byte();
        return failed = true;
    }
};

// How many of the callers' calls are one of four at random, out of a hundred.
constexpr uint32_t rudeness[] = {60, 12, 2};

void a_client_survives_any_caller(check& t) {
    using next = socks::client::next;
    int connected = 0;
    for (uint32_t seed = 1; seed <= callers; ++seed) {
        dice d(seed);
        const conversation& c = any_conversation(d);
        const tape peer = mutter(
            d, [](const conversation& x) { return x.server; }, c);
        const uint32_t rude = rudeness[d.below(3)];
        socks::client m({.tolerance = d.below(2) == 0 ? socks::strict : socks::lenient,
                         .wait_for_full_refusal = rude == 12,
                         .pipelined = d.below(2) == 0});
        last_words words;
        size_t used = 0;
        size_t shown = 0;
        bool asked = false;
        bool question = false;
        for (int i = 0; i < calls; ++i) {
            const auto entered = t.in(static_cast<size_t>(i));
            if (d.below(100) < rude) {
                if (d.below(2) == 0) m.end_of_stream();
                if (d.below(2) == 0) m.negotiated(d.below(2) == 0);
            }
            if (question && d.below(3) == 0) m.negotiated(true);
            char out[socks::client::max_output];
            const socks::request request = d.below(100) < rude ? any_request(d) : c.request;
            shown += d.below(static_cast<uint32_t>(peer.size() - shown) + 1);
            bytes in = peer.view().first(shown).subspan(used);
            if (d.below(100) < rude) in = in.first(d.below(static_cast<uint32_t>(in.size()) + 1));
            const size_t room = d.below(4) == 0 ? d.below(30) : sizeof out;
            const auto a = m.step(request, in, {out, room});
            if (!t.ok(words.hold(a) && a.consumed() <= in.size())) return;
            if (a.next() == next::send) asked = t.ok(a.data().size() <= room && !a.data().empty());
            if (a.next() == next::recv) t.ok(a.needed() >= 1);
            if (a.next() == next::done) {
                t.ok(asked && a.result().reply.code.succeeded());
                ++connected;
            }
            question = a.next() == next::negotiate || a.next() == next::wait;
            used += a.consumed();
        }
    }
    t.ok(connected > callers / 10);  // the dice do get that far
}
RUN(a_client_survives_any_caller)

// What a server was told, as far as it matters to whether it may go on.
struct permission {
    bool let_in = false;
    bool credentials = false;
    bool sub_negotiation = false;
    bool serving = false;
    int answered = 0;

    void negotiated(bool yes) {
        let_in = let_in || (sub_negotiation && yes);
        sub_negotiation = false;
    }
};

void answer_at_random(check& t, dice& d, socks::server& m, permission& p, bool failed, socks::buffer out) {
    const bool yes = d.below(8) != 0;
    switch (d.below(3)) {
        case 0:
            m.negotiated(yes);
            if (!failed) p.negotiated(yes);
            break;
        case 1: {
            const socks::encoded e = m.authenticated(yes, out);
            t.ok(!e || (p.credentials && !failed));
            p.let_in = p.let_in || (e && yes);
            p.credentials = p.credentials && !e;
            break;
        }
        default: {
            const socks::encoded e = m.answer({yes ? code5::succeeded : code5::not_allowed, {}}, out);
            t.ok(!e || (p.serving && !failed));
            p.answered += e && yes ? 1 : 0;
        }
    }
}

void answer_the_question(dice& d, socks::server& m, permission& p, socks::buffer out) {
    if (p.credentials && m.authenticated(true, out)) {
        p.let_in = true;
        p.credentials = false;
    } else if (p.sub_negotiation && d.below(2) == 0) {
        m.negotiated(true);
        p.negotiated(true);
    } else if (p.serving && m.answer({code4::granted, {}}, out)) {
        ++p.answered;
    }
}

void a_server_survives_any_caller_and_authorises_only_by_grant(check& t) {
    using next = socks::server::next;
    int served = 0;
    for (uint32_t seed = 1; seed <= callers; ++seed) {
        dice d(seed);
        const conversation& c = any_conversation(d);
        const tape peer = mutter(
            d, [](const conversation& x) { return x.client; }, c);
        const uint32_t rude = rudeness[d.below(3)];
        const socks::server_options server_options =
            d.below(3) == 0 ? any_conversation(d).server_options : c.server_options;
        socks::server m(server_options);
        permission p{.let_in = server_options.methods.contains(method::none)};
        last_words words;
        size_t used = 0;
        size_t shown = 0;
        bool question = false;
        for (int i = 0; i < calls; ++i) {
            const auto entered = t.in(static_cast<size_t>(i));
            char out[socks::server::max_output];
            const size_t room = d.below(4) == 0 ? d.below(12) : sizeof out;
            if (d.below(100) < rude) {
                if (d.below(2) == 0) m.end_of_stream();
                if (d.below(2) == 0) answer_at_random(t, d, m, p, words.failed, {out, room});
            } else if (question && d.below(3) == 0) {
                answer_the_question(d, m, p, {out, room});
            }
            shown += d.below(static_cast<uint32_t>(peer.size() - shown) + 1);
            bytes in = peer.view().first(shown).subspan(used);
            if (d.below(100) < rude) in = in.first(d.below(static_cast<uint32_t>(in.size()) + 1));
            const auto a = m.step(in, {out, room});
            if (!t.ok(words.hold(a) && a.consumed() <= in.size())) return;
            p.credentials = p.credentials || a.next() == next::authenticate;
            p.sub_negotiation = p.sub_negotiation || a.next() == next::negotiate;
            if (a.next() == next::recv) t.ok(a.needed() >= 1);
            if (a.next() == next::serve) {
                t.ok(p.let_in && !p.serving);
                t.ok(a.user().size() <= 255 && a.to().host.name().size() <= 255);
            }
            if (a.next() == next::done) t.ok(p.serving && p.answered >= 1);
            p.serving = p.serving || a.next() == next::serve;
            served += a.next() == next::done ? 1 : 0;
            question = a.next() == next::authenticate || a.next() == next::negotiate ||
                       a.next() == next::serve || a.next() == next::wait;
            used += a.consumed();
        }
    }
    t.ok(served > callers / 10);  // the dice do get that far
}
RUN(a_server_survives_any_caller_and_authorises_only_by_grant)

}  // namespace
