// What became of one text: a value, or what is wrong with it and where. Exactly one of the two.
// Unlike a message, a text is whole: there is never more to wait for, and people want to be shown the place.

#ifndef SOCKS_CORE_PARSED_HPP
#define SOCKS_CORE_PARSED_HPP

#include <stddef.h>

#include <socks/config.hpp>
#include <socks/core/error.hpp>

namespace socks {

/// The outcome of reading a whole text.
///
/// Test it like a pointer; then read the value. Otherwise `error()` is not `errc::none`, and `position()` says where.
///
/// @lifetime  views inside the value point into the text, or where the function says.
/// @cost      O(1), constexpr, noexcept.
template <class T>
class [[nodiscard]] parsed {
  public:
    constexpr parsed(const T& value) noexcept : value_(value) {}

    /// A text that is refused; `e` is not errc::none.
    constexpr parsed(errc e, size_t position = 0) noexcept : position_(position), error_(e) {
        SOCKS_ASSERT(e != errc::none);
    }

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return error_ == errc::none; }

    /// The value. That of a temporary is a copy, which may be bound to a reference and outlive it.
    [[nodiscard]] constexpr const T& operator*() const& noexcept SOCKS_LIFETIMEBOUND {
        SOCKS_ASSERT(*this);
        return value_;
    }
    [[nodiscard]] constexpr T operator*() const&& noexcept {
        SOCKS_ASSERT(*this);
        return value_;
    }
    [[nodiscard]] constexpr const T* operator->() const& noexcept SOCKS_LIFETIMEBOUND { return &**this; }
    const T* operator->() const&& = delete;  // it would point into a temporary: write (*parse_x(text)).member

    [[nodiscard]] constexpr errc error() const noexcept { return error_; }

    /// The bytes before what is wrong: before its first byte, or before all of a part that is wrong as a whole; the
    /// size of the text where something is missing. 0 with a value.
    [[nodiscard]] constexpr size_t position() const noexcept { return position_; }

  private:
    T value_{};
    size_t position_ = 0;
    errc error_ = errc::none;
};

}  // namespace socks

#endif
