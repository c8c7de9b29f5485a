// Whether the text of a host is an address, a name, or invalid.

#include <socks/core/address.hpp>
#include <socks/policy/scope.hpp>
#include <socks/wire/socks5.hpp>

#include <string>

#include "bytes_literal.hpp"
#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr host_kind kind_of(bytes text) { return host(text).kind(); }

// D1: the text of an address cannot travel as a name.
constexpr void four_decimal_numbers_are_an_ipv4_address(check& t) {
    t.ok(host("192.0.2.7") == host(ipv4{192, 0, 2, 7}));
    t.ok(host("0.0.0.0") == host(ipv4{}));
    t.ok(host("255.255.255.255") == host(ipv4{255, 255, 255, 255}));
    t.ok(host("127.0.0.1").v4() == ipv4{127, 0, 0, 1} && host("127.0.0.1").name().empty());
}
PROVE_AND_RUN(four_decimal_numbers_are_an_ipv4_address)

// D13: resolvers read these as addresses, each in its own way.
constexpr void other_spellings_of_numbers_are_bad(check& t) {
    for (const bytes text :
         {bytes("0"),         bytes("127.1"),      bytes("0x7f.1"),     bytes("1.2.3.256"),
          bytes("010.1.1.1"), bytes("1.2.3"),      bytes("1.2.3.4.5"),  bytes("1.2.3.04"),
          bytes("1.2.3.4."),  bytes("2130706433"), bytes("0x7f000001"), bytes("0X7F"),
          bytes("0x"),        bytes("1.2.3.0x4"),  bytes("example.1"),  bytes("example.0x1f"),
          bytes("00.0.0.0"),  bytes("1.2.3.1000"), bytes("1.2..4"),     bytes(".1"),
          bytes("1."),        bytes("example.1."), bytes("1.2.3.4 .5")})
        t.in(text).ok(kind_of(text) == host_kind::bad);
}
PROVE_AND_RUN(other_spellings_of_numbers_are_bad)

constexpr void everything_else_is_a_name_as_it_stands(check& t) {
    for (const bytes text :
         {bytes("files.example.com"), bytes("localhost"), bytes("1e100.net"), bytes("1.2.3.4a"), bytes("x1"),
          bytes("1.2.3.4.example"), bytes("example.com."), bytes("0x.example"), bytes("0xg"), bytes("0xg1"),
          bytes("1x"), bytes("1.2.3.0z"), bytes("-1"), bytes("_dns.example"), bytes("xn--mnchen-3ya.example"),
          bytes("a.."), bytes("a.1-"), bytes("a.1!"), bytes("a.1z")}) {
        const auto entered = t.in(text);
        t.ok(kind_of(text) == host_kind::name);
        t.ok(host(text).name() == text && host(text).name().data() == text.data());
    }
}
PROVE_AND_RUN(everything_else_is_a_name_as_it_stands)

// D2, D3.
constexpr void a_colon_or_a_bracket_belongs_to_an_ipv6_address(check& t) {
    t.ok(host("[::1]") == host("::1") && host("::1").kind() == host_kind::ipv6);
    t.ok(host("[2001:db8::1]").v6() == host("2001:db8::1").v6());
    for (const bytes text :
         {bytes("host:80"), bytes("[::1"), bytes("::1]"), bytes("[foo]"), bytes("[]"), bytes("["), bytes("]"),
          bytes("[[::1]]"), bytes("[127.0.0.1]"), bytes("fe80::1%eth0"), bytes("fe80::1%1"),
          bytes("[fe80::1%1]"), bytes("[::1]:80"), bytes("127.0.0.1:80"), bytes(":"), bytes("a:b"),
          bytes("files[0].example"), bytes("::1 "), bytes(" ::1")})
        t.in(text).ok(kind_of(text) == host_kind::bad);
    // One bracket alone is not taken off, nor is whatever stands where the other should.
    for (const bytes text : {bytes("1::1]"), bytes("f::1]"), bytes("[::11"), bytes("[::1f")})
        t.in(text).ok(kind_of(text) == host_kind::bad);
}
PROVE_AND_RUN(a_colon_or_a_bracket_belongs_to_an_ipv6_address)

