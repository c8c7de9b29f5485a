// The result of a read or a write of yours. run() takes it from your functions.

#ifndef SOCKS_CORE_IO_RESULT_HPP
#define SOCKS_CORE_IO_RESULT_HPP

#include <stddef.h>

#include <socks/core/conversion.hpp>
#include <socks/core/error.hpp>

namespace socks {

/// Why a read or a write has transferred no bytes, although the stream did not end or fail.
enum class io : uint8_t {
    would_block,  ///< no bytes now: the socket is not ready, or your deadline has passed
    interrupted,  ///< a signal interrupted the call; run() repeats it
};

/// The result of a read or a write of yours.
///
///     return static_cast<size_t>(n);   // n bytes; 0 from a read is the end of the stream
///     return socks::io::would_block;   // run() returns, and you may call it again later
///     return socks::errc::stream_failed;
///
/// A signed number does not compile, because the result of `recv` may be -1. For POSIX and Winsock,
/// socks::io_result_of() of <socks/system/errno.hpp> converts the result of `recv` and `send`.
///
/// @cost  O(1), constexpr, noexcept.
class io_result {
  public:
    /// `n` bytes were transferred. From a read, 0 means the end of the stream. From a write, 0 means
    /// io::would_block.
    template <class T>
        requires(!detail::no_unsigned_integer<T> && !__is_enum(T) && sizeof(T) <= sizeof(size_t))
    constexpr io_result(T n) noexcept : size_(n) {}

    template <detail::no_unsigned_integer test_the_result_first>
    io_result(test_the_result_first) = delete;  // or use io_result_of() of <socks/system/errno.hpp>

    /// Nothing was transferred, and the call may succeed later.
    constexpr io_result(io why) noexcept : reason_(why), paused_(true) {}

    /// Reading or writing failed; see stream_failed() of a machine. errc::none becomes out_of_turn.
    constexpr io_result(errc why) noexcept : error_(why == errc::none ? errc::out_of_turn : why) {}

    /// The number of bytes that were transferred.
    [[nodiscard]] constexpr size_t size() const noexcept { return size_; }
    /// The reason why the transfer failed, or errc::none.
    [[nodiscard]] constexpr errc error() const noexcept { return error_; }
    /// Whether the transfer stopped for this reason.
    [[nodiscard]] constexpr bool is(io why) const noexcept { return paused_ && reason_ == why; }

    /// Whether both report the same.
    friend constexpr bool operator==(const io_result&, const io_result&) noexcept = default;

  private:
    size_t size_ = 0;
    errc error_ = errc::none;
    io reason_ = io::would_block;
    bool paused_ = false;
};

}  // namespace socks

#endif
