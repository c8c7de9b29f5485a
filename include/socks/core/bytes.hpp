// The two views of the library: `bytes` to read and `buffer` to write.
// Each is a pointer and a length and owns nothing.
//
// They hold char because a constant evaluation can read a string literal only as char. operator[] returns
// uint8_t. The headers are <stddef.h> and <stdint.h> because bare-metal toolchains often have no C++ library.

#ifndef SOCKS_CORE_BYTES_HPP
#define SOCKS_CORE_BYTES_HPP

#include <stddef.h>
#include <stdint.h>

#include <socks/core/conversion.hpp>
#include <socks/core/memory.hpp>

namespace socks {

static_assert(sizeof(size_t) >= 4,
              "socks needs a size_t of 32 bits: a framed datagram has up to 65790 bytes");

namespace detail {

// This function is never defined, so the compiler shows its name as the error message.
void a_char_array_without_closing_nul_is_not_a_literal() noexcept;

}  // namespace detail

/// A view of bytes to read: received bytes, names, user IDs and passwords.
///
/// You can make it from
///
///     a string literal                          without its closing NUL
///     anything with data() and size()           over char, unsigned char or std::byte
///     a pointer and a length
///
/// A local `char buf[512]` or a mutable `std::array` does not convert, because its size does not say how many
/// bytes were received. A `char*` has no length and does not convert: wrap an argument of main in a
/// `std::string_view`. `bytes` converts to `std::string_view` and `std::span` without including their
/// headers.
///
/// @lifetime  valid as long as the bytes that it points into.
/// @cost      two words; == and contains() are O(size), everything else is O(1).
class bytes {
  public:
    constexpr bytes() noexcept = default;

    /// A string literal without its closing NUL.
    template <size_t N>
    consteval bytes(const char (&literal)[N]) noexcept : data_(literal), size_(N - 1) {
        if (literal[N - 1] != '\0') detail::a_char_array_without_closing_nul_is_not_a_literal();
    }

    // The size of an array does not say how many bytes were received: pass the length too.
    template <size_t N>
    bytes(char (&array)[N]) = delete;

    // Its length is not known: the error message says what to do.
    template <detail::char_pointer wrap_the_pointer_in_a_string_view>
    bytes(wrap_the_pointer_in_a_string_view&&) = delete;

    /// The bytes of a string, a vector or another owner.
    template <class C>
        requires(detail::readable_owner<C>)
    constexpr bytes(C&& from SOCKS_LIFETIMEBOUND) noexcept
        : bytes(from.data(), static_cast<size_t>(from.size())) {}

    // `from` is not lifetimebound: it is a view that does not own its bytes, so they may outlive it.
    /// The bytes of a view, such as a span or a string_view. The view may end before its bytes do.
    template <class C>
        requires(detail::readable<C> && !detail::owning<C>)
    constexpr bytes(C&& from) noexcept : bytes(from.data(), static_cast<size_t>(from.size())) {}

    /// `size` bytes at `data`.
    constexpr bytes(const char* data SOCKS_LIFETIMEBOUND, size_t size) noexcept : data_(data), size_(size) {}

    /// `size` bytes of unsigned char or std::byte at `data`.
    template <class T>
        requires(detail::byte_like<T>)
    constexpr bytes(const T* data SOCKS_LIFETIMEBOUND, size_t size) noexcept
        : data_(reinterpret_cast<const char*>(data)), size_(size) {}

    /// The first byte. There is no closing NUL.
    [[nodiscard]] constexpr const char* data() const noexcept { return data_; }
    /// The number of bytes.
    [[nodiscard]] constexpr size_t size() const noexcept { return size_; }
    /// Whether there is no byte.
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

    /// A forward iterator. Its values are uint8_t, as those of operator[].
    class iterator {
      public:
        using value_type = uint8_t;         ///< what the iterator returns
        using difference_type = ptrdiff_t;  ///< the difference of two iterators

        constexpr iterator() noexcept = default;
        /// The byte at this place.
        [[nodiscard]] constexpr uint8_t operator*() const noexcept { return static_cast<uint8_t>(*at_); }
        /// Moves to the next byte.
        constexpr iterator& operator++() noexcept {
            ++at_;
            return *this;
        }
        /// Moves to the next byte, and returns the iterator as it was.
        constexpr iterator operator++(int) noexcept { return iterator(at_++); }
        /// Whether both are at the same place.
        friend constexpr bool operator==(const iterator&, const iterator&) noexcept = default;

      private:
        friend class bytes;
        constexpr explicit iterator(const char* at) noexcept : at_(at) {}

        const char* at_ = nullptr;
    };

    /// The first byte, for a loop.
    [[nodiscard]] constexpr iterator begin() const noexcept { return iterator(data_); }
    /// The place after the last byte.
    [[nodiscard]] constexpr iterator end() const noexcept { return iterator(data_ + size_); }

    /// The byte at `i`, 0 <= i < size().
    [[nodiscard]] constexpr uint8_t operator[](size_t i) const noexcept {
        SOCKS_ASSERT(i < size_);
        return static_cast<uint8_t>(data_[i]);
    }

    /// The first `n` bytes, 0 <= n <= size().
    [[nodiscard]] constexpr bytes first(size_t n) const noexcept {
        SOCKS_ASSERT(n <= size_);
        return {data_, n};
    }

