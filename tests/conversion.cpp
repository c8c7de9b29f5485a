// Which values convert to a view, to what a view converts, and which types count bytes.

#include <socks/core/bytes.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace {

using socks::buffer;
using socks::bytes;
using socks::detail::no_unsigned_integer;
using socks::detail::owning;
using socks::detail::signed_integer;

template <class From>
concept reads = std::is_convertible_v<From, bytes>;
template <class From>
concept writes = std::is_convertible_v<From, buffer>;
template <class To>
concept read_as = std::is_convertible_v<bytes, To>;
template <class To>
concept write_as = std::is_convertible_v<buffer, To>;

// Whatever knows how many bytes it holds.
static_assert(reads<std::string&> && reads<const std::string&> && reads<std::string_view>);
static_assert(reads<std::vector<char>&> && reads<const std::vector<unsigned char>&>);
static_assert(reads<std::vector<unsigned char>&> && reads<std::vector<std::byte>&>);
static_assert(reads<std::span<char>> && reads<std::span<const char>> && reads<std::span<const char, 4>>);
static_assert(reads<std::span<unsigned char>> && reads<std::span<const std::byte>>);
static_assert(reads<std::span<std::byte, 4>>);
static_assert(reads<const std::array<char, 4>&> && reads<const std::array<unsigned char, 4>&>);
static_assert(reads<const std::array<std::byte, 4>&>);
static_assert(reads<bytes> && reads<bytes&> && reads<const bytes&>);

// A mutable array's size does not say how much of it was received; a pointer has no size at all.
static_assert(!reads<std::array<char, 4>&> && !reads<std::array<unsigned char, 4>&>);
static_assert(!reads<std::array<std::byte, 4>&> && !reads<std::array<char, 4>>);
static_assert(!reads<buffer> && !reads<const buffer&>);
static_assert(!reads<const char*> && !reads<char*> && !reads<std::nullptr_t>);

// What is not made of bytes.
enum class not_a_byte : unsigned char {};
static_assert(!reads<std::vector<int>&> && !reads<std::span<const int>> && !reads<std::wstring&>);
static_assert(!reads<std::vector<signed char>&> && !reads<std::vector<bool>&>);
static_assert(!reads<std::vector<not_a_byte>&> && !reads<std::u8string_view>);
static_assert(!reads<int> && !reads<char>);

// Room: everything mutable, a local array and std::array included.
static_assert(writes<char (&)[4]> && writes<unsigned char (&)[4]> && writes<std::byte (&)[4]>);
static_assert(writes<std::array<char, 4>&> && writes<std::array<std::byte, 4>&>);
static_assert(writes<std::vector<unsigned char>&> && writes<std::string&>);
static_assert(writes<std::span<char>> && writes<std::span<std::byte>> && writes<std::span<unsigned char, 4>>);
static_assert(!writes<const char (&)[4]> && !writes<const std::array<char, 4>&>);
static_assert(!writes<const std::string&> && !writes<std::string_view> && !writes<std::span<const char>>);
static_assert(!writes<bytes> && !writes<std::vector<int>&> && !writes<int (&)[4]> && !writes<char*>);

// Views of others; nothing that would own a copy, unless it is asked for.
static_assert(read_as<std::string_view> && read_as<std::span<const char>>);
static_assert(read_as<std::span<const unsigned char>> && read_as<std::span<const std::byte>>);
static_assert(!read_as<std::string> && !read_as<std::vector<char>> && !read_as<std::vector<unsigned char>>);
static_assert(!read_as<std::span<char>> && !read_as<std::span<unsigned char>> &&
              !read_as<std::span<std::byte>>);
static_assert(!read_as<std::span<const int>> && !read_as<std::span<const char, 4>>);
static_assert(!read_as<const char*> && !read_as<bool> && !read_as<buffer> && !read_as<std::wstring_view>);

// Views to write through; no view to read, because nothing was received yet.
static_assert(write_as<std::span<char>> && write_as<std::span<unsigned char>> &&
              write_as<std::span<std::byte>>);
static_assert(!write_as<std::span<const char>> && !write_as<std::span<const std::byte>> &&
              !write_as<std::string_view> && !write_as<bytes> && !write_as<std::span<char, 4>>);
static_assert(!write_as<std::span<int>> && !write_as<std::string> && !write_as<char*> && !write_as<bool>);

// What owns its bytes. clang warns when `bytes` would outlive it. The bytes of a view may outlive the view.
struct text_that_never_changes {
    text_that_never_changes(const text_that_never_changes&);
    const char* data() const;
    size_t size() const;
};
static_assert(reads<const text_that_never_changes&> && owning<const text_that_never_changes&>);
static_assert(owning<std::string> && owning<const std::string&> && owning<std::vector<std::byte>&>);
static_assert(owning<const std::array<char, 4>&>);
static_assert(!owning<std::string_view> && !owning<const std::string_view&> && !owning<std::span<char>>);
static_assert(!owning<std::span<const std::byte>&> && !owning<const std::span<unsigned char, 4>&>);

// The result of `recv` is signed. No signed number counts bytes, and nothing that is no integer.
struct number_unknown_to_the_compiler {
    number_unknown_to_the_compiler(int n) : value(n) {}
    bool operator<(const number_unknown_to_the_compiler& other) const { return value < other.value; }

    int value;
};
static_assert(signed_integer<int> && signed_integer<long long> && signed_integer<signed char>);
static_assert(!signed_integer<unsigned> && !signed_integer<size_t> && !signed_integer<unsigned char>);
static_assert(!signed_integer<bool> && !signed_integer<float> && !signed_integer<double>);
static_assert(!signed_integer<std::byte> && !signed_integer<number_unknown_to_the_compiler>);
static_assert(no_unsigned_integer<int> && no_unsigned_integer<signed char> && no_unsigned_integer<bool>);
static_assert(no_unsigned_integer<double> && no_unsigned_integer<std::byte> &&
              no_unsigned_integer<number_unknown_to_the_compiler>);
static_assert(!no_unsigned_integer<unsigned> && !no_unsigned_integer<size_t> &&
              !no_unsigned_integer<unsigned char>);

}  // namespace
