// CHAP, method 3, between negotiate and negotiated() of both machines. The bytes are those of
// draft-ietf-aft-socks-chap-01.

#include "conversations.hpp"

namespace {

using namespace drive;

// CHAP as its draft has it: VER 1, the number of attributes, and each as type, length, value. Algorithm 0x85
// is HMAC-MD5; the response is the second test vector of RFC 2202, whose key is the password and whose data
// the challenge.
constexpr bytes chap_client[] = {"01 01  11 01 85"_bytes,
                                 "01 02  02 04 'john'  04 10 750c783e6ab0b503eaa86e310a5db738"_bytes};
constexpr bytes chap_server[] = {"01 02  11 01 85  03 1c 'what do ya want for nothing?'"_bytes,
                                 "01 01  00 01 00"_bytes};
constexpr bytes chap_refusal = "01 01  00 01 ff"_bytes;

constexpr socks::request chap_request{.to = {ipv4{198, 51, 100, 4}, 443},
                                      .credentials = {"john", "Jefe"},
                                      .methods = {method::chap, method::username_password}};

// Bytes that arrive in two pieces.
struct arrival {
    bytes rest;
    size_t cut;

    template <size_t N>
    constexpr bool to(socks::inbox<N>& in) {
        const size_t n = cut != 0 && cut < rest.size() ? cut : rest.size();
        const socks::buffer room = in.prepare(n);
        for (size_t i = 0; i < n; ++i) room.data()[i] = rest.data()[i];
        if (n != 0) in.commit(n);
        rest = rest.subspan(n);
        cut = 0;
        return n != 0;
    }
};

// Takes the message that is due, if it is whole; what lies behind it stays.
template <size_t N>
constexpr bool take_message(check& t, socks::inbox<N>& in, bytes due) {
    if (in.data().size() < due.size()) return false;
    t.ok(in.data().first(due.size()) == due);
    in.consume(due.size());
    return true;
}

constexpr tape chap_of_a_client(check& t, arrival from, bool welcome, errc& why) {
    using next = socks::client::next;
    socks::client m;
    socks::inbox<socks::client::max_input> in;
    char out[socks::client::max_output] = {};
    tape sent;
    size_t turn = 0;
    for (bool alive = true; alive;) {
        const auto a = m.step(chap_request, in, out);
        switch (a.next()) {
            case next::send: sent.put(a.data()); break;
            case next::recv: alive = from.to(in); break;
            case next::negotiate: sent.put(a.method() == method::chap ? chap_client[0] : bytes()); break;
            case next::wait:
                if (!take_message(t, in, turn == 1 && !welcome ? chap_refusal : chap_server[turn]))
                    alive = from.to(in);
                else if (turn++ == 0)
                    sent.put(chap_client[1]);
                else
                    m.negotiated(welcome);
                break;
            case next::bound:
            case next::done: alive = false; break;
            case next::fail:
                why = a.error();
                alive = false;
                break;
        }
    }
    return sent;
}

constexpr tape chap_of_a_server(check& t, arrival from, socks::endpoint& asked) {
    using next = socks::server::next;
    socks::server m({.methods = {method::chap, method::username_password}});
    socks::inbox<socks::server::max_input> in;
    char out[socks::server::max_output] = {};
    tape sent;
    size_t turn = 0;
    for (bool alive = true; alive;) {
        const auto a = m.step(in, out);
        switch (a.next()) {
            case next::send: sent.put(a.data()); break;
            case next::recv: alive = from.to(in); break;
            case next::authenticate: sent.put(m.authenticated(true, out).data()); break;
            case next::negotiate: t.ok(a.method() == method::chap); break;
            case next::wait:
                if (!take_message(t, in, chap_client[turn])) {
                    alive = from.to(in);
                    break;
                }
                sent.put(chap_server[turn]);
                if (++turn == 2) m.negotiated(true);
                break;
            case next::serve:
                asked = a.to();
                sent.put(m.answer({code5::succeeded, {}}, out).data());
                break;
            case next::done:
            case next::fail: alive = false; break;
        }
    }
    return sent;
}

constexpr bytes choice3 = "05 03"_bytes;
constexpr bytes reply = "05 00 00 01 00000000 0000"_bytes;
constexpr bytes greeting32 = "05 02 03 02"_bytes;
constexpr bytes request_bytes = "05 01 00 01 c6336404 01bb"_bytes;

// G6: offered 3 and 2, a server picks the one it prefers, and CHAP goes on byte by byte as drafted; a cut
// anywhere, so bytes of one message behind another's too.
constexpr void chap_may_be_cut_at_every_byte(check& t) {
    const tape down = tape().put(choice3).put(chap_server[0]).put(chap_server[1]).put(reply);
    const tape up = tape().put(greeting32).put(chap_client[0]).put(chap_client[1]).put(request_bytes);
    for (size_t cut = 0; cut < down.size(); ++cut) {
        const auto entered = t.in(cut);
        errc why = errc::none;
        t.ok(chap_of_a_client(t, {down.view(), cut}, true, why) == up && why == errc::none);
    }
    for (size_t cut = 0; cut < up.size(); ++cut) {
        const auto entered = t.in(cut);
        socks::endpoint asked;
        t.ok(chap_of_a_server(t, {up.view(), cut}, asked) == down);
        t.ok(asked == socks::endpoint{ipv4{198, 51, 100, 4}, 443});
    }
}
PROVE_AND_RUN(chap_may_be_cut_at_every_byte)

constexpr void a_server_that_prefers_the_login_gets_it(check& t) {
    const bytes down = "05 02  01 00  05 00 00 01 00000000 0000"_bytes;
    errc why = errc::none;
    t.ok(chap_of_a_client(t, {down, 3}, true, why) ==
         tape().put(greeting32).put("01 04 'john' 04 'Jefe'"_bytes).put(request_bytes));
    socks::endpoint asked;
    t.ok(chap_of_a_server(t, {"05 01 02  01 04 'john' 04 'Jefe'  05 01 00 01 c6336404 01bb"_bytes, 5},
                          asked) == down);
    t.ok(why == errc::none && asked.port == 443);
}
PROVE_AND_RUN(a_server_that_prefers_the_login_gets_it)

// G6, A1: a failed challenge is the end. The password does not follow in clear text, although it was offered.
constexpr void a_failed_challenge_does_not_fall_back_to_a_login(check& t) {
    const tape down = tape().put(choice3).put(chap_server[0]).put(chap_refusal).put("05 02  01 00"_bytes);
    errc why = errc::none;
    const tape sent = chap_of_a_client(t, {down.view(), 0}, false, why);
    t.ok(why == errc::negotiation_failed);
    t.ok(sent == tape().put(greeting32).put(chap_client[0]).put(chap_client[1]));

    socks::client only_chap;
    char out[socks::client::max_output] = {};
    const socks::request request{
        .to = {"a.example", 25}, .credentials = {"john", "Jefe"}, .methods = method::chap};
    t.ok(only_chap.step(request, "", out).data() == "05 01 03"_bytes);
    t.ok(only_chap.step(request, "05 02"_bytes, out).error() == errc::method_not_offered);
}
PROVE_AND_RUN(a_failed_challenge_does_not_fall_back_to_a_login)

}  // namespace
