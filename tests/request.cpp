// All requests that a client can send, and each reason why a request is invalid.

#include <socks/core/request.hpp>

#include "bytes_literal.hpp"
#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr errc fault(const socks::request& request) { return socks::validate(request); }

constexpr void a_request_that_can_be_asked_has_no_fault(check& t) {
    const endpoint name{"files.example.com", 443};
    const endpoint four{"192.0.2.7", 443};
    const endpoint six{"[2001:db8::1]", 443};
    for (const endpoint& to : {name, four, six}) {
        const auto entered = t.in();
        t.ok(fault({.to = to}) == errc::none);
        t.ok(fault({.command = command::bind, .to = to, .credentials = {"john", "foo"}}) == errc::none);
        t.ok(fault({.command = command::udp_associate, .to = to}) == errc::none);
    }
    t.ok(fault({.version = version::v4, .to = four, .credentials = {"john"}}) == errc::none);
    t.ok(fault({.version = version::v4a, .to = four}) == errc::none);
    t.ok(fault({.version = version::v4a, .to = name}) == errc::none);
    t.ok(fault({.version = version::v4, .command = command::bind, .to = unspecified_ipv4}) == errc::none);
    t.ok(fault({.to = {"files.example.com", 0}}) == errc::none);  // D18
}
PROVE_AND_RUN(a_request_that_can_be_asked_has_no_fault)

constexpr void a_destination_must_be_there_and_readable(check& t) {
    t.ok(fault({}) == errc::no_host && fault({.version = version::v4}) == errc::no_host);
    t.ok(fault({.command = command::udp_associate}) == errc::none);
    t.ok(fault({.command = command::bind}) == errc::none);
    t.ok(fault({.version = version::v4, .command = command::bind}) == errc::none);
    t.ok(fault({.command = command{0xf0}}) == errc::no_host);
    for (const version via : {version::v4, version::v4a, version::v5})
        for (const bytes text : {bytes("localhost:80"), bytes("1.2.3.256"), bytes()})
            t.in(text).ok(fault({.version = via, .to = {text, 80}}) == errc::bad_host);
    for (const version via : {version::v4, version::v4a, version::v5})
        for (const bytes text : {bytes("a\0b"), bytes("a b"), bytes("m\xc3\xbcnchen.example")})
            t.in(text).ok(fault({.version = via, .to = {text, 80}}) == errc::bad_host_byte);
}
PROVE_AND_RUN(a_destination_must_be_there_and_readable)

// S4-7, S4-9, S4-10.
constexpr void socks4_carries_less_than_socks5(check& t) {
    t.ok(fault({.version = version::v4, .to = {"h.example", 80}}) == errc::name_over_socks4);
    for (const version via : {version::v4, version::v4a}) {
        const auto entered = t.in();
        t.ok(fault({.version = via, .to = {"::1", 80}}) == errc::ipv6_over_socks4);
        t.ok(fault({.version = via, .to = {"0.0.0.1", 80}}) == errc::reserved_over_socks4);
        t.ok(fault({.version = via, .to = {"0.0.0.255", 80}}) == errc::reserved_over_socks4);
        t.ok(fault({.version = via, .to = {"0.0.0.0", 80}}) == errc::none);
        for (const command c : {command::udp_associate, command{0x05}, command{0xf1}})
            t.in().ok(fault({.version = via, .command = c, .to = {"192.0.2.7", 80}}) ==
                      errc::command_over_socks4);
        t.ok(fault({.version = via, .command = command{0xf0}, .to = {"192.0.2.7", 80}}) == errc::none);
    }
    t.ok(fault({.to = {"0.0.0.1", 80}}) == errc::none);
}
PROVE_AND_RUN(socks4_carries_less_than_socks5)

