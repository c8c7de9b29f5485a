// An authentication method that the library does not know, between negotiate and negotiated(), on both sides
// and in pieces of any size. An application may use this complete private method as a model.

#include "conversations.hpp"

namespace {

using namespace drive;

constexpr auto nonce_method = static_cast<method>(0x8c);
constexpr bytes nonce = "'Uq7' 00 'x'"_bytes;

// The private method: three messages, the server's first.
//
//     server: 01 N NONCE        client: 02 N USER N ANSWER        server: 03 STATUS        0: welcome
//
// The answer hides nothing and is no example for that: byte by byte the sum of nonce and secret.
constexpr size_t answer_to(bytes question, bytes secret, char* to) {
    for (size_t i = 0; i < question.size(); ++i)
        to[i] = static_cast<char>(question[i] + secret[i % secret.size()]);
    return question.size();
}

// A string behind its length, as all of the three have it; nothing as long as it is not whole.
constexpr bool take(bytes& in, bytes& text) {
    if (in.empty() || in.size() < size_t{1} + in[0]) return false;
    text = in.subspan(1).first(in[0]);
    in = in.subspan(size_t{1} + in[0]);
    return true;
}

enum class progress : uint8_t { more, over, failed };

// The client's part. Each call looks at what is unread, takes one message if it is whole, and leaves the
// rest.
struct prover {
    bytes user;
    bytes secret;
    bool answered = false;

    template <size_t N>
    constexpr progress go_on(socks::inbox<N>& in, tape& sent) {
        bytes rest = in.data();
        if (rest.empty()) return progress::more;
        if (rest[0] != (answered ? 3 : 1)) return progress::failed;
        rest = rest.subspan(1);
        if (answered) {
            if (rest.empty()) return progress::more;
            const bool welcome = rest[0] == 0;
            in.consume(2U);
            return welcome ? progress::over : progress::failed;
        }
        bytes question;
        if (!take(rest, question)) return progress::more;
        char answer[255] = {};
        const size_t n = answer_to(question, secret, answer);
        sent.put(0x02).put(static_cast<uint8_t>(user.size())).put(user);
        sent.put(static_cast<uint8_t>(n)).put(bytes(answer, n));
        in.consume(in.data().size() - rest.size());
        answered = true;
        return progress::more;
    }
};

// The server's part.
struct examiner {
    bytes user;
    bytes secret;
    bool asked = false;

    template <size_t N>
    constexpr progress go_on(socks::inbox<N>& in, tape& sent) {
        if (!asked) {
            sent.put(0x01).put(static_cast<uint8_t>(nonce.size())).put(nonce);
            asked = true;
        }
        bytes rest = in.data();
        if (rest.empty()) return progress::more;
        if (rest[0] != 2) return progress::failed;
        rest = rest.subspan(1);
        bytes name;
        bytes answer;
        if (!take(rest, name) || !take(rest, answer)) return progress::more;
        char expected[255] = {};
        const size_t n = answer_to(nonce, secret, expected);
        const bool good = name == user && socks::constant_time_equal(answer, bytes(expected, n));
        in.consume(in.data().size() - rest.size());
        sent.put(0x03).put(good ? 0x00 : 0x01);
        return good ? progress::over : progress::failed;
    }
};

// Either end of the line: what it hears, and what it sends, read by the other in portions.
template <size_t N>
struct end {
    tape sent{};
    socks::inbox<N> in{};
    size_t heard = 0;
    bool negotiating = false;
    bool done = false;
    errc why = errc::none;

    constexpr bool hear(const tape& from, size_t portion) {
        size_t n = from.size() - heard;
        if (n > portion) n = portion;
        const socks::buffer to = in.prepare(n);
        n = n < to.capacity() ? n : to.capacity();
        for (size_t i = 0; i < n; ++i) to.data()[i] = from.view().subspan(heard).data()[i];
        if (n != 0) in.commit(n);
        heard += n;
        return n != 0;
    }

    // While the sub-negotiation runs, a step of the machine is wait and takes nothing.
    template <class Machine, class Part>
    constexpr void negotiate(Machine& machine, Part& part) {
        const progress p = part.go_on(in, sent);
        negotiating = p == progress::more;
        if (!negotiating) machine.negotiated(p == progress::over);
    }
};

struct meeting {
    end<socks::client::max_input> near{};
    end<socks::server::max_input> far{};
    socks::endpoint asked{};
    method by = method::none;
    size_t early = 0;

    constexpr bool step(socks::client& m, const socks::request& request, prover& part, size_t portion) {
        using next = socks::client::next;
        if (near.done || near.why != errc::none) return false;
        char out[socks::client::max_output] = {};
        const size_t had = near.in.data().size();
        const auto a = m.step(request, near.in, out);
        switch (a.next()) {
            case next::send: near.sent.put(a.data()); return true;
            case next::recv: return near.hear(far.sent, portion);
            case next::negotiate: near.negotiating = true; return true;
            case next::wait:
                if (near.in.data().size() != had) return false;
                near.negotiate(m, part);
                return !near.negotiating || near.hear(far.sent, portion);
            case next::done: return near.done = true;
            case next::fail: near.why = a.error(); return true;
            case next::bound: break;
        }
        return false;
    }

