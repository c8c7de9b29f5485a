// Every set of parts with which a machine can be written: a subset of the eleven parts that has a version.

#ifndef SOCKS_TESTS_EVERY_BUILD_SETS_HPP
#define SOCKS_TESTS_EVERY_BUILD_SETS_HPP

#include <socks/socks.hpp>
#include <utility>

namespace every_build {

using socks::feature;

inline constexpr size_t subsets = 512;  // of the nine parts that are not versions
inline constexpr size_t sets = 3 * subsets;
static_assert(static_cast<size_t>(feature::all) == 4 * subsets - 1);

// The set number `i`, 0 <= i < sets: SOCKS4, SOCKS5 or both, and a subset of the other parts.
constexpr feature set(size_t i) { return static_cast<feature>((1 + i / subsets) | i % subsets << 2); }
static_assert(set(0) == feature::socks4 && set(subsets) == feature::socks5 && set(sets - 1) == feature::all);

// clang refuses a fold over more than 256 sets.
inline constexpr size_t chunk = 64;

template <template <feature> class Use, size_t Chunk, size_t... I>
void use_chunk(std::index_sequence<I...>) {
    (Use<set(Chunk * chunk + I)>::everything(), ...);
}

template <template <feature> class Use, size_t... Chunk>
void use_chunks(std::index_sequence<Chunk...>) {
    (use_chunk<Use, Chunk>(std::make_index_sequence<chunk>()), ...);
}

// Instantiates Use<set>::everything() for each set. Nothing runs it.
template <template <feature> class Use>
void use_each() {
    use_chunks<Use>(std::make_index_sequence<sets / chunk>());
}

}  // namespace every_build

#endif