// A10, A13, S4-14.
constexpr void credentials_must_fit(check& t) {
    message<256> text;
    text.letters(256);
    const bytes longer = text.view();
    const bytes just = longer.first(255);
    const endpoint to{"192.0.2.7", 443};
    t.ok(fault({.to = to, .credentials = {just, just}}) == errc::none);
    t.ok(fault({.to = to, .credentials = {longer, "foo"}}) == errc::bad_user);
    t.ok(fault({.to = to, .credentials = {"john", longer}}) == errc::bad_password);
    t.ok(fault({.to = to, .credentials = {"jo\0hn", "\0"}}) == errc::none);
    t.ok(fault({.version = version::v4, .to = to, .credentials = {just}}) == errc::none);
    t.ok(fault({.version = version::v4, .to = to, .credentials = {longer}}) == errc::bad_user);
    t.ok(fault({.version = version::v4, .to = to, .credentials = {"jo\0hn"}}) == errc::bad_user);
    t.ok(fault({.version = version::v4, .to = to, .credentials = {"john", longer}}) ==
         errc::none);  // never sent
}
PROVE_AND_RUN(credentials_must_fit)

// A4.
constexpr void username_password_is_not_offered_without_credentials(check& t) {
    const endpoint to{"192.0.2.7", 443};
    t.ok(fault({.to = to, .methods = method::username_password}) == errc::no_credentials);
    t.ok(fault({.to = to, .methods = {method::none, method::username_password}}) == errc::no_credentials);
    t.ok(fault({.to = to, .credentials = {"", ""}, .methods = method::username_password}) == errc::none);
    t.ok(fault({.to = to, .methods = {method::none, method::gssapi}}) == errc::none);
    t.ok(fault({.version = version::v4, .to = to, .methods = method::username_password}) == errc::none);
}
PROVE_AND_RUN(username_password_is_not_offered_without_credentials)

// D7, D9: a name that came from elsewhere and could not be encoded is known before the greeting is on the
// wire.
constexpr void a_received_name_that_can_not_be_sent_is_refused_too(check& t) {
    for (const version via : {version::v4a, version::v5})
        for (const bytes name : {bytes(), bytes("a\0b"), bytes("\0")})
            t.in(name).ok(fault({.version = via, .to = {host::as_received(name), 80}}) == errc::bad_host);
    t.ok(fault({.to = {host::as_received("h.example"), 80}}) == errc::none);
}
PROVE_AND_RUN(a_received_name_that_can_not_be_sent_is_refused_too)

// A3, A4: nothing is offered that was not asked for.
constexpr void what_is_offered_follows_from_the_credentials(check& t) {
    t.ok(socks::request{}.offer().as_bytes() == "00"_bytes);
    t.ok(socks::request{.credentials = {"john", "foo"}}.offer().as_bytes() == "02"_bytes);
    t.ok(socks::request{.credentials = {"", ""}}.offer().as_bytes() == "02"_bytes);
    t.ok(socks::request{.credentials = {"john", "foo"}, .methods = {method::none, method::username_password}}
             .offer()
             .as_bytes() == "00 02"_bytes);
    t.ok(socks::request{.credentials = {"john", "foo"}, .methods = method::none}.offer().as_bytes() ==
         "00"_bytes);
    t.ok(socks::request{.methods = {method{0x80}, method::gssapi}}.offer().as_bytes() == "80 01"_bytes);
}
PROVE_AND_RUN(what_is_offered_follows_from_the_credentials)

constexpr void credentials_of_no_bytes_are_credentials(check& t) {
    t.ok(!credentials{}.given && credentials("", "").given && credentials("john").given);
    t.ok(credentials("john", "foo").user == "john" && credentials("john", "foo").password == "foo");
    t.ok(socks::request{}.version == version::v5 && socks::request{}.command == command::connect &&
         !socks::request{}.credentials.given);
}
PROVE_AND_RUN(credentials_of_no_bytes_are_credentials)

// A19: the list and its order are the caller's.
constexpr void methods_keep_their_order(check& t) {
    const methods four{method{0x80}, method::none, method{0xfe}, method::username_password};
    t.ok(four.size() == 4 && !four.empty() && four.as_bytes() == "80 00 fe 02"_bytes);
    t.ok(four[0] == method{0x80} && four[1] == method::none && four[3] == method::username_password);
    t.ok(methods().empty() && methods().size() == 0 && methods().as_bytes().empty());
    t.ok(methods(method::none).size() == 1 && methods(method::none).as_bytes() == "00"_bytes);
}
PROVE_AND_RUN(methods_keep_their_order)

