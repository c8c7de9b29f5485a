// The loop of a handshake for coroutines. It is not part of socks.hpp, because it needs <coroutine>.

#ifndef SOCKS_SYSTEM_RUN_AWAITABLE_HPP
#define SOCKS_SYSTEM_RUN_AWAITABLE_HPP

#include <coroutine>

#include <socks/machine/run.hpp>

namespace socks {

/// The same as run() for a client or a chain, but your functions return awaitable objects, and the result is
/// a coroutine of your type:
///
///     const auto s = co_await socks::run_awaitable<task<socks::client::action>>(
///         handshake, request, rx, tx,
///         [&](socks::buffer room) { return socket.read_some(room); },
///         [&](socks::bytes data) { return socket.write_some(data); });
///
/// @tparam Task       your coroutine type; its result is an action of the machine.
/// @param read_some   `co_await read_some(room)` is an io_result.
/// @param write_some  `co_await write_some(data)` is an io_result.
/// @returns           the action with which run() would return.
/// @lifetime          the coroutine keeps references to all arguments except the functions, which it owns.
/// @cost              one coroutine frame, which your type allocates.
template <class Task, class Machine, class Request, size_t N, size_t M, class Read, class Write>
[[nodiscard]] Task run_awaitable(Machine& handshake, const Request& request, inbox<N>& rx, outbox<M>& tx,
                                 Read read_some, Write write_some) {
    using next = typename Machine::next;
    for (;;) {
        const auto s = handshake.step(request, rx, tx);
        bool again = false;
        if (s.next() == next::send) {
            again = detail::run_steps::wrote(handshake, tx, co_await write_some(s.data()));
        } else if (s.next() == next::recv) {
            const buffer room = rx.prepare(s.needed());
            again = detail::run_steps::received(handshake, rx, room, co_await read_some(room));
        }
        if (again) continue;
        detail::run_steps::wipe_after(s.next() == next::fail, tx);
        co_return s;
    }
}

/// The same as run() for a server.
template <class Task, class Machine, size_t N, size_t M, class Read, class Write>
[[nodiscard]] Task run_awaitable(Machine& handshake, inbox<N>& rx, outbox<M>& tx, Read read_some,
                                 Write write_some) {
    using next = typename Machine::next;
    for (;;) {
        const auto s = handshake.step(rx, tx);
        bool again = false;
        if (s.next() == next::send) {
            again = detail::run_steps::wrote(handshake, tx, co_await write_some(s.data()));
        } else if (s.next() == next::recv) {
            const buffer room = rx.prepare();
            again = detail::run_steps::received(handshake, rx, room, co_await read_some(room));
        }
        if (again) continue;
        detail::run_steps::wipe_after(s.next() == next::fail, tx);
        co_return s;
    }
}

}  // namespace socks

#endif
