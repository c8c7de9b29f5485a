// Two optional buffers of fixed size: inbox for the bytes that were received, outbox for the bytes to send.
// Neither allocates. A view into an inbox is valid until the next prepare(), a view into an outbox until the
// outbox changes.

#ifndef SOCKS_MACHINE_MAILBOX_HPP
#define SOCKS_MACHINE_MAILBOX_HPP

#include <socks/core/bytes.hpp>
#include <socks/core/error.hpp>

namespace socks {

namespace detail {

struct mailbox_steps;

}  // namespace detail

/// Received bytes that are not consumed yet, in storage of N bytes.
///
///     if (size_t n = read_some(fd, rx.prepare(s.needed()))) rx.commit(n); else handshake.end_of_stream();
///
/// The result of `recv` is signed and may be -1, so it does not compile as a number of bytes: test it, then
/// convert it. Only an unsigned integer compiles; write `5u` for a literal. An impossible number is refused
/// in every build: nothing changes, and the next step that would receive fails with errc::bad_count. Without
/// that error a loop could run for ever.
///
/// prepare() may move data() to the front of the storage, so no view into the inbox is valid after it. If
/// assertions are on, it also overwrites the old bytes, so that a test finds a view that is no longer valid.
///
/// @cost  O(1), except prepare(), O(data().size()), and clear(), O(N). N + 9 bytes rounded up, not zeroed.
template <size_t N>
class inbox {
    static_assert(N >= 1 && N <= UINT32_MAX);

  public:
    // This is not defaulted, because `inbox<N> rx{}` would then fill the storage with zeros at run time. A
    // global inbox is constant, so its storage is zero without any code.
    constexpr inbox() noexcept {
        if (__builtin_is_constant_evaluated())
            for (char& c : bytes_) c = 0;
    }

    // An inbox is not copied, because views of the original would not point into the copy.
    inbox(const inbox&) = delete;
    inbox& operator=(const inbox&) = delete;

    static constexpr size_t capacity = N;  ///< the size in bytes

    /// The bytes that were received and not consumed yet, oldest first.
    /// @lifetime  until the next prepare().
    [[nodiscard]] constexpr bytes data() const noexcept SOCKS_LIFETIMEBOUND {
        return {bytes_ + begin_, size_t{end_} - begin_};
    }

    /// Whether every received byte was consumed.
    [[nodiscard]] constexpr bool empty() const noexcept { return begin_ == end_; }

    /// Whether the inbox has no free space. Do not read while it is full: reading into an empty buffer
    /// returns 0, which looks like the end of the stream.
    [[nodiscard]] constexpr bool full() const noexcept { return size_t{end_} - begin_ == N; }

    /// Free space for received bytes: `at_most` bytes, or fewer if fewer are free. Without an argument: all
    /// free bytes.
    /// @lifetime  until the next call of any member that is not const.
    [[nodiscard]] constexpr buffer prepare(size_t at_most = N) noexcept SOCKS_LIFETIMEBOUND {
        if (begin_ != 0 && (begin_ == end_ || at_most > N - end_)) compact();
        const size_t left = N - end_;
        return {bytes_ + end_, at_most < left ? at_most : left};
    }
    template <detail::no_unsigned_integer only_an_unsigned_integer_counts_bytes>
    buffer prepare(only_an_unsigned_integer_counts_bytes) = delete;

    /// Adds the `n` bytes that you received into the last prepare(), 1 <= n <= its capacity. At the end of
    /// the stream, call end_of_stream() of the machine instead. Any other number is refused; see
    /// miscounted().
    constexpr void commit(size_t n) noexcept {
        if (n - 1 < N - end_) [[likely]]
            end_ += static_cast<uint32_t>(n);
        else
            miscounted_ = true;
    }
    template <detail::no_unsigned_integer test_the_result_of_recv_first>
    void commit(test_the_result_of_recv_first) = delete;

    /// Removes the first `n` bytes of data(), n <= data().size(). A larger number is refused; see
    /// miscounted(). Views stay valid.
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

