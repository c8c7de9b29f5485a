// Which types convert to `bytes` and `buffer`, and to which types these two convert. The types are recognised
// by their members, so no header of the C++ library is needed.

#ifndef SOCKS_CORE_CONVERSION_HPP
#define SOCKS_CORE_CONVERSION_HPP

#include <stddef.h>

namespace socks {

class bytes;
class buffer;

namespace detail {

template <class T>
T&& declval() noexcept;  // for requirements only; never defined

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

// char, unsigned char or std::byte. The function to_integer identifies std::byte, so no header is needed.
template <class T>
concept byte_like = same<T, char> || same<T, unsigned char> ||
    (__is_enum(T) && sizeof(T) == 1 && requires(T t) { to_integer<unsigned char>(t); });

template <class C>
using element = decltype(*declval<C>().data());  // T& or const T&

template <class C>
concept contiguous = byte_like<typename plain<element<C&>>::type> && requires(C& c) {
    c.data() + c.size();
};

// std::array and similar types. Their size does not say how many bytes were received. std::span has the same
// template parameters, but data() of a const span still returns a pointer to mutable bytes.
template <class C>
inline constexpr bool array_template = false;
template <template <class, size_t> class A, class T, size_t N>
inline constexpr bool array_template<A<T, N>> = true;

template <class C>
concept mutable_array = array_template<typename plain<C>::type> && !constant<element<C&>> &&
                        constant<element<const typename plain<C>::type&>>;

template <class C>
concept readable = contiguous<C> && !mutable_array<C> && !same<typename plain<C>::type, bytes>;

// Whether a type owns its bytes. Such a type is not trivially copyable, or a const object of it has const
// bytes.
template <class C>
concept owning =
    !__is_trivially_copyable(typename plain<C>::type) ||
    constant<element<const typename plain<C>::type&>> != constant<element<typename plain<C>::type&>>;

template <class C>
concept readable_owner = readable<C> && owning<C>;

template <class C>
concept writable = contiguous<C> && !constant<element<C&>> && !same<typename plain<C>::type, buffer>;

// A buffer of Asio. In a debug build it is not trivially copyable.
template <class V>
concept untyped_view = requires(V v) {
    requires same<decltype(v.data()), void*> || same<decltype(v.data()), const void*>;
};

template <class V>
concept view_like = __is_trivially_copyable(V) || untyped_view<V>;

// A view type of another library, like std::string_view or std::span: trivially copyable, and constructible
// from pointer and length.
template <class V, class T>
concept view_over = view_like<V> && !same<V, bytes> && requires(V v, const T* p, size_t n) {
    V(p, n);
    V();
    v.data();
    v.size();
};

// A view type to write through, like std::span<std::byte> or asio::mutable_buffer. A view that can be made of
// constant bytes is a view to read.
template <class V, class T>
concept mutable_view_over = view_like<V> && !same<V, buffer> && requires(V v, T* p, size_t n) {
    V(p, n);
    V();
    v.data();
    v.size();
}
&&!requires(const T* p, size_t n) { V(p, n); };

// A pointer to characters, which has no length. A char array is none.
template <class P>
concept char_pointer = same < typename plain<P>::type,
char* > || same<typename plain<P>::type, const char*>;

// A type that does not count bytes: a signed integer, a floating-point number, a bool.
template <class T>
concept no_unsigned_integer =
    same<T, bool> || !(requires(T t) { t % 2; } && static_cast<T>(0) < static_cast<T>(-1));

// A type like the result of `recv`: a signed integer.
template <class T>
concept signed_integer = no_unsigned_integer<T> && !same<T, bool> && static_cast<T>(1) / 2 == 0;

}  // namespace detail

}  // namespace socks

#endif
