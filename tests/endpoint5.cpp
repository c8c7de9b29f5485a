// The address and the port at the end of the requests, replies and datagrams of SOCKS5.

#include <socks/wire/endpoint5.hpp>

#include "bytes_literal.hpp"
#include "check.hpp"

namespace {

using ::check;
using namespace socks;

// The bound counts towards a name of no bytes, until ATYP tells more.
constexpr void each_byte_tells_how_many_are_missing(check& t) {
    const auto four = "05 00 00 01 c0000207 1234"_bytes;
    const auto six = "05 00 00 04 20010db8000000000000000000000007 1234"_bytes;
    const auto name = "05 00 00 03 0b 'example.com' 1234"_bytes;
    for (const bytes whole : {bytes(four), bytes(six), bytes(name)}) {
        const auto entered = t.in(whole);
        for (size_t n = 0; n < whole.size(); ++n) {
            const auto nested = t.in(n);
            const message_size e = detail::measure_endpoint5(whole.first(n));
            const bool told = n >= (whole[3] == 3 ? 5 : 4);
            t.ok(!e && e.error() == errc::none && e.needed() == (told ? whole.size() - n : 7 - n));
        }
        t.ok(*detail::measure_endpoint5(whole) == whole.size());
    }
}
PROVE_AND_RUN(each_byte_tells_how_many_are_missing)

constexpr void another_address_type_is_refused_at_its_byte(check& t) {
    for (unsigned type = 0; type < 256; ++type) {
        const auto entered = t.in(size_t{type});
        const char frame[] = {5, 1, 0, static_cast<char>(type)};
        const errc e = detail::measure_endpoint5({frame, sizeof frame}).error();
        t.ok(e == (type == 1 || type == 3 || type == 4 ? errc::none : errc::bad_address_type));
    }
}
PROVE_AND_RUN(another_address_type_is_refused_at_its_byte)

constexpr void an_address_is_read_as_what_its_type_says(check& t) {
    t.ok(detail::read_endpoint5("05 00 00 01 c0000207 1234"_bytes) == endpoint{ipv4{192, 0, 2, 7}, 0x1234});
    t.ok(detail::read_endpoint5("05 00 00 04 20010db8000000000000000000000007 0050"_bytes) ==
         endpoint{"2001:db8::7", 80});
    t.ok(detail::read_endpoint5("05 00 00 03 09 'localhost' ffff"_bytes) == endpoint{"localhost", 65535});
}
PROVE_AND_RUN(an_address_is_read_as_what_its_type_says)

constexpr void no_host_is_written_as_0_0_0_0(check& t) {
    char room[22] = {};
    const endpoint none{{}, 0x1234};
    t.ok(*detail::write_frame5(7, none, room) == 10 && bytes(room, 10) == "05 07 00 01 00000000 1234"_bytes);
    t.ok(*detail::write_frame5(7, {}, room) == 10 && bytes(room, 10) == "05 07 00 01 00000000 0000"_bytes);
    t.ok(detail::write_frame5(7, none, {room, 9}).needed() == 10);
    t.ok(*detail::write_frame5(7, none, {room, 10}) == 10);
}
PROVE_AND_RUN(no_host_is_written_as_0_0_0_0)

}  // namespace
