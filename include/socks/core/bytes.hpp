// The two views through which every byte passes: bytes to read, buffer to write.
// Both are a pointer and a length, own nothing and are valid as long as what they point into.
//
// They hold char because a constant evaluation can read a char as text and as a byte, an unsigned char
// only as a byte. Bytes come out as uint8_t.
// <stddef.h> and <stdint.h>, not their C++ twins: bare-metal toolchains without a C++ library have only these.

#ifndef SOCKS_CORE_BYTES_HPP
#define SOCKS_CORE_BYTES_HPP

#include <stddef.h>
#include <stdint.h>

#include <socks/core/memory.hpp>

namespace socks {

static_assert(sizeof(size_t) >= 4,
              "socks needs a size_t of 32 bits: a framed datagram has up to 65790 bytes");

class bytes;
class buffer;

namespace detail {

template <class T>
T&& declval() noexcept;  // never defined: names a value in a requirement

template <class T>
struct plain {
    using type = T;
};
template <class T>
struct plain<const T> : plain<T> {};
template <class T>
struct plain<T&> : plain<T> {};
template <class T>
struct plain<T&&> : plain<T> {};

template <class T, class U>
inline constexpr bool same = false;
template <class T>
inline constexpr bool same<T, T> = true;

template <class T>
inline constexpr bool constant = false;
template <class T>
inline constexpr bool constant<const T&> = true;

// char, unsigned char, or std::byte, which is told without its header by the to_integer found beside it.
template <class T>
concept byte_like = same<T, char> || same<T, unsigned char> ||
    (__is_enum(T) && sizeof(T) == 1 && requires(T t) { to_integer<unsigned char>(t); });

template <class C>
using element = decltype(*declval<C>().data());  // T& or const T&

template <class C>
concept contiguous = byte_like<typename plain<element<C&>>::type> && requires(C& c) {
    c.data() + c.size();
};

// std::array and its like: all of its bytes exist from the start, so its size does not say how many were
// received. Told from std::span, which has the same template parameters, by whose constness data() takes.
template <class C>
inline constexpr bool array_template = false;
template <template <class, size_t> class A, class T, size_t N>
inline constexpr bool array_template<A<T, N>> = true;

template <class C>
concept mutable_array = array_template<typename plain<C>::type> && !constant<element<C&>> &&
                        constant<element<const typename plain<C>::type&>>;

template <class C>
concept readable = contiguous<C> && !mutable_array<C> && !same<typename plain<C>::type, bytes>;

// What owns its bytes is not trivial to copy, or passes its constness on to them.
template <class C>
concept owning =
    !__is_trivially_copyable(typename plain<C>::type) ||
    constant<element<const typename plain<C>::type&>> != constant<element<typename plain<C>::type&>>;

template <class C>
concept readable_owner = readable<C> && owning<C>;

template <class C>
concept writable = contiguous<C> && !constant<element<C&>> && !same<typename plain<C>::type, buffer>;

// A view type of someone else's (std::string_view, std::span): trivial to copy, made from pointer and length.
template <class V, class T>
concept view_over = __is_trivially_copyable(V) && !same<V, bytes> && requires(V v, const T* p, size_t n) {
    V(p, n);
    V();
    v.data();
    v.size();
};

// Never defined. Its name is the diagnostic: the array is no string literal.
void a_char_array_without_closing_nul_is_not_a_literal() noexcept;

}  // namespace detail

/// A borrowed view of bytes to read: wire input, names, user IDs and passwords alike.
///
/// Made from string literals (the closing NUL does not count), from anything with `data()` and `size()` over
/// `char`, `unsigned char` or `std::byte`, and from pointer and length. A local `char buf[512]` or a mutable
/// `std::array` does not convert: its size says nothing about how much of it was received.
/// Converts to `std::string_view` and `std::span` without including either.
///
/// A `char*` has no length and does not convert: wrap text of `argv` in a `std::string_view`.
///
/// @lifetime  valid as long as the bytes it points into.
/// @cost      two words; == and contains() are O(size), all else O(1).
class bytes {
  public:
    constexpr bytes() noexcept = default;

    template <size_t N>
    consteval bytes(const char (&literal)[N]) noexcept : data_(literal), size_(N - 1) {
        if (literal[N - 1] != '\0') detail::a_char_array_without_closing_nul_is_not_a_literal();
    }

    // The size of an array of room says nothing about what was received into it: give a length.
    template <size_t N>
    bytes(char (&room)[N]) = delete;

