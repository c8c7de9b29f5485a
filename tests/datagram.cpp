// The UDP request header, each byte typed from RFC 1928 section 7.

#include <socks/wire/datagram.hpp>

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

constexpr host six =
    ipv6{0x20, 0x01, 0x0d, 0xb8, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0x0f, 0x1e, 0x2d, 0x3c};

constexpr bytes payloads[] = {{}, "00"_bytes, "'dns' 00 ff"_bytes, "05 01 00 01 c0000207 01bb"_bytes};

// A datagram of `header`, with anything behind it, is `at` and the data; encoded it is the same bytes again,
// made in one piece or around data that do not move. Each part of the header is truncated. (U19)
constexpr void golden_datagram(check& t, bytes header, const endpoint& at, place line = {}) {
    t.ok(datagram_header_size(at) == header.size(), line);
    for (size_t n = 0; n < header.size(); ++n) {
        const auto entered = t.in(n);
        const exact_copy part(header.first(n));
        const auto d = decode_datagram(part.view());
        t.ok(!d && d.error() == errc::truncated && d.consumed() == 0 && d.needed() == 0, line);
    }
    for (const bytes data : payloads) {
        const auto entered = t.in(data);
        const exact_copy in(header, data);
        const auto d = decode_datagram(in.view());
        t.ok(d && d.consumed() == in.view().size() && d.needed() == 0, line);
        t.ok(d->fragment() == 0 && d->remote() == at && d->data() == data, line);
        t.ok(d->data().data() == in.view().data() + header.size(), line);

        exact_copy room(header, data);
        for (size_t i = 0; i < room.room().capacity(); ++i) room.room().data()[i] = '\xa5';
        const encoded made = encode_datagram(at, data, room.room());
        t.ok(made && made.data() == in.view() && made.data().data() == room.room().data(), line);

        char packet[max_datagram_header + 16];
        for (char& c : packet) c = '\xa5';
        const size_t headroom = header.size() + 2;
        for (size_t i = 0; i < data.size(); ++i) packet[headroom + i] = data.data()[i];
        const encoded around = encode_datagram_in_place(at, buffer(packet, headroom + data.size()), headroom);
        t.ok(around && around.data() == in.view() && around.data().data() == packet + 2, line);
        t.ok(packet[0] == '\xa5' && packet[1] == '\xa5' && packet[headroom + data.size()] == '\xa5', line);
    }
}

constexpr void datagrams_are_as_drawn(check& t) {
    golden_datagram(t, "0000 00 01 c0000207 01bb"_bytes, {ipv4{192, 0, 2, 7}, 443});
    golden_datagram(t, "0000 00 04 20010db8 10325476 98badcfe 0f1e2d3c 0050"_bytes, {six, 80});
    golden_datagram(t, "0000 00 03 11 'files.example.com' fffe"_bytes, {"files.example.com", 65534});
    golden_datagram(t, "0000 00 03 01 'x' 0000"_bytes, {"x", 0});
    golden_datagram(t, "0000 00 01 00000000 0000"_bytes, unspecified_ipv4);
}
PROVE_AND_RUN(datagrams_are_as_drawn)

// U18, U16: a name is a far end in both directions, of any length. Signed, a length of 128 would be less than
// none.
constexpr void a_far_end_may_be_a_name_of_any_length(check& t) {
    for (const size_t n : {size_t{1}, size_t{2}, size_t{127}, size_t{128}, size_t{254}, size_t{255}}) {
        const auto entered = t.in(n);
        message<262> m;
        m.put("0000 00 03"_bytes).put(static_cast<uint8_t>(n)).letters(n).put("1234"_bytes);
        golden_datagram(t, m.view(), {host::as_received(m.view().subspan(5).first(n)), 0x1234});
    }
    const auto d = decode_datagram("0000 00 03 09 '192.0.2.7' 0035 'data'"_bytes);
    t.ok(d && d->remote().host.kind() == host_kind::name && d->remote().host.name() == bytes("192.0.2.7"));
}
PROVE_AND_RUN(a_far_end_may_be_a_name_of_any_length)

// U20: a constant for whoever lays out a buffer; each size is known before anything is written.
constexpr void headers_take_10_22_or_7_bytes_and_the_name(check& t) {
    t.ok(max_datagram_header == 262);
    t.ok(datagram_header_size(unspecified_ipv4) == 10 && datagram_header_size(unspecified_ipv6) == 22);
    t.ok(datagram_header_size({"h.example", 1}) == 16 && datagram_header_size({}) == 10);
    message<255> name;
    name.letters(255);
    t.ok(datagram_header_size({host::as_received(name.view()), 1}) == max_datagram_header);
}
PROVE_AND_RUN(headers_take_10_22_or_7_bytes_and_the_name)

// U14: dropped without a trace, unless they are asked for.
void fragments_are_dropped_unless_they_are_kept(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        message<14> m;
        m.put("0000"_bytes).put(static_cast<uint8_t>(v)).put("01 c0000207 01bb 'data'"_bytes);
        const auto dropped = decode_datagram(m.view());
        t.ok(dropped ? v == 0 : v != 0 && dropped.error() == errc::fragmented);
        const auto kept = decode_datagram(m.view(), lenient, fragments::keep);
        t.ok(kept && kept->fragment() == v && kept->data() == bytes("data"));
        t.ok(kept->remote() == endpoint{ipv4{192, 0, 2, 7}, 443});
        char room[14] = {};
        t.ok(encode_datagram(kept->remote(), kept->data(), room, kept->fragment()).data() == m.view());
    }
    t.ok(blame(errc::fragmented) == party::peer);
}
RUN(fragments_are_dropped_unless_they_are_kept)

