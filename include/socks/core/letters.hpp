// ASCII letters, and the comparison of words without regard to case. Locales are ignored: a byte above 0x7f
// is not a letter.

#ifndef SOCKS_CORE_LETTERS_HPP
#define SOCKS_CORE_LETTERS_HPP

#include <socks/core/bytes.hpp>

namespace socks {

namespace detail {

constexpr bool is_letter(char c) noexcept { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

// The two cases of a letter differ in one bit.
constexpr bool same_letter(char a, char b) noexcept { return a == b || ((a ^ b) == 0x20 && is_letter(a)); }

}  // namespace detail

/// Whether two words are equal if the case of A to Z is ignored. Host names, schemes and keywords are
/// compared in this way.
/// @cost  O(size), constexpr, noexcept.
[[nodiscard]] constexpr bool same_word(bytes a, bytes b) noexcept {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i)
        if (!detail::same_letter(a.data()[i], b.data()[i])) return false;
    return true;
}

}  // namespace socks

#endif
