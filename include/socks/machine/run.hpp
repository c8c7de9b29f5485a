// The loop of a handshake in one call. You pass two functions, one that reads and one that writes.
// <socks/system/run_awaitable.hpp> has the same loop for coroutines.

#ifndef SOCKS_MACHINE_RUN_HPP
#define SOCKS_MACHINE_RUN_HPP

#include <socks/core/io_result.hpp>
#include <socks/machine/mailbox.hpp>

namespace socks {

namespace detail {

// What run() and run_awaitable() do after each read and each write. A function returns false if the loop must
// return to its caller.
struct run_steps {
    template <class Machine, size_t M>
    static constexpr bool wrote(Machine& handshake, outbox<M>& tx, const io_result& written) noexcept {
        if (written.is(io::interrupted)) return true;
        if (written.is(io::would_block)) return false;
        if (written.error() != errc::none) {
            handshake.stream_failed(tx, written.error());
            return true;
        }
        tx.consume(written.size());
        if (tx.empty()) tx.clear();  // wipes the password
        return written.size() != 0;
    }

    template <class Machine, size_t N>
    static constexpr bool received(Machine& handshake, inbox<N>& rx, buffer room,
                                   const io_result& arrived) noexcept {
        if (arrived.is(io::interrupted)) return true;
        if (arrived.is(io::would_block)) return false;
        if (arrived.error() != errc::none)
            handshake.stream_failed(arrived.error());
        else if (arrived.size() == 0)
            handshake.end_of_stream();
        else
            rx.commit(arrived.size() <= room.capacity() ? arrived.size() : 0);  // 0 becomes bad_count
        return true;
    }

    // Before run() returns: a message that cannot be sent any more may contain the password.
    template <size_t M>
    static constexpr void wipe_after(bool failed, outbox<M>& tx) noexcept {
        if (failed && !tx.submitted()) tx.clear();
    }
};

}  // namespace detail

/// Runs the handshake of a client or of a chain until it is complete, or until it needs you.
///
///     const auto s = socks::run(
///         handshake, request, rx, tx,
///         [&](socks::buffer room) { return read_some(fd, room); },
///         [&](socks::bytes data) { return write_some(fd, data); });
///     if (s.next() != socks::client::next::done) return report(s);
///     relay(fd, s.result());
///
/// It reads exactly the bytes that the next message needs, so it reads no byte of the destination. If `rx` is
/// empty at the first call, result().early is empty, and you may pass the bare socket to other code.
///
/// @param request     the request of a client or the route of a chain.
/// @param read_some   `io_result read_some(buffer room)`: reads 1 to room.capacity() bytes.
/// @param write_some  `io_result write_some(bytes data)`: writes 1 to data.size() bytes. Sent bytes are
///                    overwritten with zeros, because they may contain the password.
/// @returns           done or fail; for BIND also bound, and for another method negotiate or wait. Answer,
///                    and continue with another call. After io::would_block the result is send or recv: call
///                    again when the socket is ready. state() says what is missing.
/// @errors            those of step(); errc::bad_count if a function returned an impossible number; what your
///                    functions throw. Another call after an exception continues.
/// @lifetime          as for step(): the views of the action point into `rx` and `tx`.
/// @cost              the calls of your functions: 3 reads for CONNECT over SOCKS5, 4 with credentials
template <class Machine, class Request, size_t N, size_t M, class Read, class Write>
[[nodiscard]] constexpr typename Machine::action run(Machine& handshake, const Request& request, inbox<N>& rx,
                                                     outbox<M>& tx, Read&& read_some, Write&& write_some) {
    using next = typename Machine::next;
    for (;;) {
        const auto s = handshake.step(request, rx, tx);
        bool again = false;
        if (s.next() == next::send) {
            again = detail::run_steps::wrote(handshake, tx, write_some(s.data()));
        } else if (s.next() == next::recv) {
            const buffer room = rx.prepare(s.needed());
            again = detail::run_steps::received(handshake, rx, room, read_some(room));
        }
        if (again) continue;
        detail::run_steps::wipe_after(s.next() == next::fail, tx);
        return s;
    }
}

/// Runs the handshake of a server until it is complete, or until it asks a question.
///
///     for (;;) {
///         const auto s = socks::run(handshake, rx, tx, read_some, write_some);
///         switch (s.next()) {
///             case next::authenticate: handshake.authenticated(known(s.user(), s.password()), tx); break;
///             case next::serve: handshake.answer(dial(s.command(), s.to()), tx); break;
///             case next::done: return relay(fd, s.result().early);
///             ...
///
/// It reads all bytes that fit into the inbox. If the client sent bytes after its request, result().early has
/// them. Parameters, result and errors are the same as for a client.
template <class Machine, size_t N, size_t M, class Read, class Write>
[[nodiscard]] constexpr typename Machine::action run(Machine& handshake, inbox<N>& rx, outbox<M>& tx,
                                                     Read&& read_some, Write&& write_some) {
    using next = typename Machine::next;
    for (;;) {
        const auto s = handshake.step(rx, tx);
        bool again = false;
        if (s.next() == next::send) {
            again = detail::run_steps::wrote(handshake, tx, write_some(s.data()));
        } else if (s.next() == next::recv) {
            const buffer room = rx.prepare();
            again = detail::run_steps::received(handshake, rx, room, read_some(room));
        }
        if (again) continue;
        detail::run_steps::wipe_after(s.next() == next::fail, tx);
        return s;
    }
}

}  // namespace socks

#endif
