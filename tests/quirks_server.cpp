// How real clients treat a server, row by row of docs/conformance.md. Each test names its rows.

#include "refusals.hpp"

namespace {

using namespace drive;
using next = socks::server::next;

constexpr application ready{.answers = {{code5::succeeded, {}}, {code5::succeeded, {}}}};

constexpr outcome meet(const socks::server_options& server_options, bytes says,
                       const application& app = ready, pace how = whole) {
    return run<plain>(socks::server(server_options), app, {.says = says, .how = how});
}

constexpr bool fails(const outcome& o, errc why, bytes sent) {
    return o.how == ending::failed && o.why == why && o.sent == sent;
}

// F3, F4: greeting, login, request and payload in one segment, for each method.
constexpr void pipelined_clients_are_served_in_order(check& t) {
    for (const conversation& c : conversations) {
        const auto entered = t.in(c.what);
        const tape says = c.client.all().put("GET / HTTP/1.0\r\n\r\n");
        const outcome o = run<boxed>(socks::server(c.server_options), c.app, {.says = says.view()});
        t.ok(o.how == ending::done && o.reads == 1 && o.told == c.asked);
        t.ok(o.sent == c.server.all() && o.early == "GET / HTTP/1.0\r\n\r\n");
    }
}
PROVE_AND_RUN(pipelined_clients_are_served_in_order)

// A16: bad credentials and a request behind them.
constexpr void a_request_behind_a_refused_login_is_never_shown(check& t) {
    const bytes says = "05 01 02  01 04 'john' 03 'bar'  05 01 00 01 42660763 0050"_bytes;
    const application unkind{.grants = false};
    for (const pace how : {whole, bytewise, precise}) {
        const auto entered = t.in();
        const outcome o = meet(with_login, says, unkind, how);
        t.ok(fails(o, errc::credentials_refused, "05 02  01 01"_bytes) && o.told == "Ljohn:bar");
    }
}
PROVE_AND_RUN(a_request_behind_a_refused_login_is_never_shown)

// A16: every way around the login.
constexpr void nothing_gets_around_a_required_login(check& t) {
    t.ok(fails(meet(with_login, "05 01 00  05 01 00 01 42660763 0050"_bytes), errc::no_acceptable_method,
               "05 ff"_bytes));
    t.ok(fails(meet(with_login, "05 01 02  05 01 00 01 42660763 0050"_bytes), errc::bad_version,
               "05 02  01 01"_bytes));
    t.ok(fails(meet(with_login, "04 01 0050 42660763 00"_bytes), errc::authentication_required,
               "00 5b 0000 00000000"_bytes));
    t.ok(fails(meet(with_login, "04 01 0050 00000001 'john' 00 'a.example' 00"_bytes),
               errc::authentication_required, "00 5b 0000 00000000"_bytes));
    const socks::server_options both{.methods = {method::username_password, toy}};
    t.ok(fails(meet(both, "04 01 0050 42660763 00"_bytes), errc::authentication_required,
               "00 5b 0000 00000000"_bytes));
    t.ok(fails(meet({.methods = {}}, "05 01 00"_bytes), errc::no_acceptable_method, "05 ff"_bytes));
    for (const socks::methods& nobody :
         {socks::methods(method::no_acceptable), socks::methods(method::none, method::no_acceptable)}) {
        const auto entered = t.in();
        t.ok(fails(meet({.methods = nobody}, "05 03 00 fe ff"_bytes), errc::no_acceptable_method,
                   "05 ff"_bytes));
        t.ok(fails(meet({.methods = nobody}, "04 01 0050 42660763 00"_bytes), errc::authentication_required,
                   "00 5b 0000 00000000"_bytes));
    }
}
PROVE_AND_RUN(nothing_gets_around_a_required_login)

// T9: after "no authentication" comes the request. Tor grants a login there.
constexpr void a_login_that_nobody_asked_for_is_refused(check& t) {
    const bytes says = "05 01 00  01 04 'john' 03 'foo'  05 01 00 01 42660763 0050"_bytes;
    t.ok(fails(meet({}, says), errc::bad_version, "05 00  05 01 00 01 00000000 0000"_bytes));
}
PROVE_AND_RUN(a_login_that_nobody_asked_for_is_refused)

// A1, A2, A5, A6: the server's order decides, and only what both have.
constexpr void the_server_s_preference_decides(check& t) {
    const socks::server_options login_first{.methods = {method::username_password, method::none}};
    const socks::server_options none_first{.methods = {method::none, method::username_password}};
    for (const bytes greeting : {"05 02 00 02"_bytes, "05 02 02 00"_bytes, "05 05 01 02 80 00 03"_bytes}) {
        const auto entered = t.in(greeting);
        t.ok(meet(login_first, greeting).sent == "05 02"_bytes);
        t.ok(meet(none_first, greeting).sent == "05 00"_bytes);
    }
    t.ok(meet(login_first, "05 01 00"_bytes).sent == "05 00"_bytes);
    t.ok(fails(meet(any_version, "05 01 02"_bytes), errc::no_acceptable_method, "05 ff"_bytes));
    t.ok(fails(meet(with_login, "05 02 00 01"_bytes), errc::no_acceptable_method, "05 ff"_bytes));
}
PROVE_AND_RUN(the_server_s_preference_decides)

// A7, A8: none, one of 255, repeated, and the one number that is no method.
constexpr void lists_of_methods_of_every_size_are_read(check& t) {
    t.ok(fails(meet(any_version, "05 00"_bytes), errc::no_methods, "05 ff"_bytes));
    t.ok(fails(meet(any_version, "05 01 ff"_bytes), errc::no_acceptable_method, "05 ff"_bytes));
    t.ok(meet(any_version, "05 04 02 02 00 00"_bytes).sent == "05 00"_bytes);
    tape most = tape().put("05 ff"_bytes);
    for (unsigned m = 1; m < 256; ++m) most.put(static_cast<uint8_t>(m));
    for (const pace how : {whole, bytewise}) {
        const auto entered = t.in();
        t.ok(meet(with_login, most.view(), ready, how).sent == "05 02"_bytes);
        t.ok(fails(meet(any_version, most.view(), ready, how), errc::no_acceptable_method, "05 ff"_bytes));
    }
}
PROVE_AND_RUN(lists_of_methods_of_every_size_are_read)

// V3
constexpr void a_login_of_version_5_is_a_matter_of_tolerance(check& t) {
    const bytes says = "05 01 02  05 01 61 01 62"_bytes;
    t.ok(fails(meet(with_login, says), errc::bad_version, "05 02  01 01"_bytes));
    const socks::server_options tolerant{.methods = method::username_password,
                                         .tolerance = socks::tolerance{.credentials_version_5 = true}};
    t.ok(meet(tolerant, says).told == "La:b");
}
PROVE_AND_RUN(a_login_of_version_5_is_a_matter_of_tolerance)

// A9, A13
constexpr void credentials_may_be_empty_and_may_hold_a_nul(check& t) {
    const struct {
        bytes login;
        bytes told;
        bool strictly;
    } rows[] = {{"01 00 00"_bytes, "L:", false},
                {"01 00 01 62"_bytes, "L:b", false},
                {"01 01 61 00"_bytes, "La:", false},
                {"01 03 610062 02 7000"_bytes, "'La' 00 'b:p' 00"_bytes, true}};
    for (const auto& row : rows) {
        const auto entered = t.in();
        const tape says = tape().put("05 01 02"_bytes).put(row.login);
        t.ok(meet(with_login, says.view()).told == row.told);
        const outcome o =
            meet({.methods = method::username_password, .tolerance = socks::strict}, says.view());
        t.ok(row.strictly ? o.told == row.told : fails(o, errc::empty_credentials, "05 02  01 01"_bytes));
    }
}
PROVE_AND_RUN(credentials_may_be_empty_and_may_hold_a_nul)

// V6, V7, V10: one byte decides, and on "none of ours" not even that one is taken and nothing is sent.
void every_first_byte_has_its_verdict(check& t) {
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        const char byte = static_cast<char>(i);
        const outcome o = run<plain>(socks::server(), ready, {.says = {&byte, 1}});
        t.ok(o.used == 0 && o.sent == "" && o.unread == 1);
        if (i == 4 || i == 5) {
            t.ok(o.how == ending::starved);
            continue;
        }
        const errc why = i == 'S'                 ? errc::peer_is_ssh
                         : i >= 'A' && i <= 'Z'   ? errc::peer_is_http
                         : i == 0x15 || i == 0x16 ? errc::peer_is_tls
                         : i == 0                 ? errc::bad_version
                                                  : errc::not_socks;
        t.ok(o.how == ending::failed && o.why == why && o.byte == i);
    }
}
RUN(every_first_byte_has_its_verdict)

