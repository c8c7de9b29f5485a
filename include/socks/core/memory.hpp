// Functions that copy, search and compare bytes. They work in a constant evaluation too. They call only
// memcpy and memmove of the C library, which every compiler needs anyway. Unless built with -Os, they work on
// several bytes at a time. They never read a byte outside of the given ranges.

#ifndef SOCKS_CORE_MEMORY_HPP
#define SOCKS_CORE_MEMORY_HPP

#include <stddef.h>
#include <stdint.h>

#include <socks/config.hpp>

namespace socks::detail {

// The types To and From are char or uint8_t.
template <class To, class From>
constexpr void copy(To* to, const From* from, size_t n) noexcept {
    static_assert(sizeof(To) == 1 && sizeof(From) == 1);
#if defined(__GNUC__)
    if (!__builtin_is_constant_evaluated()) {
        if (n != 0) __builtin_memcpy(to, from, n);
        return;
    }
#endif
    for (size_t i = 0; i < n; ++i) to[i] = static_cast<To>(from[i]);
}

// Whether two pointers are equal, in a constant evaluation. clang cannot compare pointers into different
// literals.
constexpr bool is_same_pointer(const char* a, const char* b) noexcept {
#if defined(__clang__)
    return __builtin_constant_p(a == b) && a == b;
#else
    return a == b;
#endif
}

// Whether p points into q[0, n).
SOCKS_ALWAYS_INLINE constexpr bool points_into(const char* p, const char* q, size_t n) noexcept {
    if (!__builtin_is_constant_evaluated())
        return reinterpret_cast<uintptr_t>(p) - reinterpret_cast<uintptr_t>(q) < n;
    bool found = false;
    for (size_t i = 0; i < n; ++i) found = found || is_same_pointer(q + i, p);
    return found;
}

// Whether p[0, n) and q[0, m) share a byte.
SOCKS_ALWAYS_INLINE constexpr bool overlap(const char* p, size_t n, const char* q, size_t m) noexcept {
    if (__builtin_is_constant_evaluated())
        return n != 0 && m != 0 && (points_into(p, q, m) || points_into(q, p, n));
    // One comparison tests both ends: p[0, n) does not end before q, and does not begin after q[0, m).
    return reinterpret_cast<uintptr_t>(p) + n - 1 - reinterpret_cast<uintptr_t>(q) < n - 1 + m && n != 0 &&
           m != 0;
}

// Whether `to` points into from[1, n). Copying front to back would then overwrite bytes that are not yet
// copied.
SOCKS_ALWAYS_INLINE constexpr bool is_ahead(const char* to, const char* from, size_t n) noexcept {
    return n > 1 && points_into(to, from + 1, n - 1);
}

// A copy for which `to` and `from` may overlap. A constant evaluation copies up to 256 bytes through an
// array, because there the overlap test compares every byte.
constexpr void move_bytes(char* to, const char* from, size_t n) noexcept {
#if defined(__GNUC__)
    if (!__builtin_is_constant_evaluated()) {
        if (n != 0) __builtin_memmove(to, from, n);
        return;
    }
#endif
    if (n <= 256) {
        char copied[256] = {};
        copy(copied, from, n);
        copy(to, copied, n);
        return;
    }
    const bool ahead = is_ahead(to, from, n);
    for (size_t i = 0; i < n; ++i) to[ahead ? n - 1 - i : i] = from[ahead ? n - 1 - i : i];
}

// Whether to read words instead of bytes. It needs little-endian words. With -Os it is off, because reading
// bytes needs less code.
#if !defined(__OPTIMIZE_SIZE__) && defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
inline constexpr bool use_words = true;
#else
inline constexpr bool use_words = false;
#endif

#if defined(__GNUC__)

template <size_t Size>
struct chunk;
template <>
struct chunk<2> {
    using type = uint16_t;
};
template <>
struct chunk<4> {
    using type = uint32_t;
};
template <>
struct chunk<8> {
    using type = uint64_t;
};
template <>
struct chunk<16> {
    typedef char type __attribute__((vector_size(16)));
};

// Moves n bytes, Size <= n <= 2 * Size, as two chunks: the first `Size` bytes and the last `Size` bytes. Both
// are read before either is written, so the ranges may overlap. It is constexpr because clang 14 crashes
// otherwise.
template <size_t Size>
SOCKS_ALWAYS_INLINE constexpr void move_ends(char* to, const char* from, size_t n) noexcept {
    typename chunk<Size>::type first{};
    typename chunk<Size>::type last{};
    __builtin_memcpy(&first, from, Size);
    __builtin_memcpy(&last, from + (n - Size), Size);
    __builtin_memcpy(to, &first, Size);
    __builtin_memcpy(to + (n - Size), &last, Size);
}

SOCKS_ALWAYS_INLINE constexpr void move_short_text(char* to, const char* from, size_t n) noexcept {
    if (n >= 16) {
        for (; n > 32 && is_ahead(to, from, n); n -= 16) move_ends<16>(to + n - 16, from + n - 16, 16);
        for (; n > 32; to += 16, from += 16, n -= 16) move_ends<16>(to, from, 16);
        move_ends<16>(to, from, n);
    } else if (n >= 8) {
        move_ends<8>(to, from, n);
    } else if (n >= 4) {
        move_ends<4>(to, from, n);
    } else if (n >= 2) {
        move_ends<2>(to, from, n);
    } else if (n == 1) {
        to[0] = from[0];
    }
}

#endif

// The same as move_bytes, for names and credentials. Most of them are short, so it calls no library function
// unless built with -Os.
SOCKS_ALWAYS_INLINE constexpr void move_text(char* to, const char* from, size_t n) noexcept {
#if defined(__GNUC__)
    if (!__builtin_is_constant_evaluated()) {
        if constexpr (use_words) return move_short_text(to, from, n);
    }
#endif
    move_bytes(to, from, n);
}

template <class Word>
SOCKS_ALWAYS_INLINE constexpr Word word_at(const char* p) noexcept {
    struct {
        char bytes[sizeof(Word)];
    } w{};
    copy(w.bytes, p, sizeof w);
    return __builtin_bit_cast(Word, w);
}

// A word whose lowest set bit is the top bit of the first byte that equals `c`; 0 if no byte does. XOR turns
// that byte into zero, and the subtraction borrows into its top bit. Bits above it may be wrong.
template <class Word>
SOCKS_ALWAYS_INLINE constexpr Word match_bits(const char* p, char c) noexcept {
    constexpr auto ones = static_cast<Word>(0x0101010101010101);
    const Word x = word_at<Word>(p) ^ (ones * static_cast<uint8_t>(c));
    return (x - ones) & ~x & (ones << 7);
}

// The index of the first `c` in p[from, size), or `size`.
SOCKS_INLINE_UNLESS_SIZE constexpr size_t find(const char* p, size_t from, size_t size, char c) noexcept {
    size_t i = from;
#if defined(__GNUC__)
    if constexpr (use_words) {
        for (; size - i >= 8; i += 8) {
            const auto found = match_bits<uint64_t>(p + i, c);
            if (found != 0) return i + static_cast<size_t>(__builtin_ctzll(found)) / 8;
        }
    }
#endif
    while (i < size && p[i] != c) ++i;
    return i;
}

#if defined(__GNUC__)

// Whether one of sixteen bytes is `c`. A vector unit compares all sixteen at once.
SOCKS_ALWAYS_INLINE bool contains_in_16(const char* p, char c) noexcept {
    char bytes __attribute__((vector_size(16)));
    __builtin_memcpy(&bytes, p, sizeof bytes);
    const auto same = bytes == c;
    uint64_t halves[2];
    __builtin_memcpy(halves, &same, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

#endif

// Whether one of p[0, n) is `c`. The last word may overlap the one before it. Of one to three bytes it tests
// the first, the middle and the last byte.
SOCKS_INLINE_UNLESS_SIZE constexpr bool contains(const char* p, size_t n, char c) noexcept {
#if defined(__GNUC__)
    if (!__builtin_is_constant_evaluated()) {
        if constexpr (use_words) {
            if (n >= 16) {
                for (; n > 16; p += 16, n -= 16)
                    if (contains_in_16(p, c)) return true;
                return contains_in_16(p + n - 16, c);
            }
            if (n >= 8) return (match_bits<uint64_t>(p, c) | match_bits<uint64_t>(p + n - 8, c)) != 0;
            if (n >= 4) return (match_bits<uint32_t>(p, c) | match_bits<uint32_t>(p + n - 4, c)) != 0;
            return n != 0 && (p[0] == c || p[n / 2] == c || p[n - 1] == c);
        }
    }
#endif
    return find(p, 0, n, c) != n;
}

// Whether `n` bytes are equal. The last word may overlap the one before it.
SOCKS_ALWAYS_INLINE constexpr bool equal(const char* a, const char* b, size_t n) noexcept {
    size_t i = 0;
    if constexpr (use_words) {
        if (n < 2) return n == 0 || a[0] == b[0];
        if (n < 4)
            return word_at<uint16_t>(a) == word_at<uint16_t>(b) &&
                   word_at<uint16_t>(a + n - 2) == word_at<uint16_t>(b + n - 2);
        for (; n - i > 4; i += 4)
            if (word_at<uint32_t>(a + i) != word_at<uint32_t>(b + i)) return false;
        return word_at<uint32_t>(a + n - 4) == word_at<uint32_t>(b + n - 4);
    }
    while (i < n && a[i] == b[i]) ++i;
    return i == n;
}

// Hides a value from the optimiser. A loop that collects differences in it cannot end early.
SOCKS_ALWAYS_INLINE constexpr void hide_value([[maybe_unused]] size_t& value) noexcept {
#if defined(__GNUC__)
    if (!__builtin_is_constant_evaluated()) __asm__ volatile("" : "+r"(value));
#endif
}

}  // namespace socks::detail

#endif
