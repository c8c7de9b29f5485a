// Reading bytes in order: big endian, from any address.

#include <socks/wire/reader.hpp>

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

constexpr void a_reader_takes_bytes_in_order(check& t) {
    reader r("fe 1234 c0000207 'john' 20010db8 10325476 98badcfe 0f1e2d3c 'rest'"_bytes);
    t.ok(r.u8() == 0xfe);
    t.ok(r.u16() == 0x1234);
    t.ok(r.v4() == ipv4{192, 0, 2, 7});
    t.ok(r.take(4) == "john");
    t.ok(r.v6() == ipv6{0x20, 0x01, 0x0d, 0xb8, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0x0f, 0x1e,
                        0x2d, 0x3c});
    t.ok(r.rest() == "rest");
    t.ok(r.take(0).empty() && r.rest() == "rest");
    t.ok(r.take(4) == "rest" && r.rest().empty());
}
PROVE_AND_RUN(a_reader_takes_bytes_in_order)

constexpr void what_is_taken_points_into_the_message(check& t) {
    const bytes whole = "'john' 00 'foo'"_bytes;
    reader r(whole);
    t.ok(r.take(4).data() == whole.data());
    t.ok(r.take(2).data() == whole.data() + 4);
    t.ok(r.rest().data() == whole.data() + 6);
}
PROVE_AND_RUN(what_is_taken_points_into_the_message)

// D17: bytes above 0x7f do not come out negative, in either half.
void every_port_is_read_big_endian(check& t) {
    for (unsigned port = 0; port < 65536; ++port) {
        const auto entered = t.in(size_t{port});
        const char wire[] = {static_cast<char>(port / 256), static_cast<char>(port % 256)};
        t.ok(reader(bytes(wire, 2)).u16() == port);
    }
}
RUN(every_port_is_read_big_endian)

// D17: under the sanitizer, a load of a whole word at an odd address would show.
void messages_are_read_at_any_alignment(check& t) {
    const bytes whole = "05 01 00 01 c0000207 01bb"_bytes;
    alignas(8) char room[8 + 10] = {};
    for (size_t offset = 0; offset < 8; ++offset) {
        const auto entered = t.in(offset);
        for (size_t i = 0; i < whole.size(); ++i) room[offset + i] = whole.data()[i];
        const auto d = decode_request5(bytes(room + offset, whole.size()));
        t.ok(d && d->to.host == host(ipv4{192, 0, 2, 7}) && d->to.port == 443);
    }
}
RUN(messages_are_read_at_any_alignment)

}  // namespace