// V8, V9, S4-9: a version that is off gets its own version's "no", once, and no second chance.
constexpr void a_version_that_is_off_is_refused_in_its_own_words(check& t) {
    const bytes no4 = "00 5b 0000 00000000"_bytes;
    const bytes named = "04 01 0050 00000001 00 'a.example' 00"_bytes;
    const bytes address = "04 01 0050 42660763 00"_bytes;
    t.ok(fails(meet(only4, "05 02 00 02 04 01 00 50 42 66 07 63 00"_bytes), errc::version_refused,
               "05 ff"_bytes));
    t.ok(fails(meet(only5, address), errc::version_refused, no4));
    t.ok(fails(meet(only4, named), errc::version_refused, no4) && meet(only4, address).how == ending::done);
    t.ok(fails(meet(only4a, address), errc::version_refused, no4) && meet(only4a, named).how == ending::done);
}
PROVE_AND_RUN(a_version_that_is_off_is_refused_in_its_own_words)

// V9: java.net.Socket reads two bytes and asks by SOCKS4 on the same connection; the refusal is no longer
// than that.
constexpr void socks4_may_follow_a_greeting_that_is_refused(check& t) {
    for (const pace how : {whole, bytewise, precise}) {
        const auto entered = t.in();
        const outcome o =
            meet(after_greeting, "05 02 00 02  04 01 0050 42660763 'ann' 00 'early'"_bytes, ready, how);
        t.ok(o.how == ending::done && o.sent == "00 5b  00 5a 0000 00000000"_bytes);
        const outcome direct = meet(after_greeting, "04 01 0050 42660763 'ann' 00"_bytes, ready, how);
        t.ok(direct.how == ending::done && direct.told == o.told &&
             direct.sent == "00 5a 0000 00000000"_bytes);
        // A client of SOCKS5 closes, or has sent more of SOCKS5 already; a second greeting is not answered.
        for (const bytes rest : {""_bytes, "01 01 61 01 62"_bytes, "05 01 00"_bytes}) {
            const auto nested = t.in(rest);
            const tape says = tape().put("05 01 00"_bytes).put(rest);
            const outcome p = run<plain>(socks::server(after_greeting), ready,
                                         {.says = says.view(), .how = how, .closes = true});
            t.ok(fails(p, errc::version_refused, "00 5b"_bytes) && p.byte == 5 && p.used == 3);
        }
    }
    const auto one = [](bytes says) { return meet(after_greeting, says).how; };
    t.ok(one("05"_bytes) == ending::starved && one("05 02 00"_bytes) == ending::starved);
    t.ok(fails(meet(after_greeting, "05 00"_bytes), errc::no_methods, "05 ff"_bytes));
    t.ok(fails(
        meet({.v4 = false, .v5 = false, .v4_after_greeting = true}, "05 01 00  04 01 0050 42660763 00"_bytes),
        errc::version_refused, "00 5b  00 5b 0000 00000000"_bytes));
    // Where SOCKS5 is served, the option changes nothing.
    t.ok(meet({.v4_after_greeting = true}, "05 01 00"_bytes).sent == "05 00"_bytes);
    t.ok(fails(meet({.v4_after_greeting = true, .methods = method::username_password}, "05 01 00"_bytes),
               errc::no_acceptable_method, "05 ff"_bytes));
}
PROVE_AND_RUN(socks4_may_follow_a_greeting_that_is_refused)

