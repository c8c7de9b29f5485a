// Tor's extensions, typed from its specification: lookups through both machines, reply codes of onion
// services, and credentials that isolate streams.

#include <socks/policy/tor.hpp>

#include "conversations.hpp"
#include "sweep.hpp"
#include "text_of.hpp"

namespace {

using namespace drive;
using socks::buffer;
using socks::credentials;
using socks::encoded;
using socks::host;
using socks::reply;
using socks::reply_code;
using socks::request;
using socks::tor::isolation;
using socks::tor::isolation_format;
namespace tor = socks::tor;

constexpr conversation lookups[] = {
    {"RESOLVE",
     tor::lookup("files.example.com"),
     {},
     {.answers = {{code5::succeeded, {ipv4{192, 0, 2, 7}, 0}}}},
     {"05 01 00"_bytes, "05 f0 00 03 11 'files.example.com' 0000"_bytes},
     {"05 00"_bytes, "05 00 00 01 c0000207 0000"_bytes},
     "'S' 05 f0 03 11 'files.example.com' 0000 00"_bytes,
     "'D' 00 01 c0000207 0000"_bytes,
     3},
    {"RESOLVE of an address, with a login",
     tor::lookup(documentation, tor::isolation_credentials("dns")),
     {.methods = method::username_password},
     {.answers = {{code5::succeeded, {documentation, 0}}}},
     {"05 01 02"_bytes, "01 09 '<torS0X>0' 03 'dns'"_bytes,
      "05 f0 00 04 20010db800000000000000000000001f 0000"_bytes},
     {"05 02"_bytes, "01 00"_bytes, "05 00 00 04 20010db800000000000000000000001f 0000"_bytes},
     "'L<torS0X>0:dns' 'S' 05 f0 04 20010db800000000000000000000001f 0000 02"_bytes,
     "'D' 00 04 20010db800000000000000000000001f 0000"_bytes,
     4},
    {"RESOLVE_PTR of an IPv4 address",
     tor::reverse_lookup(ipv4{192, 0, 2, 7}),
     {},
     {.answers = {{code5::succeeded, {"exit.example.net", 0}}}},
     {"05 01 00"_bytes, "05 f1 00 01 c0000207 0000"_bytes},
     {"05 00"_bytes, "05 00 00 03 10 'exit.example.net' 0000"_bytes},
     "'S' 05 f1 01 c0000207 0000 00"_bytes,
     "'D' 00 03 10 'exit.example.net' 0000"_bytes,
     3},
    {"RESOLVE_PTR of an IPv6 address",
     tor::reverse_lookup(documentation),
     {},
     {.answers = {{code5::succeeded, {"h.example", 0}}}},
     {"05 01 00"_bytes, "05 f1 00 04 20010db800000000000000000000001f 0000"_bytes},
     {"05 00"_bytes, "05 00 00 03 09 'h.example' 0000"_bytes},
     "'S' 05 f1 04 20010db800000000000000000000001f 0000 00"_bytes,
     "'D' 00 03 09 'h.example' 0000"_bytes,
     3},
    {"RESOLVE over SOCKS4a",
     {.version = version::v4a, .command = tor::resolve, .to = {"a.example", 0}, .credentials = {"fred"}},
     {},
     {.answers = {{code4::granted, {ipv4{203, 0, 113, 5}, 0}}}},
     {"04 f0 0000 00000001 'fred' 00 'a.example' 00"_bytes},
     {"00 5a 0000 cb007105"_bytes},
     "'S' 4a f0 03 09 'a.example' 0000 00 'fred'"_bytes,
     "'D' 5a 01 cb007105 0000"_bytes,
     1},
};

template <class End>
constexpr void looks_up(check& t, pace how) {
    for (const conversation& c : lookups) {
        const auto entered = t.in(c.what);
        tape heard = c.server.all();
        const outcome client =
            run<End>(socks::client(), c.request, {.says = heard.put("early").view(), .how = how});
        t.ok(client.how == ending::done && client.sent == c.client.all() && client.told == c.result);
        t.ok(client.used == c.server.all().size());
        tape said = c.client.all();
        const outcome server =
            run<End>(socks::server(c.server_options), c.app, {.says = said.put("early").view(), .how = how});
        t.ok(server.how == ending::done && server.sent == c.server.all() && server.told == c.asked);
        t.ok(server.used == c.client.all().size());
    }
}

// T1.
constexpr void names_are_looked_up_through_both_machines(check& t) { looks_up<plain>(t, whole); }
PROVE_AND_RUN(names_are_looked_up_through_both_machines)

void names_are_looked_up_at_any_pace(check& t) {
    looks_up<plain>(t, bytewise);
    looks_up<boxed>(t, precise);
    looks_up<posted<1>>(t, bytewise);
    for (size_t offset = 1; offset < 60; ++offset) looks_up<plain>(t, split_at(offset));
    for (const conversation& c : lookups) {
        const auto entered = t.in(c.what);
        const outcome o =
            run<plain>(socks::client(), c.request, {.says = c.server.all().view(), .how = precise});
        t.ok(o.reads == c.reads && o.taken == c.server.all().size());
    }
}
RUN(names_are_looked_up_at_any_pace)

// T1: nothing but the command and the host is said, and whose circuits are to be used.
constexpr void a_lookup_is_a_request_without_a_port(check& t) {
    const host named = "files.example.com";
    for (const credentials& who :
         {credentials(), tor::isolation_credentials("dns"), credentials("john", "foo")}) {
        const auto entered = t.in();
        const socks::request made[] = {tor::lookup(named, who), tor::lookup(documentation, who),
                                       tor::reverse_lookup(ipv4{192, 0, 2, 7}, who),
                                       tor::reverse_lookup(documentation, who)};
        const host asked[] = {named, documentation, ipv4{192, 0, 2, 7}, documentation};
        for (size_t i = 0; i < 4; ++i) {
            const auto nested = t.in(i);
            const socks::request& r = made[i];
            t.ok(r.version == version::v5 && r.command == (i < 2 ? tor::resolve : tor::resolve_ptr));
            t.ok(r.to.host == asked[i] && r.to.port == 0);
            t.ok(same(r.credentials, who) && socks::validate(r) == errc::none);
        }
    }
}
PROVE_AND_RUN(a_lookup_is_a_request_without_a_port)

// T1: an address for a name, a name for an address, and nothing else.
constexpr void a_lookup_finds_what_it_asked_for(check& t) {
    const host four = ipv4{192, 0, 2, 7};
    const host six = documentation;
    const host named = "exit.example.net";
    for (const host& h : {four, six, named, host()}) {
        const auto entered = t.in();
        const bool address = h == four || h == six;
        const reply good{code5::succeeded, {h, 0}};
        t.ok(tor::found(tor::resolve, good) == (address ? h : host()));
        t.ok(tor::found(tor::resolve_ptr, good) == (h == named ? h : host()));
        t.ok(tor::found(command::connect, good) == host() && tor::found(command{0xf2}, good) == host());
        const reply bad{code5::host_unreachable, {h, 0}};
        t.ok(tor::found(tor::resolve, bad) == host() && tor::found(tor::resolve_ptr, bad) == host());
    }
    t.ok(tor::found(tor::resolve, {code4::granted, {four, 0}}) == four);
    t.ok(tor::found(tor::resolve, {code4::rejected, {four, 0}}) == host());
    t.ok(tor::found(tor::resolve_ptr, {code5::succeeded, {host(bytes("127.1")), 0}}) == host());
    t.ok(tor::found(tor::resolve_ptr, {code5::succeeded, {host::as_received("192.0.2.9"), 0}}).name() ==
         "192.0.2.9");
}
PROVE_AND_RUN(a_lookup_finds_what_it_asked_for)

// T2.
constexpr void onion_codes_have_names_where_the_peer_is_tor(check& t) {
    const bytes names[] = {"onion service descriptor not found",
                           "onion service descriptor invalid",
                           "onion service introduction failed",
                           "onion service rendezvous failed",
                           "onion service needs a client authorization",
                           "onion service refused the client authorization",
                           "onion address invalid",
                           "onion service introduction timed out"};
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        const reply_code five(version::v5, static_cast<uint8_t>(i));
        const bool onion = i >= 0xf0 && i <= 0xf7;
        t.ok(text_of(tor::to_string(five)) == (onion ? names[i - 0xf0] : text_of(to_string(five))));
        t.ok(!onion || text_of(to_string(five)) == "unassigned");
        char room[socks::max_text_code] = {};
        char other[socks::max_text_code] = {};
        t.ok(tor::format(five, room).data() == (onion ? names[i - 0xf0] : format(five, other).data()));
        for (const version v : {version::v4, version::v4a}) {
            const reply_code four(v, static_cast<uint8_t>(i));
            t.ok(text_of(tor::to_string(four)) == text_of(to_string(four)));
            t.ok(tor::format(four, room).data() == format(four, other).data());
        }
    }
}
PROVE_AND_RUN(onion_codes_have_names_where_the_peer_is_tor)

