// Two optional buffers of fixed size: inbox for the bytes that were received, outbox for the bytes to send.
// Neither allocates. A view into an inbox is valid until the next prepare(), a view into an outbox until the outbox changes.

#ifndef SOCKS_MACHINE_MAILBOX_HPP
#define SOCKS_MACHINE_MAILBOX_HPP

#include <socks/core/address.hpp>

namespace socks {

namespace detail {

// What is no number of bytes: a signed integer, a floating-point number, a bool.
template <class T>
concept no_unsigned_integer =
    same<T, bool> || !(requires(T t) { t % 2; } && static_cast<T>(0) < static_cast<T>(-1));

}  // namespace detail

/// Received bytes that no message has used yet, in storage of N bytes.
///
///     if (size_t n = read_some(fd, rx.prepare(s.needed()))) rx.commit(n); else handshake.end_of_stream();
///
/// The result of `recv` is signed and may be -1, so it does not compile as a number of bytes: test it, then convert it.
/// Only an unsigned integer does; write `5u` for a literal. In every build a number that cannot be is refused: nothing
/// changes, and the next step that would ask for more fails with errc::bad_count, so that no loop runs for ever.
///
/// `prepare()` may move what is unread to the front, so it ends the life of all views into the inbox. Where
/// asserts are on, it also overwrites what was dropped, so that a stale view shows.
///
/// @cost  commit, drop, unread O(1); space O(unread). N + 9 bytes rounded up, not zeroed.
template <size_t N>
class inbox {
    static_assert(N >= 1 && N <= UINT32_MAX);

  public:
    constexpr inbox() noexcept = default;

    // Copies would leave views pointing into the original.
    inbox(const inbox&) = delete;
    inbox& operator=(const inbox&) = delete;

    static constexpr size_t capacity = N;

    /// What was received and not yet used, oldest first.
    /// @lifetime  until the next prepare().
    [[nodiscard]] constexpr bytes data() const noexcept SOCKS_LIFETIMEBOUND {
        return {bytes_ + begin_, size_t{end_} - begin_};
    }

    [[nodiscard]] constexpr bool empty() const noexcept { return begin_ == end_; }

    /// Whether there is no room left. A read into no room gives 0, which is not the end of the stream: a caller
    /// that receives while it waits for its own answer stops at a full inbox.
    [[nodiscard]] constexpr bool full() const noexcept { return size_t{end_} - begin_ == N; }

    /// Room to receive into: `at_most` bytes, or less where less is left; without an argument all that is left.
    /// @lifetime  until the next call of any member that is not const.
    [[nodiscard]] constexpr buffer prepare(size_t at_most = N) noexcept SOCKS_LIFETIMEBOUND {
        if (begin_ != 0 && (begin_ == end_ || at_most > N - end_)) compact();
        const size_t left = N - end_;
        return {bytes_ + end_, at_most < left ? at_most : left};
    }
    template <detail::no_unsigned_integer only_an_unsigned_integer_counts_bytes>
    buffer prepare(only_an_unsigned_integer_counts_bytes) = delete;

    /// `n` bytes were received into the last prepare(), 1 <= n <= its room. The end of a stream is no bytes
    /// and is told to the machine, by end_of_stream(). Any other number is refused: see miscounted().
    constexpr void commit(size_t n) noexcept {
        if (n - 1 < N - end_) [[likely]]
            end_ += static_cast<uint32_t>(n);
        else
            miscounted_ = true;
    }
    template <detail::no_unsigned_integer test_the_result_of_recv_first>
    void commit(test_the_result_of_recv_first) = delete;

    /// The first `n` unread bytes were used, n <= data().size(); more are refused. Views stay valid.
    constexpr void consume(size_t n) noexcept {
        if (n <= size_t{end_} - begin_) [[likely]]
            begin_ += static_cast<uint32_t>(n);
        else
            miscounted_ = true;
    }
    template <detail::no_unsigned_integer only_an_unsigned_integer_counts_bytes>
    void consume(only_an_unsigned_integer_counts_bytes) = delete;