// X4, B5, T1: any command is read to its end and shown; saying "no" is the application's.
void commands_of_every_number_are_shown(check& t) {
    const application no{.answers = {{code5::command_not_supported, {}}}};
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        const tape five =
            tape().put("05 01 00  05"_bytes).put(static_cast<uint8_t>(i)).put("00 01 42660763 0050"_bytes);
        const outcome o = meet(any_version, five.view(), no);
        t.ok(fails(o, errc::refused, "05 00  05 07 00 01 00000000 0000"_bytes) && o.byte == 7);
        t.ok(o.told.view()[2] == i);
        const tape four = tape().put(uint8_t{4}).put(static_cast<uint8_t>(i)).put("0050 42660763 00"_bytes);
        const outcome p = meet(any_version, four.view(), no);
        if (i == 3 || i == 5 || i == 0xf1) continue;
        t.ok(fails(p, errc::refused, "00 5b 0000 00000000"_bytes) && p.told.view()[2] == i);
    }
}
RUN(commands_of_every_number_are_shown)

// X4: 3 over SOCKS4 is not UDP ASSOCIATE; 5 and 0xf1 are numbers of SOCKS5 too. The application never sees
// them. Tor's RESOLVE, 0xf0, is a command of SOCKS4a.
constexpr void a_command_of_socks5_is_refused_over_socks4(check& t) {
    for (const uint8_t number : {uint8_t{3}, uint8_t{5}, uint8_t{0xf1}}) {
        const auto entered = t.in(size_t{number});
        const tape named =
            tape().put(uint8_t{4}).put(number).put("0050 00000001 'ann' 00 'a.example' 00"_bytes);
        const tape address = tape().put(uint8_t{4}).put(number).put("0000 7f000001 00"_bytes);
        for (const pace how : {whole, bytewise, precise})
            for (const bytes says : {named.view(), address.view()}) {
                const auto nested = t.in(says);
                const outcome o = meet(any_version, says, ready, how);
                t.ok(fails(o, errc::bad_command, "00 5b 0000 00000000"_bytes));
                t.ok(o.byte == number && o.told.view().empty());
            }
    }
    const outcome resolve = meet(any_version, "04 f0 0000 00000001 00 'a.example' 00"_bytes);
    t.ok(resolve.how == ending::done && resolve.told.view()[2] == 0xf0);
}
PROVE_AND_RUN(a_command_of_socks5_is_refused_over_socks4)

