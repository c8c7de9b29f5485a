// The server's handshake: complete conversations byte by byte, each refusal with its reply before its error,
// the questions in their order, and answers at the wrong time.

#include "refusals.hpp"

namespace {

using namespace drive;
using next = socks::server::next;

static_assert(socks::server::max_input == 8 + 255 + 1 + 255 + 1);
static_assert(socks::server::max_output == 4 + 1 + 255 + 2);

template <class End>
constexpr void converses(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const outcome o = run<End>(socks::server(c.server_options), c.app, {.says = c.client.all().view()});
        t.ok(o.how == ending::done && o.sent == c.server.all() && o.told == c.asked);
        t.ok(o.used == c.client.all().size() && o.early == "");
    }
}

constexpr void a_server_says_what_the_documents_say(check& t) { converses<plain>(t); }
PROVE_AND_RUN(a_server_says_what_the_documents_say)

constexpr void a_server_says_it_through_mailboxes_too(check& t) {
    converses<boxed>(t);
    converses<posted<1>>(t);
    converses<posted<600>>(t);
}
PROVE_AND_RUN(a_server_says_it_through_mailboxes_too)

// F13: the reply that tells the peer goes out first, in one piece; then the error tells the caller.
template <class End>
constexpr void refuses(check& t) {
    for (const rejection& r : rejections) {
        const auto entered = t.in(r.what);
        const outcome o = run<End>(socks::server(r.server_options), r.app, {.says = r.client});
        t.ok(o.how == ending::failed && o.sent == r.server);
        t.ok(o.why == r.why && o.byte == r.byte && o.used == r.used);
        t.ok(blame(o.why) == socks::party::peer);
    }
}

constexpr void every_refusal_is_told_to_the_peer_first(check& t) {
    refuses<plain>(t);
    refuses<posted<1>>(t);
}
PROVE_AND_RUN(every_refusal_is_told_to_the_peer_first)

// P1, P2: the longest messages of all, byte by byte, through buffers of exactly the advertised sizes.
void the_longest_messages_to_a_server_fit(check& t) {
    const auto letters = message<255>().letters(255);
    const tape four = tape()
                          .put("04 01 0050 00000001"_bytes)
                          .put(letters.view())
                          .put(uint8_t{0})
                          .put(letters.view())
                          .put(uint8_t{0});
    t.ok(four.size() == socks::server::max_input);
    const application app4{.answers = {{code4::granted, {}}}};
    for (const pace how : {whole, bytewise}) {
        const auto entered = t.in();
        const outcome o = run<boxed>(socks::server(), app4, {.says = four.view(), .how = how});
        t.ok(o.how == ending::done && o.sent == "00 5a 0000 00000000"_bytes);
        t.ok(
            o.told ==
            tape().put("'S' 4a 01 03 ff"_bytes).put(letters.view()).put("0050 00"_bytes).put(letters.view()));
    }

    const tape five = tape()
                          .put("05 01 02  01 ff"_bytes)
                          .put(letters.view())
                          .put(uint8_t{255})
                          .put(letters.view())
                          .put("05 01 00 03 ff"_bytes)
                          .put(letters.view())
                          .put("01bb"_bytes);
    t.ok(five.size() == 3 + 513 + 262);
    const socks::host bound(letters.view());
    const application app5{.answers = {{code5::succeeded, {bound, 80}}}};
    for (const pace how : {whole, bytewise}) {
        const auto entered = t.in();
        const outcome o = run<posted<7>>(socks::server(with_login), app5, {.says = five.view(), .how = how});
        t.ok(o.how == ending::done && o.used == five.size() &&
             o.sent.size() == 4 + socks::server::max_output);
        t.ok(o.sent ==
             tape().put("05 02  01 00  05 00 00 03 ff"_bytes).put(letters.view()).put("0050"_bytes));
    }
}
RUN(the_longest_messages_to_a_server_fit)

// Brings a server to each of its questions.
constexpr socks::server at_login() {
    socks::server m(with_login);
    char out[socks::server::max_output] = {};
    const auto sent = m.step("05 01 02"_bytes, out);
    const auto asked = m.step("01 04 'john' 03 'foo'"_bytes, out);
    return sent.next() == next::send && asked.next() == next::authenticate ? m : socks::server();
}

constexpr socks::server at_negotiation() {
    socks::server m({.methods = toy});
    char out[socks::server::max_output] = {};
    const auto sent = m.step("05 01 80"_bytes, out);
    const auto asked = m.step("", out);
    return sent.next() == next::send && asked.next() == next::negotiate ? m : socks::server();
}

constexpr socks::server at_request(bytes request) {
    socks::server m;
    char out[socks::server::max_output] = {};
    const auto asked = m.step(request, out);
    return asked.next() == next::serve ? m : socks::server(only5);
}

