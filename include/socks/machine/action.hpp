// The part of an action that client and server share. An action says what you must do now. It has 24 bytes on
// a 64-bit processor and 12 on a 32-bit one. Everything larger is decoded from the validated message when you
// call an accessor.

#ifndef SOCKS_MACHINE_ACTION_HPP
#define SOCKS_MACHINE_ACTION_HPP

#include <socks/core/decoded.hpp>
#include <socks/core/numbers.hpp>

namespace socks::detail {

struct mailbox_steps;  // see mailbox.hpp

/// The accessors that every action has. `Next` is the enum of the actions of a machine.
///
/// The comment of each accessor names the values of next() for which you may call it. For all other values it
/// asserts.
///
/// @lifetime  data() points into the output buffer, everything else into the input. They are valid as long as
///            that memory.
/// @cost      O(1), constexpr, noexcept.
template <class Next>
class action {
  public:
    /// What you must do now.
    [[nodiscard]] constexpr Next next() const noexcept {
        SOCKS_ASSERT(next_ != released);
        return next_;
    }

    /// How many bytes of the input this step read. A step with an inbox has removed them already. With plain
    /// views, you remove them after the last call of an accessor, because accessors read the input: see
    /// release(). A failure of the caller reads nothing, and a server leaves a message that it refuses.
    [[nodiscard]] constexpr size_t consumed() const noexcept {
        SOCKS_ASSERT(next_ != released);
        return consumed_;
    }

    /// Ends the use of this action, and returns consumed(). Use it to remove the bytes from a buffer that is
    /// not yours:
    ///
    ///     evbuffer_drain(input, s.release());   // after the last accessor
    ///
    /// Every accessor asserts after this call, because the memory that it would read may be gone. A second
    /// call asserts too, because it would remove the bytes twice.
    constexpr size_t release() noexcept {
        const size_t n = consumed();
        next_ = released;
        return n;
    }

    /// send: the bytes to send. Send all of them before anything else.
    [[nodiscard]] constexpr bytes data() const noexcept {
        SOCKS_ASSERT(next_ == Next::send);
        return {data_, size_};
    }

    /// recv: the least number of bytes that the message still needs. If you read exactly that many, you never
    /// read past the message.
    [[nodiscard]] constexpr size_t needed() const noexcept {
        SOCKS_ASSERT(next_ == Next::recv);
        return size_;
    }

    /// fail: the reason.
    [[nodiscard]] constexpr errc error() const noexcept {
        SOCKS_ASSERT(next_ == Next::fail);
        return static_cast<errc>(byte_);
    }

    /// fail with errc::no_space: the capacity that the output needs.
    [[nodiscard]] constexpr size_t required() const noexcept {
        SOCKS_ASSERT(error() == errc::no_space);
        return size_;
    }

    /// fail with errc::refused: the reply code. To print it, use format().
    [[nodiscard]] constexpr reply_code code() const noexcept {
        SOCKS_ASSERT(error() == errc::refused);
        return {static_cast<version>(size_ >> 8), static_cast<uint8_t>(size_ & 0xff)};
    }

    /// fail: the byte that caused the failure, or 0 if no byte did.
    ///
    ///     peer_is_*, not_socks, bad_version, spoke_first, version_refused   the peer's first byte
    ///     method_not_offered, no_acceptable_method                          client: the method
    ///     credentials_refused                                               the status, received or sent
    ///     refused                                                           the reply code, received or sent
    ///     bad_command                                                       server: the command
    [[nodiscard]] constexpr uint8_t byte() const noexcept {
        SOCKS_ASSERT(error() != errc::no_space);
        return static_cast<uint8_t>(size_ & 0xff);
    }

  protected:
    constexpr action() noexcept = default;

    friend struct mailbox_steps;

    // No action has this value. It marks an action whose input may be gone.
    static constexpr Next released = static_cast<Next>(0xff);

    // The machines fill in one action and return it at the end. With several return statements, clang would
    // generate the code for an action at each of them.
    constexpr void set_send(bytes message, size_t consumed) noexcept {
        set(Next::send, message, 0, consumed);
    }

    constexpr void set_recv(size_t needed, size_t consumed) noexcept {
        set(Next::recv, {nullptr, needed}, 0, consumed);
    }

    constexpr void set(Next next, bytes message, uint8_t byte, size_t consumed) noexcept {
        data_ = message.data();
        size_ = message.size();
        consumed_ = static_cast<uint16_t>(consumed);
        next_ = next;
        byte_ = byte;
    }

    constexpr void set_fail(errc why, uint8_t byte, version spoken, size_t consumed,
                            const char* reply) noexcept {
        const size_t code = size_t{static_cast<uint8_t>(spoken)} << 8 | byte;
        set(Next::fail, {reply, code}, static_cast<uint8_t>(why), consumed);
    }

    constexpr void set_no_space(size_t required) noexcept {
        set(Next::fail, {nullptr, required}, static_cast<uint8_t>(errc::no_space), 0);
    }

    const char* data_ = nullptr;
    size_t size_ = 0;
    uint16_t consumed_ = 0;
    Next next_ = Next::wait;
    // fail: the errc; negotiate and serve: the method or the length of a user ID; bound and done: the version
    uint8_t byte_ = 0;
};

}  // namespace socks::detail

#endif
