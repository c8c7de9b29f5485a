// A copy of up to N bytes that owns its storage. Use it for a text that must outlive its message.

#ifndef SOCKS_CORE_FIXED_BYTES_HPP
#define SOCKS_CORE_FIXED_BYTES_HPP

#include <socks/core/bytes.hpp>

namespace socks {

/// A copy of up to N bytes.
///
///     fixed_bytes<255> user;                               // a text is stored with store(), not with =
///     if (user.store(s.user())) ask_the_directory(user);   // outlives the inbox
///
/// You can return, copy and move it. A temporary does not convert to `bytes` and has no view(): store it in a
/// variable first.
///
/// @lifetime  the bytes that it converts to point into this object and are valid until it changes.
/// @cost      store() is O(bytes copied); copies, moves and clear() are O(N). N + 2 bytes, rounded up.
template <size_t N>
class fixed_bytes {
    static_assert(N >= 1 && N <= UINT16_MAX);

  public:
    constexpr fixed_bytes() noexcept = default;

    static constexpr size_t capacity = N;  ///< the largest number of bytes that can be stored

    /// Replaces the copy. `from` may be a part of the old copy.
    /// @returns  false if `from` has more than N bytes. The old copy then stays.
    [[nodiscard]] constexpr bool store(bytes from) noexcept {
        if (from.size() > N) return false;
        detail::move_bytes(bytes_, from.data(), from.size());
        size_ = static_cast<uint16_t>(from.size());
        return true;
    }

    /// The copy; view().size() is its size. @lifetime  valid until this object changes.
    [[nodiscard]] constexpr bytes view() const& noexcept SOCKS_LIFETIMEBOUND { return {bytes_, size_}; }
    bytes view() const&& = delete;  // a view of a temporary: store it in a variable first

    /// The copy, as view().
    constexpr operator bytes() const& noexcept SOCKS_LIFETIMEBOUND { return view(); }
    operator bytes() const&& = delete;

    /// Whether there is no byte.
    [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

    /// Overwrites the complete storage with zeros and empties the copy.
    constexpr void clear() noexcept {
        wipe({bytes_, N});
        size_ = 0;
    }

  private:
    uint16_t size_ = 0;
    char bytes_[N] = {};
};

}  // namespace socks

#endif
