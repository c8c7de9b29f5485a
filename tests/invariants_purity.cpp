// The invariants of a machine's state. Two copies made at any step go on equally. A machine that is copied
// byte by byte to another place goes on equally. No call depends on memory that an earlier call got.

#include <cstring>
#include <type_traits>

#include "conversations.hpp"

namespace {

using namespace drive;

static_assert(std::is_trivially_copyable_v<socks::client> && sizeof(socks::client) <= 14);
static_assert(std::is_trivially_copyable_v<socks::server> && sizeof(socks::server) <= 16);
static_assert(std::is_nothrow_default_constructible_v<socks::client>);
static_assert(std::is_nothrow_default_constructible_v<socks::server>);

// A machine some steps into a conversation, all bytes of the peer being there.
template <class Machine>
struct midway {
    Machine machine;
    tape sent{};
    size_t used = 0;
    bool over = false;
};

constexpr void advance(midway<socks::client>& at, const conversation& c, bytes says) {
    using next = socks::client::next;
    char out[socks::client::max_output] = {};
    const auto a = at.machine.step(c.request, says.subspan(at.used), out);
    at.used += a.consumed();
    if (a.next() == next::send) at.sent.put(a.data());
    if (a.next() == next::negotiate) {
        at.used += toy_challenge.size();
        at.sent.put(toy_hello).put(toy_proof);
        at.machine.negotiated(true);
    }
    at.over = a.next() == next::done;
}

constexpr void advance(midway<socks::server>& at, const conversation& c, bytes says) {
    using next = socks::server::next;
    char out[socks::server::max_output] = {};
    const auto a = at.machine.step(says.subspan(at.used), out);
    at.used += a.consumed();
    if (a.next() == next::send) at.sent.put(a.data());
    if (a.next() == next::authenticate) at.sent.put(at.machine.authenticated(true, out).data());
    if (a.next() == next::serve) at.sent.put(at.machine.answer(c.app.answers[0], out).data());
    if (a.next() == next::wait) at.sent.put(at.machine.answer(c.app.answers[1], out).data());
    if (a.next() == next::negotiate) {
        at.used += toy_hello.size() + toy_proof.size();
        at.sent.put(toy_challenge);
        at.machine.negotiated(true);
    }
    at.over = a.next() == next::done;
}

template <class Machine, class Request>
constexpr void both_copies_agree(check& t, Machine m, const Request& request, const conversation& c,
                                 bytes says, const tape& expected) {
    midway<Machine> at{.machine = m};
    for (int step = 0; step < 20 && !at.over; ++step) {
        const auto entered = t.in(static_cast<size_t>(step));
        const Machine copy = at.machine;
        const bytes rest = says.subspan(at.used);
        const outcome one = run<plain>(copy, request, {.says = rest});
        const outcome other = run<plain>(at.machine, request, {.says = rest});
        t.ok(one == other && one.how == ending::done);
        t.ok(at.used + one.used == says.size());
        t.ok(tape(at.sent).put(one.sent.view()) == expected);
        advance(at, c, says);
    }
    t.ok(at.over && at.sent == expected);
}

constexpr void a_client_s_copies_go_the_same_way(check& t) {
    for (const conversation& c : conversations)
        both_copies_agree(t, socks::client(), c.request, c, c.server.all().view(), c.client.all());
}
PROVE_AND_RUN(a_client_s_copies_go_the_same_way)

// BIND's second answer is the application's second: a run that starts between the two begins with it.
constexpr void a_server_s_copies_go_the_same_way(check& t) {
    for (const conversation& c : conversations)
        if (c.request.command != command::bind)
            both_copies_agree(t, socks::server(c.server_options), c.app, c, c.client.all().view(),
                              c.server.all());
}
PROVE_AND_RUN(a_server_s_copies_go_the_same_way)

// Bytes in another place, the old ones overwritten.
template <class Machine>
void move_house(midway<Machine>& at) {
    unsigned char bytes[sizeof(Machine)];
    std::memcpy(bytes, &at.machine, sizeof bytes);
    std::memset(static_cast<void*>(&at.machine), 0xdd, sizeof bytes);
    std::memcpy(static_cast<void*>(&at.machine), bytes, sizeof bytes);
}

void a_machine_survives_being_moved_byte_by_byte(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        midway<socks::client> near{.machine = socks::client()};
        midway<socks::server> far{.machine = socks::server(c.server_options)};
        const tape replies = c.server.all();
        const tape requests = c.client.all();
        for (int step = 0; step < 20; ++step) {
            move_house(near);
            move_house(far);
            if (!near.over) advance(near, c, replies.view());
            if (!far.over) advance(far, c, requests.view());
        }
        t.ok(near.over && near.sent == requests);
        t.ok(far.over && far.sent == replies);
    }
}
RUN(a_machine_survives_being_moved_byte_by_byte)

