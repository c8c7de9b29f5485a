// The invariant of chunking: the result depends neither on how the bytes are cut into reads nor on the
// overload. Bytes that follow an error do not change it.

#include "refusals.hpp"

namespace {

using namespace drive;

constexpr bytes banner = "SSH-2.0-x\r\n";

constexpr tape with_banner(const script& s) { return s.all().put(banner); }

// The same peer at `how` and through every overload gives the record of one whole read.
template <class Machine, class Request>
void same_as_whole(check& t, Machine m, const Request& request, bytes says, pace how, bool closes = false) {
    const outcome once = run<plain>(m, request, {.says = says, .closes = closes});
    t.ok(once.how != ending::spun);
    t.ok(run<plain>(m, request, {.says = says, .how = how, .closes = closes}) == once);
    t.ok(run<boxed>(m, request, {.says = says, .how = how, .closes = closes}) == once);
    t.ok(run<posted<3>>(m, request, {.says = says, .how = how, .closes = closes}) == once);
}

constexpr void a_client_takes_bytes_one_by_one_as_it_takes_them_whole(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.server.all();
        const outcome once = run<plain>(socks::client(), c.request, {.says = says.view()});
        t.ok(run<plain>(socks::client(), c.request, {.says = says.view(), .how = bytewise}) == once);
        t.ok(run<posted<3>>(socks::client(), c.request, {.says = says.view(), .how = precise}) == once);
    }
}
PROVE_AND_RUN(a_client_takes_bytes_one_by_one_as_it_takes_them_whole)

constexpr void a_server_takes_bytes_one_by_one_as_it_takes_them_whole(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.client.all();
        const outcome once = run<plain>(socks::server(c.server_options), c.app, {.says = says.view()});
        t.ok(run<plain>(socks::server(c.server_options), c.app, {.says = says.view(), .how = bytewise}) ==
             once);
        t.ok(run<posted<3>>(socks::server(c.server_options), c.app, {.says = says.view(), .how = precise}) ==
             once);
    }
}
PROVE_AND_RUN(a_server_takes_bytes_one_by_one_as_it_takes_them_whole)

template <class Machine, class Request>
void same_at_every_pace(check& t, Machine m, const Request& request, bytes says, bool closes = false) {
    for (size_t i = 0; i <= says.size(); ++i) same_as_whole(t, m, request, says, split_at(i), closes);
    for (size_t k = 1; k <= 9; ++k) same_as_whole(t, m, request, says, in_pieces_of(k), closes);
    for (uint32_t seed = 1; seed <= 50; ++seed) same_as_whole(t, m, request, says, at_random(seed), closes);
}

void every_pace_gives_a_client_the_same_handshake(check& t) {
    for (const conversation& c : conversations)
        same_at_every_pace(t, socks::client(), c.request, c.server.all().view());
}
RUN(every_pace_gives_a_client_the_same_handshake)

void every_pace_gives_a_server_the_same_handshake(check& t) {
    for (const conversation& c : conversations)
        same_at_every_pace(t, socks::server(c.server_options), c.app, c.client.all().view());
}
RUN(every_pace_gives_a_server_the_same_handshake)

void every_pace_gives_a_client_the_same_failure(check& t) {
    for (const refusal& r : refusals)
        for (const bool closes : {false, true})
            same_at_every_pace(t, socks::client(), r.request, r.server, closes);
}
RUN(every_pace_gives_a_client_the_same_failure)

void every_pace_gives_a_server_the_same_failure(check& t) {
    for (const rejection& r : rejections)
        for (const bool closes : {false, true})
            same_at_every_pace(t, socks::server(r.server_options), r.app, r.client, closes);
}
RUN(every_pace_gives_a_server_the_same_failure)

// Whatever is read with the last message is early data, whatever is not stays in the stream, and together
// they are all that was sent behind it.
template <class End, class Machine, class Request>
constexpr void nothing_is_lost(check& t, Machine m, const Request& request, bytes says, size_t handshake,
                               pace how) {
    const outcome o = run<End>(m, request, {.says = says, .how = how});
    t.ok(o.how == ending::done && o.used == handshake && o.taken == handshake + o.early.size());
    t.ok(o.early == says.subspan(handshake).first(o.early.size()));
}

