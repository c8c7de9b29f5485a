// The invariants of datagrams. A datagram of any size that is encoded and decoded is the same. Each byte of a
// header is accepted or refused. A result stays the same when more bytes arrive. A stream of frames gives the
// same datagrams at any pace.

#include <vector>

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

message<255> name_of(size_t n) {
    message<255> m;
    m.letters(n);
    return m;
}

// Both codecs, in a buffer of just the size and in one that is one byte too small.
void goes_there_and_back(check& t, const endpoint& at, bytes data, place line = {}) {
    const size_t size = datagram_header_size(at) + data.size();
    char room[600] = {};
    const encoded sent = encode_datagram(at, data, buffer(room, size));
    const exact_copy wire(sent.data());
    const auto d = decode_datagram(wire.view());
    t.ok(d && d->remote() == at && d->data() == data && d->fragment() == 0 && d.consumed() == size, line);
    t.ok(encode_datagram(at, data, buffer(room, size - 1)).required() == size, line);

    if (size - data.size() > max_framed_header) return;
    const encoded framed = encode_framed(at, data, buffer(room, size));
    const exact_copy frame(framed.data());
    const auto f = decode_framed(frame.view());
    t.ok(f && f->remote() == at && f->data() == data && f.consumed() == size, line);
    t.ok(frame.view().subspan(3) == wire.view().subspan(3), line);
    t.ok(encode_framed(at, data, buffer(room, size - 1)).required() == size, line);
}

void datagrams_of_every_size_go_there_and_back(check& t) {
    for (size_t n = 1; n <= 255; ++n) {
        const auto entered = t.in(n);
        const auto name = name_of(n);
        const auto data = name_of(255 - n);
        goes_there_and_back(t, {host::as_received(name.view()), static_cast<uint16_t>(n * 257)}, data.view());
    }
    for (size_t i = 0; i < 16; ++i) {
        for (unsigned v = 0; v < 256; ++v) {
            const auto nested = t.in(size_t{v});
            ipv6 six;
            ipv4 four;
            six.bytes[i] = four.bytes[i % 4] = static_cast<uint8_t>(v);
            goes_there_and_back(t, {six, static_cast<uint16_t>(v << 8 | i)}, "six");
            goes_there_and_back(t, {four, static_cast<uint16_t>(i << 8 | v)}, "four");
        }
    }
}
RUN(datagrams_of_every_size_go_there_and_back)

// Every byte of a datagram takes every value: what still decodes encodes to the same, but for RSV.
void every_byte_of_a_datagram_counts_but_for_rsv(check& t) {
    for (const bytes whole :
         {"0000 00 01 c0000207 0035 'data'"_bytes, "0000 00 03 09 'h.example' 0035 'data'"_bytes,
          "0000 00 04 20010db8 10325476 98badcfe 0f1e2d3c 0050 'data'"_bytes}) {
        const auto entered = t.in(whole);
        for (size_t i = 0; i < whole.size(); ++i) {
            for (unsigned v = 0; v < 256; ++v) {
                const auto nested = t.in(size_t{v});
                message<64> m;
                m.put(whole.first(i)).put(static_cast<uint8_t>(v)).put(whole.subspan(i + 1));
                const auto d = decode_datagram(m.view(), lenient, fragments::keep);
                if (!d) continue;
                char room[64];
                const encoded again = encode_datagram(d->remote(), d->data(), room, d->fragment());
                t.ok(again && (again.data() == m.view()) != (i < 2 && v != 0));
                t.ok(static_cast<bool>(decode_datagram(m.view(), strict, fragments::keep)) ==
                     !(i < 2 && v != 0));
            }
        }
    }
}
RUN(every_byte_of_a_datagram_counts_but_for_rsv)

