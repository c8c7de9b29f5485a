// The invariant of space: a call whose output is one byte too small reports how much suffices. It consumes
// nothing, writes nothing and changes nothing. The caller makes it again.

#include "refusals.hpp"

namespace {

using namespace drive;

// Output of exactly that many bytes, with marks in it and after it.
class marked {
  public:
    constexpr explicit marked(size_t room) : room_(room) {
        for (char& c : bytes_) c = '\x5a';
    }
    constexpr socks::buffer room() { return {bytes_, room_}; }
    // Whether all marks from `n` on are still there.
    [[nodiscard]] constexpr bool untouched_from(size_t n) const {
        for (size_t i = n; i < sizeof bytes_; ++i)
            if (bytes_[i] != '\x5a') return false;
        return true;
    }

  private:
    size_t room_;
    char bytes_[socks::client::max_output + 8] = {};
};

// Makes `call` with too little room, several times over, then with exactly enough.
template <class Machine, class Call>
constexpr auto tight(check& t, Machine& m, Call call, tape& sent) {
    marked ample(socks::client::max_output);
    Machine copy = m;
    const auto expected = call(copy, ample.room());
    if (expected.next() != Machine::next::send) {
        marked none(0);
        return call(m, none.room());  // what sends nothing needs no room
    }
    const size_t size = expected.data().size();
    for (const size_t room : {size - 1, size / 2, size_t{0}}) {
        const auto entered = t.in(room);
        marked small(room);
        const auto a = call(m, small.room());
        t.ok(a.next() == Machine::next::fail && a.error() == errc::no_space && a.required() == size);
        t.ok(a.consumed() == 0 && small.untouched_from(0));
    }
    marked enough(size);
    const auto a = call(m, enough.room());
    if (!t.ok(a.next() == Machine::next::send && a.data() == expected.data() &&
              a.consumed() == expected.consumed()))
        return a;
    t.ok(enough.untouched_from(size));
    sent.put(a.data());
    return a;
}

constexpr void client_in_tight_room(check& t, const socks::request& request, bytes says,
                                    const outcome& expected) {
    using next = socks::client::next;
    socks::client m;
    tape sent;
    size_t used = 0;
    for (int step = 0; step < 20; ++step) {
        const bytes in = says.subspan(used);
        const auto a = tight(
            t, m, [&](auto& it, socks::buffer out) { return it.step(request, in, out); }, sent);
        used += a.consumed();
        if (a.next() == next::negotiate) {
            const bool good = says.subspan(used).first(toy_challenge.size()) == toy_challenge;
            used += toy_challenge.size();
            sent.put(toy_hello).put(good ? toy_proof : bytes());
            m.negotiated(good);
        }
        if (a.next() == next::recv || a.next() == next::done || a.next() == next::fail) break;
    }
    t.ok(sent == expected.sent && used == expected.used);
}

constexpr void a_client_out_of_room_is_as_it_was(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.server.all();
        client_in_tight_room(t, c.request, says.view(),
                             run<plain>(socks::client(), c.request, {.says = says.view()}));
    }
}
PROVE_AND_RUN(a_client_out_of_room_is_as_it_was)

constexpr void a_refused_client_out_of_room_is_as_it_was(check& t) {
    for (const refusal& r : refusals)
        client_in_tight_room(t, r.request, r.server,
                             run<plain>(socks::client(), r.request, {.says = r.server}));
}
PROVE_AND_RUN(a_refused_client_out_of_room_is_as_it_was)

// The same for an answer, which is encoded in its own call.
template <class Call>
constexpr void tight_answer(check& t, socks::server& m, Call call, tape& sent) {
    marked ample(socks::server::max_output);
    socks::server copy = m;
    const socks::encoded expected = call(copy, ample.room());
    t.ok(static_cast<bool>(expected));
    for (const size_t room : {expected.size() - 1, expected.size() / 2, size_t{0}}) {
        const auto entered = t.in(room);
        marked small(room);
        const socks::encoded e = call(m, small.room());
        t.ok(e.error() == errc::no_space && e.required() == expected.size() && e.size() == 0);
        t.ok(small.untouched_from(0));
        marked none(0);
        t.ok(m.step("", none.room()).next() == socks::server::next::wait);  // the question is still open
    }
    marked enough(expected.size());
    const socks::encoded e = call(m, enough.room());
    t.ok(e.data() == expected.data() && enough.untouched_from(expected.size()));
    sent.put(e.data());
}

constexpr void server_in_tight_room(check& t, const socks::server_options& server_options,
                                    const application& app, bytes says, const outcome& expected) {
    using next = socks::server::next;
    socks::server m(server_options);
    tape sent;
    size_t used = 0;
    size_t answers = 0;
    for (int step = 0; step < 20; ++step) {
        const auto entered = t.in(static_cast<size_t>(step));
        const bytes in = says.subspan(used);
        const auto a = tight(
            t, m, [&](auto& it, socks::buffer out) { return it.step(in, out); }, sent);
        used += a.consumed();
        const auto granting = [&](auto& it, socks::buffer out) { return it.authenticated(app.grants, out); };
        const auto answering = [&](auto& it, socks::buffer out) {
            return it.answer(app.answers[answers], out);
        };
        if (a.next() == next::authenticate) tight_answer(t, m, granting, sent);
        if (a.next() == next::serve || a.next() == next::wait) {
            tight_answer(t, m, answering, sent);
            ++answers;
        }
        if (a.next() == next::negotiate) {
            const bool good = says.subspan(used).first(toy_hello.size()) == toy_hello;
            used += toy_hello.size() + (good ? toy_proof.size() : 0);
            sent.put(good ? toy_challenge : bytes());
            m.negotiated(good);
        }
        if (a.next() == next::recv || a.next() == next::done || a.next() == next::fail) break;
    }
    t.ok(sent == expected.sent && used == expected.used);
}

constexpr void a_server_out_of_room_is_as_it_was(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.client.all();
        const outcome expected = run<plain>(socks::server(c.server_options), c.app, {.says = says.view()});
        server_in_tight_room(t, c.server_options, c.app, says.view(), expected);
    }
}
PROVE_AND_RUN(a_server_out_of_room_is_as_it_was)

// Bytes behind the message that is refused must not sway the second attempt.
constexpr void a_server_that_refuses_out_of_room_is_as_it_was(check& t) {
    for (const rejection& r : rejections)
        for (const bytes behind : {bytes(), bytes("GET /\0 HTTP/1.1\0"), bytes("\0\0")}) {
            const auto entered = t.in(behind);
            const tape says = tape().put(r.client).put(behind);
            const outcome expected =
                run<plain>(socks::server(r.server_options), r.app, {.says = says.view()});
            server_in_tight_room(t, r.server_options, r.app, says.view(), expected);
        }
}
PROVE_AND_RUN(a_server_that_refuses_out_of_room_is_as_it_was)

}  // namespace