// What was said on the wire is state: a request that changes between two calls cannot contradict it.
constexpr void what_was_offered_wins_over_a_request_that_changed(check& t) {
    socks::client m;
    char out[socks::client::max_output] = {};
    const socks::request first{.to = {"files.example.com", 443}};
    const socks::request second{.command = command::bind,
                                .to = {"other.example", 80},
                                .credentials = {"john", "foo"},
                                .methods = {method::none, method::username_password}};
    t.ok(m.step(first, "", out).data() == "05 01 00"_bytes);
    socks::client other = m;
    const auto refused = other.step(second, "05 02"_bytes, out);
    t.ok(refused.next() == socks::client::next::fail && refused.error() == errc::method_not_offered);
    const auto asked = m.step(second, "05 00"_bytes, out);
    t.ok(asked.data() == "05 01 00 03 0d 'other.example' 0050"_bytes);  // CONNECT still
    t.ok(m.step(second, "05 00 00 01 c0000207 0438"_bytes, out).next() == socks::client::next::done);
}
PROVE_AND_RUN(what_was_offered_wins_over_a_request_that_changed)

constexpr void the_version_on_the_wire_wins_over_a_request_that_changed(check& t) {
    char out[socks::client::max_output] = {};
    socks::client four;
    t.ok(four.step({.version = version::v4, .to = {ipv4{66, 102, 7, 99}, 80}}, "", out).data() ==
         "04 01 0050 42660763 00"_bytes);
    t.ok(four.step({.to = {"a.example", 80}}, "00 5a 0000 00000000"_bytes, out).next() ==
         socks::client::next::done);

    socks::client five;
    t.ok(five.step({.to = {"a.example", 80}}, "", out).data() == "05 01 00"_bytes);
    const auto asked = five.step({.version = version::v4, .to = {documentation, 80}}, "05 00"_bytes, out);
    t.ok(asked.data() == "05 01 00 04 20010db800000000000000000000001f 0050"_bytes);
}
PROVE_AND_RUN(the_version_on_the_wire_wins_over_a_request_that_changed)

// A change for the worse, between greeting and request, is the caller's failure and nothing goes out.
constexpr void a_request_that_became_impossible_fails_before_it_is_sent(check& t) {
    const struct {
        socks::request request;
        bytes choice;
        errc why;
    } changes[] = {
        {{.to = {bytes("localhost:80"), 80}, .credentials = {"john", "foo"}}, "05 00"_bytes, errc::bad_host},
        {{.credentials = {"john", "foo"}}, "05 00"_bytes, errc::no_host},
        {{.to = {"a.example", 80}}, "05 02"_bytes, errc::no_credentials},
    };
    for (const auto& change : changes) {
        const auto entered = t.in();
        socks::client m;
        char out[socks::client::max_output] = {};
        const socks::request first{.to = {"a.example", 80},
                                   .credentials = {"john", "foo"},
                                   .methods = {method::username_password, method::none}};
        t.ok(m.step(first, "", out).data() == "05 02 02 00"_bytes);
        const auto a = m.step(change.request, change.choice, out);
        t.ok(a.next() == socks::client::next::fail && a.error() == change.why && a.consumed() == 0);
        t.ok(blame(a.error()) == socks::party::caller);
    }
}
PROVE_AND_RUN(a_request_that_became_impossible_fails_before_it_is_sent)

}  // namespace
