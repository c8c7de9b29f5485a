// What a test records: bytes, compared as a value. Also the random numbers of the tests, which are the same
// in each run.

#ifndef SOCKS_TESTS_TAPE_HPP
#define SOCKS_TESTS_TAPE_HPP

#include <initializer_list>

#include "bytes_literal.hpp"
#include "check.hpp"

namespace drive {

using socks::bytes;

// Bytes written down in order and compared as a value.
class tape {
  public:
    static constexpr size_t room = 1100;

    constexpr tape& put(uint8_t byte) {
        bytes_[size_++] = static_cast<char>(byte);
        return *this;
    }

    constexpr tape& put(bytes from) {
        for (size_t i = 0; i < from.size(); ++i) bytes_[size_++] = from.data()[i];
        return *this;
    }

    // As type, address and port, much like on the wire; no host is a type of 0.
    constexpr tape& put(const socks::endpoint& e) {
        switch (e.host.kind()) {
            case socks::host_kind::none: put(uint8_t{0}); break;
            case socks::host_kind::bad: put(uint8_t{0xff}); break;
            case socks::host_kind::ipv4:
                put(uint8_t{1});
                for (const uint8_t byte : e.host.v4().bytes) put(byte);
                break;
            case socks::host_kind::name:
                put(uint8_t{3}).put(static_cast<uint8_t>(e.host.name().size())).put(e.host.name());
                break;
            case socks::host_kind::ipv6:
                put(uint8_t{4});
                for (const uint8_t byte : e.host.v6().bytes) put(byte);
                break;
        }
        return put(static_cast<uint8_t>(e.port >> 8)).put(static_cast<uint8_t>(e.port & 0xff));
    }

    [[nodiscard]] constexpr bytes view() const { return {bytes_, size_}; }
    [[nodiscard]] constexpr size_t size() const { return size_; }

    friend constexpr bool operator==(const tape& a, const tape& b) { return a.view() == b.view(); }
    friend constexpr bool operator==(const tape& a, bytes b) { return a.view() == b; }

  private:
    size_t size_ = 0;
    char bytes_[room] = {};
};

// The same draws everywhere and every time.
class dice {
  public:
    constexpr explicit dice(uint32_t seed) : state_(seed) {}

    // One of 0..n-1.
    constexpr uint32_t below(uint32_t n) {
        state_ = state_ * 1664525U + 1013904223U;
        return (state_ >> 8) % n;
    }

  private:
    uint32_t state_;
};

}  // namespace drive

#endif
