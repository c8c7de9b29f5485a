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

// `used` counts what the handshake used of the proxy's octets.
inline socks::outcome handshake(int fd, const socks::request& want, deadline until, std::string& early,
                                size_t& used) {
    using next = socks::client::next;
    socks::client machine;
    socks::inbox<socks::client::max_input> rx;
    std::array<char, socks::client::max_output> tx;
    for (;;) {
        const auto s = machine.step(want, rx, tx);
        used += s.used();
        switch (s.next()) {
            case next::send:
                write_all(fd, s.data(), until);
                socks::wipe(tx);  // it may have held the password
                break;
            case next::recv:
                if (const size_t n = read_some(fd, rx.space(s.need()), until))
                    rx.commit(n);
                else
                    machine.end_of_stream();
                break;
            case next::negotiate: machine.negotiated(false); break;  // of no method that was offered
            case next::wait: break;                                  // for what was answered just now
            case next::bound: break;                                 // comes after BIND only
            case next::done: {
                const auto [reply, octets] = s.finish();
                early = std::string(std::string_view(octets));
                return reply.code;
            }
            case next::fail: return socks::outcome_of(s);
        }
    }
}

inline connection connect_once(const socks::endpoint& proxy, const socks::request& want,
                               std::chrono::seconds patience, size_t& used) {
    const deadline until = in(patience);  // for the whole of it
    connection c;
    try {
        c.fd = connect_to_any(proxy, until);
        c.how = handshake(c.fd.get(), want, until, c.early, used);
    } catch (const std::system_error& e) {
        if (c.fd) c.how = e.code() == std::errc::timed_out ? socks::errc::timed_out : socks::errc::closed;
    }
    return c;
}

}  // namespace detail

/// Asks the proxy for `want`, with so much patience for everything until it has answered.
/// @param second_user  where given, a proxy that does not speak SOCKS5 is asked by SOCKS4 on a new connection, with
///                     this user ID, as java.net.Socket does.
inline connection connect_through(const socks::endpoint& proxy, socks::request want,
                                  std::chrono::seconds patience,
                                  const std::optional<std::string_view>& second_user) {
    size_t used = 0;
    connection c = detail::connect_once(proxy, want, patience, used);
    if (!second_user || !socks::second_try(want, c.how.error(), used, *second_user, want)) return c;
    return detail::connect_once(proxy, want, patience, used);
}

}  // namespace example

#endif
