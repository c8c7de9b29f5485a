// Framed datagrams (X2), each byte typed from the wire format in the header; lengths as hev-socks5 sends
// them.

#include <socks/wire/udp_over_tcp.hpp>

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

constexpr auto get = [](bytes in) { return decode_framed(in); };

constexpr host six =
    ipv6{0x20, 0x01, 0x0d, 0xb8, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0x0f, 0x1e, 0x2d, 0x3c};

// Both ways, in any pieces, with anything behind it, and around data that do not move. Two exact reads at
// most.
constexpr void golden_frame(check& t, bytes whole, const endpoint& at, bytes data, place line = {}) {
    const size_t header = whole.size() - data.size();
    t.ok(sweep(t, whole, get, detail::validated_datagram(whole, header, 0), line) <= 2, line);
    const auto d = decode_framed(whole);
    t.ok(d && d->remote() == at && d->data() == data && d->fragment() == 0, line);
    t.ok(datagram_header_size(at) == header, line);

    exact_copy room(whole);
    for (size_t i = 0; i < whole.size(); ++i) room.room().data()[i] = '\xa5';
    const encoded made = encode_framed(at, data, room.room());
    t.ok(made && made.data() == whole && made.data().data() == room.view().data(), line);
    t.ok(encode_framed(at, data, buffer(room.room().data(), whole.size() - 1)).required() == whole.size(),
         line);

    char packet[max_framed_header + 70] = {};
    for (size_t i = 0; i < data.size(); ++i) packet[header + 3 + i] = data.data()[i];
    const encoded around = encode_framed_in_place(at, buffer(packet, whole.size() + 3), header + 3);
    t.ok(around && around.data() == whole && around.data().data() == packet + 3 && packet[2] == 0, line);
    const encoded narrow = encode_framed_in_place(at, buffer(packet + 4, whole.size() - 1), header - 1);
    t.ok(narrow.error() == errc::no_space && narrow.required() == header, line);
}

constexpr void frames_are_as_drawn(check& t) {
    golden_frame(t, "0003 0a 01 c0000207 01bb 'dns'"_bytes, {ipv4{192, 0, 2, 7}, 443}, "dns");
    golden_frame(t, "0004 16 04 20010db8 10325476 98badcfe 0f1e2d3c 0050 'data'"_bytes, {six, 80}, "data");
    golden_frame(t, "0005 18 03 11 'files.example.com' fffe 'hello'"_bytes, {"files.example.com", 65534},
                 "hello");
    golden_frame(t, "0000 08 03 01 'x' 1234"_bytes, {"x", 0x1234}, {});
    golden_frame(t, "0000 0a 01 00000000 0000"_bytes, unspecified_ipv4, {});
    t.ok(static_cast<uint8_t>(udp_over_tcp) == 5);
}
PROVE_AND_RUN(frames_are_as_drawn)

// The documents' other reading, MSGLEN with the header inside, would take 10 bytes of the next frame.
constexpr void msglen_counts_the_data_alone(check& t) {
    const bytes two = "0003 0a 01 c0000207 0035 'one' 0005 0a 01 c0000208 0036 'other'"_bytes;
    const auto one = decode_framed(two);
    t.ok(one && one.consumed() == 13 && one->data() == bytes("one"));
    const auto other = decode_framed(two.subspan(13));
    t.ok(other && other.consumed() == 15 && other->data() == bytes("other"));
    t.ok(other->remote() == endpoint{ipv4{192, 0, 2, 8}, 54});
}
PROVE_AND_RUN(msglen_counts_the_data_alone)

constexpr void a_header_counts_names_of_up_to_248_bytes(check& t) {
    for (const size_t n : {size_t{1}, size_t{127}, size_t{128}, size_t{247}, size_t{248}}) {
        const auto entered = t.in(n);
        message<260> m;
        m.put("0002"_bytes).put(static_cast<uint8_t>(7 + n)).put(3).put(static_cast<uint8_t>(n));
        m.letters(n).put("1234 'ab'"_bytes);
        golden_frame(t, m.view(), {host::as_received(m.view().subspan(5).first(n)), 0x1234}, "ab");
    }
    message<249> name;
    name.letters(249);
    char room[300] = {};
    const endpoint longer{host::as_received(name.view()), 1};
    t.ok(encode_framed(longer, "ab", room).error() == errc::bad_host);
    t.ok(encode_framed_in_place(longer, room, 300).error() == errc::bad_host && room[0] == 0);
    t.ok(max_framed_header == datagram_header_size({host::as_received(name.view().first(248)), 1}));
}
PROVE_AND_RUN(a_header_counts_names_of_up_to_248_bytes)