    constexpr bool step(socks::server& m, examiner& part, size_t portion) {
        using next = socks::server::next;
        if (far.done || far.why != errc::none) return false;
        char out[socks::server::max_output] = {};
        const size_t had = far.in.data().size();
        const auto a = m.step(far.in, out);
        switch (a.next()) {
            case next::send: far.sent.put(a.data()); return true;
            case next::recv: return far.hear(near.sent, portion);
            case next::negotiate: far.negotiating = a.method() == nonce_method; return far.negotiating;
            case next::wait:
                if (far.in.data().size() != had) return false;
                far.negotiate(m, part);
                return !far.negotiating || far.hear(near.sent, portion);
            case next::serve:
                asked = a.to();
                by = a.method();
                far.sent.put(m.answer({code5::succeeded, {ipv4{192, 0, 2, 7}, 1080}}, out).data());
                return true;
            case next::done: early = a.result().early.size(); return far.done = true;
            case next::fail: far.why = a.error(); return true;
            case next::authenticate: break;
        }
        return false;
    }
};

constexpr socks::request secret_want{.to = {ipv4{198, 51, 100, 4}, 443}, .methods = {nonce_method}};

constexpr void meet(meeting& talk, bytes user, bytes secret, size_t a, size_t b) {
    socks::client near;
    socks::server far({.methods = {nonce_method}});
    prover proves{user, secret};
    examiner examines{"mary", "pass"};
    for (bool alive = true; alive;) {
        const bool one = talk.step(near, secret_want, proves, a);
        const bool other = talk.step(far, examines, b);
        alive = one || other;
    }
}

constexpr bytes client_says = "05 01 8c  02 04 'mary' 05 c5d2aa73e8  05 01 00 01 c6336404 01bb"_bytes;
constexpr bytes server_says = "05 8c  01 05 'Uq7' 00 'x'  03 00  05 00 00 01 c0000207 0438"_bytes;

constexpr void authenticates(check& t, size_t a, size_t b) {
    meeting talk;
    meet(talk, "mary", "pass", a, b);
    t.ok(talk.near.done && talk.far.done && talk.near.in.empty() && talk.far.in.empty() && talk.early == 0);
    t.ok(talk.near.sent == client_says && talk.far.sent == server_says);
    t.ok(talk.asked == socks::endpoint{ipv4{198, 51, 100, 4}, 443} && talk.by == nonce_method);
}

// A18: three messages, their bytes typed, at the coarsest and the finest of paces.
constexpr void a_private_method_authenticates(check& t) {
    authenticates(t, 600, 600);
    authenticates(t, 1, 1);
}
PROVE_AND_RUN(a_private_method_authenticates)

void a_private_method_authenticates_in_any_pieces(check& t) {
    for (size_t a = 1; a <= 24; ++a)
        for (size_t b = 1; b <= 24; ++b) authenticates(t, a, b);
}
RUN(a_private_method_authenticates_in_any_pieces)

// A18: a refused one ends both sides; no request is shown, and none is sent. The third secret differs in one
// byte.
constexpr void a_refused_private_method_ends_both_sides(check& t) {
    for (const bytes secret : {bytes("wrong"), bytes("pasS"), bytes("passx")})
        for (const size_t portion : {size_t{1}, size_t{600}}) {
            const auto entered = t.in(portion);
            meeting talk;
            meet(talk, "mary", secret, portion, portion);
            t.ok(!talk.near.done && !talk.far.done && talk.asked == socks::endpoint{});
            t.ok(talk.near.why == errc::negotiation_failed && talk.far.why == errc::negotiation_failed);
            t.ok(talk.near.sent.view().first(9) == "05 01 8c  02 04 'mary'"_bytes);
            t.ok(talk.near.sent.size() == 15 && talk.far.sent == "05 8c  01 05 'Uq7' 00 'x'  03 01"_bytes);
        }
}
PROVE_AND_RUN(a_refused_private_method_ends_both_sides)

// A18: all of 0x80..0xfe are the application's; 0xff is nobody's.
constexpr void every_private_method_can_be_chosen(check& t) {
    for (unsigned number = 0x80; number <= 0xff; ++number) {
        const auto entered = t.in(size_t{number});
        const auto m = static_cast<method>(number);
        const tape greeting = tape().put("05 01"_bytes).put(static_cast<uint8_t>(number));
        const tape choice = tape().put(0x05).put(static_cast<uint8_t>(number));
        char out[socks::client::max_output] = {};
        socks::server far({.methods = {m, method::username_password}});
        const auto chosen = far.step(greeting.view(), out);
        t.ok(chosen.data() == (number == 0xff ? "05 ff"_bytes : choice.view()));
        const auto asked = far.step("", out);
        t.ok(is_private_use(m) == (number != 0xff));
        if (!is_private_use(m)) continue;
        t.ok(asked.next() == socks::server::next::negotiate && asked.method() == m && far.method() == m);

        socks::client near;
        const socks::methods offered(m);
        const socks::request request{.to = {"a.example", 25}, .methods = offered};
        t.ok(near.step(request, "", out).data() == greeting.view());
        const auto told = near.step(request, choice.view(), out);
        t.ok(told.next() == socks::client::next::negotiate && told.method() == m && told.consumed() == 2);
    }
}
PROVE_AND_RUN(every_private_method_can_be_chosen)

}  // namespace
