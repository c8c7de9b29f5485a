// How real proxies treat a client, row by row of docs/conformance.md. Each test names its rows.

#include "conversations.hpp"

namespace {

using namespace drive;
using next = socks::client::next;

constexpr socks::request plain5{.to = {"files.example.com", 443}};
constexpr socks::request login5{.to = {"files.example.com", 443}, .credentials = {"john", "foo"}};
constexpr socks::request plain4{.version = version::v4, .to = {ipv4{66, 102, 7, 99}, 80}};

constexpr outcome meet(const socks::request& request, bytes says, socks::client_options options = {}) {
    return run<plain>(socks::client(options), request, {.says = says});
}

constexpr bool fails(const outcome& o, errc why, uint8_t byte) {
    return o.how == ending::failed && o.why == why && o.byte == byte;
}

// A3, A4, A19, S4-4
constexpr void exactly_what_was_asked_for_is_offered(check& t) {
    const struct {
        socks::request request;
        bytes greeting;
    } offers[] = {
        {{.to = {"a.example", 80}}, "05 01 00"_bytes},
        {{.to = {"a.example", 80}, .credentials = {"john", "foo"}}, "05 01 02"_bytes},
        {{.to = {"a.example", 80}, .credentials = {"", ""}}, "05 01 02"_bytes},
        {{.to = {"a.example", 80}, .credentials = {"john", "foo"}, .methods = method::none},
         "05 01 00"_bytes},
        {{.to = {"a.example", 80},
          .credentials = {"john", "foo"},
          .methods = {method::username_password, method::none}},
         "05 02 02 00"_bytes},
        {{.to = {"a.example", 80},
          .credentials = {"john", "foo"},
          .methods = {toy, method::gssapi, method::none, method::username_password}},
         "05 04 80 01 00 02"_bytes},
        {{.version = version::v4, .to = {ipv4{66, 102, 7, 99}, 80}}, "04 01 0050 42660763 00"_bytes},
    };
    for (const auto& o : offers) t.in().ok(meet(o.request, "").sent == o.greeting);
}
PROVE_AND_RUN(exactly_what_was_asked_for_is_offered)

// A1, X1: whatever else the server may choose, nothing more is sent.
void a_method_that_was_not_offered_is_never_followed(check& t) {
    const socks::request two{
        .to = {"a.example", 80}, .credentials = {"john", "foo"}, .methods = {toy, method::username_password}};
    for (unsigned m = 0; m < 255; ++m) {
        tape says;
        says.put(uint8_t{5}).put(static_cast<uint8_t>(m)).put("01 00  05 00 00 01 c0000207 0438"_bytes);
        if (m != 0x00) {
            const outcome o = meet(plain5, says.view());
            t.ok(fails(o, errc::method_not_offered, static_cast<uint8_t>(m)) && o.sent == "05 01 00"_bytes);
        }
        if (m != 0x80 && m != 0x02) {
            const outcome o = meet(two, says.view());
            t.ok(fails(o, errc::method_not_offered, static_cast<uint8_t>(m)) &&
                 o.sent == "05 02 80 02"_bytes);
        }
    }
    t.ok(fails(meet(plain5, "05 ff"_bytes), errc::no_acceptable_method, 0xff));
}
RUN(a_method_that_was_not_offered_is_never_followed)

// A20
void every_status_but_zero_is_a_refusal_with_its_byte(check& t) {
    for (unsigned status = 1; status < 256; ++status) {
        const auto entered = t.in(size_t{status});
        const tape says = tape().put("05 02 01"_bytes).put(static_cast<uint8_t>(status)).put("05 00"_bytes);
        const outcome o = meet(login5, says.view());
        t.ok(fails(o, errc::credentials_refused, static_cast<uint8_t>(status)) && o.used == 4);
        t.ok(o.sent == "05 01 02  01 04 'john' 03 'foo'"_bytes);
    }
}
RUN(every_status_but_zero_is_a_refusal_with_its_byte)

// V2, and A15: status and reply in one segment are two messages.
constexpr void the_version_of_a_status_is_as_strict_as_wanted(check& t) {
    const struct {
        bytes status;
        bool strict;
        bool known;
        bool any;
    } rows[] = {{"01 00"_bytes, true, true, true},
                {"05 00"_bytes, false, true, true},
                {"00 00"_bytes, false, false, true}};
    for (const auto& row : rows) {
        const auto entered = t.in();
        const tape says = tape().put("05 02"_bytes).put(row.status).put("05 00 00 01 c0000207 0438"_bytes);
        const auto ends = [&](socks::leeway l) {
            return meet(login5, says.view(), {.tolerance = socks::tolerance{.auth_status_version = l}}).how ==
                   ending::done;
        };
        t.ok(ends(socks::leeway::strict) == row.strict);
        t.ok(ends(socks::leeway::known) == row.known);
        t.ok(ends(socks::leeway::any) == row.any);
        t.ok((meet(login5, says.view()).how == ending::done) == row.known);
    }
}
PROVE_AND_RUN(the_version_of_a_status_is_as_strict_as_wanted)

// V1
constexpr void the_version_of_a_socks4_reply_is_as_strict_as_wanted(check& t) {
    const bytes four = "04 5a 0050 7f000001"_bytes;
    const bytes seven = "07 5a 0050 7f000001"_bytes;
    t.ok(meet(plain4, four).how == ending::done);
    t.ok(fails(meet(plain4, four, {.tolerance = socks::strict}), errc::bad_version, 4));
    t.ok(fails(meet(plain4, seven), errc::not_socks, 7));
    t.ok(meet(plain4, seven, {.tolerance = socks::tolerance{.reply4_version = socks::leeway::any}}).how ==
         ending::done);
}
PROVE_AND_RUN(the_version_of_a_socks4_reply_is_as_strict_as_wanted)

// R2: what follows the code of a refusal never matters.
constexpr void garbage_in_a_refusal_does_not_hide_its_code(check& t) {
    const bytes says[] = {"05 00  05 01 00 00 00000000 0000"_bytes, "05 00  05 01 ff ff"_bytes,
                          "05 00  05 01 00 03 00"_bytes, "05 00  05 01 00 03 01 00 0000"_bytes};
    for (const bytes s : says)
        for (const socks::tolerance accept : {socks::lenient, socks::strict})
            for (const bool whole : {false, true}) {
                const auto entered = t.in(size_t{whole});
                const outcome o =
                    run<plain>(socks::client({.tolerance = accept, .wait_for_full_refusal = whole}), plain5,
                               {.says = s, .closes = true});
                t.ok(fails(o, errc::refused, 1));
            }
}
PROVE_AND_RUN(garbage_in_a_refusal_does_not_hide_its_code)

// R3, R6
void bound_names_of_every_length_are_accepted(check& t) {
    for (size_t n = 1; n < 256; ++n) {
        const auto entered = t.in(n);
        tape says = tape().put("05 00  05 00 00 03"_bytes).put(static_cast<uint8_t>(n));
        tape told = tape().put("'D' 00 03"_bytes).put(static_cast<uint8_t>(n));
        for (size_t i = 0; i < n; ++i) {
            says.put(static_cast<uint8_t>('a' + i % 26));
            told.put(static_cast<uint8_t>('a' + i % 26));
        }
        told.put("1f90"_bytes);
        says.put("1f90"_bytes).put("SSH-2.0-x");
        const outcome o = meet(plain5, says.view());
        t.ok(o.how == ending::done && o.told == told && o.early == "SSH-2.0-x");
    }
}
RUN(bound_names_of_every_length_are_accepted)

// R4, R5
constexpr void an_empty_bound_name_means_unspecified(check& t) {
    const outcome none = meet(plain5, "05 00  05 00 00 03 00 0000  'hi'"_bytes);
    t.ok(none.how == ending::done && none.told == "'D' 00 00 0000"_bytes && none.early == "hi");
    const outcome nul = meet(plain5, "05 00  05 00 00 03 01 00 1f90  'hi'"_bytes);
    t.ok(nul.how == ending::done && nul.told == "'D' 00 00 1f90"_bytes && nul.early == "hi");
    const socks::client_options strict{.tolerance = socks::strict};
    t.ok(fails(meet(plain5, "05 00  05 00 00 03 00 0000"_bytes, strict), errc::empty_name, 0));
    t.ok(fails(meet(plain5, "05 00  05 00 00 03 01 00 1f90"_bytes, strict), errc::nul_in_name, 0));
}
PROVE_AND_RUN(an_empty_bound_name_means_unspecified)

// R7, R17
constexpr void a_success_of_an_unknown_address_type_is_malformed(check& t) {
    for (const bytes type : {"00"_bytes, "02"_bytes, "05"_bytes, "09"_bytes, "ff"_bytes}) {
        const auto entered = t.in(type);
        const tape says = tape().put("05 00  05 00 ff"_bytes).put(type);
        t.ok(fails(meet(plain5, says.view()), errc::bad_address_type, 0));
    }
    t.ok(fails(meet(plain5, "05 00  05 00 ff"_bytes, {.tolerance = socks::strict}), errc::bad_reserved, 0));
    t.ok(meet(plain5, "05 00  05 00 ff 01 c0000207 0438"_bytes).how == ending::done);
}
PROVE_AND_RUN(a_success_of_an_unknown_address_type_is_malformed)

// R8, S4-12, F6: the reply's address is its own affair, whatever type was asked for.
constexpr void the_reply_s_address_need_not_match_the_request_s(check& t) {
    const bytes replies[] = {"05 00 00 01 00000000 0000"_bytes, "05 00 00 03 05 'b.net' 0001"_bytes,
                             "05 00 00 04 20010db800000000000000000000001f 0014"_bytes};
    const socks::host hosts[] = {ipv4{66, 102, 7, 99}, "files.example.com", documentation};
    for (const bytes reply : replies)
        for (const socks::host& to : hosts) {
            const auto entered = t.in();
            const tape says = tape().put("05 00"_bytes).put(reply).put("early");
            const outcome o = meet({.to = {to, 443}}, says.view());
            t.ok(o.how == ending::done && o.early == "early");
        }
    const outcome four = meet(plain4, "00 5a abcd f1e2d3c4"_bytes);
    t.ok(four.told == "'D' 5a 01 f1e2d3c4 abcd"_bytes);
}
PROVE_AND_RUN(the_reply_s_address_need_not_match_the_request_s)

// R10, R11, S4-13
void every_code_survives_with_its_value(check& t) {
    for (unsigned code = 0; code < 256; ++code) {
        const auto entered = t.in(size_t{code});
        const auto byte = static_cast<uint8_t>(code);
        const tape five = tape().put("05 00 05"_bytes).put(byte).put("00 01 c0000207 0438"_bytes);
        const outcome o = meet(plain5, five.view());
        t.ok(code == 0 ? o.how == ending::done : fails(o, errc::refused, byte));
        t.ok(o.told.view()[0] == (code == 0 ? 'D' : 'R') && o.told.view()[1] == byte);
        const tape four = tape().put(uint8_t{0}).put(byte).put("0438 c0000207"_bytes);
        const outcome p = meet(plain4, four.view());
        t.ok(code == 0x5a ? p.how == ending::done : fails(p, errc::refused, byte));
        t.ok(p.told.view()[1] == byte);
    }
}
RUN(every_code_survives_with_its_value)

// R12, F8: a proxy that closes instead of replying is told from one that replied badly.
constexpr void a_close_instead_of_a_reply_has_its_own_name(check& t) {
    const outcome o = run<plain>(socks::client(), plain5, {.says = "05 00"_bytes, .closes = true});
    t.ok(fails(o, errc::closed, 0) && blame(o.why) == socks::party::stream);
}
PROVE_AND_RUN(a_close_instead_of_a_reply_has_its_own_name)

// D1, D2, D4, D15: text is classified where the host is made, and only names travel as names.
constexpr void addresses_in_text_travel_as_addresses(check& t) {
    const struct {
        bytes text;
        bytes request;
    } rows[] = {
        {"192.168.1.1", "05 01 00 01 c0a80101 01bb"_bytes},
        {"::1", "05 01 00 04 00000000000000000000000000000001 01bb"_bytes},
        {"[2001:db8::1f]", "05 01 00 04 20010db800000000000000000000001f 01bb"_bytes},
        {"::ffff:1.2.3.4", "05 01 00 04 00000000000000000000ffff01020304 01bb"_bytes},
        {"example.com.", "05 01 00 03 0c 'example.com.' 01bb"_bytes},                    // D16
        {"xn--bcher-kva.example", "05 01 00 03 15 'xn--bcher-kva.example' 01bb"_bytes},  // D11
    };
    for (const auto& row : rows) {
        const auto entered = t.in(row.text);
        const outcome o = meet({.to = {row.text, 443}}, "05 00"_bytes);
        t.ok(o.sent == tape().put("05 01 00"_bytes).put(row.request));
    }
}
PROVE_AND_RUN(addresses_in_text_travel_as_addresses)

// D6: the longest name is sent whole.
constexpr void a_name_of_255_bytes_is_sent_whole(check& t) {
    char name[255] = {};
    for (char& c : name) c = 'n';
    const outcome o = meet({.to = {bytes(name, 255), 443}}, "05 00"_bytes);
    t.ok(o.sent == tape().put("05 01 00  05 01 00 03 ff"_bytes).put(bytes(name, 255)).put("01bb"_bytes));
}
PROVE_AND_RUN(a_name_of_255_bytes_is_sent_whole)

// A9, A11, A13, A14: credentials are bytes, from none to 255 of each.
constexpr void credentials_are_bytes(check& t) {
    const struct {
        socks::credentials login;
        bytes message;
    } rows[] = {{{"", ""}, "01 00 00"_bytes},
                {{"john", ""}, "01 04 'john' 00"_bytes},
                {{"", "foo"}, "01 00 03 'foo'"_bytes},
                {{"a\0b", "p\0"}, "01 03 610062 02 7000"_bytes},
                {{"\xc3\xa9", "\xe2\x82\xac"}, "01 02 c3a9 03 e282ac"_bytes}};
    for (const auto& row : rows) {
        const auto entered = t.in();
        const outcome o = meet({.to = {"a.example", 80}, .credentials = row.login}, "05 02"_bytes);
        t.ok(o.sent == tape().put("05 01 02"_bytes).put(row.message));
    }
}
PROVE_AND_RUN(credentials_are_bytes)

// U4, U7, T1: without a destination the wildcard is asked for; a source of one's own can be said.
constexpr void udp_associate_asks_for_the_wildcard(check& t) {
    const auto asks = [](socks::command what, const socks::endpoint& to) {
        return meet({.command = what, .to = to}, "05 00"_bytes).sent;
    };
    t.ok(asks(command::udp_associate, {}) == "05 01 00  05 03 00 01 00000000 0000"_bytes);
    t.ok(asks(command::udp_associate, socks::unspecified_ipv6) ==
         "05 01 00  05 03 00 04 00000000000000000000000000000000 0000"_bytes);
    t.ok(asks(command::udp_associate, {ipv4{192, 0, 2, 9}, 5353}) ==
         "05 01 00  05 03 00 01 c0000209 14e9"_bytes);
    t.ok(asks(static_cast<command>(0xf0), {"a.example", 0}) ==
         "05 01 00  05 f0 00 03 09 'a.example' 0000"_bytes);
}
PROVE_AND_RUN(udp_associate_asks_for_the_wildcard)

// B1, B4, B6: two replies, each of which may refuse, and nothing but BIND has a second.
constexpr void bind_has_two_replies(check& t) {
    const socks::request request{.command = command::bind, .to = {ipv4{198, 51, 100, 4}, 21}};
    const outcome both =
        meet(request, "05 00  05 00 00 01 00000000 0fa0  05 00 00 01 c6336404 0014  'hi'"_bytes);
    t.ok(both.how == ending::done && both.early == "hi");
    t.ok(both.told == "'B' 01 00000000 0fa0  'D' 00 01 c6336404 0014"_bytes);

    const outcome first = meet(request, "05 00  05 07"_bytes);
    t.ok(fails(first, errc::refused, 7) && first.told == "'R' 07 00 0000"_bytes);
    const outcome second = meet(request, "05 00  05 00 00 01 cb007105 0fa0  05 04"_bytes);
    t.ok(fails(second, errc::refused, 4) && second.told == "'B' 01 cb007105 0fa0  'R' 04 00 0000"_bytes);

    const outcome waiting = meet(request, "05 00  05 00 00 01 cb007105 0fa0"_bytes);
    t.ok(waiting.how == ending::starved && waiting.told == "'B' 01 cb007105 0fa0"_bytes);
    const outcome gone = run<plain>(socks::client(), request,
                                    {.says = "05 00  05 00 00 01 cb007105 0fa0"_bytes, .closes = true});
    t.ok(fails(gone, errc::closed_while_bound, 0));

    const outcome connect = meet(plain5, "05 00  05 00 00 01 cb007105 0fa0  05 00 00 01 c6336404 0014"_bytes);
    t.ok(connect.how == ending::done && connect.early == "05 00 00 01 c6336404 0014"_bytes);
}
PROVE_AND_RUN(bind_has_two_replies)

}  // namespace
