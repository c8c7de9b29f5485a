// The addresses that a text gives, and the texts that are no address.

#include <socks/core/ip.hpp>

#include <string>

#include "bytes_literal.hpp"
#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr ipv6 groups(const uint16_t (&g)[8]) {
    ipv6 a;
    for (size_t i = 0; i < 8; ++i) {
        a.bytes[2 * i] = static_cast<uint8_t>(g[i] >> 8);
        a.bytes[2 * i + 1] = static_cast<uint8_t>(g[i] & 0xff);
    }
    return a;
}

constexpr bool is_v6(bytes text, const uint16_t (&expected)[8]) {
    const auto a = parse_ipv6(text);
    return a && *a == groups(expected);
}

constexpr void bad_ipv6_text_is_refused(check& t) {
    for (const bytes text : {bytes("1:2:3:4:5:6:7"),
                             bytes("1:2:3:4:5:6:7:8:9"),
                             bytes("1:2:3:4:5:6:7:8:"),
                             bytes(":1:2:3:4:5:6:7:8"),
                             bytes("1::2::3"),
                             bytes(":::"),
                             bytes("1:::2"),
                             bytes("::1:"),
                             bytes(":1"),
                             bytes("1:"),
                             bytes("12345::"),
                             bytes("::12345"),
                             bytes("::g"),
                             bytes("::-1"),
                             bytes("1:2:3:4::5:6:7:8"),
                             bytes("1:2:3:4:5:6:7:8::"),
                             bytes("::1:2:3:4:5:6:7:8"),
                             bytes("::1.2.3"),
                             bytes("::1.2.3.4.5"),
                             bytes("::1.2.3.256"),
                             bytes("::01.2.3.4"),
                             bytes("::1.2.3.4:5"),
                             bytes("::1.2.3.4::"),
                             bytes("::a.2.3.4"),
                             bytes("::1.2.3.4%1"),
                             bytes("1.2.3.4::"),
                             bytes("1:2:3:4:5:6:7:1.2.3.4"),
                             bytes("1:2:3:4:5:1.2.3.4"),
                             bytes("1:2:3:4:5:6::1.2.3.4"),
                             bytes("::1:2:3:4:5:6:1.2.3.4"),
                             bytes("1;2;3;4;5;6;7;8"),
                             bytes("::@"),
                             bytes("::`"),
                             bytes("::\xff"),
                             bytes("")}) {
        const auto entered = t.in(text);
        t.ok(!parse_ipv6(text) && parse_ipv6(text).error() == errc::bad_host);
    }
}
PROVE_AND_RUN(bad_ipv6_text_is_refused)

constexpr void ipv6_text_is_read_as_rfc4291_has_it(check& t) {
    t.ok(is_v6("2001:db8:1032:5476:98ba:dcfe:f1e:2d3c",
               {0x2001, 0xdb8, 0x1032, 0x5476, 0x98ba, 0xdcfe, 0xf1e, 0x2d3c}));
    t.ok(is_v6("ABCD:EF01:2345:6789:abcd:ef01:2345:6789",
               {0xabcd, 0xef01, 0x2345, 0x6789, 0xabcd, 0xef01, 0x2345, 0x6789}));
    t.ok(is_v6("0001:0:0:0:0:0:0:00a0", {1, 0, 0, 0, 0, 0, 0, 0xa0}));
    t.ok(is_v6("::", {}) && is_v6("::1", {0, 0, 0, 0, 0, 0, 0, 1}) && is_v6("1::", {1}));
    t.ok(is_v6("FF01::101", {0xff01, 0, 0, 0, 0, 0, 0, 0x101}));
}
PROVE_AND_RUN(ipv6_text_is_read_as_rfc4291_has_it)

// D4.
constexpr void an_ipv6_address_may_end_in_an_ipv4_address(check& t) {
    t.ok(is_v6("::ffff:1.2.3.4", {0, 0, 0, 0, 0, 0xffff, 0x102, 0x304}));
    t.ok(is_v6("64:ff9b::1.2.3.4", {0x64, 0xff9b, 0, 0, 0, 0, 0x102, 0x304}));
    t.ok(is_v6("::203.0.113.255", {0, 0, 0, 0, 0, 0, 0xcb00, 0x71ff}));
    t.ok(is_v6("1:2:3:4:5:6:0.0.0.1", {1, 2, 3, 4, 5, 6, 0, 1}));
    t.ok(is_v6("1:2:3:4:5::9.8.7.6", {1, 2, 3, 4, 5, 0, 0x908, 0x706}));
    t.ok(is_v6("::2:3:4:5:6:9.8.7.6", {0, 2, 3, 4, 5, 6, 0x908, 0x706}));
}
PROVE_AND_RUN(an_ipv6_address_may_end_in_an_ipv4_address)