    /// Whether a number of bytes was refused since the last clear().
    [[nodiscard]] constexpr bool miscounted() const noexcept { return miscounted_; }

    /// miscounted() is false again; a machine that failed with errc::bad_count stays failed.
    /// Overwrites everything with zeros, used bytes included.
    constexpr void clear() noexcept {
        wipe({bytes_, N});
        begin_ = end_ = 0;
        miscounted_ = false;
    }

  private:
    constexpr void compact() noexcept {
        const uint32_t n = end_ - begin_;
        for (uint32_t i = 0; i < n; ++i) bytes_[i] = bytes_[begin_ + i];
#if !defined(NDEBUG)
        for (uint32_t i = n; i < end_; ++i) bytes_[i] = '\xdd';
#endif
        begin_ = 0;
        end_ = n;
    }

    uint32_t begin_ = 0;
    uint32_t end_ = 0;
    char bytes_[N];
    bool miscounted_ = false;
};

/// Bytes that are still to be sent, in storage of N bytes.
///
/// The machine appends, the caller sends as much as its socket takes and says so with `consume(n)`. While anything
/// is unsent, the machine's step returns `send` and does nothing else.
///
/// Room is regained when all of it was sent. A result of `send` that may be -1 does not compile as a number of bytes.
/// Only an unsigned integer does; write `5u` for a literal.
/// In every build a number that cannot be is refused: nothing changes, and the next step that would send what is
/// unsent fails with errc::bad_count.
///
/// @cost  O(1) but for clear(). N + 9 bytes rounded up, not zeroed.
template <size_t N>
class outbox {
    static_assert(N >= 1 && N <= UINT32_MAX);

  public:
    constexpr outbox() noexcept = default;
    outbox(const outbox&) = delete;
    outbox& operator=(const outbox&) = delete;

    static constexpr size_t capacity = N;

    [[nodiscard]] constexpr bool empty() const noexcept { return begin_ == end_; }

    /// What is to be sent next. @lifetime until the next call of any member that is not const.
    [[nodiscard]] constexpr bytes data() const noexcept SOCKS_LIFETIMEBOUND {
        return {bytes_ + begin_, size_t{end_} - begin_};
    }

    /// The first `n` unsent bytes are on their way, 0 <= n <= data().size(). Any other number is refused: see
    /// miscounted().
    constexpr void consume(size_t n) noexcept {
        if (n > size_t{end_} - begin_) [[unlikely]] {
            miscounted_ = true;
            return;
        }
        begin_ += static_cast<uint32_t>(n);
        if (begin_ == end_) begin_ = end_ = 0;
    }
    template <detail::no_unsigned_integer test_the_result_of_send_first>
    void consume(test_the_result_of_send_first) = delete;

    /// Room to append into; commit() what was written there.
    [[nodiscard]] constexpr buffer prepare() noexcept SOCKS_LIFETIMEBOUND {
        return {bytes_ + end_, N - end_};
    }

    /// `n` bytes were written into prepare(), 0 <= n <= its room. Any other number is refused: see miscounted().
    constexpr void commit(size_t n) noexcept {
        if (n <= N - end_) [[likely]]
            end_ += static_cast<uint32_t>(n);
        else
            miscounted_ = true;
    }
    template <detail::no_unsigned_integer only_an_unsigned_integer_counts_bytes>
    void commit(only_an_unsigned_integer_counts_bytes) = delete;

    /// Whether a number of bytes was refused since the last clear().
    [[nodiscard]] constexpr bool miscounted() const noexcept { return miscounted_; }

    /// Overwrites everything with zeros: a client's outbox has held the password. miscounted() is false again; a
    /// machine that failed with errc::bad_count stays failed.
    constexpr void clear() noexcept {
        wipe({bytes_, N});
        begin_ = end_ = 0;
        miscounted_ = false;
    }

  private:
    uint32_t begin_ = 0;
    uint32_t end_ = 0;
    char bytes_[N];
    bool miscounted_ = false;
};

}  // namespace socks

#endif
