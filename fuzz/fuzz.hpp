// Shared by all targets: demands that abort, an input that is read from its front, and bytes in memory of
// exactly their size. A target is one file with one function, fuzz(). Its first bytes choose the
// configuration, the rest is what a peer sends. The same file runs under libFuzzer, under AFL++, and without
// either through replay.cpp.

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

// Bytes in a heap block of exactly their size, which is overwritten before it is freed: a sanitizer sees a
// read past either end, and a view that was kept shows.
class block {
  public:
    explicit block(bytes from) : block(from.size()) {
        if (!from.empty()) std::memcpy(bytes_, from.data(), from.size());
    }
    explicit block(size_t size) : size_(size), bytes_(new char[size]) {}
    block(const block&) = delete;
    block& operator=(const block&) = delete;
    ~block() {
        std::memset(bytes_, 0xdd, size_);
        delete[] bytes_;
    }

    [[nodiscard]] bytes view() const { return {bytes_, size_}; }
    [[nodiscard]] buffer room() { return {bytes_, size_}; }

  private:
    size_t size_;
    char* bytes_;
};

// The input of one run. Taking past its end gives zeros, or less than was asked for.
class input {
  public:
    explicit input(bytes all) : rest_(all) {}

    uint8_t byte() {
        const bytes b = take(1);
        return b.empty() ? uint8_t{0} : b[0];
    }
    uint16_t u16() {
        const unsigned high = byte();
        return static_cast<uint16_t>(high << 8 | byte());
    }
    bytes take(size_t n) {
        const bytes taken = rest_.first(n < rest_.size() ? n : rest_.size());
        rest_ = rest_.subspan(taken.size());
        return taken;
    }
    // A length, and as many bytes.
    bytes counted() { return take(byte()); }
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

// An encoder's contract: refused for want of room it says how much suffices; that much does, to the byte.
// Returns what it made, or nothing where it refused for another reason.
template <class Encode>
std::string encode_exactly(Encode encode, errc* refusal = nullptr) {
    block none(size_t{0});
    const socks::encoded first = encode(none.room());
    demand(!first || first.size() == 0);
    if (refusal != nullptr) *refusal = first.error() == errc::no_space ? errc::none : first.error();
    if (first.error() != errc::no_space) return {};
    demand(first.required() >= 1);
    block less(first.required() - 1);
    demand(encode(less.room()).error() == errc::no_space);
    block enough(first.required());
    const socks::encoded made = encode(enough.room());
    demand(made && made.size() == first.required() && made.data().data() == enough.view().data());
    return text(made.data());
}

// Checks the invariants of a decoder for any bytes. Each prefix is decoded in memory of its own. The count of
// missing bytes is a lower bound and never exceeds the message. An error stays the same when more bytes
// follow. Returns the size of the message, or 0 without one. The caller calls decode(in) for the value.
template <class Decode>
size_t decode_checked(bytes in, Decode decode) {
    const block all(in);
    const auto whole = decode(all.view());
    demand((whole ? 1 : 0) + (whole.needed() != 0 ? 1 : 0) + (whole.error() != errc::none ? 1 : 0) == 1);
    demand(whole.consumed() <= in.size());
    size_t promised = 0;  // no message ends before this byte
    for (size_t n = 0; n <= in.size(); ++n) {
        const block prefix(in.first(n));
        const auto d = decode(prefix.view());
        if (d) {
            demand(whole && d.consumed() == whole.consumed() && n >= whole.consumed() &&
                   whole.consumed() >= promised);
        } else if (d.error() != errc::none) {
            demand(d.error() == whole.error());
        } else {
            demand(!whole || n < whole.consumed());
            promised = n + d.needed() > promised ? n + d.needed() : promised;
        }
        if (whole && n > whole.consumed() + 2) break;
    }
    return whole.consumed();
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
