// Compares the findings of a configuration with the expected ones.

#ifndef SOCKS_TESTS_TRANSFER_CFT_FINDINGS_HPP
#define SOCKS_TESTS_TRANSFER_CFT_FINDINGS_HPP

#include <socks/transfer_cft/configuration.hpp>

#include "check.hpp"

struct lack {
    socks::cft::flaw what;
    socks::cft::position position;
    socks::bytes subject;
};

constexpr bool same(const socks::cft::finding& a, const lack& b) {
    return a.what == b.what && a.position == b.position && a.subject == b.subject;
}

// Exactly these, in this order.
template <size_t N>
constexpr bool found_are(const socks::cft::findings& found, const lack (&wanted)[N]) {
    if (found.total() != N || found.size() != N) return false;
    bool warnings = true;
    for (size_t i = 0; i < N; ++i) {
        if (!same(found[i], wanted[i])) return false;
        warnings = warnings && is_warning(wanted[i].what);
    }
    return found.usable() == warnings;
}

// Each object of `text` by itself has exactly these.
template <size_t N>
constexpr bool lacks(socks::bytes text, const lack (&wanted)[N]) {
    socks::cft::finding room[N + 1];
    socks::cft::findings found(room);
    const bool whole = socks::cft::validate(socks::cft::configuration(text), found);
    return found_are(found, wanted) && whole == (wanted[N - 1].what != socks::cft::flaw::bad_syntax);
}

constexpr bool lacks_nothing(socks::bytes text) {
    socks::cft::findings found;
    return socks::cft::validate(socks::cft::configuration(text), found) && found.total() == 0 &&
           found.usable();
}

#endif