    template <class C>
        requires(detail::readable_owner<C>)
    constexpr bytes(C&& from SOCKS_LIFETIMEBOUND) noexcept
        : bytes(from.data(), static_cast<size_t>(from.size())) {}

    // A view may be gone as soon as it was converted: the bytes are not its own.
    template <class C>
        requires(detail::readable<C> && !detail::owning<C>)
    constexpr bytes(C&& from) noexcept : bytes(from.data(), static_cast<size_t>(from.size())) {}

    constexpr bytes(const char* data SOCKS_LIFETIMEBOUND, size_t size) noexcept : data_(data), size_(size) {}

    template <class T>
        requires(detail::byte_like<T> && !detail::same<T, char>)
    constexpr bytes(const T* data SOCKS_LIFETIMEBOUND, size_t size) noexcept
        : data_(reinterpret_cast<const char*>(data)), size_(size) {}

    [[nodiscard]] constexpr const char* data() const noexcept { return data_; }
    [[nodiscard]] constexpr size_t size() const noexcept { return size_; }
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

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

    /// Whether the byte `c` occurs. O(size()).
    [[nodiscard]] constexpr bool contains(char c) const noexcept { return detail::contains(data_, size_, c); }

    template <class V>
        requires(detail::view_over<V, char>)
    constexpr operator V() const noexcept { return V(data_, size_); }

    template <class V>
        requires(!detail::view_over<V, char> && detail::view_over<V, unsigned char>)
    operator V() const noexcept { return V(reinterpret_cast<const unsigned char*>(data_), size_); }

    template <class V>
        requires(!detail::view_over<V, char> && !detail::view_over<V, unsigned char> &&
                 detail::byte_like<typename detail::plain<typename V::element_type>::type> &&
                 detail::view_over<V, typename V::element_type>)
    operator V() const noexcept { return V(reinterpret_cast<const typename V::element_type*>(data_), size_); }

    /// Same length and same bytes. O(size()), and not in constant time: see constant_time_equal for secrets.
    friend constexpr bool operator==(bytes a, bytes b) noexcept {
        return a.size_ == b.size_ && detail::equal(a.data_, b.data_, a.size_);
    }

    // Without this one, comparing with a std::string_view would be ambiguous: each converts to the other.
    template <class C>
        requires(detail::readable<const C>)
    friend constexpr bool operator==(bytes a, const C& b) noexcept { return a == bytes(b); }

  private:
    const char* data_ = nullptr;
    size_t size_ = 0;
};

/// A borrowed view of room to write.
///
/// Made from a local array, from anything with a mutable `data()` and a `size()` over `char`, `unsigned char`
/// or `std::byte`, and from pointer and length. It has no `size()`, so it never converts to `bytes`.
///
/// @lifetime  valid as long as the room it points into.
/// @cost      two words, O(1).
class buffer {
  public:
    constexpr buffer() noexcept = default;

    template <class T, size_t N>
        requires(detail::byte_like<T>)
    constexpr buffer(T (&array SOCKS_LIFETIMEBOUND)[N]) noexcept : buffer(array, N) {}

    template <class C>
        requires(detail::writable<C>)
    constexpr buffer(C&& to SOCKS_LIFETIMEBOUND) noexcept
        : buffer(to.data(), static_cast<size_t>(to.size())) {}

    constexpr buffer(char* data SOCKS_LIFETIMEBOUND, size_t room) noexcept : data_(data), room_(room) {}

    template <class T>
        requires(detail::byte_like<T> && !detail::same<T, char>)
    constexpr buffer(T* data SOCKS_LIFETIMEBOUND, size_t room) noexcept
        : data_(reinterpret_cast<char*>(data)), room_(room) {}

    [[nodiscard]] constexpr char* data() const noexcept { return data_; }
    [[nodiscard]] constexpr size_t capacity() const noexcept { return room_; }

  private:
    char* data_ = nullptr;
    size_t room_ = 0;
};

/// Overwrites `room` with zeros, in a way that no optimiser takes for useless: for what held a password.
/// @cost  O(room), constexpr, noexcept.
constexpr void wipe(buffer room) noexcept {
    char* const p = room.data();
    if (__builtin_is_constant_evaluated()) {
        for (size_t i = 0; i < room.capacity(); ++i) p[i] = 0;
    } else {
        volatile char* const v = p;
        for (size_t i = 0; i < room.capacity(); ++i) v[i] = 0;
    }
}

}  // namespace socks

#endif
