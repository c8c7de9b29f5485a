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

constexpr timeval patience{30, 0};  // for each answer of the proxy, and for each part of a transfer

// `used` counts what the handshake used of the proxy's octets.
inline socks::outcome handshake(int fd, const socks::request& want, std::string& early, size_t& used) {
    using next = socks::client::next;
    socks::client machine;
    socks::inbox<socks::client::max_input> rx;
    std::array<char, socks::client::max_output> tx;
    for (;;) {
        const auto s = machine.step(want, rx, tx);
        used += s.used();
        switch (s.next()) {
            case next::send:
                write_all(fd, s.data());
                socks::wipe(tx);  // it may have held the password
                break;
            case next::recv:
                if (const size_t n = read_some(fd, rx.space(s.need())))
                    rx.commit(n);
                else
                    machine.close();
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

inline connection connect_once(const socks::endpoint& proxy, const socks::request& want, size_t& used) {
    connection c;
    try {
        c.fd = connect_to_any(proxy);
        must(::setsockopt(c.fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), "setsockopt");
        must(::setsockopt(c.fd.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience), "setsockopt");
        c.how = handshake(c.fd.get(), want, c.early, used);
    } catch (const std::system_error& e) {
        if (c.fd) c.how = e.code() == std::errc::timed_out ? socks::errc::timed_out : socks::errc::closed;
    }
    return c;
}

}  // namespace detail

/// Asks the proxy for `want`.
/// @param second_user  where given, a proxy that does not speak SOCKS5 is asked by SOCKS4 on a new connection, with
///                     this user ID, as java.net.Socket does.
inline connection connect_through(const socks::endpoint& proxy, socks::request want,
                                  const std::optional<std::string_view>& second_user) {
    size_t used = 0;
    connection c = detail::connect_once(proxy, want, used);
    if (!second_user || !socks::second_try(want, c.how.error(), used, *second_user, want)) return c;
    return detail::connect_once(proxy, want, used);
}

}  // namespace example

#endif
