// What every target shares: demands that abort, an input that is taken apart from its front, and octets in memory
// of exactly their size.
// A target is one file with one function, fuzz(). Its first octets choose the configuration, the rest is what a peer
// sends. The same file runs under libFuzzer, under AFL++, and without either through replay.cpp.

#ifndef SOCKS_FUZZ_FUZZ_HPP
#define SOCKS_FUZZ_FUZZ_HPP

#include <socks/socks.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace fuzzing {

using socks::buffer;
using socks::bytes;
using socks::errc;

// Whatever else happens, this holds.
inline void demand(bool holds, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    if (holds) return;
    std::fprintf(stderr, "%s:%d: this demand is not met\n", file, line);
    std::abort();
}

inline std::string text(bytes from) {
    return from.empty() ? std::string() : std::string(from.data(), from.size());
}

// Octets in a heap block of exactly their size, which is overwritten before it is freed: a sanitizer sees a read
// past either end, and a view that was kept shows.
class block {
  public:
    explicit block(bytes from) : block(from.size()) {
        if (!from.empty()) std::memcpy(octets_, from.data(), from.size());
    }
    explicit block(size_t size) : size_(size), octets_(new char[size]) {}
    block(const block&) = delete;
    block& operator=(const block&) = delete;
    ~block() {
        std::memset(octets_, 0xdd, size_);
        delete[] octets_;
    }

    [[nodiscard]] bytes view() const { return {octets_, size_}; }
    [[nodiscard]] buffer room() { return {octets_, size_}; }

  private:
    size_t size_;
    char* octets_;
};

// The input of one run. Taking past its end gives zeros, or less than was asked for.
class input {
  public:
    explicit input(bytes all) : rest_(all) {}

    uint8_t octet() {
        const bytes b = take(1);
        return b.empty() ? uint8_t{0} : b[0];
    }
    uint16_t u16() {
        const unsigned high = octet();
        return static_cast<uint16_t>(high << 8 | octet());
    }
    bytes take(size_t n) {
        const bytes taken = rest_.first(n < rest_.size() ? n : rest_.size());
        rest_ = rest_.from(taken.size());
        return taken;
    }
    // A length, and as many octets.
    bytes counted() { return take(octet()); }
    bytes rest() { return take(rest_.size()); }
    [[nodiscard]] bool empty() const { return rest_.empty(); }

  private:
    bytes rest_;
};

// The same draws for the same seed.
class dice {
  public:
    explicit dice(uint32_t seed) : state_(seed) {}
    uint32_t below(uint32_t n) {
        state_ = state_ * 1664525U + 1013904223U;
        return (state_ >> 8) % n;
    }

  private:
    uint32_t state_;
};

// An encoder's contract: refused for want of room it says how much suffices; that much does, to the octet.
// Returns what it made, or nothing where it refused for another reason.
template <class Encode>
std::string encode_exactly(Encode encode, errc* refusal = nullptr) {
    block none(size_t{0});
    const socks::encoded first = encode(none.room());
    demand(!first || first.made() == 0);
    if (refusal != nullptr) *refusal = first.error() == errc::no_space ? errc::none : first.error();
    if (first.error() != errc::no_space) return {};
    demand(first.room() >= 1);
    block less(first.room() - 1);
    demand(encode(less.room()).error() == errc::no_space);
    block enough(first.room());
    const socks::encoded made = encode(enough.room());
    demand(made && made.made() == first.room() && made.data().data() == enough.view().data());
    return text(made.data());
}

// A decoder's laws, for whatever octets: every prefix in memory of its own; "need more" is a lower bound that never
// overshoots the message; a verdict stays when more octets come. Returns the octets that the message takes, 0 where
// there is none. What a value is must be asked of decode(in) by the caller.
template <class Decode>
size_t decode_lawfully(bytes in, Decode decode) {
    const block all(in);
    const auto whole = decode(all.view());
    demand((whole ? 1 : 0) + (whole.need() != 0 ? 1 : 0) + (whole.error() != errc::none ? 1 : 0) == 1);
    demand(whole.used() <= in.size());
    size_t promised = 0;  // no message ends before this octet
    for (size_t n = 0; n <= in.size(); ++n) {
        const block prefix(in.first(n));
        const auto d = decode(prefix.view());
        if (d) {
            demand(whole && d.used() == whole.used() && n >= whole.used() && whole.used() >= promised);
        } else if (d.error() != errc::none) {
            demand(d.error() == whole.error());
        } else {
            demand(!whole || n < whole.used());
            promised = n + d.need() > promised ? n + d.need() : promised;
        }
        if (whole && n > whole.used() + 2) break;
    }
    return whole.used();
}

}  // namespace fuzzing

// The target.
void fuzz(fuzzing::input in);

// The one name that all engines call. Each target is one unit, so that it may stand here.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    fuzz(fuzzing::input(socks::bytes(data, size)));
    return 0;
}

#endif