constexpr socks::server at_request5() {
    socks::server m;
    char out[socks::server::max_output] = {};
    const auto sent = m.step("05 01 00"_bytes, out);
    const auto asked = m.step("05 01 00 01 42660763 0050"_bytes, out);
    return sent.next() == next::send && asked.next() == next::serve ? m : socks::server(only4);
}

constexpr bytes connect4 = "04 01 0050 42660763 00"_bytes;
constexpr bytes bind4 = "04 02 0015 c6336404 00"_bytes;
constexpr socks::reply granted{code4::granted, {ipv4{192, 0, 2, 7}, 8080}};

constexpr bool out_of_turn(socks::server& m, bytes in = "") {
    char out[socks::server::max_output] = {};
    const auto a = m.step(in, out);
    return a.next() == next::fail && a.error() == errc::out_of_turn && a.consumed() == 0;
}

// An answer of the wrong kind: nothing is sent, nothing is authorised, the handshake is over.
constexpr void an_answer_to_another_question_is_final(check& t) {
    char out[socks::server::max_output] = {};
    const bytes request = "05 01 00 01 42660763 0050"_bytes;

    socks::server grants[] = {socks::server(), at_negotiation(), at_request(connect4)};  // F12
    for (socks::server& m : grants) {
        const socks::encoded e = m.authenticated(true, out);
        t.ok(e.error() == errc::out_of_turn && e.size() == 0 && out_of_turn(m, request));
    }
    socks::server answers[] = {socks::server(), at_login(), at_negotiation()};
    for (socks::server& m : answers) {
        const socks::encoded e = m.answer(granted, out);
        t.ok(e.error() == errc::out_of_turn && e.size() == 0 && out_of_turn(m, request));
    }
    socks::server negotiated[] = {socks::server(), at_login(), at_request(connect4)};
    for (socks::server& m : negotiated) {
        m.negotiated(true);
        t.ok(out_of_turn(m, request));
    }
}
PROVE_AND_RUN(an_answer_to_another_question_is_final)

constexpr void a_second_answer_is_final(check& t) {
    char out[socks::server::max_output] = {};
    const bytes request = "05 01 00 01 42660763 0050"_bytes;
    for (const bool yes : {false, true}) {
        const auto entered = t.in(size_t{yes});
        socks::server login = at_login();
        t.ok(static_cast<bool>(login.authenticated(true, out)));
        t.ok(login.authenticated(yes, out).error() == errc::out_of_turn && out_of_turn(login, request));
        socks::server method = at_negotiation();
        method.negotiated(true);
        method.negotiated(yes);
        t.ok(out_of_turn(method, request));
    }
    socks::server connect = at_request(connect4);
    t.ok(connect.answer(granted, out).size() == 8);
    t.ok(connect.answer(granted, out).error() == errc::out_of_turn && out_of_turn(connect));
    socks::server bind = at_request(bind4);
    t.ok(bind.answer(granted, out).size() == 8 && bind.answer(granted, out).size() == 8);
    t.ok(bind.answer(granted, out).error() == errc::out_of_turn && out_of_turn(bind));
}
PROVE_AND_RUN(a_second_answer_is_final)

// After "no", a "yes" changes nothing.
constexpr void a_refusal_can_not_be_taken_back(check& t) {
    char out[socks::server::max_output] = {};
    socks::server login = at_login();
    t.ok(login.authenticated(false, out).data() == "01 01"_bytes);
    t.ok(login.authenticated(true, out).error() == errc::out_of_turn);
    const auto a = login.step("05 01 00 01 42660763 0050"_bytes, out);
    t.ok(a.next() == next::fail && a.error() == errc::credentials_refused);

    socks::server method = at_negotiation();
    method.negotiated(false);
    method.negotiated(true);
    const auto b = method.step("05 01 00 01 42660763 0050"_bytes, out);
    t.ok(b.next() == next::fail && b.error() == errc::negotiation_failed);

    socks::server request = at_request(connect4);
    t.ok(request.answer({code4::rejected, {}}, out).data() == "00 5b 0000 00000000"_bytes);
    t.ok(request.answer(granted, out).error() == errc::out_of_turn);
    t.ok(request.step("", out).error() == errc::refused);
}
PROVE_AND_RUN(a_refusal_can_not_be_taken_back)

// F9: an outbox holds done back until the success reply is on its way, to the last byte.
constexpr void relaying_starts_behind_the_last_byte_of_the_reply(check& t) {
    socks::server m = at_request(connect4);
    socks::inbox<socks::server::max_input> in;
    socks::outbox<socks::server::max_pending> out;
    t.ok(m.method() == method::none);
    m.answer(granted, out);
    for (size_t left = 8; left != 0; --left) {
        const auto entered = t.in(left);
        t.ok(m.step(in, out).next() == next::send);
        out.consume(0U);
        t.ok(m.step(in, out).data().size() == left);
        out.consume(1U);
    }
    t.ok(m.step(in, out).next() == next::done);
}
PROVE_AND_RUN(relaying_starts_behind_the_last_byte_of_the_reply)

