// Addresses as text: the one canonical spelling of RFC 5952 is written, and all spellings are read.

#include <socks/text/literal.hpp>

#include "bytes_literal.hpp"
#include "check.hpp"

namespace {

using ::check;
using namespace socks;

template <class T>
constexpr bool prints(const T& value, bytes text) {
    char room[max_text_endpoint + 2] = {};
    const encoded made = format(value, room);
    return made && made.data() == text && made.size() == text.size();
}

// Reads `in` as an IPv6 address and prints it as `out`.
constexpr bool reprints(bytes in, bytes out) {
    const auto a = parse_ipv6(in);
    return a && prints(*a, out);
}

// RFC 5952 section 4: no leading zeros, lower case, "::" for the longest run of two groups or more, the first
// of equals.
constexpr void ipv6_is_printed_as_rfc5952_has_it(check& t) {
    t.ok(reprints("2001:0db8::0001", "2001:db8::1"));
    t.ok(reprints("2001:db8:0:0:0:0:2:1", "2001:db8::2:1"));
    t.ok(reprints("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"));
    t.ok(reprints("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"));
    t.ok(reprints("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"));
    t.ok(reprints("2001:DB8::ABCD:EF01", "2001:db8::abcd:ef01"));
    t.ok(reprints("2001:db8:aaaa:bbbb:cccc:dddd:eeee:0001", "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1"));
    t.ok(reprints("0:0:0:0:0:0:0:0", "::") && reprints("0:0:0:0:0:0:0:1", "::1") &&
         reprints("1:0:0:0:0:0:0:0", "1::"));
    t.ok(reprints("0:0:2:3:4:5:6:7", "::2:3:4:5:6:7") && reprints("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"));
    t.ok(reprints("0:2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8") && reprints("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"));
    t.ok(reprints("1:0:0:4:0:0:7:8", "1::4:0:0:7:8") && reprints("0:0:3:4:5:0:0:0", "0:0:3:4:5::"));
    t.ok(reprints("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
    t.ok(reprints("1000:200:30:4::", "1000:200:30:4::"));
}
PROVE_AND_RUN(ipv6_is_printed_as_rfc5952_has_it)

// D4; RFC 5952 section 5: the two prefixes that are known to be followed by an IPv4 address, and no others.
constexpr void known_prefixes_print_an_ipv4_tail(check& t) {
    t.ok(reprints("::ffff:102:304", "::ffff:1.2.3.4"));
    t.ok(reprints("::ffff:0:0", "::ffff:0.0.0.0"));
    t.ok(reprints("::ffff:255.255.255.255", "::ffff:255.255.255.255"));
    t.ok(reprints("64:ff9b::102:304", "64:ff9b::1.2.3.4"));
    t.ok(reprints("64:ff9b::", "64:ff9b::0.0.0.0"));
    t.ok(reprints("::1.2.3.4", "::102:304"));
    t.ok(reprints("::fffe:1.2.3.4", "::fffe:102:304"));
    t.ok(reprints("1::ffff:1.2.3.4", "1::ffff:102:304"));
    t.ok(reprints("::1:ffff:1.2.3.4", "::1:ffff:102:304"));
    t.ok(reprints("::ffff:0:1.2.3.4", "::ffff:0:102:304"));
    t.ok(reprints("0:1::ffff:1.2.3.4", "0:1::ffff:102:304"));
    t.ok(reprints("64:ff9b:1::1.2.3.4", "64:ff9b:1::102:304"));
    t.ok(reprints("64:ff9b::1:1.2.3.4", "64:ff9b::1:102:304"));
    t.ok(reprints("64:ff9a::1.2.3.4", "64:ff9a::102:304"));
    t.ok(reprints("64:ff9c::1.2.3.4", "64:ff9c::102:304"));
    t.ok(reprints("65:ff9b::1.2.3.4", "65:ff9b::102:304"));
    t.ok(reprints("64:0:0:0:0:ffff:102:304", "64::ffff:102:304"));
    t.ok(reprints("0:ff9b::1.2.3.4", "0:ff9b::102:304"));
    t.ok(reprints("64:ff9b::ffff:102:304", "64:ff9b::ffff:102:304"));
}
PROVE_AND_RUN(known_prefixes_print_an_ipv4_tail)

constexpr void hosts_print_what_they_hold(check& t) {
    t.ok(prints(ipv4{192, 0, 2, 7}, "192.0.2.7") && prints(ipv4{}, "0.0.0.0"));
    t.ok(prints(ipv4{255, 255, 255, 255}, "255.255.255.255") && prints(ipv4{1, 10, 100, 9}, "1.10.100.9"));
    t.ok(prints(host("192.0.2.7"), "192.0.2.7") && prints(host("[::1]"), "::1"));
    t.ok(prints(host("files.example.com"), "files.example.com") && prints(host(), "*"));
    t.ok(prints(host(bytes("localhost:80")), "localhost:80") && prints(host(bytes()), ""));
}
PROVE_AND_RUN(hosts_print_what_they_hold)

constexpr void a_byte_is_printed_as_two_hexadecimal_digits(check& t) {
    const struct {
        uint8_t byte;
        bytes digits;
    } rows[] = {{0x00, "00"}, {0x0a, "0A"}, {0x5f, "5F"}, {0xc8, "C8"}, {0xff, "FF"}};
    for (const auto& row : rows) {
        char room[2] = {};
        t.in(row.digits).ok(detail::text_writer(room).hex(row.byte).written().data() == row.digits);
    }
}
PROVE_AND_RUN(a_byte_is_printed_as_two_hexadecimal_digits)

// RFC 5952 section 6.
constexpr void endpoints_print_their_port(check& t) {
    t.ok(prints(endpoint{"192.0.2.7", 443}, "192.0.2.7:443"));
    t.ok(prints(endpoint{"2001:db8::1", 80}, "[2001:db8::1]:80"));
    t.ok(prints(endpoint{"::ffff:1.2.3.4", 80}, "[::ffff:1.2.3.4]:80"));
    t.ok(prints(endpoint{"files.example.com", 65535}, "files.example.com:65535"));
    t.ok(prints(endpoint{"a", 0}, "a:0") && prints(endpoint{"a", 10}, "a:10") && prints(endpoint{}, "*:0"));
}
PROVE_AND_RUN(endpoints_print_their_port)

constexpr void ports_are_one_to_five_digits(check& t) {
    for (const bytes bad :
         {bytes(""), bytes("65536"), bytes("99999"), bytes("100000"), bytes("000080"), bytes("-1"),
          bytes("+1"), bytes(" 1"), bytes("1 "), bytes("0x50"), bytes("8o"), bytes("80\0")}) {
        const auto entered = t.in(bad);
        t.ok(!parse_port(bad) && parse_port(bad).error() == errc::bad_port);
    }
    t.ok(*parse_port("0") == 0 && *parse_port("65535") == 65535 && *parse_port("00080") == 80);
}
PROVE_AND_RUN(ports_are_one_to_five_digits)

constexpr bool reads(bytes text, const endpoint& expected, int32_t fallback = -1) {
    const auto e = parse_endpoint(text, fallback);
    return e && *e == expected;
}

constexpr void host_and_port_are_read(check& t) {
    t.ok(reads("192.0.2.7:443", {ipv4{192, 0, 2, 7}, 443}));
    t.ok(reads("[2001:db8::1]:80", {"2001:db8::1", 80}) &&
         reads("[::ffff:1.2.3.4]:80", {"::ffff:1.2.3.4", 80}));
    t.ok(reads("files.example.com:65535", {"files.example.com", 65535}) && reads("a:0", {"a", 0}));
}
PROVE_AND_RUN(host_and_port_are_read)

constexpr void a_port_may_be_left_out_where_there_is_another(check& t) {
    t.ok(reads("files.example.com", {"files.example.com", 1080}, 1080));
    t.ok(reads("192.0.2.7", {"192.0.2.7", 1080}, 1080) && reads("192.0.2.7:80", {"192.0.2.7", 80}, 1080));
    t.ok(reads("[::1]", {"::1", 1080}, 1080) && reads("::1", {"::1", 1080}, 1080) &&
         reads("::", {"::", 0}, 0));
    t.ok(reads("[::1]:80", {"::1", 80}, 1080) && reads("1:2:3:4:5:6:7:8", {"1:2:3:4:5:6:7:8", 65535}, 65535));
}
PROVE_AND_RUN(a_port_may_be_left_out_where_there_is_another)

constexpr errc fault(bytes text, int32_t fallback = -1) { return parse_endpoint(text, fallback).error(); }

constexpr void what_is_wrong_with_host_and_port_is_said(check& t) {
    for (const bytes text : {bytes("files.example.com"), bytes("192.0.2.7"), bytes("[::1]"), bytes("::1"),
                             bytes("h.example:"), bytes("h.example:65536"), bytes("h.example:http"),
                             bytes("[::1]:"), bytes("[::1]:-1"), bytes("192.0.2.7: 80")})
        t.in(text).ok(fault(text) == errc::bad_port);
    for (const bytes text : {bytes(""), bytes(":80"), bytes("1.2.3.256:80"), bytes("[::1:80"),
                             bytes("[foo]:80"), bytes("::g:80"), bytes("a:b:80"), bytes("[::1]80"),
                             bytes("[::1]x:80"), bytes("fe80::1%eth0"), bytes("0:80"), bytes("[[::1]]:80")})
        t.in(text).ok(fault(text) == errc::bad_host && fault(text, 1080) == errc::bad_host);
    for (const bytes text : {bytes("a\0b:80"), bytes("a b:80"), bytes("ab\r\n"), bytes("[::1 ]:80"),
                             bytes("m\xc3\xbcnchen.example:80"), bytes("a b:c:80")})
        t.in(text).ok(fault(text) == errc::bad_host_byte && fault(text, 1080) == errc::bad_host_byte);
    t.ok(parse_endpoint("a b:80").position() == 1 && parse_endpoint("[::1 ]:80").position() == 4);
    t.ok(fault("h.example:", 1080) == errc::bad_port && fault("h.example:x", 1080) == errc::bad_port);
    constexpr int32_t no_ports[] = {65536, INT32_MAX, -2, INT32_MIN};
    for (const int32_t no_port : no_ports)
        t.in(static_cast<size_t>(no_port)).ok(fault("h.example", no_port) == errc::bad_port);
    t.ok(parse_endpoint("h.example:x").position() == 10 && parse_endpoint("[::1]:65536").position() == 6);
    t.ok(parse_endpoint("h.example").position() == 9 && parse_endpoint("h.example:").position() == 10);
    t.ok(parse_endpoint("a:b:80").position() == 0 && parse_endpoint("h.example:80").position() == 0);
}
PROVE_AND_RUN(what_is_wrong_with_host_and_port_is_said)

// At every size: the exact room does, one byte less says how much would have done, and nothing is written
// past it.
template <class T>
constexpr void fits_exactly(check& t, const T& value, size_t size, place at = {}) {
    char room[max_text_endpoint + 1] = {};
    for (size_t n = 0; n <= size; ++n) {
        const auto entered = t.in(n);
        room[n] = '\xa5';
        const encoded made = format(value, buffer(room, n));
        t.ok(static_cast<bool>(made) == (n == size), at);
        t.ok(made.size() == (n == size ? size : 0), at);
        t.ok(made.error() == (n == size ? errc::none : errc::no_space), at);
        t.ok(made.required() == (n == size ? 0 : size), at);
        t.ok(room[n] == '\xa5', at);
    }
}

constexpr void text_fits_into_its_exact_room_and_no_less(check& t) {
    message<255> name;
    name.letters(255);
    fits_exactly(t, ipv4{1, 2, 3, 4}, 7);
    fits_exactly(t, ipv4{255, 255, 255, 255}, max_text_ipv4);
    fits_exactly(t, host("2001:db8:1032:5476:98ba:dcfe:f1e1:2d3c").v6(), 38);
    fits_exactly(t, host("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").v6(), max_text_ipv6);
    fits_exactly(t, host(), 1);
    fits_exactly(t, host::as_received(name.view()), max_text_host);
    fits_exactly(t, endpoint{"::1", 1}, 7);
    fits_exactly(t, endpoint{host::as_received(name.view()), 65535}, max_text_endpoint);
}
PROVE_AND_RUN(text_fits_into_its_exact_room_and_no_less)

// A fixed pseudo-random sequence, so that a failure comes back.
class sequence {
  public:
    constexpr uint32_t next() {
        state_ = state_ * 1664525U + 1013904223U;
        return state_ >> 8;
    }

  private:
    uint32_t state_ = 5952;
};

// Every group is zero, a short number or any number, about equally often, so that runs of zeros are frequent.
void what_was_printed_reads_back_as_the_same_address(check& t) {
    sequence dice;
    for (int round = 0; round < 20000; ++round) {
        const auto entered = t.in(static_cast<size_t>(round));
        ipv6 a;
        for (size_t g = 0; g < 8; ++g) {
            const uint32_t kind = dice.next() % 3;
            const uint32_t value = kind == 0 ? 0 : kind == 1 ? dice.next() % 16 : dice.next() % 65536;
            a.bytes[2 * g] = static_cast<uint8_t>(value >> 8);
            a.bytes[2 * g + 1] = static_cast<uint8_t>(value & 0xff);
        }
        const ipv4 b{a.bytes[12], a.bytes[13], a.bytes[14], a.bytes[15]};
        const auto port = static_cast<uint16_t>(dice.next() & 0xffff);
        char room[max_text_endpoint];
        t.ok(*parse_ipv6(format(a, room).data()) == a && *parse_ipv4(format(b, room).data()) == b);
        t.ok(host(format(a, room).data()) == host(a) && host(format(b, room).data()) == host(b));
        t.ok(reads(format(endpoint{a, port}, room).data(), {a, port}));
        t.ok(reads(format(endpoint{b, port}, room).data(), {b, port}));
        t.ok(format(a, room).size() <= max_text_ipv6);
    }
}
RUN(what_was_printed_reads_back_as_the_same_address)

}  // namespace
