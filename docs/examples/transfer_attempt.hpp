// One attempt of a transfer: to the proxy, through its handshake, and what became of it. Blocking calls, precise reads.

#ifndef EXAMPLES_TRANSFER_ATTEMPT_HPP
#define EXAMPLES_TRANSFER_ATTEMPT_HPP

#include <array>
#include <optional>

#include "client_io.hpp"

namespace example {

/// A connection to the partner, or the reason why there is none.
struct connection {
    socks::outcome how = socks::errc::unreachable;
    unique_fd fd;
    std::string early;  ///< what the partner has said already
};

namespace detail {

// One connection to the proxy, and what was received on it and not yet used.
struct conversation {
    unique_fd fd;
    deadline until;  // for the whole of it
    socks::inbox<socks::client::max_input> rx;
    std::string early;
};

// `used` counts what the handshake used of the proxy's octets.
inline socks::outcome handshake(conversation& c, const socks::request& want, size_t& used,
                                socks::client machine = {}) {
    using next = socks::client::next;
    std::array<char, socks::client::max_output> tx;
    for (;;) {
        const auto s = machine.step(want, c.rx, tx);
        used += s.used();
        switch (s.next()) {
            case next::send:
                write_all(c.fd.get(), s.data(), c.until);
                socks::wipe(tx);  // it may have held the password
                break;
            case next::recv:
                if (const size_t n = read_some(c.fd.get(), c.rx.space(s.need()), c.until))
                    c.rx.commit(n);
                else
                    machine.end_of_stream();
                break;
            case next::negotiate: machine.negotiated(false); break;  // of no method that was offered
            case next::wait: break;                                  // for what was answered just now
            case next::bound: break;                                 // comes after BIND only
            case next::done: {
                const auto [reply, octets] = s.finish();
                c.early = std::string(std::string_view(octets));
                return reply.code;
            }
            case next::fail: return socks::outcome_of(s);
        }
    }
}

// The same, with what the system says when the connection breaks.
template <class Handshake>
socks::outcome attempt(const conversation& c, Handshake shake) {
    try {
        return shake();
    } catch (const std::system_error& e) {
        if (!c.fd) return socks::errc::unreachable;
        return e.code() == std::errc::timed_out ? socks::errc::timed_out : socks::errc::closed;
    }
}

inline socks::outcome on_new_connection(conversation& c, const socks::endpoint& proxy,
                                        const socks::request& want, std::chrono::seconds patience,
                                        size_t& used) {
    c.until = in(patience);
    c.rx.clear();
    c.fd.reset();
    return attempt(c, [&] {
        c.fd = connect_to_any(proxy, c.until);
        return handshake(c, want, used);
    });
}

// As java.net.Socket does.
inline socks::outcome on_same_connection(conversation& c, const socks::request& want, size_t& used) {
    return attempt(c, [&] { return handshake(c, want, used, socks::client({.after_greeting = true})); });
}

}  // namespace detail

/// Asks the proxy for `want`, with so much patience for everything until it has answered.
/// @param second_user  where given, a proxy that does not speak SOCKS5 is asked by SOCKS4, with this user ID: on the same
///                     connection, as java.net.Socket does, and when that fails on a new one.
inline connection connect_through(const socks::endpoint& proxy, const socks::request& want,
                                  std::chrono::seconds patience,
                                  const std::optional<std::string_view>& second_user) {
    detail::conversation c;
    size_t used = 0;
    socks::outcome how = detail::on_new_connection(c, proxy, want, patience, used);
    if (!second_user) return {how, std::move(c.fd), std::move(c.early)};
    const socks::errc why = how.error();
    const size_t answered = used;
    socks::request second;
    if (retry_on_same_connection(want, why, answered, *second_user, second))
        how = detail::on_same_connection(c, second, used);
    if (!how.succeeded() && retry_on_new_connection(want, why, answered, *second_user, second))
        how = detail::on_new_connection(c, proxy, second, patience, used);
    return {how, std::move(c.fd), std::move(c.early)};
}

}  // namespace example

#endif