// An answer that was never filled in refuses.
constexpr void a_forgotten_answer_refuses(check& t) {
    char out[socks::server::max_output] = {};
    socks::server four = at_request(connect4);
    t.ok(four.answer({}, out).data() == "00 5b 0000 00000000"_bytes);
    socks::server five;
    t.ok(five.step("05 01 00"_bytes, out).next() == next::send);
    t.ok(five.step("05 01 00 01 42660763 0050"_bytes, out).next() == next::serve);
    t.ok(five.answer({}, out).data() == "05 01 00 01 00000000 0000"_bytes);
}
PROVE_AND_RUN(a_forgotten_answer_refuses)

// The caller that said "no" is told so in the words that the peer was.
constexpr void a_refusal_is_told_in_the_version_that_it_was_sent_in(check& t) {
    char out[socks::server::max_output] = {};
    socks::server four = at_request(connect4);
    t.ok(four.answer({code4::identd_mismatch, {}}, out).size() == 8);
    const auto a = four.step("", out);
    t.ok(a.code() == code4::identd_mismatch && a.code().version == version::v4 && a.byte() == 0x5d);
    socks::server five = at_request5();
    t.ok(five.answer({code5::not_allowed, {}}, out).size() == 10);
    const auto b = five.step("", out);
    t.ok(b.code() == code5::not_allowed && b.code().version == version::v5 && b.byte() == 2);
}
PROVE_AND_RUN(a_refusal_is_told_in_the_version_that_it_was_sent_in)

// Each code of SOCKS4 but 0x5a refuses.
constexpr void only_one_code_of_socks4_is_a_success(check& t) {
    for (const uint8_t code : {uint8_t{0}, uint8_t{0x59}, uint8_t{0x5b}, uint8_t{0xff}}) {
        const auto entered = t.in(size_t{code});
        char out[socks::server::max_output] = {};
        socks::server m = at_request(connect4);
        t.ok(m.answer({socks::reply_code(version::v4, code), {}}, out).data()[1] == code);
        const auto a = m.step("", out);
        t.ok(a.next() == next::fail && a.error() == errc::refused && a.byte() == code);
    }
}
PROVE_AND_RUN(only_one_code_of_socks4_is_a_success)

constexpr void a_method_is_chosen_when_its_selection_is_written(check& t) {
    char out[socks::server::max_output] = {};
    socks::server m(with_login);
    t.ok(m.step("05 01 02"_bytes, {out, 1}).error() == errc::no_space && m.method() == method::none);
    t.ok(m.step("05 01 02"_bytes, out).next() == next::send && m.method() == method::username_password);
}
PROVE_AND_RUN(a_method_is_chosen_when_its_selection_is_written)

// In SOCKS4 too, which has no way to write a name.
constexpr void a_bad_bound_host_answers_nothing(check& t) {
    char out[socks::server::max_output] = {};
    for (const socks::host bound :
         {socks::host(bytes("[foo]")), socks::host::as_received({}), socks::host::as_received("a\0b")}) {
        const auto entered = t.in();
        socks::server asked[] = {at_request(connect4), at_request5()};
        for (socks::server& m : asked) {
            const socks::encoded e = m.answer({code5::succeeded, {bound, 80}}, out);
            t.ok(e.error() == errc::bad_host && e.size() == 0);
            const auto a = m.step("", out);
            t.ok(a.next() == next::fail && a.error() == errc::bad_host);
        }
    }
}
PROVE_AND_RUN(a_bad_bound_host_answers_nothing)

// Whoever reads what is needed takes no byte of the message behind it.
constexpr void a_server_needs_no_byte_of_the_next_message(check& t) {
    const bytes login = "01 04 'john' 03 'foo'"_bytes;
    for (size_t n = 0; n < login.size(); ++n) {
        const auto entered = t.in(n);
        socks::server m(with_login);
        char out[socks::server::max_output] = {};
        t.ok(m.step("05 01 02"_bytes, out).next() == next::send);
        const auto a = m.step(login.first(n), out);
        // Without a password it could end three bytes earlier, and without a user name too.
        t.ok(a.next() == next::recv && a.needed() == (n < 2 ? 3 - n : n < 7 ? 7 - n : 10 - n));
    }
    // The shortest request of SOCKS4 has an empty user ID.
    socks::server m({.v5 = false, .v4_after_greeting = true});
    char out[socks::server::max_output] = {};
    t.ok(m.step("05 01 00"_bytes, out).next() == next::send && m.step("", out).needed() == 9);
}
PROVE_AND_RUN(a_server_needs_no_byte_of_the_next_message)

}  // namespace