constexpr void tor_s_commands_have_names(check& t) {
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        const auto c = static_cast<command>(i);
        const bytes elsewhere = text_of(to_string(c));
        t.ok(text_of(tor::to_string(c)) == (i == 0xf0 ? "RESOLVE" : i == 0xf1 ? "RESOLVE_PTR" : elsewhere));
        t.ok((i != 0xf0 && i != 0xf1) || elsewhere == "unassigned");
        char room[socks::max_text_code] = {};
        char other[socks::max_text_code] = {};
        const bytes printed = tor::format(c, room).data();
        t.ok(printed == (i == 0xf0 ? "RESOLVE" : i == 0xf1 ? "RESOLVE_PTR" : format(c, other).data()));
    }
    t.ok(static_cast<uint8_t>(tor::resolve) == 0xf0 && static_cast<uint8_t>(tor::resolve_ptr) == 0xf1);
}
PROVE_AND_RUN(tor_s_commands_have_names)

constexpr bool reads(const credentials& who, isolation_format format, bytes object = {}, bytes token = {}) {
    const isolation i = tor::read_isolation(who);
    return i.format == format && i.object == object && i.token == token;
}

// T4: the examples of the specification, and their neighbours.
constexpr void credentials_are_read_as_tor_reads_them(check& t) {
    t.ok(reads({"hello", "world"}, isolation_format::legacy));
    t.ok(reads({"<torS0X>0", "123"}, isolation_format::token, "", "123"));
    t.ok(reads({"<torS0X>0", ""}, isolation_format::token));
    t.ok(reads({"<torS0X>1abc", "123"}, isolation_format::object, "abc", "123"));
    t.ok(reads({"<torS0X>1abc", ""}, isolation_format::object, "abc"));
    t.ok(reads({"<torS0X>0abc", "123"}, isolation_format::invalid));
    t.ok(reads({"<torS0X>1", "123"}, isolation_format::invalid));
    t.ok(reads({"<torS0X>9", "123"}, isolation_format::invalid));
    t.ok(reads({"<torS0X>", "123"}, isolation_format::invalid));
    for (const bool given : {false, true}) {
        const auto entered = t.in(size_t{given});
        const credentials who = given ? credentials{"", ""} : credentials{};
        t.ok(reads(who, given ? isolation_format::legacy : isolation_format::none));
    }
    t.ok(reads({"<torS0X", "0"}, isolation_format::legacy) &&
         reads({"<torS0x>0", "1"}, isolation_format::legacy));
    t.ok(reads({" <torS0X>0", "1"}, isolation_format::legacy));
    t.ok(reads({"<torS0X>\0", "1"}, isolation_format::invalid));
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        message<10> user;
        user.put("<torS0X>").put(static_cast<uint8_t>(i));
        t.ok(reads({user.view(), ""}, i == '0' ? isolation_format::token : isolation_format::invalid));
        user.put(uint8_t{'x'});
        t.ok(reads({user.view(), ""}, i == '1' ? isolation_format::object : isolation_format::invalid,
                   i == '1' ? bytes("x") : bytes()));
    }
}
PROVE_AND_RUN(credentials_are_read_as_tor_reads_them)

