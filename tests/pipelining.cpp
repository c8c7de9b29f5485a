// A client that does not wait: it sends greeting, credentials and request at once, and then reads the replies
// one by one. A failure reports what was sent too early.

#include "refusals.hpp"

namespace {

using namespace drive;
using next = socks::client::next;

constexpr socks::client_options at_once{.pipelined = true};

static_assert(socks::client::max_pipelined == 3 + (3 + 255 + 255) + (4 + 1 + 255 + 2));

// Whether the option has an effect on this request.
constexpr bool sends_early(const socks::request& request) {
    if (request.version != version::v5 || request.offer().size() != 1) return false;
    return request.offer()[0] == method::none || request.offer()[0] == method::username_password;
}

// T6, X1: three messages, three spans, no reply in between.
constexpr void all_messages_go_out_before_the_first_reply(check& t) {
    int with_login = 0;
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        if (!sends_early(c.request)) continue;
        socks::client m(at_once);
        char out[socks::client::max_output] = {};
        for (const bytes message : c.client.messages) {
            const auto nested = t.in(message);
            if (message.empty()) break;
            const auto a = m.step(c.request, "", out);
            t.ok(a.next() == next::send && a.data() == message && a.consumed() == 0);
        }
        const auto idle = m.step(c.request, "", out);
        t.ok(idle.next() == next::recv && idle.consumed() == 0 && idle.needed() == 2);
        with_login += !c.client.messages[2].empty();
    }
    t.ok(with_login == 1);
}
PROVE_AND_RUN(all_messages_go_out_before_the_first_reply)

// Messages that could have been received before they are sent change nothing about what is sent.
constexpr void nothing_is_taken_before_all_is_sent(check& t) {
    socks::client m(at_once);
    char out[socks::client::max_output] = {};
    const bytes in = "05 02  01 00  05 00 00 03 03 'b.c' 9c40  'early'"_bytes;
    t.ok(m.step(login5, in, out).data() == "05 01 02"_bytes);
    t.ok(m.step(login5, in, out).data() == "01 04 'john' 03 'foo'"_bytes);
    const auto a = m.step(login5, in, out);
    t.ok(a.data() == "05 01 00 03 11 'files.example.com' 01bb"_bytes && a.consumed() == 0);
    const auto done = m.step(login5, in, out);
    t.ok(done.next() == next::done && done.consumed() == 14 && done.result().early == "early");
    t.ok(done.result().reply.bound == socks::endpoint{"b.c", 40000});
    t.ok(done.result().reply.bound.host.name().data() == in.data() + 9);
}
PROVE_AND_RUN(nothing_is_taken_before_all_is_sent)

constexpr void replies_are_taken_one_by_one(check& t) {
    socks::client m(at_once);
    char out[socks::client::max_output] = {};
    for (int i = 0; i < 3; ++i) t.in(static_cast<size_t>(i)).ok(m.step(login5, "", out).next() == next::send);
    t.ok(m.step(login5, "05"_bytes, out).needed() == 1);
    const auto chosen = m.step(login5, "05 02"_bytes, out);
    t.ok(chosen.next() == next::recv && chosen.consumed() == 2 && chosen.needed() == 2);
    t.ok(m.step(login5, "01"_bytes, out).needed() == 1);
    const auto granted = m.step(login5, "01 00  05 00 00"_bytes, out);
    t.ok(granted.next() == next::recv && granted.consumed() == 2 && granted.needed() == 4);
    t.ok(m.step(login5, "05 00 00 01"_bytes, out).needed() == 6);
    const auto a = m.step(login5, "05 00 00 01 c0000207 0438  16 03"_bytes, out);
    t.ok(a.next() == next::done && a.consumed() == 10 && a.result().early == "16 03"_bytes);
}
PROVE_AND_RUN(replies_are_taken_one_by_one)

