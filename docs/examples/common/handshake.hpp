// The handshakes with the proxies of a route, with blocking calls and precise reads. They read no byte of the
// tunnel, unless one read returned the first bytes of the destination together with the reply.

#ifndef EXAMPLES_COMMON_HANDSHAKE_HPP
#define EXAMPLES_COMMON_HANDSHAKE_HPP

#include <functional>

#include "failure.hpp"

namespace example {

class handshake {
  public:
    using next = socks::chain::next;

    /// @param code  formats a reply code as text. Tor has reply codes of its own.
    explicit handshake(const socks::route& route, code_format code = socks::format,
                       socks::client_options options = {}) noexcept
        : route_(route), code_(code), machine_(options) {}

    /// Called with all bytes: the index of the proxy, whether this client sent them, and the bytes.
    std::function<void(size_t, bool, socks::bytes)> observer;

    /// Runs the handshakes over `fd`, a connection to the first proxy, until the deadline. For BIND, calls
    /// `bound` with the address at which the proxy listens; then the incoming connection has the same limit.
    /// @returns the reply and the early data after it. Both point into this object.
    socks::chain::completed run(int fd, deadline until,
                                const std::function<void(const socks::endpoint&)>& bound = {}) {
        for (;;) {
            const socks::client_state when = machine_.state();
            const auto s = machine_.step(route_, rx_, tx_);
            if (s.next() == next::done) return s.result();
            if (s.next() == next::fail) throw not_granted(described(s, when, until), outcome_of(s));
            if (s.next() == next::bound) {
                if (bound) bound(s.bound());
                until = until.again();
                continue;
            }
            try {
                perform(fd, s, until);
            } catch (const std::system_error& e) {
                throw interrupted(proxy(), e, when, until);
            }
        }
    }

  private:
    // Does what the machine needs. Throws std::system_error if that fails.
    void perform(int fd, const socks::chain::action& s, const deadline& until) {
        switch (s.next()) {
            case next::send:
                if (observer) observer(machine_.hop(), true, s.data());
                write_all(fd, s.data(), until);
                tx_.clear();  // all bytes are sent; this wipes a password
                break;
            case next::recv: {
                const socks::buffer room = rx_.prepare(s.needed());
                const size_t n = read_some(fd, room, until);
                if (n == 0) return machine_.end_of_stream();
                if (observer) observer(machine_.hop(), false, {room.data(), n});
                rx_.commit(n);
                break;
            }
            case next::negotiate: machine_.negotiated(false); break;  // this client offers no such method
            case next::wait:                                          // never: each answer comes at once
            case next::bound:
            case next::done:
            case next::fail: break;
        }
    }

    [[nodiscard]] std::string proxy() const { return text(route_.through[machine_.hop()].proxy); }

    [[nodiscard]] std::string described(const socks::chain::action& s, socks::client_state when,
                                        const deadline& until) const {
        if (blame(s.error()) == socks::party::caller) return to_string(s.error());
        return example::described(proxy(), outcome_of(s), when, until, code_);
    }

    socks::route route_;
    code_format code_;
    socks::chain machine_;
    socks::inbox<socks::chain::max_input> rx_;
    socks::outbox<socks::chain::max_pipelined> tx_;  // large enough to pipeline into one segment
};

}  // namespace example

#endif
