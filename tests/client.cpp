// The client's handshake: complete conversations byte by byte, the effect of each good message in each state,
// and the requests that fail before the first byte.

#include "refusals.hpp"

namespace {

using namespace drive;
using next = socks::client::next;

static_assert(socks::client::max_input == 4 + 1 + 255 + 2);
static_assert(socks::client::max_output == 8 + 255 + 1 + 255 + 1);

template <class End>
constexpr void converses(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const outcome o = run<End>(socks::client(), c.request, {.says = c.server.all().view()});
        t.ok(o.how == ending::done && o.sent == c.client.all() && o.told == c.result);
        t.ok(o.used == c.server.all().size() && o.early == "");
    }
}

constexpr void a_client_says_what_the_documents_say(check& t) { converses<plain>(t); }
PROVE_AND_RUN(a_client_says_what_the_documents_say)

constexpr void a_client_says_it_through_mailboxes_too(check& t) {
    converses<boxed>(t);
    converses<posted<1>>(t);
    converses<posted<600>>(t);
}
PROVE_AND_RUN(a_client_says_it_through_mailboxes_too)

// Each message is one piece, and comes out only when the reply it depends on is there.
constexpr void a_client_speaks_in_turn(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        if (c.request.methods.contains(toy)) continue;
        socks::client m;
        char out[socks::client::max_output] = {};
        size_t replies = 0;
        bytes in;
        for (const bytes message : c.client.messages) {
            const auto nested = t.in(message);
            if (message.empty()) break;
            const auto a = m.step(c.request, in, out);
            t.ok(a.next() == next::send && a.data() == message && a.consumed() == in.size());
            const auto idle = m.step(c.request, "", out);
            t.ok(idle.next() == next::recv && idle.consumed() == 0);
            in = c.server.messages[replies++];
        }
        auto a = m.step(c.request, in, out);
        if (c.request.command == command::bind) {
            t.ok(a.next() == next::bound && a.consumed() == in.size());
            t.ok(m.step(c.request, "", out).next() == next::recv);
            a = m.step(c.request, c.server.messages[replies], out);
        }
        t.ok(a.next() == next::done);
    }
}
PROVE_AND_RUN(a_client_speaks_in_turn)

constexpr void every_refusal_has_its_name(check& t) {
    for (const refusal& r : refusals) {
        const auto entered = t.in(r.what);
        const outcome o = run<boxed>(socks::client(), r.request, {.says = r.server});
        t.ok(o.how == ending::failed && o.why == r.why && o.byte == r.byte && o.used == r.used);
        t.ok(blame(o.why) == socks::party::peer);
    }
}
PROVE_AND_RUN(every_refusal_has_its_name)

// Its second byte says "no" in no version that was asked for, however much of it is there.
constexpr void a_reply_of_another_version_is_no_refusal(check& t) {
    const struct {
        socks::request request;
        bytes choice;
        bytes reply;
        errc why;
    } others[] = {
        {plain5, "05 00"_bytes, "00 5b 0000 00000000"_bytes, errc::bad_version},
        {plain5, "05 00"_bytes, "04 01 00 01 cb007105 0fa0"_bytes, errc::bad_version},
        {plain5, "05 00"_bytes, "'HTTP/1.1 403'"_bytes, errc::bad_version},
        {plain4, "", "05 01 00 01 cb007105 0fa0"_bytes, errc::bad_version},
        {plain4, "", "'HTTP/1.1 403'"_bytes, errc::peer_is_http},
    };
    for (const auto& s : others)
        for (const bool full_refusal : {false, true}) {
            const auto entered = t.in(size_t{full_refusal});
            socks::client m({.wait_for_full_refusal = full_refusal});
            char out[socks::client::max_output] = {};
            t.ok(m.step(s.request, "", out).next() == next::send);
            if (!s.choice.empty()) t.ok(m.step(s.request, s.choice, out).next() == next::send);
            const auto a = m.step(s.request, s.reply, out);
            t.ok(a.next() == next::fail && a.error() == s.why && a.byte() == s.reply[0] && a.consumed() == 0);
        }
}
PROVE_AND_RUN(a_reply_of_another_version_is_no_refusal)