    /// Overwrites the complete storage with zeros, including consumed bytes. miscounted() is false again; a
    /// machine that failed with errc::bad_count stays failed.
    constexpr void clear() noexcept {
        wipe({bytes_, N});
        begin_ = end_ = 0;
        miscounted_ = false;
    }

  private:
    constexpr void compact() noexcept {
        const uint32_t n = end_ - begin_;
        detail::move_bytes(bytes_, bytes_ + begin_, n);
#if !defined(NDEBUG)
        for (uint32_t i = n; i < end_; ++i) bytes_[i] = '\xdd';
#endif
        begin_ = 0;
        end_ = n;
    }

    friend struct detail::mailbox_steps;

    uint32_t begin_ = 0;
    uint32_t end_ = 0;
    bool miscounted_ = false;
    char bytes_[N];
};

/// Bytes that are not sent yet, in storage of N bytes.
///
/// The machine appends bytes. You send as many as your socket accepts, and call consume() with that number.
/// While the outbox contains bytes, a step of the machine returns `send`, or `wait` after submit(), and does
/// nothing else. Its space
/// becomes free when all bytes are consumed.
///
/// With completion I/O (io_uring, IOCP, libuv), pass submit() to the operation. Until it completes and you
/// call consume(), each step returns `wait`, so the same bytes are not sent twice.
///
/// The result of `send` may be -1, so it does not compile as a number of bytes; only an unsigned integer
/// does. An impossible number is refused in every build: nothing changes, and the next step fails with
/// errc::bad_count.
///
/// @cost  O(1), except clear(). N + 14 bytes rounded up, not zeroed.
template <size_t N>
class outbox {
    static_assert(N >= 1 && N <= UINT32_MAX);

  public:
    constexpr outbox() noexcept {  // see inbox()
        if (__builtin_is_constant_evaluated())
            for (char& c : bytes_) c = 0;
    }
    outbox(const outbox&) = delete;
    outbox& operator=(const outbox&) = delete;

    static constexpr size_t capacity = N;  ///< the size in bytes

    /// Whether every byte was sent.
    [[nodiscard]] constexpr bool empty() const noexcept { return end_ == 0; }

    /// The bytes to send next. @lifetime until the next call of any member that is not const.
    [[nodiscard]] constexpr bytes data() const noexcept SOCKS_LIFETIMEBOUND {
        return {bytes_ + begin_, size_t{end_} - begin_};
    }

    /// Returns data(), and marks it as in flight: each step returns `wait` until consume(). An answer of a
    /// server may still append bytes, because the bytes in flight do not move.
    /// @lifetime  until consume() or clear().
    [[nodiscard]] constexpr bytes submit() noexcept SOCKS_LIFETIMEBOUND {
        submitted_ = !empty();
        return data();
    }

    /// Whether bytes are in flight.
    [[nodiscard]] constexpr bool submitted() const noexcept { return submitted_; }

    /// Removes the first `n` bytes of data() after you have sent them, 0 <= n <= data().size(). Any other
    /// number is refused; see miscounted(). It also ends submit(): pass 0 if the operation sent nothing.
    constexpr void consume(size_t n) noexcept {
        submitted_ = false;
        if (n > size_t{end_} - begin_) [[unlikely]] {
            miscounted_ = true;
            return;
        }
        begin_ += static_cast<uint32_t>(n);
        if (begin_ == end_) begin_ = end_ = 0;  // so an empty outbox has all its space
    }
    template <detail::no_unsigned_integer test_the_result_of_send_first>
    void consume(test_the_result_of_send_first) = delete;

    /// Free space to append to. Call commit() with the number of bytes that you wrote.
    [[nodiscard]] constexpr buffer prepare() noexcept SOCKS_LIFETIMEBOUND {
        used_ = N;
        return {bytes_ + end_, N - end_};
    }

