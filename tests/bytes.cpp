// The views: their parts, their comparison, and what they convert to.

#include <socks/core/bytes.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check.hpp"

namespace {

using ::check;
using socks::buffer;
using socks::bytes;

// A range of bytes that is not contiguous to std: as a contiguous range it would convert to a std::span in
// two ways, and no conversion would compile.
static_assert(std::ranges::forward_range<const bytes> && !std::ranges::contiguous_range<const bytes>);
static_assert(std::is_same_v<std::ranges::range_value_t<bytes>, uint8_t>);

static_assert(sizeof(bytes) == 2 * sizeof(void*) && sizeof(buffer) == 2 * sizeof(void*));
static_assert(std::is_trivially_copyable_v<bytes> && std::is_trivially_copyable_v<buffer>);

constexpr void a_literal_ends_before_its_closing_nul(check& t) {
    t.ok(bytes("john").size() == 4);
    t.ok(bytes("").empty() && bytes("").size() == 0);
    t.ok(bytes("a\0b").size() == 3 && bytes("a\0b")[1] == 0);
    t.ok(bytes("\0").size() == 1);
    t.ok(bytes().empty() && bytes().data() == nullptr);
}
PROVE_AND_RUN(a_literal_ends_before_its_closing_nul)

constexpr void bytes_are_unsigned(check& t) {
    const bytes b("\x7f\x80\xff\x00");
    t.ok(b.size() == 4);
    t.ok(b[0] == 0x7f && b[1] == 0x80 && b[2] == 0xff && b[3] == 0);
    t.ok(b.contains('\x80') && b.contains('\0') && !b.contains('\x01') && !bytes().contains('\0'));
}
PROVE_AND_RUN(bytes_are_unsigned)

constexpr void a_view_iterates_over_its_bytes(check& t) {
    const bytes b("\x7f\x80\xff\x00");
    size_t n = 0;
    for (const uint8_t byte : b) {
        t.in(n).ok(byte == b[n]);
        ++n;
    }
    t.ok(n == 4);
    for ([[maybe_unused]] const uint8_t byte : bytes()) t.ok(false);
    bytes::iterator i = b.begin();
    t.ok(*i++ == 0x7f && *i == 0x80 && *++i == 0xff && i != b.end() && ++i != b.end() && ++i == b.end());
    t.ok(bytes::iterator() == bytes().begin() && bytes().begin() == bytes().end());
    t.ok(std::ranges::equal(b, std::array<uint8_t, 4>{0x7f, 0x80, 0xff, 0}));
}
PROVE_AND_RUN(a_view_iterates_over_its_bytes)

constexpr void parts_of_a_view_point_into_it(check& t) {
    const bytes b("files.example.com");
    t.ok(b.first(5) == "files" && b.first(5).data() == b.data());
    t.ok(b.subspan(6) == "example.com" && b.subspan(6).data() == b.data() + 6);
    t.ok(b.first(0).empty() && b.subspan(17).empty() && b.first(17) == b && b.subspan(0) == b);
    t.ok(bytes().first(0).empty() && bytes().subspan(0).empty());
    t.ok(bytes(b.data() + 6, 7) == "example");
}
PROVE_AND_RUN(parts_of_a_view_point_into_it)

constexpr void views_are_equal_when_their_bytes_are(check& t) {
    t.ok(bytes("john") == bytes("john") && bytes("john") == "john" && "john" == bytes("john"));
    t.ok(bytes("john") != bytes("johm") && bytes("john") != "joh" && bytes("joh") != "john");
    constexpr bytes john = "john";
    t.ok(john != john.first(3) && john.first(3) != john);
    t.ok(bytes("a\0b") != "a" && bytes("a\0b") != "a\0c" && bytes("a\0b") == "a\0b");
    t.ok(bytes() == bytes("") && bytes() != bytes("\0"));
    t.ok(bytes("john") == std::string_view("john") && std::string_view("john") == bytes("john"));
    t.ok(bytes("john") != std::string_view("foo"));
}
PROVE_AND_RUN(views_are_equal_when_their_bytes_are)

constexpr void text_converts_both_ways_in_a_constant_evaluation(check& t) {
    constexpr std::string_view text = "files.example.com";
    const bytes b = text;
    const std::string_view back = b;
    t.ok(back == text && back.data() == text.data());
    const std::span<const char> span = b;
    t.ok(span.data() == text.data() && span.size() == 17);
    constexpr std::array<char, 3> fixed{'f', 'o', 'o'};
    t.ok(bytes(fixed) == "foo");
}
PROVE_AND_RUN(text_converts_both_ways_in_a_constant_evaluation)

constexpr void a_buffer_converts_to_a_span_to_write_through(check& t) {
    char room[4] = {};
    const buffer b(room);
    const std::span<char> span = b;
    t.ok(span.data() == room && span.size() == 4);
    span[2] = 'x';
    t.ok(room[2] == 'x' && std::span<char>(buffer()).empty());
}
PROVE_AND_RUN(a_buffer_converts_to_a_span_to_write_through)

void a_buffer_converts_to_spans_of_other_bytes(check& t) {
    char room[4] = {};
    const std::span<std::byte> raw = buffer(room);
    raw[0] = std::byte{0x80};
    const std::span<unsigned char> list = buffer(room);
    list[3] = 5;
    t.ok(bytes(room, 4) == "\x80\0\0\x05" && raw.size() == 4 && list.size() == 4);
    const bytes text = "john";
    t.ok(std::string(text.begin(), text.end()) == "john");
    t.ok(std::vector<uint8_t>(text.begin(), text.end()).size() == 4);
}
RUN(a_buffer_converts_to_spans_of_other_bytes)

void bytes_convert_both_ways(check& t) {
    const std::vector<unsigned char> list{5, 1, 0xff};
    t.ok(bytes(list) == "\x05\x01\xff");
    t.ok(bytes(list.data(), 2) == "\x05\x01");
    const std::array<std::byte, 2> raw{std::byte{0x80}, std::byte{0}};
    t.ok(bytes(raw) == "\x80\0" && bytes(raw.data(), 1) == "\x80");
    const std::string text = "john";
    t.ok(bytes(text) == "john" && bytes(text) == text && std::string(std::string_view(bytes(text))) == text);

    const bytes b("\x80\x01");
    const std::span<const unsigned char> span = b;
    t.ok(span.size() == 2 && span[0] == 0x80 && span[1] == 1);
    const std::span<const std::byte> byte_span = b;
    t.ok(byte_span.size() == 2 && byte_span[0] == std::byte{0x80});
    t.ok(static_cast<const void*>(byte_span.data()) == b.data());
}
RUN(bytes_convert_both_ways)

constexpr void wiping_writes_zeros_into_all_of_a_buffer_and_nothing_else(check& t) {
    char room[] = {'a', 'b', 'c', 'd', 'e'};
    wipe(buffer(room + 1, 3));
    t.ok(bytes(room, 5) == "a\0\0\0e");
    wipe(buffer());
    wipe(buffer(room, 1));
    t.ok(bytes(room, 5) == "\0\0\0\0e");
}
PROVE_AND_RUN(wiping_writes_zeros_into_all_of_a_buffer_and_nothing_else)

constexpr void room_is_what_it_was_made_of(check& t) {
    char local[5] = {};
    t.ok(buffer(local).data() == local && buffer(local).capacity() == 5);
    std::array<char, 6> array{};
    t.ok(buffer(array).data() == array.data() && buffer(array).capacity() == 6);
    t.ok(buffer(local + 1, 3).data() == local + 1 && buffer(local + 1, 3).capacity() == 3);
    t.ok(buffer().capacity() == 0 && buffer().data() == nullptr);
}
PROVE_AND_RUN(room_is_what_it_was_made_of)

void room_may_be_bytes_or_bytes(check& t) {
    unsigned char bytes[2] = {};
    std::array<std::byte, 2> raw{};
    std::vector<unsigned char> heap(2);
    for (const buffer room : {buffer(bytes), buffer(raw), buffer(heap), buffer(bytes, 2)}) {
        const auto entered = t.in();
        t.ok(room.capacity() == 2);
        t.ok(socks::encode_method_selection(socks::method{0x80}, room).size() == 2);
    }
    t.ok(bytes[0] == 5 && bytes[1] == 0x80 && raw[1] == std::byte{0x80} && heap[1] == 0x80);
}
RUN(room_may_be_bytes_or_bytes)

}  // namespace