// Of what went ahead, the replies that came before the end are used all the same.
constexpr void an_end_is_told_behind_what_was_used(check& t) {
    const struct {
        bytes in;
        errc why;
    } ends[] = {{"05 00"_bytes, errc::closed}, {"05 00  05"_bytes, errc::truncated}};
    for (const auto& e : ends) {
        const auto entered = t.in(e.in);
        socks::client m({.pipelined = true});
        char out[socks::client::max_output] = {};
        t.ok(m.step(plain5, "", out).next() == next::send && m.step(plain5, "", out).next() == next::send);
        m.end_of_stream();
        const auto a = m.step(plain5, e.in, out);
        t.ok(a.next() == next::fail && a.error() == e.why && a.byte() == 0 && a.consumed() == 2);
    }
}
PROVE_AND_RUN(an_end_is_told_behind_what_was_used)

// The longest messages of all, through buffers of exactly the advertised sizes.
constexpr void the_longest_messages_of_a_client_fit(check& t) {
    char name[255] = {};
    char user[255] = {};
    char password[255] = {};
    for (size_t i = 0; i < 255; ++i) {
        name[i] = 'n';
        user[i] = 'u';
        password[i] = 'p';
    }
    const socks::host to(bytes(name, 255));
    const bytes all_u(user, 255);
    char out[socks::client::max_output] = {};

    socks::client four;
    const socks::request want4{.version = version::v4a, .to = {to, 80}, .credentials = {all_u}};
    const auto a = four.step(want4, "", out);
    t.ok(a.next() == next::send && a.data().size() == socks::client::max_output);
    t.ok(a.data().first(8) == "04 01 0050 00000001"_bytes && a.data().subspan(8).first(255) == all_u);
    t.ok(a.data()[263] == 0 && a.data().subspan(264).first(255) == bytes(name, 255) && a.data()[519] == 0);

    socks::client five;
    const socks::request want5{.to = {to, 80}, .credentials = {all_u, bytes(password, 255)}};
    t.ok(five.step(want5, "", out).data() == "05 01 02"_bytes);
    const auto b = five.step(want5, "05 02"_bytes, out);
    t.ok(b.data().size() == 513 && b.data().first(2) == "01 ff"_bytes && b.data()[257] == 0xff);
    t.ok(b.data().subspan(258) == bytes(password, 255));
    t.ok(five.step(want5, "01 00"_bytes, out).data().size() == 262);

    tape reply = tape().put("05 00 00 03 ff"_bytes).put(bytes(name, 255)).put("0050"_bytes);
    t.ok(reply.size() == socks::client::max_input);
    const auto c = five.step(want5, reply.view(), out);
    t.ok(c.next() == next::done && c.result().reply.bound.host.name() == bytes(name, 255));
}
PROVE_AND_RUN(the_longest_messages_of_a_client_fit)

constexpr auto letters = message<300>().letters(300);

constexpr bytes many(size_t n) { return letters.view().first(n); }

