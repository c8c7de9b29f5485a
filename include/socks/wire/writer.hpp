// A cursor over room that is known to suffice: the size of the message was compared once, before it was made.

#ifndef SOCKS_WIRE_WRITER_HPP
#define SOCKS_WIRE_WRITER_HPP

#include <socks/core/address.hpp>
#include <socks/core/decoded.hpp>

namespace socks {

/// Writes bytes in order. Writing past the room is the caller's mistake and asserts.
/// @lifetime  borrows the room.
/// @cost      O(1) per call but put() and text(), constexpr, noexcept.
class writer {
    // This comes first: clang 14 does not evaluate a template whose body stands behind its use.
    template <class T>
    SOCKS_ALWAYS_INLINE constexpr writer& copy(const T* from, size_t n) noexcept {
        SOCKS_ASSERT(n <= to_.capacity() - made_);
        detail::copy(to_.data() + made_, from, n);
        made_ += n;
        return *this;
    }

  public:
    constexpr explicit writer(buffer room SOCKS_LIFETIMEBOUND) noexcept : to_(room) {}

    SOCKS_ALWAYS_INLINE constexpr writer& u8(uint8_t v) noexcept {
        SOCKS_ASSERT(made_ < to_.capacity());
        to_.data()[made_++] = static_cast<char>(v);
        return *this;
    }

    SOCKS_ALWAYS_INLINE constexpr writer& u16(uint16_t v) noexcept {
        return u8(static_cast<uint8_t>(v >> 8)).u8(static_cast<uint8_t>(v & 0xff));
    }

    /// Bytes, as many as there are.
    SOCKS_ALWAYS_INLINE constexpr writer& put(bytes from) noexcept { return copy(from.data(), from.size()); }

    /// As put(), and quicker for what is mostly short: a name, a user, a password.
    SOCKS_ALWAYS_INLINE constexpr writer& text(bytes from) noexcept {
        SOCKS_ASSERT(from.size() <= to_.capacity() - made_);
        detail::move_text(to_.data() + made_, from.data(), from.size());
        made_ += from.size();
        return *this;
    }

    /// Passes over `n` bytes that were put in their place before.
    SOCKS_ALWAYS_INLINE constexpr writer& skip(size_t n) noexcept {
        SOCKS_ASSERT(n <= to_.capacity() - made_);
        made_ += n;
        return *this;
    }

    SOCKS_ALWAYS_INLINE constexpr writer& v4(const ipv4& a) noexcept { return copy(a.bytes, 4); }
    SOCKS_ALWAYS_INLINE constexpr writer& v6(const ipv6& a) noexcept { return copy(a.bytes, 16); }

    /// What was written so far.
    [[nodiscard]] constexpr encoded written() const noexcept { return {to_.data(), made_}; }

  private:
    buffer to_;
    size_t made_ = 0;
};

}  // namespace socks

#endif
