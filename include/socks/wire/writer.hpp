// A cursor over a buffer that is large enough. The caller checks the capacity before constructing it.

#ifndef SOCKS_WIRE_WRITER_HPP
#define SOCKS_WIRE_WRITER_HPP

#include <socks/core/address.hpp>
#include <socks/core/decoded.hpp>

namespace socks {

/// Writes bytes in order. Writing past the end is a mistake of the caller and asserts.
/// @lifetime  points into the buffer.
/// @cost      put() and text() are O(size), everything else is O(1); constexpr, noexcept.
class writer {
    // This template comes first because clang 14 does not evaluate a template that is defined after its use.
    template <class T>
    SOCKS_ALWAYS_INLINE constexpr writer& copy(const T* from, size_t n) noexcept {
        SOCKS_ASSERT(n <= to_.capacity() - written_);
        detail::copy(to_.data() + written_, from, n);
        written_ += n;
        return *this;
    }

  public:
    /// Writes to the front of `out`.
    constexpr explicit writer(buffer out SOCKS_LIFETIMEBOUND) noexcept : to_(out) {}

    /// Writes one byte.
    SOCKS_ALWAYS_INLINE constexpr writer& u8(uint8_t v) noexcept {
        SOCKS_ASSERT(written_ < to_.capacity());
        to_.data()[written_++] = static_cast<char>(v);
        return *this;
    }

    /// Writes a number of two bytes, the most significant first.
    SOCKS_ALWAYS_INLINE constexpr writer& u16(uint16_t v) noexcept {
        return u8(static_cast<uint8_t>(v >> 8)).u8(static_cast<uint8_t>(v & 0xff));
    }

    /// Writes all of `from`.
    SOCKS_ALWAYS_INLINE constexpr writer& put(bytes from) noexcept { return copy(from.data(), from.size()); }

    /// The same as put(), but faster for short texts: a name, a user name, a password.
    SOCKS_ALWAYS_INLINE constexpr writer& text(bytes from) noexcept {
        SOCKS_ASSERT(from.size() <= to_.capacity() - written_);
        detail::move_text(to_.data() + written_, from.data(), from.size());
        written_ += from.size();
        return *this;
    }

    /// Skips `n` bytes that the caller has already written.
    SOCKS_ALWAYS_INLINE constexpr writer& skip(size_t n) noexcept {
        SOCKS_ASSERT(n <= to_.capacity() - written_);
        written_ += n;
        return *this;
    }

    /// Writes an IPv4 address.
    SOCKS_ALWAYS_INLINE constexpr writer& v4(const ipv4& a) noexcept { return copy(a.bytes, 4); }
    /// Writes an IPv6 address.
    SOCKS_ALWAYS_INLINE constexpr writer& v6(const ipv6& a) noexcept { return copy(a.bytes, 16); }

    /// The bytes written so far.
    [[nodiscard]] constexpr encoded written() const noexcept { return {to_.data(), written_}; }

  private:
    buffer to_;
    size_t written_ = 0;
};

namespace detail {

// Writes a message of two bytes. If `out` is too small, needed() is the capacity that it needs.
SOCKS_ALWAYS_INLINE constexpr message_size write_pair(uint8_t first, uint8_t second, buffer out) noexcept {
    if (out.capacity() < 2) return message_size::incomplete(2);
    writer(out).u8(first).u8(second);
    return message_size::complete(2);
}

}  // namespace detail

}  // namespace socks

#endif
