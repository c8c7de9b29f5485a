// ASCII letters, and the comparison of words without regard to case. Locales are ignored: a byte above 0x7f
// is not a letter.

#ifndef SOCKS_CORE_LETTERS_HPP
#define SOCKS_CORE_LETTERS_HPP

#include <socks/core/bytes.hpp>

namespace socks {

namespace detail {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

constexpr bool is_letter(char c) noexcept { return lower(c) >= 'a' && lower(c) <= 'z'; }

}  // namespace detail

/// Whether two words are equal if the case of A to Z is ignored. Host names, schemes and keywords are
/// compared in this way.
/// @cost  O(size), constexpr, noexcept.
[[nodiscard]] constexpr bool same_word(bytes a, bytes b) noexcept {
    if (a.size() != b.size()) return false;
    for (size_t i = 0; i < a.size(); ++i)
        if (detail::lower(a.data()[i]) != detail::lower(b.data()[i])) return false;
    return true;
}

}  // namespace socks

#endif
