// The outcome of decoding or encoding one message. A decoder returns a value, "need more" or an error. The
// types do not use std::variant or std::expected, because bare-metal toolchains often have no C++ library.

#ifndef SOCKS_CORE_DECODED_HPP
#define SOCKS_CORE_DECODED_HPP

#include <socks/core/bytes.hpp>
#include <socks/core/error.hpp>

namespace socks {

/// The outcome of finding the end of one message of at most 65535 bytes: its size, "need more", or an error.
///
/// It is a decoded<size_t> that fits into one register.
///
/// @cost  4 bytes; O(1), constexpr, noexcept.
class [[nodiscard]] message_size {
  public:
    /// A message of `size` bytes that is completely received.
    [[nodiscard]] static constexpr message_size complete(size_t size) noexcept { return message_size(size); }

    /// At least `n` more bytes are needed, n >= 1.
    [[nodiscard]] static constexpr message_size incomplete(size_t n) noexcept {
        SOCKS_ASSERT(n >= 1);
        return message_size(n, is_short);
    }

    /// A malformed message; `e` is not errc::none.
    constexpr message_size(errc e) noexcept : message_size(0, uint32_t{static_cast<uint8_t>(e)} << 16) {
        SOCKS_ASSERT(e != errc::none);
    }

    /// Whether the size of the message is known.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return packed_ <= UINT16_MAX; }

    /// The size of the message.
    [[nodiscard]] constexpr size_t operator*() const noexcept {
        SOCKS_ASSERT(*this);
        return packed_;
    }

    /// The size of the message, or 0 if there is none.
    [[nodiscard]] constexpr size_t consumed() const noexcept { return *this ? packed_ : 0; }

    /// At least this many more bytes are needed. 0 if there is a size or an error.
    [[nodiscard]] constexpr size_t needed() const noexcept {
        return packed_ >= is_short ? packed_ & UINT16_MAX : 0;
    }

    /// The reason why the message is invalid; errc::none if it is not.
    [[nodiscard]] constexpr errc error() const noexcept { return static_cast<errc>(packed_ >> 16 & 0xff); }

  private:
    static constexpr uint32_t is_short = 1U << 24;

    constexpr explicit message_size(size_t count, uint32_t rest = 0) noexcept
        : packed_(static_cast<uint32_t>(count) | rest) {
        SOCKS_ASSERT(count <= UINT16_MAX);
    }

    uint32_t packed_;  // bits 0 to 15: the size or the bytes needed; 16 to 23: the errc; 24: is_short
};

/// The outcome of decoding one message from the front of the input.
///
/// Test it like a pointer before you read the value and `consumed()`. If there is no value, either `needed()`
/// is at least 1 or `error()` is not `errc::none`.
///
/// @lifetime  views inside the value point into the input.
/// @cost      O(1), constexpr, noexcept.
template <class T>
class [[nodiscard]] decoded {
  public:
    /// A value that was decoded from `consumed` bytes.
    constexpr decoded(const T& value, size_t consumed) noexcept : value_(value), count_(consumed) {}

    /// The value that `make()` returns. It is constructed in place, so a large value is not copied.
    template <class Make>
        requires(detail::same<decltype(detail::declval<Make>()()), T>)
    SOCKS_ALWAYS_INLINE constexpr decoded(Make make, size_t consumed) noexcept
        : value_(make()), count_(consumed) {}

    /// A malformed message; `e` is not errc::none.
    constexpr decoded(errc e) noexcept : error_(e) { SOCKS_ASSERT(e != errc::none); }

    /// At least `n` more bytes are needed, n >= 1.
    [[nodiscard]] static constexpr decoded incomplete(size_t n) noexcept {
        SOCKS_ASSERT(n >= 1);
        decoded d;
        d.count_ = n;
        d.short_ = true;
        return d;
    }