// Headers of all shapes, most of them wrong: whatever the first bytes say, more of them never say otherwise,
// and what is asked for is no more than the frame takes. The fifth byte is drawn from what can matter.
void a_verdict_on_a_frame_stands_whatever_follows(check& t) {
    for (unsigned header = 0; header < 256; ++header) {
        for (unsigned type = 0; type < 6; ++type) {
            for (const unsigned length : {0U, 1U, 3U, 15U, header - 7, 248U, 255U}) {
                const auto entered = t.in(size_t{length});
                message<700> m;
                m.put("0009"_bytes).put(static_cast<uint8_t>(header)).put(static_cast<uint8_t>(type));
                m.put(static_cast<uint8_t>(length)).letters(400);
                const bytes all = m.view();
                size_t due = 0;  // what the last answer asked for
                for (size_t n = 0; n <= all.size(); ++n) {
                    const auto nested = t.in(n);
                    const auto d = decode_framed(all.first(n));
                    if (d) {
                        t.ok(n == due && d.consumed() == n && n == header + 9);
                        t.ok(decode_framed(all).consumed() == n);
                        break;
                    }
                    if (d.error() != errc::none) {
                        t.ok(n <= 5 && decode_framed(all).error() == d.error());
                        t.ok(decode_framed(all.first(n + 1)).error() == d.error());
                        break;
                    }
                    t.ok(d.needed() >= 1 && n + d.needed() >= due);
                    due = n + d.needed();
                }
            }
        }
    }
}
RUN(a_verdict_on_a_frame_stands_whatever_follows)

// U19: any bytes at all, cut anywhere, are a datagram or an error, and nothing past their end is read.
void any_bytes_are_a_datagram_or_an_error(check& t) {
    uint32_t seed = 1;
    for (int round = 0; round < 20'000; ++round) {
        message<32> m;
        for (size_t i = 0; i < 32; ++i) {
            seed = seed * 1664525 + 1013904223;
            const unsigned v = seed >> 24;
            // Address types and lengths that exist come often enough to matter.
            m.put(static_cast<uint8_t>(i == 3 ? v % 6 : i == 4 ? v % 40 : i < 3 ? v % 2 : v));
        }
        const exact_copy in(m.view().first(static_cast<size_t>(round) % 33));
        for (const tolerance accept : {lenient, strict}) {
            const auto entered = t.in();
            const auto d = decode_datagram(in.view(), accept);
            t.ok(static_cast<bool>(d) == (d.error() == errc::none) && d.needed() == 0);
            if (!d) continue;
            t.ok(datagram_header_size(d->remote()) + d->data().size() == in.view().size());
            t.ok(d->data().data() + d->data().size() == in.view().data() + in.view().size());
        }
    }
}
RUN(any_bytes_are_a_datagram_or_an_error)

void a_stream_of_frames_is_the_same_at_any_pace(check& t) {
    const bytes stream =
        "0003 0a 01 c0000207 0035 'one' 0000 08 03 01 'x' 1234"
        "0005 16 04 20010db8 10325476 98badcfe 0f1e2d3c 0050 'three' 0002 0a 01 c0000208 0036 '04'"_bytes;
    const bytes expected[] = {"one", "", "three", "04"};
    for (size_t pace = 1; pace <= stream.size(); ++pace) {
        const auto entered = t.in(pace);
        std::vector<char> kept;
        size_t frames = 0;
        for (size_t i = 0; i < stream.size(); i += pace) {
            const bytes rest = stream.subspan(i);
            const bytes part = rest.first(pace < rest.size() ? pace : rest.size());
            kept.insert(kept.end(), part.data(), part.data() + part.size());
            for (;;) {
                const exact_copy in(kept);
                const auto d = decode_framed(in.view());
                if (!t.ok(d.error() == errc::none) || !d) break;
                if (!t.ok(frames < 4 && d->data() == expected[frames])) return;
                ++frames;
                kept.erase(kept.begin(), kept.begin() + static_cast<ptrdiff_t>(d.consumed()));
            }
        }
        t.ok(frames == 4 && kept.empty());
    }
}
RUN(a_stream_of_frames_is_the_same_at_any_pace)

}  // namespace
