// Searches and comparisons that take many bytes at a time see only the bytes of their arguments, whatever
// lies around these.

#include <socks/core/memory.hpp>

#include "check.hpp"

namespace {

using ::check;
using socks::detail::contains;
using socks::detail::copy;
using socks::detail::equal;
using socks::detail::find;
using socks::detail::is_ahead;
using socks::detail::move_bytes;
using socks::detail::move_text;
using socks::detail::overlap;

// At every place of texts of every size around those of two words and of two blocks of sixteen; bytes that
// differ in one bit only must not do, nor what lies before the text and behind it.
constexpr void finds(check& t, char wanted, int bit, size_t longest) {
    const auto other = static_cast<char>(wanted ^ bit);
    char room[44] = {};
    for (size_t size = 0; size <= longest; ++size) {
        const auto entered = t.in(size);
        for (char& c : room) c = other;
        room[0] = wanted;
        room[size + 1] = wanted;
        const char* const text = room + 1;
        t.ok(!contains(text, size, wanted) && find(text, 0, size, wanted) == size);
        for (size_t at = 0; at < size; ++at) {
            const auto nested = t.in(at);
            room[at + 1] = wanted;
            t.ok(contains(text, size, wanted) && find(text, 0, size, wanted) == at);
            t.ok(find(text, at + 1, size, wanted) == size);
            room[at + 1] = other;
        }
    }
}

constexpr void an_byte_is_found_wherever_it_stands(check& t) {
    finds(t, '\0', 0x01, 25);
    finds(t, '\0', 0x80, 17);
    finds(t, '\x80', 0x01, 25);
}
PROVE_AND_RUN(an_byte_is_found_wherever_it_stands)

void any_byte_is_found_wherever_it_stands(check& t) {
    for (int c = 0; c < 256; ++c)
        for (int bit = 0x01; bit <= 0x80; bit *= 2) finds(t, static_cast<char>(c), bit, 41);
}
RUN(any_byte_is_found_wherever_it_stands)

// A function that is always inlined cannot be passed on.
constexpr auto move_as_text = [](char* to, const char* from, size_t n) { move_text(to, from, n); };

// No byte beside those that were moved changes. No two bytes that are less than 251 apart are equal.
template <class Move>
constexpr void moves(check& t, size_t n, size_t room, Move move_them) {
    for (size_t from = 0; from + n <= room; ++from)
        for (size_t to = 0; to + n <= room; ++to) {
            char bytes[260] = {};
            for (size_t i = 0; i < room; ++i) bytes[i] = static_cast<char>(i % 251);
            move_them(bytes + to, bytes + from, n);
            for (size_t i = 0; i < room; ++i) {
                const bool moved = i >= to && i < to + n;
                t.in(i).ok(bytes[i] == static_cast<char>((moved ? from + i - to : i) % 251));
            }
        }
}

constexpr void bytes_may_be_moved_onto_each_other(check& t) {
    for (size_t n = 0; n <= 9; ++n) moves(t, n, 12, move_bytes);
    for (const size_t n : {size_t{255}, size_t{256}, size_t{257}}) moves(t, n, n + 2, move_bytes);
    move_bytes(nullptr, nullptr, 0);
}
PROVE_AND_RUN(bytes_may_be_moved_onto_each_other)

constexpr void a_text_may_be_moved_onto_itself(check& t) {
    for (size_t n = 0; n <= 9; ++n) moves(t, n, 12, move_as_text);
    for (const size_t n : {size_t{16}, size_t{31}, size_t{32}, size_t{33}}) moves(t, n, n + 2, move_as_text);
}
PROVE_AND_RUN(a_text_may_be_moved_onto_itself)

void a_text_of_any_size_may_be_moved_onto_itself(check& t) {
    for (size_t n = 0; n <= 40; ++n) moves(t, n, 80, move_as_text);
}
RUN(a_text_of_any_size_may_be_moved_onto_itself)

// At all places of two short texts. No byte is shared with an empty one, wherever it stands.
constexpr void texts_overlap_if_they_share_a_byte(check& t) {
    const char room[6] = {};
    for (size_t p = 0; p <= 5; ++p)
        for (size_t q = 0; q <= 5; ++q) {
            const auto entered = t.in(q);
            for (size_t n = 0; p + n <= 5; ++n)
                for (size_t m = 0; q + m <= 5; ++m) {
                    const bool shared = n != 0 && m != 0 && p < q + m && q < p + n;
                    t.ok(overlap(room + p, n, room + q, m) == shared);
                }
            for (size_t n = 0; q + n <= 5; ++n) t.ok(is_ahead(room + p, room + q, n) == (q < p && p < q + n));
        }
    t.ok(!overlap(nullptr, 0, room, 6) && !overlap(room, 6, nullptr, 0) && !is_ahead(nullptr, nullptr, 0));
}
PROVE_AND_RUN(texts_overlap_if_they_share_a_byte)

constexpr void the_first_of_two_bytes_is_found(check& t) {
    char room[24] = {};
    for (size_t first = 0; first < sizeof room; ++first)
        for (size_t second = first + 1; second < sizeof room; ++second) {
            const auto entered = t.in(second);
            for (char& c : room) c = '\x01';
            room[first] = room[second] = '\0';
            t.ok(find(room, 0, sizeof room, '\0') == first);
        }
}
PROVE_AND_RUN(the_first_of_two_bytes_is_found)

constexpr void texts_that_differ_anywhere_are_not_equal(check& t) {
    char a[20] = {};
    char b[20] = {};
    for (size_t size = 0; size <= 19; ++size) {
        const auto entered = t.in(size);
        for (size_t i = 0; i < sizeof a; ++i) a[i] = b[i] = static_cast<char>('a' + i);
        t.ok(equal(a, b, size));
        b[size] = '\0';  // behind the texts
        t.ok(equal(a, b, size));
        for (size_t at = 0; at < size; ++at) {
            const auto nested = t.in(at);
            b[at] = static_cast<char>(a[at] ^ 0x40);
            t.ok(!equal(a, b, size) && !equal(b, a, size));
            b[at] = a[at];
        }
    }
}
PROVE_AND_RUN(texts_that_differ_anywhere_are_not_equal)

constexpr void just_what_was_asked_for_is_copied(check& t) {
    const uint8_t from[5] = {0x01, 0x80, 0xff, 0x00, 0x7f};
    for (size_t n = 0; n <= sizeof from; ++n) {
        char to[6] = {'a', 'b', 'c', 'd', 'e', 'f'};
        copy(to, from, n);
        for (size_t i = 0; i < sizeof to; ++i)
            t.in(i).ok(to[i] == (i < n ? static_cast<char>(from[i]) : static_cast<char>('a' + i)));
    }
}
PROVE_AND_RUN(just_what_was_asked_for_is_copied)

// Sizes around those of a word, of two words and of blocks. No byte of a text is 0, and all beside it are.
constexpr void copies_texts(check& t, size_t longest) {
    char from[257] = {};
    for (size_t i = 0; i < sizeof from; ++i) from[i] = static_cast<char>(1 + i % 255);
    for (size_t n = 0; n <= longest; ++n) {
        char to[257] = {};
        move_text(to + 1, from + 1, n);
        for (size_t i = 0; i < sizeof to; ++i) t.in(i).ok(to[i] == (i >= 1 && i <= n ? from[i] : '\0'));
    }
}

constexpr void a_text_is_copied_whole_and_nothing_beside_it(check& t) { copies_texts(t, 50); }
PROVE_AND_RUN(a_text_is_copied_whole_and_nothing_beside_it)

void a_text_of_any_size_is_copied_whole(check& t) { copies_texts(t, 255); }
RUN(a_text_of_any_size_is_copied_whole)

}  // namespace