// For each address, each HDRLEN but the true one.
void a_header_length_that_lies_is_refused(check& t) {
    struct row {
        bytes tail;
        unsigned header;
        size_t due;
    };
    const row rows[] = {{"01 c0000207 0035 'data'"_bytes, 10, 4},
                        {"04 20010db8 10325476 98badcfe 0f1e2d3c 0050 'data'"_bytes, 22, 4},
                        {"03 03 'a.b' 0035 'data'"_bytes, 10, 5},
                        {"03 00 0035 'data'"_bytes, 7, 5}};
    for (const row& r : rows) {
        const auto entered = t.in();
        for (unsigned v = 0; v < 256; ++v) {
            const auto nested = t.in(size_t{v});
            if (v == r.header && v >= 8) continue;
            message<40> m;
            m.put("0004"_bytes).put(static_cast<uint8_t>(v)).put(r.tail);
            sweep_refused(t, m.view(), get, errc::bad_length, v < 8 ? 3 : r.due);
        }
    }
}
RUN(a_header_length_that_lies_is_refused)

void frames_know_three_address_types(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        if (v == 1 || v == 3 || v == 4) continue;
        message<16> m;
        m.put("0000 0a"_bytes).put(static_cast<uint8_t>(v)).put("c0000207 0035"_bytes);
        sweep_refused(t, m.view(), get, errc::bad_address_type, 4);
    }
}
RUN(frames_know_three_address_types)

constexpr void a_framed_name_holds_no_nul(check& t) {
    sweep_refused(t, "0002 0a 03 03 'a' 00 'b' 0035 'ab'"_bytes, get, errc::nul_in_name, 10);
    sweep_refused(t, "0002 0a 03 03 00 'bc' 1235 'ab'"_bytes, get, errc::nul_in_name, 10);
    sweep_refused(t, "0002 0b 03 04 'abc' 00 0035 'ab'"_bytes, get, errc::nul_in_name, 11);
    char room[64] = {};
    for (const host& bad : {host(bytes("localhost:80")), host::as_received({}), host::as_received("a\0b")}) {
        const auto entered = t.in();
        t.ok(encode_framed({bad, 53}, "data", room).error() == errc::bad_host);
        t.ok(encode_framed_in_place({bad, 53}, room, 60).error() == errc::bad_host);
    }
    for (const char c : room) t.in(static_cast<size_t>(c)).ok(c == 0);
}
PROVE_AND_RUN(a_framed_name_holds_no_nul)

// Room for the longest frame, and one byte more.
char in[max_framed_header + max_framed_data];
char out[max_framed_header + max_framed_data + 1];

void frames_of_every_size_are_asked_for_exactly(check& t) {
    in[2] = 10;
    in[3] = 1;
    for (size_t n = 0; n <= 65535; n += n < 300 || n > 65000 ? 1 : 97) {
        const auto entered = t.in(n);
        in[0] = static_cast<char>(n >> 8);
        in[1] = static_cast<char>(n & 0xff);
        t.ok(decode_framed(bytes(in, 2)).needed() == 8 + n - 2 &&
             decode_framed(bytes(in, 3)).needed() == 7 + n);
        t.ok(decode_framed(bytes(in, 9 + n)).needed() == 1);
        const auto d = decode_framed(bytes(in, 10 + n));
        t.ok(d && d.consumed() == 10 + n && d->data().size() == n);
    }
    const encoded some = encode_framed(unspecified_ipv4, bytes(in, 0x1234), out);
    t.ok(some.size() == 0x1234 + 10 && out[0] == 0x12 && out[1] == 0x34);
}
RUN(frames_of_every_size_are_asked_for_exactly)

// The longest frame behind the shortest and behind the longest header: what is read can be written.
void a_frame_holds_as_much_as_its_length_can_count(check& t) {
    message<255> longest;
    longest.put("ffff ff 03 f8"_bytes).letters(248).put("1234"_bytes);
    for (const bytes header : {"ffff 0a 01 c0000207 0035"_bytes, longest.view()}) {
        const auto entered = t.in(header);
        const size_t size = header.size() + 65535;
        for (size_t i = 0; i < header.size(); ++i) in[i] = header.data()[i];
        const auto read = decode_framed(bytes(in, size));
        t.ok(read && read.consumed() == size && read->data().size() == 65535);
        t.ok(encode_framed(read->remote(), read->data(), out).data() == bytes(in, size));
        t.ok(encode_framed_in_place(read->remote(), buffer(out, size), header.size()).data() ==
             bytes(in, size));
        t.ok(encode_framed(read->remote(), read->data(), buffer(out, size - 1)).required() == size);
        const encoded over = encode_framed(read->remote(), bytes(in, 65536), out);
        t.ok(over.error() == errc::no_space && over.required() == 0);
        t.ok(encode_framed_in_place(read->remote(), buffer(out, size + 1), header.size()).error() ==
             errc::no_space);
    }
}
RUN(a_frame_holds_as_much_as_its_length_can_count)

}  // namespace
