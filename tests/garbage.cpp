// Peers that do not speak SOCKS: other protocols, noise and floods. Each ends a machine with a named error in
// a bounded number of steps. All bytes that no message used are still in the input.

#include "conversations.hpp"

namespace {

using namespace drive;

constexpr socks::request plain5{.to = {"files.example.com", 443}};
constexpr socks::request plain4{.version = version::v4, .to = {ipv4{66, 102, 7, 99}, 80}};

constexpr struct {
    bytes says;
    errc why;
} non_socks_peers[] = {
    {"HTTP/1.1 400 Bad Request\r\n\r\n", errc::peer_is_http},
    {"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n", errc::peer_is_http},
    {"CONNECT a.example:443 HTTP/1.1\r\n\r\n", errc::peer_is_http},
    {"SSH-2.0-OpenSSH_9.2\r\n", errc::peer_is_ssh},
    {"15 03 03 0002 02 28"_bytes, errc::peer_is_tls},
    {"16 03 01 0005 01 000001 03"_bytes, errc::peer_is_tls},
    {"220 mail.example ESMTP\r\n", errc::not_socks},
    {"\n", errc::not_socks},
};

template <class End>
constexpr void non_socks_peers_are_named(check& t) {
    for (const auto& s : non_socks_peers)
        for (const bool closes : {false, true}) {
            const auto entered = t.in(size_t{closes});
            const peer other{.says = s.says, .closes = closes};
            for (const socks::request& request : {plain5, plain4}) {
                const auto nested = t.in();
                const outcome o = run<End>(socks::client(), request, other);
                t.ok(o.how == ending::failed && o.why == s.why && o.byte == s.says[0]);
                t.ok(o.used == 0 && o.unread == s.says.size());
            }
            const outcome o = run<End>(socks::server(), application(), other);
            t.ok(o.how == ending::failed && o.why == s.why && o.byte == s.says[0]);
            t.ok(o.used == 0 && o.unread == s.says.size() && o.sent == "");
        }
}

constexpr void other_protocols_are_named_by_their_first_byte(check& t) {
    non_socks_peers_are_named<plain>(t);
    non_socks_peers_are_named<boxed>(t);
}
PROVE_AND_RUN(other_protocols_are_named_by_their_first_byte)

// A multiplexer hands the untouched bytes to whoever speaks their protocol.
constexpr void a_multiplexer_finds_every_byte_where_it_was(check& t) {
    socks::server m;
    socks::inbox<socks::server::max_input> in;
    socks::outbox<socks::server::max_pending> out;
    const bytes get = "GET / HTTP/1.1\r\n";
    const socks::buffer to = in.prepare(get.size());
    for (size_t i = 0; i < get.size(); ++i) to.data()[i] = get.data()[i];
    in.commit(get.size());
    const auto a = m.step(in, out);
    t.ok(a.next() == socks::server::next::fail && a.error() == errc::peer_is_http);
    t.ok(in.data() == get && out.empty());
}
PROVE_AND_RUN(a_multiplexer_finds_every_byte_where_it_was)

// A flood without a NUL: refused at the first byte too many, whatever the size of the reads.
void a_flood_without_a_nul_is_refused_at_the_first_byte_too_many(check& t) {
    static char flood[65536];
    for (char& c : flood) c = '\xff';
    const bytes heads[] = {"04 01 0050 42660763"_bytes, "04 01 0050 00000001 00"_bytes};
    const errc whys[] = {errc::user_too_long, errc::name_too_long};
    for (int i = 0; i < 2; ++i) {
        for (size_t k = 0; k < heads[i].size(); ++k) flood[k] = heads[i].data()[k];
        for (const size_t piece : {size_t{1}, size_t{7}, size_t{500}, sizeof flood}) {
            const auto entered = t.in(piece);
            const outcome o = run<boxed>(socks::server(), application(),
                                         {.says = {flood, sizeof flood}, .how = in_pieces_of(piece)});
            t.ok(o.how == ending::failed && o.why == whys[i] && o.used == 0);
            t.ok(o.sent == "00 5b 0000 00000000"_bytes);
            if (piece == 1) t.ok(o.taken == heads[i].size() + 256);
            t.ok(o.taken <= socks::server::max_input && o.unread == o.taken);
        }
    }
}
RUN(a_flood_without_a_nul_is_refused_at_the_first_byte_too_many)

void a_flood_of_0xff_ends_a_client_at_its_first_byte(check& t) {
    static char flood[65536];
    for (char& c : flood) c = '\xff';
    const bytes behind[] = {"", "05 00"_bytes};
    for (const bytes head : behind) {
        const auto entered = t.in(head);
        for (size_t k = 0; k < head.size(); ++k) flood[k] = head.data()[k];
        const outcome o = run<plain>(socks::client(), plain5, {.says = {flood, sizeof flood}});
        t.ok(o.how == ending::failed && o.byte == 0xff && o.used == head.size());
        t.ok(o.why == (head.empty() ? errc::not_socks : errc::bad_version));
        t.ok(o.unread == sizeof flood - head.size());
    }
}
RUN(a_flood_of_0xff_ends_a_client_at_its_first_byte)

// An ending by name, and every byte read is accounted for.
bool fair(const outcome& o) {
    if (o.how == ending::done) return o.used + o.early.size() == o.taken;
    return o.how == ending::failed && blame(o.why) != socks::party::caller && o.used + o.unread == o.taken;
}

// By chance, with a plausible beginning or none.
void noise_ends_both_machines_by_name_and_loses_nothing(check& t) {
    const bytes beginnings[] = {"",
                                "05 00"_bytes,
                                "05 00  05 00 00 03"_bytes,
                                "05 01 00  05"_bytes,
                                "05 01 02  01"_bytes,
                                "04 01 0050 00000001"_bytes,
                                "00 5a"_bytes};
    int finished = 0;
    for (uint32_t seed = 1; seed <= 6000; ++seed) {
        const auto entered = t.in(size_t{seed});
        dice d(seed);
        tape says;
        says.put(beginnings[d.below(7)]);
        for (uint32_t n = d.below(300); n != 0; --n) says.put(static_cast<uint8_t>(d.below(256)));
        const peer noise{.says = says.view(), .how = at_random(seed), .closes = true};
        const outcome o = run<plain>(socks::client(), d.below(4) == 0 ? plain4 : plain5, noise);
        t.ok(fair(o));
        const socks::server_options server_options{.methods = {method::none, method::username_password}};
        const application app{.answers = {{code5::succeeded, {}}, {code5::succeeded, {}}}};
        const outcome p = run<boxed>(socks::server(server_options), app, noise);
        t.ok(fair(p));
        finished += (o.how == ending::done) + (p.how == ending::done);
    }
    t.ok(finished > 100);  // some of it makes sense
}
RUN(noise_ends_both_machines_by_name_and_loses_nothing)

// One byte of a real conversation is changed, each in turn to each value; the peer then closes.
void one_wrong_byte_never_spins_and_never_loses_bytes(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape right = c.server.all();
        const tape asked = c.client.all();
        for (size_t i = 0; i < right.size(); ++i)
            for (const int value : {0, 1, 2, 3, 4, 5, 0x5a, 0x5b, 0x7f, 0x80, 0xfe, 0xff}) {
                const auto nested = t.in(static_cast<size_t>(value));
                tape wrong;
                wrong.put(right.view().first(i))
                    .put(static_cast<uint8_t>(value))
                    .put(right.view().subspan(i + 1));
                t.ok(fair(run<plain>(socks::client(), c.request, {.says = wrong.view(), .closes = true})));
            }
        for (size_t i = 0; i < asked.size(); ++i)
            for (const int value : {0, 1, 2, 3, 4, 5, 0x5a, 0x5b, 0x7f, 0x80, 0xfe, 0xff}) {
                const auto nested = t.in(static_cast<size_t>(value));
                tape wrong;
                wrong.put(asked.view().first(i))
                    .put(static_cast<uint8_t>(value))
                    .put(asked.view().subspan(i + 1));
                t.ok(fair(run<boxed>(socks::server(c.server_options), c.app,
                                     {.says = wrong.view(), .closes = true})));
            }
    }
}
RUN(one_wrong_byte_never_spins_and_never_loses_bytes)

}  // namespace
