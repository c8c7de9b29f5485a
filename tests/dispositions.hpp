// Compares a table of dispositions with letters, row by row: C is connected, R is retry, H is hold. A failure
// names the line of the caller.

#ifndef SOCKS_TESTS_DISPOSITIONS_HPP
#define SOCKS_TESTS_DISPOSITIONS_HPP

#include <socks/policy/disposition.hpp>

#include "check.hpp"

namespace dispositions {

using namespace socks;

// Failures without a code, 16 in a line: 0 is success, 1..31 are the peer's fault, 32..63 the stream's, and
// from 64 on the caller's.
inline constexpr char failures[] =
    "CHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "RRRRRRRRRRRRRRRR"
    "RRRRRRRRRRRRRRRR"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH"
    "HHHHHHHHHHHHHHHH";

constexpr char letter(disposition d) {
    switch (d) {
        case disposition::connected: return 'C';
        case disposition::retry: return 'R';
        case disposition::hold: return 'H';
    }
    return '?';
}

constexpr reply_code code_of(version via, unsigned byte) { return {via, static_cast<uint8_t>(byte)}; }

constexpr errc failure_of(unsigned number) { return static_cast<errc>(static_cast<uint8_t>(number)); }

constexpr void agree_on_socks4(::check& t, const disposition_table& table, const char (&letters)[257],
                               place at = {}) {
    for (unsigned i = 0; i < 256; ++i) {
        const auto entered = t.in(size_t{i});
        t.ok(letter(decide(code_of(version::v4, i), table)) == letters[i], at);
        t.ok(letter(decide(code_of(version::v4a, i), table)) == letters[i], at);
    }
}

constexpr void agree_on_socks5(::check& t, const disposition_table& table, const char (&letters)[257],
                               place at = {}) {
    for (unsigned i = 0; i < 256; ++i)
        t.in(size_t{i}).ok(letter(decide(code_of(version::v5, i), table)) == letters[i], at);
}

constexpr void agree_on_failures(::check& t, const disposition_table& table, place at = {}) {
    static_assert(sizeof failures == 257);
    for (unsigned i = 0; i < 256; ++i)
        t.in(size_t{i}).ok(letter(decide(failure_of(i), table)) == failures[i], at);
}

}  // namespace dispositions

#endif