// T3, T4.
constexpr void credentials_are_built_as_tor_reads_them(check& t) {
    t.ok(same(tor::isolation_credentials("mail"), {"<torS0X>0", "mail"}) &&
         same(tor::isolation_credentials(""), {"<torS0X>0", ""}));
    char room[255] = {};
    const encoded user = tor::encode_object_user("object-7", room);
    t.ok(user && user.data() == "<torS0X>1object-7" && user.data().data() == room);
    t.ok(reads({user.data(), "mail"}, isolation_format::object, "object-7", "mail"));
    message<246> longest;
    longest.letters(246);
    t.ok(tor::encode_object_user(longest.view(), room).size() == 255 && room[254] == 'l');
}
PROVE_AND_RUN(credentials_are_built_as_tor_reads_them)

constexpr void an_object_s_user_name_must_fit(check& t) {
    char room[300] = {};
    message<247> too_long;
    too_long.letters(247);
    t.ok(tor::encode_object_user(too_long.view(), room).error() == errc::bad_user);
    t.ok(tor::encode_object_user("", room).error() == errc::bad_user);
    t.ok(tor::encode_object_user({room, SIZE_MAX - 8}, room).error() == errc::bad_user);  // with 9 more: 0
    const encoded missed = tor::encode_object_user("abc", buffer(room, 11));
    t.ok(missed.error() == errc::no_space && missed.required() == 12 && room[0] == 0);
    t.ok(tor::encode_object_user("abc", buffer(room, 12)).size() == 12);
}
PROVE_AND_RUN(an_object_s_user_name_must_fit)

