// What one step of a machine says must be done now, with all that is needed to do it, in 16 bytes.
// It comes back in registers; whatever is larger is decoded on demand from the message, which was checked whole.

#ifndef SOCKS_MACHINE_ACTION_HPP
#define SOCKS_MACHINE_ACTION_HPP

#include <socks/core/decoded.hpp>
#include <socks/core/numbers.hpp>

namespace socks::detail {

/// The part of an action that both machines share. `Next` is the machine's own closed enum.
///
/// Each accessor belongs to the values of next() that its comment names; elsewhere it asserts.
///
/// @lifetime  data() points into the room for output, everything else into the input, and lives as long.
/// @cost      O(1), constexpr, noexcept.
template <class Next>
class action {
  public:
    /// What must be done now.
    [[nodiscard]] constexpr Next next() const noexcept { return next_; }

    /// Bytes of input that this step used, whatever the action. An inbox has dropped them already; on plain views
    /// the caller does.
    [[nodiscard]] constexpr size_t consumed() const noexcept { return used_; }

    /// send: the bytes to send, all of them, before anything else is sent.
    [[nodiscard]] constexpr bytes data() const noexcept {
        SOCKS_ASSERT(next_ == Next::send);
        return {data_, size_};
    }

    /// recv: at least this many more bytes are needed, and reading exactly as many never takes a byte past
    /// the message.
    [[nodiscard]] constexpr size_t needed() const noexcept {
        SOCKS_ASSERT(next_ == Next::recv);
        return size_;
    }

    /// fail: the reason.
    [[nodiscard]] constexpr errc error() const noexcept {
        SOCKS_ASSERT(next_ == Next::fail);
        return static_cast<errc>(byte_);
    }

    /// fail with errc::no_space: the room for output that suffices.
    [[nodiscard]] constexpr size_t required() const noexcept {
        SOCKS_ASSERT(error() == errc::no_space);
        return size_;
    }

    /// fail with errc::refused: the reply code. format() makes a text of it.
    [[nodiscard]] constexpr reply_code code() const noexcept {
        SOCKS_ASSERT(error() == errc::refused);
        return {static_cast<version>(size_ >> 8), static_cast<uint8_t>(size_ & 0xff)};
    }

    /// fail: the byte that decided it, 0 where none did.
    ///
    /// The peer's: its first byte for peer_is_*, not_socks, bad_version, spoke_first and version_refused; to a server the
    /// command for bad_command; to a client also the method for method_not_offered and no_acceptable_method, the status
    /// for credentials_refused, the code for refused.
    /// A server's own: the status it sent for credentials_refused, the code it sent for refused.
    [[nodiscard]] constexpr uint8_t byte() const noexcept {
        SOCKS_ASSERT(next_ == Next::fail && error() != errc::no_space);
        return static_cast<uint8_t>(size_ & 0xff);
    }

  protected:
    constexpr action() noexcept = default;

    // How the machines say what must be done now. They fill an action in where it will be read: clang takes one that
    // is returned apart and puts it together again at every return.
    constexpr void set_send(const encoded& made, size_t used) noexcept {
        set(Next::send, made.data(), 0, used);
    }

    constexpr void set_recv(size_t need, size_t used) noexcept { set(Next::recv, {nullptr, need}, 0, used); }

    constexpr void set(Next next, bytes message, uint8_t byte, size_t used) noexcept {
        data_ = message.data();
        size_ = message.size() < UINT32_MAX ? static_cast<uint32_t>(message.size()) : UINT32_MAX;
        used_ = static_cast<uint16_t>(used);
        next_ = next;
        byte_ = byte;
    }

    constexpr void set_fail(errc why, uint8_t byte, version spoken, size_t used, const char* reply) noexcept {
        const size_t both = size_t{static_cast<uint8_t>(spoken)} << 8 | byte;
        set(Next::fail, {reply, both}, static_cast<uint8_t>(why), used);
    }

    constexpr void set_fail(const encoded& missed) noexcept {
        set(Next::fail, {nullptr, missed.required()}, static_cast<uint8_t>(errc::no_space), 0);
    }

    const char* data_ = nullptr;
    uint32_t size_ = 0;
    uint16_t used_ = 0;
    Next next_ = Next::wait;
    // fail: the errc; negotiate and serve: the method or the length of a user ID; bound and done: the version
    uint8_t byte_ = 0;
};

}  // namespace socks::detail

#endif