// D6: 255 bytes are a name, 256 are not, and nothing is cut to fit.
constexpr void a_name_has_1_to_255_bytes(check& t) {
    constexpr size_t sizes[] = {1, 2, 127, 128, 254, 255, 256, 257, 300, 511, 512};
    for (const size_t n : sizes) {
        const auto entered = t.in(n);
        message<512> text;
        text.letters(n);
        const host h(text.view());
        t.ok(h.kind() == (n <= 255 ? host_kind::name : host_kind::bad));
        t.ok(h.name() == text.view().first(n <= 255 ? n : 0));
    }
    t.ok(kind_of({}) == host_kind::bad && kind_of("") == host_kind::bad);
}
PROVE_AND_RUN(a_name_has_1_to_255_bytes)

// D8, D9.
constexpr void a_name_holds_no_nul(check& t) {
    for (const bytes text : {bytes("example.com\0"), bytes("a\0.example"), bytes("\0a"), bytes("\0"),
                             bytes("127.0.0.1\0"), bytes("::1\0")})
        t.in(text).ok(kind_of(text) == host_kind::bad);
}
PROVE_AND_RUN(a_name_holds_no_nul)

// D10, D11: every byte value, in each place of a name.
constexpr void text_of_a_name_is_visible_ascii(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const bool visible = v >= 0x21 && v <= 0x7e;
        const bool apart = v == ':' || v == '[' || v == ']';  // they belong to addresses
        const char c = static_cast<char>(v);
        for (size_t place = 0; place < 3; ++place) {
            const auto entered = t.in(place);
            char text[] = {'a', 'b', 'c'};
            text[place] = c;
            const host h(bytes(text, 3));
            t.ok(h.kind() == (visible && !apart ? host_kind::name : host_kind::bad));
            t.ok(h.is_sendable() == (visible && !apart) && h.name() == bytes(text, 3));
            t.ok(h.error() == (!visible ? errc::bad_host_byte : apart ? errc::bad_host : errc::none));
            // A peer may send any byte but a NUL, and so may who sends it on.
            const host received = host::as_received(bytes(text, 3));
            t.ok(received.kind() == host_kind::name && received.is_sendable() == (v != 0));
            t.ok(received.error() == (v == 0 ? errc::bad_host : errc::none));
        }
    }
}
PROVE_AND_RUN(text_of_a_name_is_visible_ascii)

// In texts of one word and more: each place, between the first and the last byte that a name may contain.
constexpr void finds_what_no_name_contains(check& t, char c) {
    const auto v = static_cast<uint8_t>(c);
    const bool visible = v >= 0x21 && v <= 0x7e;
    const bool apart = v == ':' || v == '[' || v == ']';
    for (const size_t n : {8U, 9U, 16U, 17U, 23U}) {
        const auto entered = t.in(n);
        for (size_t place = 0; place < n; ++place) {
            const auto nested = t.in(place);
            char text[23] = {};
            for (size_t i = 0; i < n; ++i) text[i] = i % 2 == 0 ? '~' : '!';
            text[place] = c;
            const host h(bytes(text, n));
            t.ok(h.kind() == (visible && !apart ? host_kind::name : host_kind::bad));
            t.ok(h.error() == (!visible ? errc::bad_host_byte : apart ? errc::bad_host : errc::none));
        }
    }
}

constexpr void a_long_name_is_visible_ascii(check& t) {
    for (const char c : {'\0', ' ', '!', '9', ':', ';', 'Z', '[', '\\', ']', '^', '~', '\x7f', '\x80', '\xa0',
                         '\xa1', '\xff'})
        finds_what_no_name_contains(t, c);
}
PROVE_AND_RUN(a_long_name_is_visible_ascii)

void a_long_name_is_visible_ascii_of_any_value(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        finds_what_no_name_contains(t, static_cast<char>(v));
    }
}
RUN(a_long_name_is_visible_ascii_of_any_value)