// D4: each run of one to eight groups, at each of its places.
constexpr void the_double_colon_may_stand_anywhere_once(check& t) {
    constexpr bytes texts[] = {"1", "22", "333", "4444", "a", "bb", "ccc", "dddd"};
    constexpr uint16_t values[] = {1, 0x22, 0x333, 0x4444, 0xa, 0xbb, 0xccc, 0xdddd};
    for (size_t begin = 0; begin < 8; ++begin) {
        for (size_t end = begin + 1; end <= 8; ++end) {
            const auto entered = t.in(end);
            message<48> text;
            uint16_t expected[8] = {};
            for (size_t i = 0; i < begin; ++i) {
                text.put(i == 0 ? bytes() : bytes(":")).put(texts[i]);
                expected[i] = values[i];
            }
            text.put("::");
            for (size_t i = end; i < 8; ++i) {
                text.put(i == end ? bytes() : bytes(":")).put(texts[i]);
                expected[i] = values[i];
            }
            t.ok(is_v6(text.view(), expected));
        }
    }
}
PROVE_AND_RUN(the_double_colon_may_stand_anywhere_once)

// 4294967300 is 4 more than an unsigned number of 32 bits can count.
constexpr void bad_ipv4_text_is_refused(check& t) {
    for (const bytes text :
         {bytes(""), bytes("1"), bytes("1.2.3"), bytes("1.2.3."), bytes("1.2.3.4."), bytes("1.2.3.4.5"),
          bytes("1.2x3.4"), bytes(".1.2.3.4"), bytes("1..2.3"), bytes("1.2.3.256"), bytes("1.2.3.1000"),
          bytes("1.2.3.04"), bytes("1.2.3.00"), bytes("1.2.3.4 "), bytes(" 1.2.3.4"), bytes("1.2.3.a"),
          bytes("1.2.3.4294967300"), bytes("-1.2.3.4"), bytes("1-2-3-4")}) {
        const auto entered = t.in(text);
        t.ok(!parse_ipv4(text) && parse_ipv4(text).error() == errc::bad_host);
    }
}
PROVE_AND_RUN(bad_ipv4_text_is_refused)

constexpr void an_address_ends_with_its_text(check& t) {
    t.ok(*parse_ipv4(bytes("1.2.3.45", 7)) == ipv4{1, 2, 3, 4});
    t.ok(*parse_ipv6(bytes("::12", 3)) == ipv6{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}});
    t.ok(*parse_ipv6(bytes("1::2:3", 3)) == ipv6{{0, 1}} &&
         *parse_ipv6(bytes("::1.2.3.45", 9)) == *parse_ipv6("::1.2.3.4"));
    // A constant evaluation refuses to read beyond these.
    constexpr char three[] = {'1', '.', '2', '.', '3'};
    constexpr char colon[] = {':'};
    t.ok(!parse_ipv4(bytes(three, 5)) && !parse_ipv6(bytes(colon, 1)) && !parse_ipv6(bytes()));
}
PROVE_AND_RUN(an_address_ends_with_its_text)

// All 256^4 would be the same four loops: each byte at each place, with all spellings of its value.
void every_byte_of_an_ipv4_address_is_read(check& t) {
    for (int v = 0; v < 1000; ++v) {
        for (int place = 0; place < 4; ++place) {
            const auto entered = t.in(static_cast<size_t>(place));
            std::string text;
            for (int i = 0; i < 4; ++i) text += (i == 0 ? "" : ".") + std::to_string(i == place ? v : i + 1);
            ipv4 expected{1, 2, 3, 4};
            const auto a = parse_ipv4(text);
            if (!t.ok(static_cast<bool>(a) == (v < 256)) || !a) continue;
            expected.bytes[place] = static_cast<uint8_t>(v);
            t.ok(*a == expected);
        }
    }
}
RUN(every_byte_of_an_ipv4_address_is_read)

// S4-6.
constexpr void only_0_0_0_x_announces_a_name(check& t) {
    for (unsigned x = 0; x < 256; ++x) {
        const auto entered = t.in(size_t{x});
        const auto byte = static_cast<uint8_t>(x);
        t.ok(is_name_marker({0, 0, 0, byte}) == (x != 0));
        if (x == 0) continue;
        t.ok(!is_name_marker({byte, 0, 0, 1}) && !is_name_marker({0, byte, 0, 1}));
        t.ok(!is_name_marker({0, 0, byte, 1}));
    }
}
PROVE_AND_RUN(only_0_0_0_x_announces_a_name)

}  // namespace