// A request that cannot be asked costs no byte, and blames its author.
constexpr void what_can_not_be_asked_fails_before_the_first_byte(check& t) {
    const struct {
        socks::request request;
        errc why;
    } impossible[] = {
        {{.to = {bytes("localhost:80"), 80}}, errc::bad_host},
        {{.to = {bytes("fe80::1%eth0"), 80}}, errc::bad_host},                           // D3
        {{.to = {bytes("[::1"), 80}}, errc::bad_host},                                   // D2
        {{.to = {bytes("[foo]"), 80}}, errc::bad_host},                                  // D2
        {{.to = {bytes("example.com\0", 12), 80}}, errc::bad_host_byte},                 // D8
        {{.to = {bytes("evil\r\nX: 1"), 80}}, errc::bad_host_byte},                      // D10
        {{.to = {many(256), 80}}, errc::bad_host},                                       // D6
        {{.to = {many(300), 80}}, errc::bad_host},                                       // D6
        {{}, errc::no_host},                                                             // D13
        {{.to = {"a.example", 80}, .credentials = {many(256), "foo"}}, errc::bad_user},  // A10
        {{.to = {"a.example", 80}, .credentials = {"john", many(256)}}, errc::bad_password},
        {{.to = {"a.example", 80}, .methods = {method::none, method::username_password}},
         errc::no_credentials},  // A4
        {{.version = version::v4, .command = command::udp_associate}, errc::command_over_socks4},
        {{.version = version::v4, .to = {"a.example", 80}}, errc::name_over_socks4},              // S4-9, D15
        {{.version = version::v4, .to = {documentation, 80}}, errc::ipv6_over_socks4},            // S4-10
        {{.version = version::v4a, .to = {documentation, 80}}, errc::ipv6_over_socks4},           // S4-10
        {{.version = version::v4, .to = {ipv4{0, 0, 0, 1}, 80}}, errc::reserved_over_socks4},     // S4-7
        {{.version = version::v4a, .to = {ipv4{0, 0, 0, 255}, 80}}, errc::reserved_over_socks4},  // S4-7
        {{.version = version::v4, .to = {ipv4{1, 2, 3, 4}, 80}, .credentials = {many(256)}},
         errc::bad_user},  // S4-14
        {{.version = version::v4, .to = {ipv4{1, 2, 3, 4}, 80}, .credentials = {bytes("fr\0ed", 5)}},
         errc::bad_user},
    };
    for (const auto& i : impossible) {
        const auto entered = t.in();
        socks::client m;
        socks::inbox<socks::client::max_input> in;
        socks::outbox<socks::client::max_output> out;
        const auto a = m.step(i.request, in, out);
        t.ok(a.next() == next::fail && a.error() == i.why && out.empty());
        t.ok(blame(a.error()) == socks::party::caller);
    }
}
PROVE_AND_RUN(what_can_not_be_asked_fails_before_the_first_byte)

// Only the SOCKS4 marker of a name is refused: its neighbours are addresses.
constexpr void addresses_beside_the_socks4a_marker_are_sent(check& t) {
    char out[socks::client::max_output] = {};
    socks::client zero;
    t.ok(zero.step({.version = version::v4, .to = {ipv4{0, 0, 0, 0}, 80}}, "", out).data() ==
         "04 01 0050 00000000 00"_bytes);
    socks::client next_net;
    t.ok(next_net.step({.version = version::v4a, .to = {ipv4{0, 0, 1, 0}, 80}}, "", out).data() ==
         "04 01 0050 00000100 00"_bytes);
    socks::client five;
    t.ok(five.step({.to = {ipv4{0, 0, 0, 1}, 80}}, "", out).next() == next::send);
    t.ok(five.step({.to = {ipv4{0, 0, 0, 1}, 80}}, "05 00"_bytes, out).data() ==
         "05 01 00 01 00000001 0050"_bytes);
}
PROVE_AND_RUN(addresses_beside_the_socks4a_marker_are_sent)

// Without a question, "it succeeded" is a failure in every state and lets nobody in.
constexpr void an_answer_without_its_question_is_final(check& t) {
    for (const conversation& c : conversations)
        for (size_t steps = 0; steps < c.reads; ++steps)
            for (const bool yes : {false, true}) {
                const auto entered = t.in(size_t{yes});
                socks::client m;
                char out[socks::client::max_output] = {};
                const tape says = c.server.all();
                bytes in = says.view();
                bool asked = false;
                for (size_t i = 0; i < steps; ++i) {
                    const auto a = m.step(c.request, in, out);
                    asked = asked || a.next() == next::negotiate || a.next() == next::done;
                    in = in.subspan(a.consumed());
                }
                if (asked) continue;
                m.negotiated(yes);
                const auto a = m.step(c.request, in, out);
                t.ok(a.next() == next::fail && a.error() == errc::out_of_turn && a.consumed() == 0);
            }
}
PROVE_AND_RUN(an_answer_without_its_question_is_final)

constexpr void a_second_answer_is_out_of_turn(check& t) {
    socks::client m;
    char out[socks::client::max_output] = {};
    const socks::request request{.to = {"a.example", 25}, .methods = toy};
    t.ok(m.step(request, "", out).next() == next::send);
    t.ok(m.step(request, "05 80"_bytes, out).next() == next::negotiate);
    m.negotiated(true);
    m.negotiated(true);
    const auto a = m.step(request, "", out);
    t.ok(a.next() == next::fail && a.error() == errc::out_of_turn);
}
PROVE_AND_RUN(a_second_answer_is_out_of_turn)

}  // namespace