// Some resolvers read it as an address, whatever its other bytes are.
constexpr void a_received_name_in_any_encoding_may_spell_a_bad_address(check& t) {
    for (const bytes name : {bytes("\xff:80"), bytes("[\xff"), bytes("\xff]"), bytes("\xff.127.1"),
                             bytes("\xff.0x7f"), bytes("\xff.1."), bytes("\xff\0"), bytes("")})
        t.in(name).ok(spelled_address(host::as_received(name)).kind() == host_kind::bad);
    for (const bytes name :
         {bytes("m\xc3\xbcnchen"), bytes("127.1.\xff"), bytes("1\xff"), bytes("\xff.x1"), bytes("\xff.0y1")})
        t.in(name).ok(spelled_address(host::as_received(name)).kind() == host_kind::none);
}
PROVE_AND_RUN(a_received_name_in_any_encoding_may_spell_a_bad_address)

constexpr void bad_text_says_why(check& t) {
    for (const bytes text : {bytes("evil\r\nX: 1"), bytes("a b"), bytes(" "), bytes("files.example.com\0"),
                             bytes("1.2.3.4 "), bytes(" ::1"), bytes("fe80::1\t"),
                             bytes("m\xc3\xbcnchen.example"), bytes("a\x7f"), bytes("localhost: 80")})
        t.in(text).ok(host(text).kind() == host_kind::bad && host(text).error() == errc::bad_host_byte);
    for (const bytes text : {bytes(""), bytes("localhost:80"), bytes("127.1"), bytes("[foo]"), bytes("a]")})
        t.in(text).ok(host(text).kind() == host_kind::bad && host(text).error() == errc::bad_host);
    for (const host& h : {host(), host("192.0.2.7"), host("::1"), host("files.example.com")})
        t.in().ok(h.error() == errc::none);
    t.ok(host::as_received({}).error() == errc::bad_host);
    message<300> text;
    text.letters(299);
    t.ok(host(text.view()).error() == errc::bad_host);
    message<300> odd;
    odd.put(" ").letters(299);
    t.ok(host(odd.view()).error() == errc::bad_host_byte);
}
PROVE_AND_RUN(bad_text_says_why)

// Results use the same type, and a peer's name is not classified: what it spells is for the application to
// judge.
constexpr void a_received_name_stays_a_name(check& t) {
    t.ok(host::as_received("127.0.0.1").kind() == host_kind::name &&
         host::as_received("127.0.0.1").name() == "127.0.0.1");
    t.ok(host::as_received("a:b").kind() == host_kind::name &&
         host::as_received({}).kind() == host_kind::name);
    t.ok(host::as_received("127.0.0.1") != host("127.0.0.1"));
}
PROVE_AND_RUN(a_received_name_stays_a_name)

constexpr void a_name_of_a_message_can_be_sent_again(check& t) {
    const auto request = decode_request5("05 01 00 03 09 'x.example' 0050"_bytes);
    t.ok(request->to.host.is_sendable() && request->to.host.error() == errc::none);
}
PROVE_AND_RUN(a_name_of_a_message_can_be_sent_again)

// The front of what is too long may be the name of another host.
constexpr void a_received_name_of_256_bytes_goes_nowhere(check& t) {
    constexpr size_t sizes[] = {255, 256, 257, 511, 512};
    for (const size_t n : sizes) {
        const auto entered = t.in(n);
        message<512> text;
        text.letters(n);
        const host h = host::as_received(text.view());
        t.ok(h.kind() == (n <= 255 ? host_kind::name : host_kind::bad) && h.is_sendable() == (n <= 255));
        t.ok(h.name() == text.view().first(n <= 255 ? n : 0));
        t.ok(host(h.name()).is_sendable() == (n <= 255));
        char room[519];
        const encoded made = encode_request5({command::connect, {h, 443}}, room);
        t.ok(made.size() == (n <= 255 ? 262 : 0) && made.error() == (n <= 255 ? errc::none : errc::bad_host));
    }
}
PROVE_AND_RUN(a_received_name_of_256_bytes_goes_nowhere)