// X1: the rest is of no use to a proxy that chose otherwise, and would be garbage to it.
constexpr void another_choice_than_the_one_offered_is_fatal(check& t) {
    const struct {
        socks::request request;
        bytes says;
        errc why;
        uint8_t byte;
    } choices[] = {
        {login5, "05 00  05 00 00 01 c0000207 0438"_bytes, errc::method_not_offered, 0x00},
        {login5, "05 80"_bytes, errc::method_not_offered, 0x80},
        {login5, "05 ff"_bytes, errc::no_acceptable_method, 0xff},
        {plain5, "05 02  01 00"_bytes, errc::method_not_offered, 0x02},
        {plain5, "05 ff"_bytes, errc::no_acceptable_method, 0xff},
    };
    for (const auto& c : choices) {
        const auto entered = t.in(c.says);
        socks::client m(at_once);
        const outcome o = run_on<plain>(m, c.request, {.says = c.says});
        t.ok(o.how == ending::failed && o.why == c.why && o.byte == c.byte && o.used == 2);
        t.ok(m.sent_early().credentials == c.request.credentials.given && m.sent_early().request);
        t.ok(!m.may_send_early());
    }
}
PROVE_AND_RUN(another_choice_than_the_one_offered_is_fatal)

// T6: a failure says what went out too early.
constexpr void what_went_out_too_early_is_reported(check& t) {
    const struct {
        socks::request request;
        bytes says;
        bool credentials_sent;
        bool request_sent;
    } failures[] = {
        {login5, "", true, true},
        {login5, "H", true, true},
        {login5, "05"_bytes, true, true},
        {login5, "05 02"_bytes, false, true},
        {login5, "05 02  01 01"_bytes, false, true},
        {login5, "05 02  01 00"_bytes, false, false},
        {login5, "05 02  01 00  05 05"_bytes, false, false},
        {plain5, "", false, true},
        {plain5, "05 00"_bytes, false, false},
        {plain5, "05 00  05 05"_bytes, false, false},
        {plain4, "", false, false},
        {{.to = {"a.example", 25}, .methods = toy}, "05 81"_bytes, false, false},
        {{.to = {"a.example", 25},
          .credentials = {"a", "b"},
          .methods = {method::username_password, method::none}},
         "05 ff"_bytes,
         false,
         false},
    };
    for (const auto& f : failures)
        for (const pace how : {whole, bytewise}) {
            const auto entered = t.in();
            socks::client m(at_once);
            const outcome o = run_on<plain>(m, f.request, {.says = f.says, .how = how, .closes = true});
            t.ok(o.how == ending::failed);
            t.ok(m.sent_early().credentials == f.credentials_sent &&
                 m.sent_early().request == f.request_sent);
            socks::client patient;
            t.ok(run_on<plain>(patient, f.request, {.says = f.says, .closes = true}).why == o.why);
            t.ok(!patient.sent_early().credentials && !patient.sent_early().request);
        }
}
PROVE_AND_RUN(what_went_out_too_early_is_reported)

// The caller changed its mind between two sends: it hears what is out already.
constexpr void what_was_sent_before_a_request_became_impossible_is_reported(check& t) {
    socks::client m(at_once);
    char out[socks::client::max_output] = {};
    t.ok(m.step(login5, "", out).next() == next::send && !m.sent_early().credentials);
    t.ok(m.step(login5, "", out).next() == next::send && m.sent_early().credentials &&
         !m.sent_early().request);
    const socks::request nowhere{.credentials = {"john", "foo"}};
    const auto a = m.step(nowhere, "", out);
    t.ok(a.next() == next::fail && a.error() == errc::no_host);
    t.ok(m.sent_early().credentials && !m.sent_early().request && !m.may_send_early());
}
PROVE_AND_RUN(what_was_sent_before_a_request_became_impossible_is_reported)

// Whether the application may send first, a digit for each step; `says` arrives when something is needed.
constexpr tape early_chances(socks::client m, const socks::request& request, bytes says) {
    tape chances;
    char out[socks::client::max_output] = {};
    bytes in;
    for (bool more = true; more;) {
        const auto a = m.step(request, in, out);
        chances.put(static_cast<uint8_t>(m.may_send_early() ? '1' : '0'));
        more = a.next() == next::send || (a.next() == next::recv && !says.empty());
        in = in.subspan(a.consumed());
        if (a.next() != next::recv) continue;
        in = says;
        says = {};
    }
    return chances;
}