// U15.
constexpr void reserved_bytes_of_a_datagram_are_ignored_unless_strict(check& t) {
    for (const bytes in :
         {"0001 00 01 c0000207 01bb 'data'"_bytes, "8000 00 01 c0000207 01bb 'data'"_bytes}) {
        const auto entered = t.in(in);
        const auto d = decode_datagram(in);
        t.ok(d && d->data() == bytes("data") && d->remote() == endpoint{ipv4{192, 0, 2, 7}, 443});
        t.ok(decode_datagram(in, strict).error() == errc::bad_reserved);
    }
    t.ok(static_cast<bool>(decode_datagram("0000 00 01 c0000207 01bb"_bytes, strict)));
}
PROVE_AND_RUN(reserved_bytes_of_a_datagram_are_ignored_unless_strict)

void datagrams_know_three_address_types(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        if (v == 1 || v == 3 || v == 4) continue;
        message<40> m;
        m.put("0000 00"_bytes).put(static_cast<uint8_t>(v)).letters(36);
        for (size_t n = 0; n <= 40; ++n) {
            const auto entered = t.in(n);
            const exact_copy in(m.view().first(n));
            t.ok(decode_datagram(in.view()).error() == (n < 7 ? errc::truncated : errc::bad_address_type));
        }
    }
}
RUN(datagrams_know_three_address_types)

// A far end that no answer could be sent to.
constexpr void a_far_end_without_a_name_or_with_a_nul_in_it_is_refused(check& t) {
    t.ok(decode_datagram("0000 00 03 00 0035 'data'"_bytes).error() == errc::empty_name);
    t.ok(decode_datagram("0000 00 03 03 'a' 00 'b' 0035 'data'"_bytes).error() == errc::nul_in_name);
    t.ok(decode_datagram("0000 00 03 03 00 'bc' 0035 'data'"_bytes).error() == errc::nul_in_name);
    t.ok(decode_datagram("0000 00 03 04 'abc' 00 0035 'data'"_bytes).error() == errc::nul_in_name);
    t.ok(decode_datagram("0000 00 03 01 00 0035"_bytes, lenient).error() == errc::nul_in_name);
}
PROVE_AND_RUN(a_far_end_without_a_name_or_with_a_nul_in_it_is_refused)

// As everywhere in SOCKS5, no host is the wildcard.
constexpr void no_host_is_encoded_as_the_wildcard(check& t) {
    char room[10];
    for (char& c : room) c = '\xa5';
    t.ok(encode_datagram({{}, 53}, {}, room).data() == "0000 00 01 00000000 0035"_bytes);
    for (char& c : room) c = '\xa5';
    t.ok(encode_datagram_in_place({{}, 54}, room, 10).data() == "0000 00 01 00000000 0036"_bytes);
}
PROVE_AND_RUN(no_host_is_encoded_as_the_wildcard)

constexpr void what_is_no_host_is_not_encoded(check& t) {
    char room[300] = {};
    for (const host& bad : {host(bytes("localhost:80")), host::as_received({}), host::as_received("a\0b")}) {
        const auto entered = t.in();
        t.ok(encode_datagram({bad, 53}, "data", room).error() == errc::bad_host);
        t.ok(encode_datagram_in_place({bad, 53}, room, 280).error() == errc::bad_host);
    }
    for (const char c : room) t.in(static_cast<size_t>(c)).ok(c == 0);
}
PROVE_AND_RUN(what_is_no_host_is_not_encoded)

constexpr void a_datagram_that_does_not_fit_is_not_begun(check& t) {
    const endpoint at{"files.example.com", 53};
    char room[32] = {};
    for (size_t n = 0; n < 28; ++n) {
        const auto entered = t.in(n);
        const encoded made = encode_datagram(at, "data", buffer(room, n));
        t.ok(made.error() == errc::no_space && made.required() == 28 && made.size() == 0);
    }
    for (size_t n = 0; n < 24; ++n) {
        const auto entered = t.in(n);
        const encoded made = encode_datagram_in_place(at, buffer(room, n + 4), n);
        t.ok(made.error() == errc::no_space && made.required() == 24 && made.size() == 0);
    }
    for (const char c : room) t.in(static_cast<size_t>(c)).ok(c == 0);
}
PROVE_AND_RUN(a_datagram_that_does_not_fit_is_not_begun)

// No room would suffice: the length of a UDP datagram is 16 bits wide.
void a_datagram_ends_at_65535_bytes(check& t) {
    static char packet[max_datagram + 10];
    for (const size_t n : {max_datagram, max_datagram + 1}) {
        const auto entered = t.in(n);
        const bool fits = n == max_datagram;
        const encoded around = encode_datagram_in_place(unspecified_ipv4, buffer(packet, n), 10);
        t.ok(fits ? around && around.size() == max_datagram
                  : around.error() == errc::no_space && around.required() == 0);
        static char out[max_datagram + 10];
        const encoded made = encode_datagram(unspecified_ipv4, bytes(packet, n - 10), out);
        t.ok(fits ? made && made.size() == max_datagram
                  : made.error() == errc::no_space && made.required() == 0);
    }
    const auto d = decode_datagram(bytes(packet, max_datagram), lenient);
    t.ok(d && d->data().size() == max_datagram - 10);
}
RUN(a_datagram_ends_at_65535_bytes)

constexpr void a_datagram_that_none_decoded_is_empty(check& t) {
    const datagram none;
    const endpoint at = none.remote();
    t.ok(at.host.kind() == host_kind::none && at.port == 0 && none.data().empty() && none.fragment() == 0);
    t.ok(sizeof(datagram) <= 24 || sizeof(void*) != 8);
}
PROVE_AND_RUN(a_datagram_that_none_decoded_is_empty)

}  // namespace