// A8.
constexpr void methods_leave_out_repetitions(check& t) {
    t.ok(methods(method::username_password, method::none, method::username_password).as_bytes() ==
         "02 00"_bytes);
    methods m(method::username_password);
    t.ok(!m.add(method::username_password) && m.size() == 1 && m.is_valid());
    t.ok(m.add(method::none) && m.add(method::gssapi) && m.add(method::chap));
    t.ok(!m.add(method::ssl) && m.as_bytes() == "02 00 01 03"_bytes);
}
PROVE_AND_RUN(methods_leave_out_repetitions)

// A configured 255 must not come to mean "anyone".
constexpr void a_list_with_no_acceptable_offers_and_accepts_nothing(check& t) {
    methods added = method::username_password;
    t.ok(added.is_valid() && !added.add(method::no_acceptable) && !added.add(method::gssapi));
    methods alone;
    t.ok(alone.is_valid() && !alone.add(method::no_acceptable));
    methods full(method::none, method::username_password, method::gssapi, method::chap);
    t.ok(!full.add(method::no_acceptable));
    for (const methods& m :
         {methods(method::no_acceptable), methods(method::no_acceptable, method::none),
          methods(method::none, method::username_password, method::gssapi, method::no_acceptable), added,
          alone, full}) {
        const auto entered = t.in();
        t.ok(!m.is_valid() && !m.empty() && m.as_bytes() == "ff"_bytes);
        for (unsigned i = 0; i < 256; ++i) {
            const auto nested = t.in(size_t{i});
            t.ok(!m.contains(method{static_cast<uint8_t>(i)}));
            const char offered[] = {static_cast<char>(i)};
            t.ok(m.first_in(bytes(offered, 1)) == method::no_acceptable);
        }
        t.ok(validate({.to = {"a.example", 80}, .methods = m}) == errc::bad_methods);
        t.ok(validate({.to = {"a.example", 80}, .credentials = {"john", "foo"}, .methods = m}) ==
             errc::bad_methods);
        t.ok(socks::request{.methods = m}.offer().as_bytes() == "ff"_bytes);
        t.ok(validate({.version = version::v4a, .to = {"a.example", 80}, .methods = m}) == errc::none);
    }
}
PROVE_AND_RUN(a_list_with_no_acceptable_offers_and_accepts_nothing)

constexpr void the_first_method_that_is_offered_is_the_first_of_ours(check& t) {
    const methods ours{method::username_password, method{0x80}, method::none, method{0xfe}};
    t.ok(ours.first_in("00 02"_bytes) == method::username_password);
    t.ok(ours.first_in("fe 00 80"_bytes) == method{0x80});
    t.ok(ours.first_in("03 fe"_bytes) == method{0xfe});
    t.ok(ours.first_in("01 03 ff"_bytes) == method::no_acceptable);
    t.ok(ours.first_in({}) == method::no_acceptable);
    t.ok(methods().first_in("00 02 ff"_bytes) == method::no_acceptable);
    t.ok(methods(method::none).first_in("ff 02"_bytes) == method::no_acceptable);
}
PROVE_AND_RUN(the_first_method_that_is_offered_is_the_first_of_ours)

constexpr void methods_contain_what_was_added(check& t) {
    const methods some(method::none, method{0x80});
    for (unsigned v = 0; v < 256; ++v)
        t.in(size_t{v}).ok(some.contains(method{static_cast<uint8_t>(v)}) == (v == 0 || v == 0x80));
    t.ok(!methods().contains(method::no_acceptable) && !methods().contains(method::none));
    const methods full(method::gssapi, method::username_password, method::none, method::chap);
    for (unsigned v = 0; v < 256; ++v)
        t.in(size_t{v}).ok(full.contains(method{static_cast<uint8_t>(v)}) == (v < 4));
}
PROVE_AND_RUN(methods_contain_what_was_added)

// A fifth does not compile.
template <class... M>
concept makes_methods = requires(M... list) {
    methods(list...);
};
static_assert(makes_methods<method, method, method, method>);
static_assert(!makes_methods<method, method, method, method, method>);
static_assert(!makes_methods<int> && !makes_methods<method, int>);
static_assert(sizeof(methods) == 4);

}  // namespace