    /// Adds the `n` bytes that you wrote into prepare(), 0 <= n <= its capacity. Any other number is refused;
    /// see miscounted().
    constexpr void commit(size_t n) noexcept {
        used_ = N;  // prepare() may have been called before the last clear()
        if (n <= N - end_) [[likely]]
            end_ += static_cast<uint32_t>(n);
        else
            miscounted_ = true;
    }
    template <detail::no_unsigned_integer only_an_unsigned_integer_counts_bytes>
    void commit(only_an_unsigned_integer_counts_bytes) = delete;

    /// Whether a number of bytes was refused since the last clear().
    [[nodiscard]] constexpr bool miscounted() const noexcept { return miscounted_; }

    /// Overwrites with zeros all bytes that were written since the last clear(), because a client's outbox
    /// has held the password. Bytes that were not sent yet are lost. miscounted() is false again; a machine
    /// that failed with errc::bad_count stays failed. Do not call it while bytes are in flight.
    /// @cost  O(bytes of the machine's messages), or O(N) after prepare()
    constexpr void clear() noexcept {
        SOCKS_ASSERT(!submitted_);
        wipe({bytes_, used_});
        begin_ = end_ = used_ = 0;
        miscounted_ = submitted_ = false;
    }

  private:
    friend struct detail::mailbox_steps;

    // The steps of a machine use these two instead of prepare() and commit(), so that clear() wipes only the
    // bytes of its messages.
    [[nodiscard]] constexpr buffer room() noexcept { return {bytes_ + end_, N - end_}; }
    constexpr void append(size_t written) noexcept {
        end_ += static_cast<uint32_t>(written);
        if (end_ > used_) used_ = end_;
    }

    uint32_t begin_ = 0;
    uint32_t end_ = 0;
    uint32_t used_ = 0;  // how many bytes of the storage may have been written since the last clear()
    bool miscounted_ = false;
    bool submitted_ = false;
    char bytes_[N];
};

namespace detail {

// The steps of every machine with mailboxes. `Machine` must have a step with plain views, sends_next() and
// fail_now(errc). The step of a client has the request as its first parameter. sends_next() says whether the
// next step sends a message and reads nothing.
struct mailbox_steps {
    template <class Machine, size_t N, class... Request>
    SOCKS_ALWAYS_INLINE static constexpr auto step(Machine& machine, inbox<N>& in, buffer out,
                                                   const Request&... request) noexcept {
        using next = typename Machine::next;
        auto now = machine.step(request..., in.data(), out);
        if (now.next() == next::recv && in.miscounted_) [[unlikely]]
            now = machine.fail_now(errc::bad_count);
        if (now.next() == next::done)
            in.begin_ = in.end_;
        else
            in.begin_ += static_cast<uint32_t>(now.consumed());
        return now;
    }

    template <class Machine, size_t N, size_t M, class... Request>
    SOCKS_ALWAYS_INLINE static constexpr auto step(Machine& machine, inbox<N>& in, outbox<M>& out,
                                                   const Request&... request) noexcept {
        using next = typename Machine::next;
        typename Machine::action now;
        // First, because clear() would not find the bytes of a message that was written but not appended.
        if (out.miscounted_) [[unlikely]]
            return machine.fail_now(errc::bad_count);
        if (!out.empty()) {
            if (!out.submitted_) now.set(next::send, out.data(), 0, 0);
            return now;  // while bytes are in flight: wait
        }
        now = step(machine, in, buffer(out.bytes_, M), request...);
        if (now.next() != next::send) return now;
        out.append(now.data().size());
        while (machine.sends_next()) {
            const auto another = step(machine, in, out.room(), request...);
            if (another.next() != next::send) break;
            out.append(another.data().size());
            now.set(next::send, out.data(), 0, now.consumed());
        }
        return now;
    }

    // Appends what `answer`, a call of a machine that writes into a buffer, has written.
    template <size_t M, class Answer>
    SOCKS_ALWAYS_INLINE static constexpr void append(outbox<M>& out, Answer answer) noexcept {
        out.append(answer(out.room()).size());
    }
};

}  // namespace detail

}  // namespace socks

#endif