// T6: right behind the request, and no sooner; never where the other side has to call first.
constexpr void the_application_may_send_right_behind_the_request(check& t) {
    const socks::client ahead(at_once);
    const socks::request both{.to = {"a.example", 25},
                              .credentials = {"a", "b"},
                              .methods = {method::username_password, method::none}};
    const socks::request udp{.command = command::udp_associate};
    t.ok(early_chances(ahead, login5, "") == "0011");
    t.ok(early_chances(ahead, plain5, "") == "011");
    t.ok(early_chances(ahead, plain4, "") == "11");
    t.ok(early_chances(ahead, plain4, "99"_bytes) == "110");
    t.ok(early_chances(ahead, plain5, "05 00  05 00 00 01 c0000207 0438"_bytes) == "0110");
    t.ok(early_chances(ahead, login5, "05 02  01 01"_bytes) == "00110");
    t.ok(early_chances(ahead, both, "05 00"_bytes) == "0011");
    t.ok(early_chances(ahead, both, "") == "00");
    t.ok(early_chances(ahead, bind5, "") == "000");
    t.ok(early_chances(ahead, bind4, "") == "00");
    t.ok(early_chances(ahead, udp, "") == "000");
    t.ok(early_chances(ahead, {.command = command{0}, .to = {"a.example", 25}}, "") == "000");
    t.ok(early_chances({}, login5, "") == "00");
    t.ok(early_chances({}, plain4, "") == "00");
}
PROVE_AND_RUN(the_application_may_send_right_behind_the_request)

// An outbox of max_pipelined makes one send of the three, a smaller one as few as it can, and bytes are
// bytes.
template <size_t M>
constexpr size_t sends(check& t, const socks::request& request, bytes expected, size_t portion) {
    socks::client m(at_once);
    socks::inbox<socks::client::max_input> in;
    socks::outbox<M> out;
    tape sent;
    size_t n = 0;
    for (; n != 2000; ++n) {
        const auto a = m.step(request, in, out);
        if (a.next() != next::send) {
            t.ok(a.next() == next::recv && out.empty());
            break;
        }
        t.ok(a.data() == out.data() && a.consumed() == 0);
        const size_t k = portion < a.data().size() ? portion : a.data().size();
        sent.put(a.data().first(k));
        out.consume(k);
    }
    t.ok(sent == expected);
    return n;
}

constexpr auto letters = message<255>().letters(255);

constexpr void an_outbox_makes_one_send_of_all_messages(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        if (!sends_early(c.request)) continue;
        const tape all = c.client.all();
        t.ok(sends<socks::client::max_pipelined>(t, c.request, all.view(), 1000) == 1);
        t.ok(sends<socks::client::max_output>(t, c.request, all.view(), 1000) == 1);
        t.ok(sends<socks::client::max_pipelined>(t, c.request, all.view(), 1) == all.size());
    }
    const bytes most = letters.view();
    const socks::host to(most);
    const socks::request longest{.to = {to, 443}, .credentials = {most, most}};
    const tape all =
        tape().put("05 01 02  01 ff"_bytes).put(most).put(0xff).put(most).put("05 01 00 03 ff"_bytes);
    const tape expected = tape(all).put(most).put("01bb"_bytes);
    t.ok(expected.size() == socks::client::max_pipelined);
    t.ok(sends<socks::client::max_pipelined>(t, longest, expected.view(), 1000) == 1);
    t.ok(sends<socks::client::max_pipelined - 1>(t, longest, expected.view(), 1000) == 2);
    t.ok(sends<socks::client::max_output>(t, longest, expected.view(), 1000) == 2);
}
PROVE_AND_RUN(an_outbox_makes_one_send_of_all_messages)

}  // namespace
