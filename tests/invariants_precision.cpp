// The invariant of precision: if each read takes exactly needed() bytes, no byte after the handshake is read,
// and the reads are few. The invariant of progress: the number of bytes bounds the number of steps.

#include "refusals.hpp"

namespace {

using namespace drive;

constexpr bytes banner = "SSH-2.0-x\r\n";

constexpr void a_precise_client_leaves_the_tunnel_alone(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.server.all().put(banner);
        const outcome o = run<plain>(socks::client(), c.request, {.says = says.view(), .how = precise});
        t.ok(o.how == ending::done && o.taken == c.server.all().size() && o.early.size() == 0);
        t.ok(o.told == c.result);
    }
}
PROVE_AND_RUN(a_precise_client_leaves_the_tunnel_alone)

// The toy method reads for itself, once.
constexpr void a_precise_client_takes_one_read_for_each_message_and_one_more_for_an_address(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const outcome o =
            run<boxed>(socks::client(), c.request, {.says = c.server.all().view(), .how = precise});
        t.ok(o.reads == c.reads);
    }
}
PROVE_AND_RUN(a_precise_client_takes_one_read_for_each_message_and_one_more_for_an_address)

// The shortest reply that servers send has 7 bytes: asking for more at first would take one of the tunnel's.
constexpr void a_precise_client_takes_the_shortest_reply_alone(check& t) {
    const socks::request request{.to = {"files.example.com", 443}};
    const bytes says = "05 00  05 00 00 03 00 0000  'T'"_bytes;
    const outcome o = run<plain>(socks::client(), request, {.says = says, .how = precise});
    t.ok(o.how == ending::done && o.taken == 9 && o.reads == 2);
    t.ok(o.told == "'D' 00 00 0000"_bytes);
}
PROVE_AND_RUN(a_precise_client_takes_the_shortest_reply_alone)

constexpr void a_precise_client_takes_nothing_behind_a_refusal(check& t) {
    for (const refusal& r : refusals) {
        const auto entered = t.in(r.what);
        tape says;
        says.put(r.server);
        const outcome o = run<plain>(socks::client(), r.request, {.says = says.view(), .how = precise});
        t.ok(o.how == ending::failed && o.why == r.why && o.byte == r.byte);
    }
}
PROVE_AND_RUN(a_precise_client_takes_nothing_behind_a_refusal)

constexpr void a_precise_server_leaves_early_data_alone(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.client.all().put(banner);
        const outcome o =
            run<plain>(socks::server(c.server_options), c.app, {.says = says.view(), .how = precise});
        t.ok(o.how == ending::done && o.taken == c.client.all().size() && o.early.size() == 0);
        t.ok(o.told == c.asked);
    }
}
PROVE_AND_RUN(a_precise_server_leaves_early_data_alone)

// What the client asks for after each number of bytes of `says`, which is one message of the peer.
struct wanted {
    bytes before;  // the messages that come first
    bytes says;
    socks::request request;
};

constexpr wanted replies[] = {
    {"", "05 00"_bytes, {.to = {"files.example.com", 443}}},
    {"05 02"_bytes, "01 00"_bytes, {.to = {"files.example.com", 443}, .credentials = {"john", "foo"}}},
    {"05 00"_bytes, "05 00 00 03 00 0050"_bytes, {.to = {"files.example.com", 443}}},
    {"05 00"_bytes, "05 00 00 01 c0000207 0438"_bytes, {.to = {"files.example.com", 443}}},
    {"05 00"_bytes, "05 00 00 03 05 'a.net' 0050"_bytes, {.to = {"files.example.com", 443}}},
    {"05 00"_bytes,
     "05 00 00 04 20010db800000000000000000000001f 0014"_bytes,
     {.to = {"files.example.com", 443}}},
    {"", "00 5a 1f90 c0000207"_bytes, {.version = version::v4, .to = {ipv4{66, 102, 7, 99}, 80}}},
};

// need() is a promise: at least one byte, and never past the end of the message.
constexpr void need_never_reaches_past_the_message(check& t) {
    for (const wanted& w : replies) {
        const auto entered = t.in(w.says);
        for (size_t n = 0; n < w.says.size(); ++n) {
            const auto nested = t.in(n);
            socks::client m;
            socks::inbox<socks::client::max_input> in;
            char out[socks::client::max_output] = {};
            tape had;
            had.put(w.before).put(w.says.first(n));
            if (had.size() != 0) {
                const socks::buffer to = in.prepare(had.size());
                for (size_t i = 0; i < had.size(); ++i) to.data()[i] = had.view().data()[i];
                in.commit(had.size());
            }
            auto a = m.step(w.request, in, out);
            while (a.next() == socks::client::next::send) a = m.step(w.request, in, out);
            t.ok(a.next() == socks::client::next::recv);
            t.ok(a.needed() >= 1 && n + a.needed() <= w.says.size());
        }
    }
}
PROVE_AND_RUN(need_never_reaches_past_the_message)

constexpr void need_counts_towards_the_shortest_message(check& t) {
    socks::server m;
    char out[socks::server::max_output] = {};
    t.ok(m.step(bytes(), out).needed() == 3);
    t.ok(m.step("05"_bytes, out).needed() == 2);
    t.ok(m.step("05 04"_bytes, out).needed() == 4);
    socks::server four;
    t.ok(four.step("04"_bytes, out).needed() == 8);
    t.ok(four.step("04 01 0050 42660763"_bytes, out).needed() == 1);
    socks::server named;
    t.ok(named.step("04 01 0050 00000001"_bytes, out).needed() == 3);
    t.ok(named.step("04 01 0050 00000001 'john'"_bytes, out).needed() == 3);
    t.ok(named.step("04 01 0050 00000001 'john' 00"_bytes, out).needed() == 2);
    t.ok(named.step("04 01 0050 00000001 'john' 00 'a'"_bytes, out).needed() == 1);
}
PROVE_AND_RUN(need_counts_towards_the_shortest_message)

// One byte at a time costs at most one recv for each byte, one action for each message, and the ending.
template <class Machine, class Request>
constexpr void is_bounded(check& t, Machine m, const Request& request, bytes says, bool closes) {
    const outcome o = run<plain>(m, request, {.says = says, .how = bytewise, .closes = closes});
    t.ok(o.how != ending::spun);
    t.ok(o.steps <= says.size() + 12);
}

constexpr void the_steps_of_a_handshake_are_bounded(check& t) {
    for (const conversation& c : conversations)
        for (const bool closes : {false, true}) {
            const auto entered = t.in(size_t{closes});
            is_bounded(t, socks::client(), c.request, c.server.all().view(), closes);
            is_bounded(t, socks::server(c.server_options), c.app, c.client.all().view(), closes);
        }
    for (const refusal& r : refusals) is_bounded(t, socks::client(), r.request, r.server, true);
    for (const rejection& r : rejections)
        is_bounded(t, socks::server(r.server_options), r.app, r.client, true);
}
PROVE_AND_RUN(the_steps_of_a_handshake_are_bounded)

}  // namespace
