// The outcome of parsing one text: a value, or an error and its position.
// A text is always complete, so there is no "need more" as for a message.

#ifndef SOCKS_CORE_PARSED_HPP
#define SOCKS_CORE_PARSED_HPP

#include <stddef.h>

#include <socks/config.hpp>
#include <socks/core/error.hpp>

namespace socks {

/// The outcome of parsing a complete text.
///
/// Test it like a pointer before you read the value. If there is no value, `error()` is not `errc::none`, and
/// `position()` is the place of the error.
///
/// @lifetime  views inside the value point into the text, unless the function says otherwise.
/// @cost      O(1), constexpr, noexcept.
template <class T>
class [[nodiscard]] parsed {
  public:
    /// A value.
    constexpr parsed(const T& value) noexcept : value_(value) {}

    /// A refused text; `e` is not errc::none.
    constexpr parsed(errc e, size_t position = 0) noexcept : position_(position), error_(e) {
        SOCKS_ASSERT(e != errc::none);
    }

    /// Whether there is a value.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return error_ == errc::none; }

    /// The value. A temporary returns a copy, so a reference bound to it stays valid.
    [[nodiscard]] constexpr const T& operator*() const& noexcept SOCKS_LIFETIMEBOUND {
        SOCKS_ASSERT(*this);
        return value_;
    }
    /// A copy of the value.
    [[nodiscard]] constexpr T operator*() const&& noexcept {
        SOCKS_ASSERT(*this);
        return value_;
    }
    /// A member of the value.
    [[nodiscard]] constexpr const T* operator->() const& noexcept SOCKS_LIFETIMEBOUND { return &**this; }
    const T* operator->() const&& = delete;  // a pointer into a temporary: write (*parse_x(text)).member

    /// The reason why the text was refused, or errc::none.
    [[nodiscard]] constexpr errc error() const noexcept { return error_; }

    /// The offset of the invalid byte, or of the invalid part. If something is missing at the end, it is the
    /// size of the text. If there is a value, it is 0.
    [[nodiscard]] constexpr size_t position() const noexcept { return position_; }

  private:
    T value_{};
    size_t position_ = 0;
    errc error_ = errc::none;
};

}  // namespace socks

#endif
