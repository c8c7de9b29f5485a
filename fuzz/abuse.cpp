// A caller that does not know the protocol: the input chooses any call, in any order, with any argument. No
// machine crashes, loops, continues after a failure or admits anything that was not granted, even if input
// that it has seen is taken away again.

#include "play.hpp"

using namespace fuzzing;

namespace {

// Whether the machine has failed for good; from then on every step says the same and uses nothing. The reason
// may be one that it has not told yet: the first one stays, whatever the caller does next.
struct last_words {
    bool failed = false;
    errc why = errc::none;

    template <class Action>
    void hold(const Action& a) {
        using next = decltype(a.next());
        const bool fails = a.next() == next::fail && !lacks_room(a);
        if (failed) demand(fails && a.consumed() == 0 && (why == errc::none || a.error() == why));
        failed = failed || fails;
        if (fails) why = a.error();
    }
};

struct stream {
    bytes says;
    size_t shown = 0;
    size_t used = 0;

    void grow(size_t n) { shown += n < says.size() - shown ? n : says.size() - shown; }
    // All that was shown and not used, or only half of it.
    [[nodiscard]] bytes view(bool less) const {
        const bytes all = says.first(shown).subspan(used);
        return all.first(less ? all.size() / 2 : all.size());
    }
};

constexpr size_t rooms[] = {0, 1, 2, 7, 9, 10, 21, 600};

void abuse_client(input calls, socks::client m, const socks::request& one, const socks::request& other,
                  bytes says) {
    using next = socks::client::next;
    stream s{says};
    last_words words;
    bool asked = false;
    bool question = false;
    while (!calls.empty()) {
        const uint8_t call = calls.byte();
        switch (call & 3) {
            case 0: m.end_of_stream(); break;
            case 1:
                m.negotiated((call & 4) != 0);
                words.failed = words.failed || !question || (call & 4) == 0;
                question = false;
                break;
            default: {
                s.grow(call >> 4);
                const block in(s.view(call >= 0xf0));
                block out(rooms[call >> 5]);
                const auto a = m.step((call & 8) != 0 ? other : one, in.view(), out.room());
                words.hold(a);
                demand(a.consumed() <= in.view().size());
                s.used += a.consumed();
                if (a.next() == next::send) asked = true;
                if (a.next() == next::recv) demand(a.needed() >= 1);
                if (a.next() == next::done) {
                    demand(asked && a.result().reply.code.succeeded());
                    return;
                }
                if (!lacks_room(a)) question = a.next() == next::negotiate || a.next() == next::wait;
            }
        }
    }
}

void abuse_server(input calls, const socks::server_options& server_options, const answers& app, bytes says) {
    using next = socks::server::next;
    socks::server m(server_options);
    stream s{says};
    last_words words;
    enum class asks : uint8_t { nothing, login, negotiate, serve } open = asks::nothing;
    bool let_in = false;
    size_t answered = 0;
    const auto settle = [&](const socks::encoded& e, bool in_turn, bool yes, errc no) {
        demand(!e || (in_turn && !words.failed));
        if (words.failed || e.error() == errc::no_space) return;
        words.failed = !e || !yes;
        if (e && !yes) words.why = no;
    };
    while (!calls.empty()) {
        const uint8_t call = calls.byte();
        const bool yes = (call & 8) != 0;
        block out(rooms[call >> 5]);
        switch (call & 7) {
            case 0: m.end_of_stream(); break;
            case 1:
                m.negotiated(yes);
                let_in = let_in || (open == asks::negotiate && yes && !words.failed);
                words.failed = words.failed || open != asks::negotiate || !yes;
                open = asks::nothing;
                break;
            case 2: {
                const socks::encoded e = m.authenticated(yes, out.room());
                let_in = let_in || (e && yes);
                settle(e, open == asks::login, yes, errc::credentials_refused);
                if (e) open = asks::nothing;
                break;
            }
            case 3: {
                const socks::reply& r = app.replies[yes ? 1 : 0];
                const socks::encoded e = m.answer(r, out.room());
                settle(e, open == asks::serve, r.code.succeeded(), errc::refused);
                if (e && r.code.succeeded()) ++answered;
                break;
            }
            default: {
                s.grow(call >> 3);
                const block in(s.view(call >= 0xf0));
                const auto a = m.step(in.view(), out.room());
                words.hold(a);
                demand(a.consumed() <= in.view().size());
                s.used += a.consumed();
                if (a.next() == next::authenticate) open = asks::login;
                if (a.next() == next::negotiate) open = asks::negotiate;
                if (a.next() == next::serve) {
                    demand(let_in || m.method() == socks::method::none);
                    demand(open == asks::nothing);
                    open = asks::serve;
                    demand(a.user().size() <= 255 && a.to().host.name().size() <= 255);
                }
                if (a.next() == next::done)
                    return demand(open == asks::serve && answered >= 1 && answered <= 2);
            }
        }
    }
}

}  // namespace

//     which  tolerance  count calls...  then what the machine is given, and the bytes of the peer
void fuzz(input in) {
    const uint8_t which = in.byte();
    const socks::tolerance accept = any_tolerance(in.byte());
    const input calls(in.counted());
    if ((which & 1) == 0) {
        const socks::request one = any_request(in);
        const socks::request other = any_request(in);
        const socks::client m({.tolerance = accept,
                               .wait_for_full_refusal = (which & 2) != 0,
                               .pipelined = (which & 4) != 0,
                               .after_greeting = (which & 8) != 0});
        return abuse_client(calls, m, one, other, in.rest());
    }
    const socks::server_options server_options = any_server_options(in);
    const answers app = any_answers(in);
    abuse_server(calls, server_options, app, in.rest());
}