// D7, D8, D9, D19: what is no destination is refused by what it is.
constexpr void malformed_destinations_are_refused(check& t) {
    const bytes general = "05 00  05 01 00 01 00000000 0000"_bytes;
    const bytes unknown = "05 00  05 08 00 01 00000000 0000"_bytes;
    const auto asks = [](bytes request) {
        return meet(any_version, tape().put("05 01 00"_bytes).put(request).view());
    };
    t.ok(fails(asks("05 01 00 03 00 0050"_bytes), errc::empty_name, general));
    t.ok(fails(asks("05 01 00 03 0c 'example.com' 00 0050"_bytes), errc::nul_in_name, general));
    t.ok(fails(asks("05 01 00 03 0a 'a' 00 '.example' 0050"_bytes), errc::nul_in_name, general));
    for (const bytes type : {"00"_bytes, "02"_bytes, "05"_bytes, "fe"_bytes})
        t.in(type).ok(
            fails(asks(tape().put("05 01 00"_bytes).put(type).view()), errc::bad_address_type, unknown));
}
PROVE_AND_RUN(malformed_destinations_are_refused)

// D20
constexpr void a_request_s_reserved_byte_is_ignored_unless_strict(check& t) {
    const bytes says = "05 01 00  05 01 01 01 42660763 0050"_bytes;
    t.ok(meet(any_version, says).how == ending::done);
    t.ok(fails(meet({.tolerance = socks::strict}, says), errc::bad_reserved,
               "05 00  05 01 00 01 00000000 0000"_bytes));
}
PROVE_AND_RUN(a_request_s_reserved_byte_is_ignored_unless_strict)

// S4-2, S4-3, S4-6, S4-8
constexpr void socks4_requests_are_read_to_the_last_nul(check& t) {
    const outcome twice = meet(any_version, "04 01 0050 00000001 00 00 'host' 00"_bytes);
    t.ok(fails(twice, errc::empty_name, "00 5b 0000 00000000"_bytes) && twice.used == 0);
    t.ok(meet(any_version, "04 01 0050 00000001 'user' 00 'host' 00"_bytes).told ==
         "'S' 4a 01 03 04 'host' 0050 00 'user'"_bytes);
    t.ok(meet(any_version, "04 01 0050 00000001 00 '192.168.1.1' 00"_bytes).told ==
         "'S' 4a 01 03 0b '192.168.1.1' 0050 00"_bytes);
    t.ok(meet(any_version, "04 01 0050 000000ff 00 'a' 00"_bytes).told ==
         "'S' 4a 01 03 01 'a' 0050 00"_bytes);
    t.ok(meet(any_version, "04 01 0050 00000000 00"_bytes).told == "'S' 04 01 01 00000000 0050 00"_bytes);
    t.ok(meet(any_version, "04 01 0050 00000100 00"_bytes).told == "'S' 04 01 01 00000100 0050 00"_bytes);
}
PROVE_AND_RUN(socks4_requests_are_read_to_the_last_nul)