    /// Copies "need more" or the error from `size`, which must not contain a size.
    constexpr explicit decoded(message_size size) noexcept
        : decoded(size.error() != errc::none ? decoded(size.error()) : incomplete(size.needed())) {}

    /// Whether there is a value.
    [[nodiscard]] constexpr explicit operator bool() const noexcept {
        return error_ == errc::none && !short_;
    }

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
    const T* operator->() const&& = delete;  // a pointer into a temporary: write (*decode_x(in)).member

    /// The bytes of input that the value was decoded from, or 0 if there is no value.
    [[nodiscard]] constexpr size_t consumed() const noexcept { return *this ? count_ : 0; }

    /// At least this many more bytes are needed. 0 if there is a value or an error.
    [[nodiscard]] constexpr size_t needed() const noexcept { return short_ ? count_ : 0; }

    /// The reason why the message is invalid; errc::none if there is a value or more bytes are needed.
    [[nodiscard]] constexpr errc error() const noexcept { return error_; }

  private:
    constexpr decoded() noexcept = default;

    T value_{};
    size_t count_ = 0;
    errc error_ = errc::none;
    bool short_ = false;
};

/// The outcome of encoding one message into a buffer: the bytes written, or an error.
///
/// data() is a view, not a pointer, and has no closing NUL. It converts to std::string_view. With printf:
///
///     const bytes text = socks::format(s.to(), room).data();
///     printf("%.*s", static_cast<int>(text.size()), text.data());
///
/// On an error nothing was written, unless the function says otherwise. For `errc::no_space`, `required()` is
/// the capacity that would suffice, or 0 if that is more than 4294967295 bytes.
///
/// @lifetime  `data()` points into the buffer that you passed.
/// @cost      O(1), constexpr, noexcept; at most 16 bytes, returned in registers on a 64-bit machine.
class [[nodiscard]] encoded {
  public:
    constexpr encoded() noexcept = default;

    /// `size` bytes at `data`. More than 4294967295 bytes become no_space, with required() == 0.
    constexpr encoded(const char* data, size_t size) noexcept
        : data_(data), count_(to_count(size)), error_(to_count(size) == size ? errc::none : errc::no_space) {}

    /// An error. Nothing was written.
    constexpr encoded(errc e) noexcept : error_(e) {}

    /// What an encoder has written to the front of `out`. If `out` is too small, needed() is the capacity.
    constexpr encoded(buffer out, message_size written) noexcept
        : data_(written ? out.data() : nullptr),
          count_(static_cast<uint32_t>(written ? *written : written.needed())),
          error_(written.needed() != 0 ? errc::no_space : written.error()) {}

    /// The error no_space, with the capacity that would suffice.
    [[nodiscard]] static constexpr encoded no_space(size_t required) noexcept {
        encoded e(errc::no_space);
        e.count_ = to_count(required);
        return e;
    }

    /// Whether the message was written.
    [[nodiscard]] constexpr explicit operator bool() const noexcept { return error_ == errc::none; }
    /// The bytes that were written.
    [[nodiscard]] constexpr bytes data() const noexcept { return {data_, size()}; }
    /// The number of bytes that were written; 0 on an error.
    [[nodiscard]] constexpr size_t size() const noexcept { return error_ == errc::none ? count_ : 0; }
    /// For errc::no_space, the capacity that would suffice; otherwise 0.
    [[nodiscard]] constexpr size_t required() const noexcept { return error_ == errc::no_space ? count_ : 0; }
    /// The reason why nothing was written, or errc::none.
    [[nodiscard]] constexpr errc error() const noexcept { return error_; }

  private:
    static constexpr uint32_t to_count(size_t n) noexcept {
        const auto count = static_cast<uint32_t>(n);
        return count == n ? count : 0;
    }

    const char* data_ = nullptr;
    uint32_t count_ = 0;  // the bytes written; for no_space, the capacity that would suffice
    errc error_ = errc::none;
};

}  // namespace socks

#endif