constexpr void bytes_behind_the_last_message_are_handed_over_whole(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape replies = with_banner(c.server);
        const tape requests = with_banner(c.client);
        for (const pace how : {whole, bytewise, in_pieces_of(7)}) {
            const auto nested = t.in();
            nothing_is_lost<plain>(t, socks::client(), c.request, replies.view(), c.server.all().size(), how);
            nothing_is_lost<boxed>(t, socks::server(c.server_options), c.app, requests.view(),
                                   c.client.all().size(), how);
        }
        const outcome o = run<posted<5>>(socks::client(), c.request, {.says = replies.view()});
        t.ok(o.early == banner && o.unread == 0);
        const outcome s = run<posted<5>>(socks::server(c.server_options), c.app, {.says = requests.view()});
        t.ok(s.early == banner && s.unread == 0);
    }
}
PROVE_AND_RUN(bytes_behind_the_last_message_are_handed_over_whole)

void early_data_survives_a_cut_at_every_byte(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape replies = with_banner(c.server);
        const tape requests = with_banner(c.client);
        for (size_t i = 0; i <= replies.size(); ++i)
            nothing_is_lost<boxed>(t, socks::client(), c.request, replies.view(), c.server.all().size(),
                                   split_at(i));
        for (size_t i = 0; i <= requests.size(); ++i)
            nothing_is_lost<posted<4>>(t, socks::server(c.server_options), c.app, requests.view(),
                                       c.client.all().size(), split_at(i));
    }
}
RUN(early_data_survives_a_cut_at_every_byte)

// No bytes are legal input in every state and are no news.
constexpr void no_bytes_change_nothing(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.server.all();
        for (size_t n = 0; n < says.size(); ++n) {
            const auto nested = t.in(n);
            socks::client m;
            char out[socks::client::max_output] = {};
            bytes in = says.view().first(n);
            auto a = m.step(c.request, in, out);
            while (a.next() == socks::client::next::send || a.next() == socks::client::next::bound) {
                in = in.subspan(a.consumed());
                a = m.step(c.request, in, out);
            }
            if (a.next() != socks::client::next::recv) continue;  // the toy method reads for itself
            const size_t need = a.needed();
            a = m.step(c.request, in, out);
            t.ok(a.next() == socks::client::next::recv && a.needed() == need && a.consumed() == 0);
        }
    }
}
PROVE_AND_RUN(no_bytes_change_nothing)

template <class Machine, class Request>
constexpr void whatever_follows(check& t, Machine m, const Request& request, bytes says,
                                const outcome& bare) {
    for (const bytes more :
         {bytes("00"_bytes), bytes("ff ff ff ff"_bytes), bytes("05 00 05 01 00 01 00 5a"_bytes)}) {
        const auto entered = t.in(more);
        tape longer;
        longer.put(says).put(more);
        const outcome o = run<plain>(m, request, {.says = longer.view()});
        t.ok(o == bare);
        t.ok(o.unread == longer.size() - o.used);
    }
}

constexpr void a_client_s_verdict_is_stable(check& t) {
    for (const refusal& r : refusals) {
        const auto entered = t.in(r.what);
        const outcome bare = run<plain>(socks::client(), r.request, {.says = r.server});
        t.ok(bare.how == ending::failed && bare.why == r.why && bare.byte == r.byte && bare.used == r.used);
        whatever_follows(t, socks::client(), r.request, r.server, bare);
    }
}
PROVE_AND_RUN(a_client_s_verdict_is_stable)

constexpr void a_server_s_verdict_is_stable(check& t) {
    for (const rejection& r : rejections) {
        const auto entered = t.in(r.what);
        const outcome bare = run<plain>(socks::server(r.server_options), r.app, {.says = r.client});
        t.ok(bare.how == ending::failed && bare.why == r.why && bare.byte == r.byte && bare.used == r.used);
        t.ok(bare.sent == r.server);
        whatever_follows(t, socks::server(r.server_options), r.app, r.client, bare);
    }
}
PROVE_AND_RUN(a_server_s_verdict_is_stable)

}  // namespace
