// One attempt of a transfer: the connection to the proxy, its handshake and the outcome. Blocking calls,
// precise reads.

#ifndef EXAMPLES_TRANSFER_ATTEMPT_HPP
#define EXAMPLES_TRANSFER_ATTEMPT_HPP

#include <array>
#include <optional>

#include "../common/dial.hpp"

namespace example {

/// A connection to the partner, or the reason of its failure.
struct connection {
    socks::outcome how = socks::errc::unreachable;
    unique_fd fd;
    std::string early;  ///< the first bytes of the partner
};

namespace detail {

// One connection to the proxy, and the bytes received on it that are not consumed.
struct conversation {
    unique_fd fd;
    deadline until;  // for the look-up, the connection and the complete handshake
    socks::inbox<socks::client::max_input> rx;
    std::string early;
};

// `used` counts the bytes of the proxy that the handshake consumed.
inline socks::outcome handshake(conversation& c, const socks::request& request, size_t& used,
                                socks::client machine = {}) {
    using next = socks::client::next;
    std::array<char, socks::client::max_output> tx;
    for (;;) {
        const auto s = machine.step(request, c.rx, tx);
        used += s.consumed();
        switch (s.next()) {
            case next::send:
                write_all(c.fd.get(), s.data(), c.until);
                socks::wipe(tx);  // the buffer may have held the password
                break;
            case next::recv:
                if (const size_t n = read_some(c.fd.get(), c.rx.prepare(s.needed()), c.until))
                    c.rx.commit(n);
                else
                    machine.end_of_stream();
                break;
            case next::negotiate: machine.negotiated(false); break;  // this client offers no such method
            case next::wait: break;                                  // never: each answer comes at once
            case next::bound: break;                                 // only for BIND
            case next::done: {
                const auto [reply, bytes] = s.result();
                c.early = std::string(std::string_view(bytes));
                return reply.code;
            }
            case next::fail: return socks::outcome_of(s);
        }
    }
}

// Runs a handshake. If the connection breaks, the outcome follows from the error of the system.
template <class Handshake>
socks::outcome attempt(Handshake shake) {
    try {
        return shake();
    } catch (const cannot_connect&) {
        return socks::errc::unreachable;
    } catch (const std::system_error& e) {
        return e.code() == std::errc::timed_out ? socks::errc::timed_out : socks::errc::closed;
    }
}

inline socks::outcome on_new_connection(conversation& c, const socks::endpoint& proxy,
                                        const socks::request& request, size_t& used) {
    c.until = c.until.again();
    c.rx.clear();
    c.fd.reset();
    return attempt([&] {
        c.fd = connect_to_any({proxy}, c.until);
        return handshake(c, request, used);
    });
}

// The second attempt of java.net.Socket.
inline socks::outcome on_same_connection(conversation& c, const socks::request& request, size_t& used) {
    return attempt([&] { return handshake(c, request, used, socks::client({.after_greeting = true})); });
}

}  // namespace detail

/// Sends `request` to the proxy. `patience` limits the time from the connection to the reply.
/// @param second_user  if present, a proxy without SOCKS5 receives a SOCKS4 request with this user ID. The
///                     first try uses the same connection, as java.net.Socket does. The second uses a new
///                     one.
inline connection connect_through(const socks::endpoint& proxy, const socks::request& request,
                                  std::chrono::seconds patience,
                                  const std::optional<std::string_view>& second_user) {
    detail::conversation c{{}, deadline(patience), {}, {}};
    size_t used = 0;
    socks::outcome how = detail::on_new_connection(c, proxy, request, used);
    if (!second_user) return {how, std::move(c.fd), std::move(c.early)};
    const socks::errc why = how.error();
    const size_t answered = used;
    socks::request second;
    if (retry_on_same_connection(request, why, answered, *second_user, second))
        how = detail::on_same_connection(c, second, used);
    if (!how.succeeded() && retry_on_new_connection(request, why, answered, *second_user, second))
        how = detail::on_new_connection(c, proxy, second, used);
    return {how, std::move(c.fd), std::move(c.early)};
}

}  // namespace example

#endif
