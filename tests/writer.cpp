// Writing bytes in order: big endian, to any address, and nothing beyond the requested size.

#include <socks/wire/writer.hpp>

#include "sweep.hpp"

namespace {

using ::check;
using namespace socks;

constexpr void a_writer_puts_bytes_in_order(check& t) {
    char room[40] = {};
    writer w(room);
    t.ok(w.written().size() == 0 && w.written().data().empty());
    w.u8(0xfe).u16(0x1234).v4({192, 0, 2, 7}).put("john").put({});
    w.v6({0x20, 0x01, 0x0d, 0xb8, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0x0f, 0x1e, 0x2d, 0x3c});
    t.ok(w.written().data() == "fe 1234 c0000207 'john' 20010db8 10325476 98badcfe 0f1e2d3c"_bytes);
    t.ok(w.written().size() == 27 && w.written().data().data() == room);
    t.ok(room[27] == 0);
}
PROVE_AND_RUN(a_writer_puts_bytes_in_order)

constexpr void a_writer_puts_texts_behind_each_other(check& t) {
    char room[40] = {};
    writer w(room);
    w.text("files.example.com").text({}).text("f").text("oo").text("john");
    t.ok(w.written().data() == "files.example.comfoojohn");
    t.ok(w.written().size() == 24 && room[24] == 0);
}
PROVE_AND_RUN(a_writer_puts_texts_behind_each_other)

constexpr void a_writer_fills_its_room_exactly(check& t) {
    char room[] = {'a', 'b', 'c', 'd', 'e', 'f'};
    writer w(buffer(room + 1, 4));
    w.put("wxyz").put({});
    t.ok(w.written().data() == "wxyz");
    t.ok(bytes(room, 6) == "awxyzf");
}
PROVE_AND_RUN(a_writer_fills_its_room_exactly)

constexpr void a_message_of_two_bytes_is_written_into_two(check& t) {
    char room[] = {'x', 'y', 'z'};
    const encoded tight = encode_method_selection(method::gssapi, buffer(room, 1));
    t.ok(tight.error() == errc::no_space && tight.required() == 2 && room[0] == 'x');
    t.ok(encode_method_selection(method::gssapi, buffer(room, 2)).data() == "05 01"_bytes && room[2] == 'z');
}
PROVE_AND_RUN(a_message_of_two_bytes_is_written_into_two)

// D17.
void every_port_is_written_big_endian(check& t) {
    for (unsigned port = 0; port < 65536; ++port) {
        const auto entered = t.in(size_t{port});
        char room[2] = {};
        writer(room).u16(static_cast<uint16_t>(port));
        t.ok(bytes(room, 2)[0] == port / 256 && bytes(room, 2)[1] == port % 256);
    }
}
RUN(every_port_is_written_big_endian)

void messages_are_written_at_any_alignment(check& t) {
    alignas(8) char room[8 + 10] = {};
    for (size_t offset = 0; offset < 8; ++offset) {
        const auto entered = t.in(offset);
        const encoded made =
            encode_request5({command::connect, {ipv4{192, 0, 2, 7}, 443}}, buffer(room + offset, 10));
        t.ok(made.data() == "05 01 00 01 c0000207 01bb"_bytes);
    }
}
RUN(messages_are_written_at_any_alignment)

}  // namespace
