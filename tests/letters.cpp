// ASCII letters of either case, and bytes that only look like letters.

#include <socks/core/letters.hpp>

#include "check.hpp"

namespace {

using ::check;
using namespace socks;

constexpr void words_are_the_same_in_either_case(check& t) {
    t.ok(same_word("CftNet", "cFTnET") && same_word("", "") && same_word("A-Z_09", "a-z_09"));
    t.ok(!same_word("CFTNET", "CFTNE") && !same_word("CFTNE", "CFTNET"));
    t.ok(!same_word("CFTNET", "CFTNEX"));
    constexpr bytes word = "CFTNET";
    t.ok(!same_word(word, word.first(5)) && !same_word(word.first(5), word));
    t.ok(!same_word("@", "`") && !same_word("[", "{"));
}
PROVE_AND_RUN(words_are_the_same_in_either_case)

// Each byte is the same as itself and, if it is one of the 26, as its other case; as nothing else.
void fifty_two_bytes_are_letters(check& t) {
    for (unsigned v = 0; v < 256; ++v) {
        const auto entered = t.in(size_t{v});
        const char c = static_cast<char>(v);
        const bool upper = v >= 0x41 && v <= 0x5a;
        const bool lower = v >= 0x61 && v <= 0x7a;
        t.ok(detail::is_letter(c) == (upper || lower));
        for (unsigned w = 0; w < 256; ++w) {
            const auto nested = t.in(size_t{w});
            const char d = static_cast<char>(w);
            const bool other_case = (upper && w == v + 0x20) || (lower && w + 0x20 == v);
            t.ok(same_word({&c, 1}, {&d, 1}) == (w == v || other_case));
        }
    }
}
RUN(fifty_two_bytes_are_letters)

}  // namespace