constexpr void bad_texts_are_equal_where_what_is_kept_of_them_is(check& t) {
    message<512> one;
    one.letters(256);
    message<512> other;
    other.letters(300);
    const host longer[] = {host(one.view()), host(other.view()), host::as_received(one.view())};
    for (const host& h : longer) {
        const auto entered = t.in();
        t.ok(h == h && h == longer[0] && h == host(bytes()) && !h.is_sendable());
        t.ok(!(h == host(bytes("a:b"))) && !(h == host::as_received({})) && !(h == host()));
    }
    const char text[] = {'a', ':', 'b'};
    t.ok(host(bytes("a:b")) == host(bytes(text, 3)) && !(host(bytes("a:b")) == host(bytes("a:c"))));
}
PROVE_AND_RUN(bad_texts_are_equal_where_what_is_kept_of_them_is)

constexpr void hosts_are_equal_when_kind_and_content_are(check& t) {
    t.ok(host() == host() && host().kind() == host_kind::none && host().name().empty());
    t.ok(host() != host(ipv4{}) && host(ipv4{}) != host(ipv6{}) && host("a") != host());
    t.ok(host("a") == host("a") && host("a") != host("b") && host("a") != host("A") &&
         host("a") != host("a."));
    t.ok(host(ipv4{1, 2, 3, 4}) != host(ipv4{1, 2, 3, 5}) && host("::1") != host("::2"));
    t.ok(endpoint{"a", 80} == endpoint{"a", 80} && endpoint{"a", 80} != endpoint{"a", 81});
    t.ok(endpoint{} != unspecified_ipv4 && unspecified_ipv4 != unspecified_ipv6 &&
         unspecified_ipv6.host.v6() == ipv6{} && unspecified_ipv4.port == 0);
}
PROVE_AND_RUN(hosts_are_equal_when_kind_and_content_are)

void text_at_run_time_becomes_a_host(check& t) {
    const std::string name = "files.example.com";
    const std::string address = "192.0.2.7";
    const std::string bad = "localhost:80";
    t.ok(host(name).kind() == host_kind::name && host(name).name() == name);
    t.ok(endpoint{address, 80}.host == host(ipv4{192, 0, 2, 7}));
    t.ok(endpoint{bad, 80}.host.kind() == host_kind::bad && endpoint{bad, 80}.host.name() == bad);
}
RUN(text_at_run_time_becomes_a_host)

constexpr void what_is_bad_empty_or_holds_a_nul_is_not_sendable(check& t) {
    t.ok(host("files.example.com").is_sendable() && host("192.0.2.1").is_sendable());
    t.ok(host("::1").is_sendable() && host().is_sendable());
    t.ok(!host(bytes("localhost:80")).is_sendable() && !host(bytes()).is_sendable());
    t.ok(host::as_received("files.example.com").is_sendable() && host::as_received("a:b").is_sendable());
    t.ok(!host::as_received({}).is_sendable() && !host::as_received("00"_bytes).is_sendable());
    t.ok(!host::as_received("'files.example.' 00 'com'"_bytes).is_sendable());
}
PROVE_AND_RUN(what_is_bad_empty_or_holds_a_nul_is_not_sendable)

// Each holds one thing, and shows nothing of the others.
constexpr void a_host_is_equal_to_what_it_holds_only(check& t) {
    const host name("a.example");
    const host four(ipv4{192, 0, 2, 1});
    const host six(ipv6{{0x20, 1}});
    t.ok(name.name() == "a.example" && four.name().empty() && six.name().empty() && host().name().empty());
    t.ok(name == host("a.example") && name != host("b.example") && name == host::as_received("a.example"));
    t.ok(four == host(ipv4{192, 0, 2, 1}) && four != host(ipv4{192, 0, 2, 2}));
    t.ok(six == host(ipv6{{0x20, 1}}) && six != host(ipv6{{0x20, 2}}));
    t.ok(name != four && four != six && six != name && host() != name && host() == host());
}
PROVE_AND_RUN(a_host_is_equal_to_what_it_holds_only)

}  // namespace
