// What became of one message: a value, "need more", or an error. Exactly one of the three, and none of them
// can be taken for another.
// Neither a variant nor an expected: T is small and trivial, and both cost a header that bare metal lacks.

#ifndef SOCKS_CORE_DECODED_HPP
#define SOCKS_CORE_DECODED_HPP

#include <socks/core/bytes.hpp>
#include <socks/core/error.hpp>

namespace socks {

/// The outcome of looking for the end of one message of at most 65535 bytes: its size, "need more", or an error.
///
/// A decoded<size_t> in one register: what is asked first, and most often, is how long a message is.
///
/// @cost  4 bytes; O(1), constexpr, noexcept.
class [[nodiscard]] message_size {
  public:
    /// A message of `size` bytes, all of them there.
    [[nodiscard]] static constexpr message_size complete(size_t size) noexcept {
        return message_size(size, 0);
    }

    /// At least `n` more bytes are missing, n >= 1.
    [[nodiscard]] static constexpr message_size incomplete(size_t n) noexcept {
        SOCKS_ASSERT(n >= 1);
        return message_size(n, is_short);
    }

    /// A malformed message; `e` is not errc::none.
    constexpr message_size(errc e) noexcept : message_size(0, uint32_t{static_cast<uint8_t>(e)} << 16) {
        SOCKS_ASSERT(e != errc::none);
    }

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return packed_ <= UINT16_MAX; }

    /// The size of the message.
    [[nodiscard]] constexpr size_t operator*() const noexcept {
        SOCKS_ASSERT(*this);
        return packed_;
    }

    /// The same, or 0 without a message.
    [[nodiscard]] constexpr size_t consumed() const noexcept { return *this ? packed_ : 0; }

    /// At least this many more bytes are needed; 0 with a size or an error.
    [[nodiscard]] constexpr size_t needed() const noexcept {
        return packed_ >= is_short ? packed_ & UINT16_MAX : 0;
    }

    [[nodiscard]] constexpr errc error() const noexcept { return static_cast<errc>(packed_ >> 16 & 0xff); }

  private:
    static constexpr uint32_t is_short = 1U << 24;

    constexpr message_size(size_t count, uint32_t rest) noexcept
        : packed_(static_cast<uint32_t>(count) | rest) {
        SOCKS_ASSERT(count <= UINT16_MAX);
    }

    uint32_t packed_;  // the count, the errc << 16, is_short
};

/// The outcome of decoding one message from the front of some bytes.
///
/// Test it like a pointer; then read the value and `consumed()`. Otherwise `needed()` is at least 1 or `error()` is
/// not `errc::none`, never both.
///
/// @lifetime  views inside the value point into the decoded bytes.
/// @cost      O(1), constexpr, noexcept.
template <class T>
class [[nodiscard]] decoded {
  public:
    /// A value that took `used` bytes.
    constexpr decoded(const T& value, size_t used) noexcept : value_(value), count_(used) {}

    /// The value that `make()` returns, made where it stays: what is large is not copied.
    template <class Make>
        requires(detail::same<decltype(detail::declval<Make>()()), T>)
    SOCKS_ALWAYS_INLINE constexpr decoded(Make make, size_t used) noexcept : value_(make()), count_(used) {}

    /// A malformed message; `e` is not errc::none.
    constexpr decoded(errc e) noexcept : error_(e) { SOCKS_ASSERT(e != errc::none); }

    /// At least `n` more bytes are missing, n >= 1.
    [[nodiscard]] static constexpr decoded incomplete(size_t n) noexcept {
        SOCKS_ASSERT(n >= 1);
        decoded d;
        d.count_ = n;
        d.short_ = true;
        return d;
    }

    /// The same "need more" or error as `other`, which is not a size.
    constexpr explicit decoded(message_size other) noexcept
        : count_(other.needed()), error_(other.error()), short_(other.needed() != 0) {
        SOCKS_ASSERT(!other);
    }

    [[nodiscard]] constexpr explicit operator bool() const noexcept {
        return error_ == errc::none && !short_;
    }

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
    const T* operator->() const&& = delete;  // it would point into a temporary: write (*decode_x(in)).member

    /// Bytes of input that the value took; 0 without a value.
    [[nodiscard]] constexpr size_t consumed() const noexcept { return *this ? count_ : 0; }

    /// At least this many more bytes are needed; 0 with a value or an error.
    [[nodiscard]] constexpr size_t needed() const noexcept { return short_ ? count_ : 0; }

    [[nodiscard]] constexpr errc error() const noexcept { return error_; }

  private:
    constexpr decoded() noexcept = default;

    T value_{};
    size_t count_ = 0;
    errc error_ = errc::none;
    bool short_ = false;
};

/// The outcome of encoding one message into some room: the bytes made, or an error.
///
/// On an error nothing was written, except where a function says that its room may be. For `errc::no_space`, `required()`
/// is the room that would have sufficed, or 0 if it is more than 4294967295 bytes.
///
/// @lifetime  `data()` points into the room that was given.
/// @cost      O(1), constexpr, noexcept; at most 16 bytes, returned in registers on a 64-bit machine.
class [[nodiscard]] encoded {
  public:
    constexpr encoded() noexcept = default;

    /// `made` bytes at `data`. More than 4294967295 are no_space, of which none suffices.
    constexpr encoded(const char* data, size_t made) noexcept
        : data_(data), count_(counted(made)), error_(counted(made) == made ? errc::none : errc::no_space) {}

    constexpr encoded(errc e) noexcept : error_(e) {}

    [[nodiscard]] static constexpr encoded no_space(size_t room) noexcept {
        encoded e(errc::no_space);
        e.count_ = counted(room);
        return e;
    }

    [[nodiscard]] constexpr explicit operator bool() const noexcept { return error_ == errc::none; }
    [[nodiscard]] constexpr bytes data() const noexcept { return {data_, size()}; }
    [[nodiscard]] constexpr size_t size() const noexcept { return error_ == errc::none ? count_ : 0; }
    [[nodiscard]] constexpr size_t required() const noexcept { return error_ == errc::no_space ? count_ : 0; }
    [[nodiscard]] constexpr errc error() const noexcept { return error_; }

  private:
    static constexpr uint32_t counted(size_t n) noexcept {
        const auto count = static_cast<uint32_t>(n);
        return count == n ? count : 0;
    }

    const char* data_ = nullptr;
    uint32_t count_ = 0;  // what was made, or with no_space what would have sufficed
    errc error_ = errc::none;
};

}  // namespace socks

#endif
