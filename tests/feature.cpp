// The parts of a machine: sets of parts, the types that they make, and the error of a machine that lacks the
// part which it is asked for. invariants_small_builds.cpp tests that nothing else differs.

#include <type_traits>

#include "refusals.hpp"

namespace {

using namespace drive;
using socks::feature;
using socks::has;

constexpr feature parts[] = {
    feature::socks4,         feature::socks5,        feature::credentials,      feature::other_methods,
    feature::bind,           feature::udp_associate, feature::pipelining,       feature::full_refusals,
    feature::after_greeting, feature::tolerances,    feature::foreign_protocols};

constexpr void a_set_of_parts_is_a_set(check& t) {
    feature joined{};
    for (const feature a : parts) {
        const auto entered = t.in(static_cast<size_t>(a));
        t.ok(has(feature::all, a) && has(a, a) && has(a, feature{}) && !has(feature{}, a));
        t.ok(!has(joined, a) && !has(feature::all - a, a) && ((feature::all - a) | a) == feature::all);
        t.ok((a | a) == a && a - a == feature{} && feature{} - a == feature{});
        for (const feature b : parts) {
            const auto nested = t.in(static_cast<size_t>(b));
            t.ok(has(a, b) == (a == b) && has(a | b, a) && has(a | b, b) && (a | b) == (b | a));
            t.ok(has(a, a | b) == (a == b) && has(feature::all - a, b) == (a != b));
        }
        joined = joined | a;
    }
    t.ok(joined == feature::all && feature::all - joined == feature{});
    constexpr feature small = feature::socks5 | feature::credentials;
    t.ok(has(feature::all, small) && !has(small, feature::all));
    t.ok(small - feature::credentials == feature::socks5 && small - feature::bind == small);
}
PROVE_AND_RUN(a_set_of_parts_is_a_set)

// One program may contain machines of different sizes.
template <template <feature> class Machine>
constexpr bool is_another_type_for_each_set() {
    constexpr feature small = feature::socks5 | feature::credentials;
    return !std::is_same_v<Machine<small>, Machine<feature::socks5>> &&
           !std::is_same_v<Machine<small>, Machine<feature::all>> &&
           !std::is_same_v<Machine<feature::all - feature::bind>, Machine<feature::all>> &&
           std::is_same_v<Machine<small>, Machine<feature::credentials | feature::socks5>>;
}
static_assert(is_another_type_for_each_set<socks::basic_client>());
static_assert(is_another_type_for_each_set<socks::basic_chain>());
static_assert(is_another_type_for_each_set<socks::basic_server>());
static_assert(is_another_type_for_each_set<socks::basic_client_action>());
static_assert(is_another_type_for_each_set<socks::basic_server_action>());

static_assert(std::is_same_v<socks::basic_client<feature::all>, socks::client>);
static_assert(std::is_same_v<socks::basic_chain<feature::all>, socks::chain>);
static_assert(std::is_same_v<socks::basic_server<feature::all>, socks::server>);
static_assert(std::is_same_v<socks::basic_client_action<feature::all>, socks::client_action>);
static_assert(std::is_same_v<socks::client::action, socks::client_action>);
static_assert(std::is_same_v<socks::chain::action, socks::client_action>);
static_assert(std::is_same_v<socks::server::action, socks::server_action>);

// One loop may serve machines of all sizes.
template <feature Parts>
constexpr bool has_the_names_of_the_complete_machines() {
    using client = socks::basic_client<Parts>;
    using chain = socks::basic_chain<Parts>;
    using server = socks::basic_server<Parts>;
    return std::is_same_v<typename client::next, socks::client::next> &&
           std::is_same_v<typename client::completed, socks::client::completed> &&
           std::is_same_v<typename client::early_messages, socks::client::early_messages> &&
           std::is_same_v<typename chain::next, socks::chain::next> &&
           std::is_same_v<typename chain::action, typename client::action> &&
           std::is_same_v<typename server::next, socks::server::next> &&
           std::is_same_v<typename server::completed, socks::server::completed>;
}

// A smaller machine has less code, not less state.
template <feature Parts>
constexpr bool has_the_size_of_the_complete_machines() {
    return sizeof(socks::basic_client<Parts>) == sizeof(socks::client) &&
           sizeof(socks::basic_chain<Parts>) == sizeof(socks::chain) &&
           sizeof(socks::basic_server<Parts>) == sizeof(socks::server) &&
           sizeof(socks::basic_client_action<Parts>) == sizeof(socks::client_action) &&
           sizeof(socks::basic_server_action<Parts>) == sizeof(socks::server_action) &&
           std::is_trivially_copyable_v<socks::basic_client<Parts>> &&
           std::is_trivially_copyable_v<socks::basic_chain<Parts>> &&
           std::is_trivially_copyable_v<socks::basic_server<Parts>> &&
           std::is_trivially_copyable_v<socks::basic_client_action<Parts>> &&
           std::is_trivially_copyable_v<socks::basic_server_action<Parts>>;
}

template <feature... Parts>
constexpr bool machines_differ_in_nothing_else() {
    return (has_the_names_of_the_complete_machines<Parts>() && ...) &&
           (has_the_size_of_the_complete_machines<Parts>() && ...);
}
static_assert(
    machines_differ_in_nothing_else<feature::all, feature::socks4, feature::socks5,
                                    feature::socks5 | feature::credentials, feature::all - feature::socks4,
                                    feature::all - feature::socks5, feature::all - feature::tolerances>());

template <feature Parts>
constexpr bool needs_mailboxes_of(size_t max_input, size_t max_pending) {
    using server = socks::basic_server<Parts>;
    return server::max_input == max_input && server::max_output == 262 && server::max_pending == max_pending;
}

template <feature Parts>
constexpr bool sends_from_mailboxes_of(size_t max_input, size_t max_output, size_t max_pipelined) {
    using client = socks::basic_client<Parts>;
    using chain = socks::basic_chain<Parts>;
    return client::max_input == max_input && client::max_output == max_output &&
           client::max_pipelined == max_pipelined && chain::max_input == max_input &&
           chain::max_output == max_output && chain::max_pipelined == max_pipelined;
}

// A server that reads shorter messages, or answers once, needs less memory.
constexpr void the_mailboxes_of_a_machine_have_the_size_of_its_messages(check& t) {
    t.ok(needs_mailboxes_of<feature::all>(520, 524));
    t.ok(needs_mailboxes_of<feature::all - feature::bind>(520, 262));
    t.ok(needs_mailboxes_of<feature::all - feature::socks4>(513, 524));
    t.ok(needs_mailboxes_of<feature::all - feature::socks4 - feature::credentials>(262, 524));
    t.ok(needs_mailboxes_of<feature::socks4>(520, 262));
    t.ok(needs_mailboxes_of<feature::socks4 | feature::bind>(520, 524));
    t.ok(needs_mailboxes_of<feature::socks5>(262, 262));
    t.ok(needs_mailboxes_of<feature::socks5 | feature::credentials>(513, 262));
}
PROVE_AND_RUN(the_mailboxes_of_a_machine_have_the_size_of_its_messages)

constexpr void the_mailboxes_of_a_client_have_the_size_of_its_messages(check& t) {
    t.ok(sends_from_mailboxes_of<feature::all>(262, 520, 778));
    t.ok(sends_from_mailboxes_of<feature::all - feature::pipelining>(262, 520, 520));
    t.ok(sends_from_mailboxes_of<feature::all - feature::credentials>(262, 520, 520));
    t.ok(sends_from_mailboxes_of<feature::all - feature::socks4>(262, 513, 778));
    t.ok(sends_from_mailboxes_of<feature::all - feature::socks5>(8, 520, 520));
    t.ok(sends_from_mailboxes_of<feature::socks5 | feature::credentials>(262, 513, 513));
    t.ok(sends_from_mailboxes_of<feature::socks5 | feature::pipelining>(262, 262, 265));
    t.ok(sends_from_mailboxes_of<feature::socks5>(262, 262, 262));
    t.ok(sends_from_mailboxes_of<feature::socks4>(8, 520, 520));
}
PROVE_AND_RUN(the_mailboxes_of_a_client_have_the_size_of_its_messages)

// Whether a client with these parts sends `greeting` as its first message.
template <feature Parts>
constexpr bool begins(const socks::request& request, bytes greeting, socks::client_options options = {}) {
    socks::basic_client<Parts> m(options);
    char out[socks::client::max_output] = {};
    const auto a = m.step(request, "", out);
    return a.next() == socks::client::next::send && a.data() == greeting && a.consumed() == 0;
}

// Whether it fails before the first byte, through views and mailboxes, and whatever the proxy says.
template <feature Parts>
constexpr bool fails(const socks::request& request, errc why, socks::client_options options = {}) {
    using next = socks::client::next;
    if (why == errc::none || blame(why) != socks::party::caller) return false;
    for (const bytes in : {bytes(""), bytes("05 00"_bytes), bytes("00 5a 0000 00000000"_bytes)}) {
        socks::basic_client<Parts> m(options);
        char out[socks::client::max_output] = {};
        for (int i = 0; i < 2; ++i) {
            const auto a = m.step(request, in, out);
            if (a.next() != next::fail || a.error() != why || a.byte() != 0 || a.consumed() != 0)
                return false;
        }
        socks::basic_client<Parts> other(options);
        socks::inbox<socks::client::max_input> rx;
        socks::outbox<socks::client::max_output> tx;
        const auto a = other.step(request, rx, tx);
        if (a.next() != next::fail || a.error() != why || a.consumed() != 0 || !tx.empty()) return false;
        if (other.state() != socks::client_state::failed || other.may_send_early()) return false;
    }
    return true;
}

constexpr feature all = feature::all;

constexpr socks::request name4{.version = version::v4a, .to = {"files.example.com", 443}};
constexpr socks::request udp5{.command = command::udp_associate};
constexpr bytes none = "05 01 00"_bytes;

constexpr void a_client_names_the_version_that_it_lacks(check& t) {
    constexpr auto why = errc::unsupported_version;
    t.ok(fails<all - feature::socks4>(plain4, why) && fails<all - feature::socks4>(name4, why));
    t.ok(begins<all - feature::socks4>(plain5, none) && fails<all - feature::socks5>(plain5, why));
    t.ok(begins<all - feature::socks5>(plain4, "04 01 0050 42660763 00"_bytes));
    t.ok(begins<feature::socks4>(name4, "04 01 01bb 00000001 00 'files.example.com' 00"_bytes));
    t.ok(fails<feature::socks5>(plain4, why) && begins<feature::socks5>(plain5, none));
    t.ok(fails<feature::socks4>(plain5, why));
}
PROVE_AND_RUN(a_client_names_the_version_that_it_lacks)

constexpr void a_client_names_the_command_that_it_lacks(check& t) {
    constexpr auto why = errc::unsupported_command;
    t.ok(fails<all - feature::bind>(bind5, why) && fails<all - feature::bind>(bind4, why));
    t.ok(begins<all - feature::bind>(plain5, none) && begins<all - feature::bind>(udp5, none));
    t.ok(fails<all - feature::udp_associate>(udp5, why) && begins<all - feature::udp_associate>(bind5, none));
    // A number without a name is no part.
    const socks::request resolve{.command = static_cast<command>(0xf0), .to = {"a.example", 0}};
    t.ok(begins<feature::socks5>(resolve, none));
}
PROVE_AND_RUN(a_client_names_the_command_that_it_lacks)

constexpr void a_client_names_the_method_that_it_lacks(check& t) {
    constexpr auto why = errc::unsupported_method;
    constexpr feature no_login = all - feature::credentials;
    constexpr feature no_other = all - feature::other_methods;
    const socks::request to{.to = {"a.example", 25}, .credentials = {"john", "foo"}};
    const auto offers = [&](socks::methods list) {
        socks::request r = to;
        r.methods = list;
        return r;
    };
    t.ok(fails<no_login>(to, why));  // without a list, credentials mean the method
    t.ok(fails<no_login>(offers(method::username_password), why));
    t.ok(fails<no_login>(offers({method::none, toy, method::gssapi, method::username_password}), why));
    t.ok(begins<no_login>(offers(method::none), none) && begins<no_login>(offers(toy), "05 01 80"_bytes));
    t.ok(fails<no_other>(offers(toy), why) && fails<no_other>(offers(method::gssapi), why));
    t.ok(fails<no_other>(offers({method::none, method::username_password, toy}), why));
    t.ok(begins<no_other>(to, "05 01 02"_bytes));
    t.ok(begins<no_other>(offers({method::none, method::username_password}), "05 02 00 02"_bytes));
    t.ok(fails<feature::socks5>(to, why) && fails<feature::socks5>(offers(toy), why));
    t.ok(begins<feature::socks5>(offers(method::none), none));
    // SOCKS4 has no methods; its user ID is no login.
    socks::request four = to;
    four.version = version::v4a;
    t.ok(begins<feature::socks4>(four, "04 01 0019 00000001 'john' 00 'a.example' 00"_bytes));
}
PROVE_AND_RUN(a_client_names_the_method_that_it_lacks)

constexpr void a_client_names_the_option_that_needs_a_part(check& t) {
    constexpr auto why = errc::unsupported_option;
    constexpr socks::client_options early{.pipelined = true};
    constexpr socks::client_options full{.wait_for_full_refusal = true};
    constexpr socks::client_options second{.after_greeting = true};
    constexpr socks::client_options strict{.tolerance = socks::strict};
    t.ok(fails<all - feature::pipelining>(plain5, why, early));
    t.ok(fails<all - feature::pipelining>(plain4, why, early) && begins<all>(plain5, none, early));
    t.ok(begins<all - feature::full_refusals>(plain5, none, early));
    t.ok(fails<all - feature::full_refusals>(plain5, why, full));
    t.ok(begins<all - feature::after_greeting>(plain5, none, full));
    t.ok(fails<all - feature::after_greeting>(plain4, why, second));
    t.ok(fails<all - feature::tolerances>(plain5, why, strict));
    t.ok(begins<all - feature::tolerances>(plain5, none, {.tolerance = socks::lenient}));
    t.ok(begins<all - feature::pipelining>(plain5, none, strict));
    t.ok(fails<feature::socks5>(plain5, why, {.tolerance = socks::tolerance{.reserved = false}}));
    t.ok(begins<feature::socks5>(plain5, none));
}
PROVE_AND_RUN(a_client_names_the_option_that_needs_a_part)

constexpr char many[256] = {};
constexpr bytes too_long{many, 256};

// Over SOCKS4 the request is the first message, so the option only says when your own bytes may follow it.
constexpr void a_socks4_client_says_when_to_send_early(check& t) {
    char out[socks::client::max_output] = {};
    socks::basic_client<feature::socks4 | feature::pipelining> m({.pipelined = true});
    t.ok(!m.may_send_early() && m.step(plain4, "", out).next() == socks::client::next::send);
    t.ok(m.may_send_early() && m.step(plain4, "00 5a 0000 00000000"_bytes, out).consumed() == 8);
    t.ok(!m.may_send_early());
    socks::basic_client<feature::socks4 | feature::pipelining> patient;
    t.ok(patient.step(plain4, "", out).next() == socks::client::next::send && !patient.may_send_early());
}
PROVE_AND_RUN(a_socks4_client_says_when_to_send_early)

// The errors come in this order: an option, the version, the command, whatever makes the request invalid in
// every build, and the method. Each request here has one fault less than the one before.
constexpr void the_first_of_several_faults_is_named(check& t) {
    constexpr socks::client_options early{.pipelined = true};
    socks::request r{.version = version::v4, .command = command::bind, .to = {bytes("localhost:80"), 80}};
    r.credentials = {too_long, too_long};
    r.methods = method::no_acceptable;
    constexpr feature small = feature::socks5;
    t.ok(fails<small>(r, errc::unsupported_option, early) && fails<small>(r, errc::unsupported_version));
    r.version = version::v5;
    t.ok(fails<small>(r, errc::unsupported_command));
    r.command = command::connect;
    t.ok(fails<small>(r, errc::bad_host));
    r.to = {};
    t.ok(fails<small>(r, errc::no_host));
    r.to = {"a.example", 25};
    t.ok(fails<small>(r, errc::bad_user));
    r.credentials = {"john", too_long};
    t.ok(fails<small>(r, errc::bad_password));
    r.credentials = {};
    t.ok(fails<small>(r, errc::bad_methods));
    r.methods = method::username_password;
    t.ok(fails<small>(r, errc::no_credentials));
    r.credentials = {"john", "foo"};
    t.ok(fails<small>(r, errc::unsupported_method));
    r.methods = method::none;
    t.ok(begins<small>(r, none));

    socks::request four{.version = version::v4, .command = command::udp_associate, .to = {documentation, 1}};
    t.ok(fails<feature::socks4>(four, errc::unsupported_command));
    t.ok(fails<feature::socks4 | feature::udp_associate>(four, errc::command_over_socks4));
    four.command = command::connect;
    t.ok(fails<feature::socks4>(four, errc::ipv6_over_socks4));
}
PROVE_AND_RUN(the_first_of_several_faults_is_named)

constexpr void a_client_names_what_it_lacks_after_another_client_s_greeting(check& t) {
    using next = socks::client::next;
    char out[socks::client::max_output] = {};
    constexpr socks::client_options second{.after_greeting = true};
    socks::basic_client<feature::socks4 | feature::after_greeting> four(second);
    t.ok(four.step(plain4, "", out).needed() == 2);
    const auto a = four.step(plain4, "00 5b"_bytes, out);
    t.ok(a.next() == next::send && a.data() == "04 01 0050 42660763 00"_bytes && a.consumed() == 2);
    socks::basic_client<all - feature::socks4> five(second);
    t.ok(five.step(plain4, "", out).needed() == 2);
    const auto b = five.step(plain4, "00 5b"_bytes, out);
    t.ok(b.next() == next::fail && b.error() == errc::unsupported_version && b.consumed() == 0);
}
PROVE_AND_RUN(a_client_names_what_it_lacks_after_another_client_s_greeting)

// Whether a chain with these parts fails before the first byte, at the proxy `hop`.
template <feature Parts>
constexpr bool stops(const socks::route& route, errc why, size_t hop, socks::client_options options = {}) {
    socks::basic_chain<Parts> m(options);
    char out[socks::chain::max_output] = {};
    for (const bytes in : {bytes("05 00"_bytes), bytes("")}) {
        const auto a = m.step(route, in, out);
        if (a.next() != socks::chain::next::fail || a.error() != why || a.consumed() != 0) return false;
        if (m.hop() != hop) return false;
    }
    return true;
}

// The first proxy that cannot be asked is named.
constexpr void a_chain_names_what_it_lacks_and_where(check& t) {
    const socks::hop proxies[] = {{.proxy = {"a.example", 1080}},
                                  {.proxy = {"b.example", 1080}, .credentials = {"john", "foo"}},
                                  {.proxy = {"c.example", 1080}, .version = version::v4a}};
    const socks::route binds{.through = {proxies, 1}, .command = command::bind, .to = {"d.example", 80}};
    const socks::route route{.through = proxies, .to = {"d.example", 80}};
    t.ok(stops<feature::socks5>(route, errc::unsupported_method, 1));
    t.ok(stops<all - feature::socks4>(route, errc::unsupported_version, 2));
    t.ok(stops<feature::socks4>(route, errc::unsupported_version, 0));
    t.ok(stops<all - feature::bind>(binds, errc::unsupported_command, 0));
    t.ok(stops<feature::socks5>(route, errc::unsupported_option, 0, {.pipelined = true}));
    socks::basic_chain<feature::socks5> m;
    char out[socks::chain::max_output] = {};
    t.ok(m.step({.through = {proxies, 1}, .to = {"d.example", 80}}, "", out).data() == none);
}
PROVE_AND_RUN(a_chain_names_what_it_lacks_and_where)

// Whether a server with these parts says `sent` and fails, without a question to its application.
template <feature Parts>
constexpr bool refuses(bytes client, bytes sent, errc why, uint8_t byte, size_t used,
                       socks::server_options options = {}) {
    for (const pace how : {whole, bytewise, precise}) {
        const outcome o =
            run<plain>(socks::basic_server<Parts>(options), application(), {.says = client, .how = how});
        if (o.how != ending::failed || !(o.sent == sent) || o.told.size() != 0) return false;
        if (o.why != why || o.byte != byte || o.used != used) return false;
    }
    return true;
}

constexpr void a_server_refuses_the_version_that_it_lacks(check& t) {
    constexpr auto why = errc::version_refused;
    constexpr bytes no = "00 5b 0000 00000000"_bytes;
    t.ok(refuses<all - feature::socks4>("04 01 0050 42660763 'fred' 00"_bytes, no, why, 4, 0));
    t.ok(refuses<all - feature::socks4>("04 01 0050 00000001 00 'a.example' 00"_bytes, no, why, 4, 0));
    t.ok(refuses<feature::socks5>("04"_bytes, no, why, 4, 0));
    t.ok(refuses<all - feature::socks5>("05 01 00"_bytes, "05 ff"_bytes, why, 5, 0));
    t.ok(refuses<feature::socks4>("05"_bytes, "05 ff"_bytes, why, 5, 0));
    // The option v5 is on by default, and is nothing without the part.
    constexpr socks::server_options java{.v4_after_greeting = true};
    constexpr bytes both = "05 01 00  05 01 00"_bytes;
    t.ok(refuses<all - feature::socks5>(both, "00 5b"_bytes, why, 5, 3, java));
    const application grants{.answers = {{code4::granted, {}}}};
    constexpr feature four = feature::socks4 | feature::after_greeting;
    const outcome o = run<plain>(socks::basic_server<four>(java), grants,
                                 {.says = "05 01 00  04 01 0050 42660763 00"_bytes});
    t.ok(o.how == ending::done && o.sent == "00 5b  00 5a 0000 00000000"_bytes && o.used == 12);
}
PROVE_AND_RUN(a_server_refuses_the_version_that_it_lacks)

constexpr void a_server_refuses_the_command_that_it_lacks(check& t) {
    constexpr auto why = errc::refused;
    constexpr bytes no = "05 00  05 07 00 01 00000000 0000"_bytes;
    constexpr bytes bind = "05 01 00  05 02 00 01 c6336404 0015"_bytes;
    constexpr bytes udp = "05 01 00  05 03 00 01 00000000 0000"_bytes;
    constexpr bytes bind4 = "04 02 0015 c6336404 00"_bytes;
    constexpr bytes no4 = "00 5b 0000 00000000"_bytes;
    t.ok(refuses<all - feature::bind>(bind, no, why, 7, 3) && refuses<feature::socks5>(bind, no, why, 7, 3));
    t.ok(refuses<all - feature::bind>(bind4, no4, why, 0x5b, 0));
    t.ok(refuses<feature::socks4>(bind4, no4, why, 0x5b, 0));
    t.ok(refuses<all - feature::udp_associate>(udp, no, why, 7, 3));
    t.ok(refuses<feature::socks5>(udp, no, why, 7, 3));
    // SOCKS4 has no UDP ASSOCIATE, in every build.
    t.ok(refuses<all - feature::udp_associate>("04 03"_bytes, no4, errc::bad_command, 3, 0));
    t.ok(refuses<all>("04 03"_bytes, no4, errc::bad_command, 3, 0));
}
PROVE_AND_RUN(a_server_refuses_the_command_that_it_lacks)

// A log names the code in the version of the client.
template <feature Parts>
constexpr socks::reply_code code_for(bytes greeting, bytes request) {
    socks::basic_server<Parts> m;
    char out[socks::server::max_output] = {};
    if (!greeting.empty() && m.step(greeting, out).next() != socks::server::next::send) return {};
    if (m.step(request, out).next() != socks::server::next::send) return {};
    const auto a = m.step("", out);
    return a.next() == socks::server::next::fail ? a.code() : socks::reply_code{};
}

constexpr void a_refused_command_has_its_code(check& t) {
    const bytes udp = "05 03 00 01 00000000 0000"_bytes;
    const socks::reply_code five = code_for<feature::socks5>(none, udp);
    t.ok(five.version == version::v5 && five.value == 7 && five == code5::command_not_supported);
    const bytes bind = "04 02 0015 c6336404 00"_bytes;
    const socks::reply_code four = code_for<feature::socks4>("", bind);
    t.ok(four.version == version::v4 && four.value == 0x5b && four == code4::rejected);
    t.ok(code_for<all - feature::bind>("", bind) == code4::rejected);
}
PROVE_AND_RUN(a_refused_command_has_its_code)

// On no_space nothing changes, so the same step is repeated with more room.
template <feature Parts>
constexpr bool waits_for_room(bytes greeting, bytes request, bytes refusal) {
    using next = socks::server::next;
    socks::basic_server<Parts> m;
    char out[socks::server::max_output] = {};
    if (!greeting.empty() && m.step(greeting, out).next() != next::send) return false;
    for (size_t room = 0; room < refusal.size(); ++room) {
        const auto a = m.step(request, {out, room});
        if (a.next() != next::fail || a.error() != errc::no_space || a.required() != refusal.size())
            return false;
        if (a.consumed() != 0) return false;
    }
    const auto a = m.step(request, {out, refusal.size()});
    return a.next() == next::send && a.data() == refusal && m.step(request, out).next() == next::fail;
}

constexpr void the_refusal_of_a_part_waits_for_room(check& t) {
    const bytes no4 = "00 5b 0000 00000000"_bytes;
    const bytes no5 = "05 07 00 01 00000000 0000"_bytes;
    t.ok(waits_for_room<feature::socks5>("", "04"_bytes, no4));
    t.ok(waits_for_room<feature::socks4>("", "05"_bytes, "05 ff"_bytes));
    t.ok(waits_for_room<feature::socks4>("", "04 02 0015 c6336404 00"_bytes, no4));
    t.ok(waits_for_room<feature::socks5>(none, "05 02 00 01 c6336404 0015"_bytes, no5));
    t.ok(waits_for_room<feature::socks5>(none, "05 03 00 01 00000000 0000"_bytes, no5));
}
PROVE_AND_RUN(the_refusal_of_a_part_waits_for_room)

// Only the commands that are parts are refused. Every other number is for the application to refuse.
constexpr void an_unassigned_command_is_shown_to_the_application(check& t) {
    const application refuses_it{.answers = {{code5::command_not_supported, {}}}};
    const outcome o = run<plain>(socks::basic_server<feature::socks5>(), refuses_it,
                                 {.says = "05 01 00  05 f0 00 03 03 'b.c' 0000"_bytes});
    t.ok(o.told == "'S' 05 f0 03 03 'b.c' 0000 00"_bytes);
    t.ok(o.sent == "05 00  05 07 00 01 00000000 0000"_bytes && o.why == errc::refused);
    const outcome p = run<plain>(socks::basic_server<feature::socks4>(), refuses_it,
                                 {.says = "04 f0 0050 42660763 00"_bytes});
    t.ok(p.told == "'S' 04 f0 01 42660763 0050 00"_bytes && p.sent == "00 5b 0000 00000000"_bytes);
}
PROVE_AND_RUN(an_unassigned_command_is_shown_to_the_application)

// Whether a server with these options fails at its first step, reads nothing and sends nothing.
template <feature Parts>
constexpr bool cannot_begin(const socks::server_options& options, errc why) {
    for (const bytes client : {bytes(""), bytes("05 01 00"_bytes), bytes("04"_bytes), bytes("H")}) {
        socks::basic_server<Parts> m(options);
        char out[socks::server::max_output] = {};
        const auto a = m.step(client, out);
        if (a.next() != socks::server::next::fail || a.error() != why || a.byte() != 0) return false;
        if (a.consumed() != 0 || m.state() != socks::server_state::failed) return false;
        socks::basic_server<Parts> other(options);
        socks::inbox<socks::server::max_input> rx;
        socks::outbox<socks::server::max_pending> tx;
        const auto b = other.step(rx, tx);
        if (b.next() != socks::server::next::fail || b.error() != why || !tx.empty()) return false;
    }
    return blame(why) == socks::party::caller;
}

template <feature Parts>
constexpr bool can_begin(const socks::server_options& options) {
    socks::basic_server<Parts> m(options);
    return m.step("", {}).next() == socks::server::next::recv;
}

constexpr void a_server_names_the_method_that_it_lacks(check& t) {
    constexpr auto why = errc::unsupported_method;
    constexpr feature no_login = all - feature::credentials;
    constexpr feature no_other = all - feature::other_methods;
    t.ok(cannot_begin<no_login>(with_login, why) && can_begin<no_login>({}));
    t.ok(cannot_begin<no_login>({.methods = {method::none, toy, method::username_password}}, why));
    t.ok(can_begin<no_login>({.methods = {method::none, toy}}) && can_begin<no_other>(with_login));
    t.ok(cannot_begin<no_other>({.methods = toy}, why));
    t.ok(cannot_begin<no_other>({.methods = {method::username_password, method::gssapi}}, why));
    t.ok(cannot_begin<feature::socks5>(with_login, why) && can_begin<feature::socks5>({}));
    // As with every build, a server with an invalid list begins and accepts nobody.
    t.ok(can_begin<feature::socks5>({.methods = method::no_acceptable}));
    t.ok(refuses<feature::socks5>("05 01 00"_bytes, "05 ff"_bytes, errc::no_acceptable_method, 0, 0,
                                  {.methods = method::no_acceptable}));
}
PROVE_AND_RUN(a_server_names_the_method_that_it_lacks)

constexpr void a_server_names_the_option_that_needs_a_part(check& t) {
    constexpr auto why = errc::unsupported_option;
    constexpr socks::server_options strict{.tolerance = socks::strict};
    t.ok(cannot_begin<all - feature::after_greeting>(after_greeting, why));
    t.ok(can_begin<all - feature::after_greeting>(strict) && can_begin<all>(after_greeting));
    t.ok(cannot_begin<all - feature::tolerances>(strict, why));
    t.ok(can_begin<all - feature::tolerances>(after_greeting));
    t.ok(cannot_begin<feature::socks5>({.methods = toy, .tolerance = socks::strict}, why));  // two faults
    // A version that is off needs no part.
    t.ok(can_begin<feature::socks5>(only4) && can_begin<feature::socks4>(only5));
}
PROVE_AND_RUN(a_server_names_the_option_that_needs_a_part)

constexpr void a_foreign_protocol_is_a_wrong_version_without_its_part(check& t) {
    constexpr feature nameless = all - feature::foreign_protocols;
    for (const bytes first : {bytes("G"), bytes("16"_bytes), bytes("S"), bytes("99"_bytes)}) {
        const auto entered = t.in(first);
        t.ok(refuses<nameless>(first, "", errc::bad_version, first[0], 0));
        t.ok(refuses<feature::socks4>(first, "", errc::bad_version, first[0], 0));
        const outcome o = run<plain>(socks::basic_client<nameless>(), plain5, {.says = first});
        t.ok(o.why == errc::bad_version && o.byte == first[0] && o.used == 0);
        const outcome p = run<plain>(socks::basic_client<nameless>(), plain4, {.says = first});
        t.ok(p.why == errc::bad_version && p.byte == first[0] && p.used == 0);
    }
}
PROVE_AND_RUN(a_foreign_protocol_is_a_wrong_version_without_its_part)

// The longest messages, through mailboxes of exactly the sizes that the server has published.
template <feature Parts>
constexpr outcome through_the_least_mailboxes(bytes client, const application& app,
                                              socks::server_options options = {}) {
    using server = socks::basic_server<Parts>;
    return run<posted<7, server::max_input, server::max_pending>>(server(options), app, {.says = client});
}

void the_longest_messages_fit_into_the_mailboxes_of_a_small_server(check& t) {
    const auto letters = message<255>().letters(255);
    const bytes most = letters.view();
    const socks::host bound(most);
    const application app{.answers = {{code5::succeeded, {bound, 80}}, {code5::succeeded, {bound, 80}}}};
    const tape login = tape().put("05 01 02  01 ff"_bytes).put(most).put(uint8_t{255}).put(most);
    const tape reply = tape().put("05 00 00 03 ff"_bytes).put(most).put("0050"_bytes);
    const tape request = tape().put("05 01 00 03 ff"_bytes).put(most).put("01bb"_bytes);

    const tape asks = tape().put("05 01 00"_bytes).put(request.view());
    const outcome o = through_the_least_mailboxes<feature::socks5>(asks.view(), app);
    t.ok(o.how == ending::done && o.used == asks.size());
    t.ok(o.sent == tape().put("05 00"_bytes).put(reply.view()));

    constexpr feature logs_in = feature::socks5 | feature::credentials;
    const tape both = tape(login).put(request.view());
    const outcome p = through_the_least_mailboxes<logs_in>(both.view(), app, with_login);
    t.ok(p.how == ending::done && p.used == both.size());
    t.ok(p.sent == tape().put("05 02  01 00"_bytes).put(reply.view()));

    constexpr feature binds = feature::socks5 | feature::bind;
    const tape bind = tape().put("05 01 00  05 02 00 03 ff"_bytes).put(most).put("01bb"_bytes);
    const outcome q = through_the_least_mailboxes<binds>(bind.view(), app);
    t.ok(q.how == ending::done && q.used == bind.size());
    t.ok(q.sent == tape().put("05 00"_bytes).put(reply.view()).put(reply.view()));
}
RUN(the_longest_messages_fit_into_the_mailboxes_of_a_small_server)

}  // namespace
