// A cursor over a complete message. The caller checks all lengths before constructing it.

#ifndef SOCKS_WIRE_READER_HPP
#define SOCKS_WIRE_READER_HPP

#include <socks/core/address.hpp>

namespace socks {

/// Reads bytes in order. Reading past the end is a mistake of the caller and asserts.
/// @lifetime  the result of take() points into the message.
/// @cost      O(1) per call, constexpr, noexcept.
class reader {
  public:
    /// Reads `message` from its beginning.
    constexpr explicit reader(bytes message SOCKS_LIFETIMEBOUND) noexcept : rest_(message) {}

    /// Reads one byte.
    SOCKS_ALWAYS_INLINE constexpr uint8_t u8() noexcept { return take(1)[0]; }

    /// Reads a number of two bytes, the most significant first.
    SOCKS_ALWAYS_INLINE constexpr uint16_t u16() noexcept {
        const bytes b = take(2);
        return static_cast<uint16_t>(b[0] << 8 | b[1]);
    }

    /// Reads `n` bytes.
    SOCKS_ALWAYS_INLINE constexpr bytes take(size_t n) noexcept {
        const bytes taken = rest_.first(n);
        rest_ = rest_.subspan(n);
        return taken;
    }

    /// Reads an IPv4 address.
    SOCKS_ALWAYS_INLINE constexpr ipv4 v4() noexcept {
        ipv4 a;
        detail::copy(a.bytes, take(4).data(), 4);
        return a;
    }

    /// Reads an IPv6 address.
    SOCKS_ALWAYS_INLINE constexpr ipv6 v6() noexcept {
        ipv6 a;
        detail::copy(a.bytes, take(16).data(), 16);
        return a;
    }

    /// The bytes that were not read yet.
    [[nodiscard]] constexpr bytes rest() const noexcept { return rest_; }

  private:
    bytes rest_;
};

}  // namespace socks

#endif