// S4-5, P1: both strings to their limit and one beyond, with no NUL in sight.
void socks4_strings_are_bounded(check& t) {
    const auto letters = message<256>().letters(256);
    for (const size_t n : {size_t{0}, size_t{1}, size_t{254}, size_t{255}, size_t{256}}) {
        const auto entered = t.in(n);
        const bytes text = letters.view().first(n);
        const tape user = tape().put("04 01 0050 42660763"_bytes).put(text);
        const tape name = tape().put("04 01 0050 00000001 00"_bytes).put(text);
        const outcome o = meet(any_version, user.view(), ready, bytewise);
        const outcome p = meet(any_version, name.view(), ready, bytewise);
        t.ok(n < 256 ? o.how == ending::starved : fails(o, errc::user_too_long, "00 5b 0000 00000000"_bytes));
        t.ok(n < 256 ? p.how == ending::starved : fails(p, errc::name_too_long, "00 5b 0000 00000000"_bytes));
        if (n == 256) continue;
        t.ok(meet(any_version, tape(user).put(uint8_t{0}).view()).how == ending::done);
        t.ok(n == 0 || meet(any_version, tape(name).put(uint8_t{0}).view()).how == ending::done);
    }
}
RUN(socks4_strings_are_bounded)

// F13, R13, S4-13: an answer in the words of the other version, and 0.0.0.0 for the address that
// nobody gave, whatever was asked for.
constexpr void answers_speak_the_client_s_version(check& t) {
    const struct {
        socks::reply answer;
        bytes to_socks5;
        bytes to_socks4;
    } rows[] = {
        {{code5::succeeded, {}}, "05 00 00 01 00000000 0000"_bytes, "00 5a 0000 00000000"_bytes},
        {{code4::granted, {}}, "05 00 00 01 00000000 0000"_bytes, "00 5a 0000 00000000"_bytes},
        {{code5::host_unreachable, {}}, "05 04 00 01 00000000 0000"_bytes, "00 5b 0000 00000000"_bytes},
        {{code4::identd_mismatch, {}}, "05 01 00 01 00000000 0000"_bytes, "00 5d 0000 00000000"_bytes},
        {{socks::reply_code(version::v4a, 0x5d), {}},
         "05 01 00 01 00000000 0000"_bytes,
         "00 5d 0000 00000000"_bytes},
        {{code5::succeeded, {ipv4{192, 0, 2, 7}, 1080}},
         "05 00 00 01 c0000207 0438"_bytes,
         "00 5a 0438 c0000207"_bytes},
        {{code5::succeeded, {documentation, 1080}},
         "05 00 00 04 20010db800000000000000000000001f 0438"_bytes,
         "00 5a 0438 00000000"_bytes},
        {{socks::reply_code(version::v5, 0xf4), {}},
         "05 f4 00 01 00000000 0000"_bytes,
         "00 5b 0000 00000000"_bytes},
    };
    for (const auto& row : rows) {
        const auto entered = t.in();
        const application app{.answers = {row.answer}};
        for (const bytes asks : {"05 01 00  05 01 00 01 42660763 0050"_bytes,
                                 "05 01 00  05 01 00 04 20010db800000000000000000000001f 0050"_bytes,
                                 "05 01 00  05 01 00 03 09 'a.example' 0050"_bytes})
            t.in(asks).ok(meet(any_version, asks, app).sent == tape().put("05 00"_bytes).put(row.to_socks5));
        t.ok(meet(any_version, "04 01 0050 42660763 00"_bytes, app).sent == row.to_socks4);
    }
}
PROVE_AND_RUN(answers_speak_the_client_s_version)

}  // namespace