// T3: two connections, different bytes on the wire.
constexpr void a_counter_gives_each_stream_a_token_of_its_own(check& t) {
    char first[20] = {};
    char second[20] = {};
    const encoded a = tor::encode_token("run7", 9, first);
    const encoded b = tor::encode_token("run7", 10, second);
    t.ok(a.data() == "run70000000000000009" && b.data() == "run7000000000000000a");
    char out[2][socks::client::max_output] = {};
    const encoded c = encode_credentials(tor::isolation_credentials(a.data()), out[0]);
    const encoded d = encode_credentials(tor::isolation_credentials(b.data()), out[1]);
    t.ok(c.data() == "01 09 '<torS0X>0' 14 'run70000000000000009'"_bytes && c.data() != d.data());
    t.ok(tor::encode_token("", 0x0123456789abcdef, first).data() == "0123456789abcdef");
    t.ok(tor::encode_token("", UINT64_MAX, first).data() == "ffffffffffffffff");
}
PROVE_AND_RUN(a_counter_gives_each_stream_a_token_of_its_own)

constexpr void a_token_fits_a_password(check& t) {
    char room[300] = {};
    message<240> prefix;
    prefix.letters(239);
    t.ok(tor::encode_token(prefix.view(), 1, room).size() == 255 && room[254] == '1');
    room[0] = 0;
    t.ok(tor::encode_token(prefix.put("z").view(), 1, room).error() == errc::bad_password && room[0] == 0);
    t.ok(tor::encode_token({room, SIZE_MAX - 15}, 1, room).error() == errc::bad_password);  // with 16 more: 0
    const encoded missed = tor::encode_token("ab", 1, buffer(room, 17));
    t.ok(missed.error() == errc::no_space && missed.required() == 18 && room[0] == 0);
}
PROVE_AND_RUN(a_token_fits_a_password)

// The server's half: what is invalid never gets as far as a request.
constexpr void a_server_refuses_invalid_isolation(check& t) {
    const auto serve = [](bytes user_and_password, bytes expected) {
        socks::server machine(socks::server_options{.methods = method::username_password});
        char out[socks::server::max_output] = {};
        static_cast<void>(machine.step("05 01 02"_bytes, out));
        const auto a = machine.step(user_and_password, out);
        const isolation i = tor::read_isolation({a.user(), a.password()});
        const encoded status = machine.authenticated(i.format != isolation_format::invalid, out);
        return status.data() == expected;
    };
    t.ok(serve("01 09 '<torS0X>0' 01 'a'"_bytes, "01 00"_bytes));
    t.ok(serve("01 09 '<torS0X>2' 01 'a'"_bytes, "01 01"_bytes));
    t.ok(serve("01 05 'hello' 01 'a'"_bytes, "01 00"_bytes));
}
PROVE_AND_RUN(a_server_refuses_invalid_isolation)

}  // namespace