    /// All but the first `n` bytes, 0 <= n <= size().
    [[nodiscard]] constexpr bytes subspan(size_t n) const noexcept {
        SOCKS_ASSERT(n <= size_);
        return {data_ + n, size_ - n};
    }

    /// Whether one of the bytes is `c`. O(size()).
    [[nodiscard]] constexpr bool contains(char c) const noexcept { return detail::contains(data_, size_, c); }

    /// Converts to a view over char, such as std::string_view and std::span of char.
    template <class V>
        requires(detail::view_over<V, char>)
    constexpr operator V() const noexcept { return V(data_, size_); }

    /// Converts to a view over unsigned char.
    template <class V>
        requires(!detail::view_over<V, char> && detail::view_over<V, unsigned char>)
    operator V() const noexcept { return V(reinterpret_cast<const unsigned char*>(data_), size_); }

    /// Converts to a view over std::byte.
    template <class V>
        requires(!detail::view_over<V, char> && !detail::view_over<V, unsigned char> &&
                 detail::byte_like<typename detail::plain<typename V::element_type>::type> &&
                 detail::view_over<V, typename V::element_type>)
    operator V() const noexcept { return V(reinterpret_cast<const typename V::element_type*>(data_), size_); }

    /// Whether both have the same length and the same bytes. O(size()).
    /// The time depends on the bytes: for secrets, use constant_time_equal.
    friend constexpr bool operator==(bytes a, bytes b) noexcept {
        return a.size_ == b.size_ && detail::equal(a.data_, b.data_, a.size_);
    }

    /// Whether the bytes of another view are the same.
    // `bytes` and std::string_view convert to each other. Without this operator, comparing them is ambiguous.
    template <class C>
        requires(detail::readable<const C>)
    friend constexpr bool operator==(bytes a, const C& b) noexcept { return a == bytes(b); }

  private:
    const char* data_ = nullptr;
    size_t size_ = 0;
};

/// A view of memory to write to.
///
/// You can make it from a local array, and from a pointer and a length. You can also make it from anything
/// with `size()` and a mutable `data()` over `char`, `unsigned char` or `std::byte`. A buffer has no
/// `size()`, so it does not convert to `bytes`. It converts to `std::span` and to the mutable buffers of Asio
/// without including their headers.
///
/// @lifetime  valid as long as the memory that it points into.
/// @cost      two words, O(1).
class buffer {
  public:
    constexpr buffer() noexcept = default;

    /// All of a local array.
    template <class T, size_t N>
        requires(detail::byte_like<T>)
    constexpr buffer(T (&array SOCKS_LIFETIMEBOUND)[N]) noexcept : buffer(array, N) {}

    /// All of a string, an array or a span: its size, not its capacity.
    template <class C>
        requires(detail::writable<C>)
    constexpr buffer(C&& to SOCKS_LIFETIMEBOUND) noexcept
        : buffer(to.data(), static_cast<size_t>(to.size())) {}

    /// `capacity` bytes at `data`.
    constexpr buffer(char* data SOCKS_LIFETIMEBOUND, size_t capacity) noexcept
        : data_(data), capacity_(capacity) {}

    /// `capacity` bytes of unsigned char or std::byte at `data`.
    template <class T>
        requires(detail::byte_like<T>)
    constexpr buffer(T* data SOCKS_LIFETIMEBOUND, size_t capacity) noexcept
        : data_(reinterpret_cast<char*>(data)), capacity_(capacity) {}

    /// The first byte.
    [[nodiscard]] constexpr char* data() const noexcept { return data_; }
    /// The number of bytes that can be written.
    [[nodiscard]] constexpr size_t capacity() const noexcept { return capacity_; }

    /// Converts to a mutable view over char.
    template <class V>
        requires(detail::mutable_view_over<V, char>)
    constexpr operator V() const noexcept { return V(data_, capacity_); }

    /// Converts to a mutable view over unsigned char.
    template <class V>
        requires(!detail::mutable_view_over<V, char> && detail::mutable_view_over<V, unsigned char>)
    operator V() const noexcept { return V(reinterpret_cast<unsigned char*>(data_), capacity_); }

    /// Converts to a mutable view over std::byte, or to another type of one byte.
    template <class V>
        requires(!detail::mutable_view_over<V, char> && !detail::mutable_view_over<V, unsigned char> &&
                 detail::byte_like<typename V::element_type> &&
                 detail::mutable_view_over<V, typename V::element_type>)
    operator V() const noexcept { return V(reinterpret_cast<typename V::element_type*>(data_), capacity_); }

  private:
    char* data_ = nullptr;
    size_t capacity_ = 0;
};

/// Overwrites a buffer that held a password with zeros. The optimiser cannot remove these writes.
/// @cost  O(capacity), constexpr, noexcept.
constexpr void wipe(buffer secret) noexcept {
    char* const p = secret.data();
    const size_t n = secret.capacity();
    if (__builtin_is_constant_evaluated()) {
        for (size_t i = 0; i < n; ++i) p[i] = 0;
    } else {
#if defined(__GNUC__)
        if (n != 0) __builtin_memset(p, 0, n);
        // To the optimiser, this empty instruction may read the zeros. So it must write them.
        __asm__ volatile("" : : "r"(p) : "memory");
#else
        volatile char* const v = p;
        for (size_t i = 0; i < n; ++i) v[i] = 0;
#endif
    }
}

}  // namespace socks

#endif
