// The handshakes with the proxies of a route, with blocking calls and precise reads. They read no byte of the
// tunnel, unless one read returned the first bytes of the destination together with the reply.

#ifndef EXAMPLES_COMMON_HANDSHAKE_HPP
#define EXAMPLES_COMMON_HANDSHAKE_HPP

#include <functional>
#include <stdexcept>

#include "client_io.hpp"

namespace example {

/// A proxy refused, or a handshake failed without a reply.
class not_granted : public std::runtime_error {
  public:
    not_granted(const std::string& words, socks::outcome o) : std::runtime_error(words), why(o) {}
    socks::outcome why;
};

class handshake {
  public:
    using next = socks::chain::next;
    using code_format = socks::encoded (*)(const socks::reply_code&, socks::buffer);

    /// @param code  formats a reply code as text. Tor has reply codes of its own.
    explicit handshake(const socks::route& route, code_format code = socks::format,
                       socks::client_options options = {}) noexcept
        : route_(route), code_(code), machine_(options) {}

    /// Runs the handshakes over `fd`, a connection to the first proxy. For BIND, calls `bound` with the
    /// address at which the proxy listens.
    /// @returns the reply and the early data after it. Both point into this object.
    socks::chain::completed run(int fd, const std::function<void(const socks::endpoint&)>& bound = {}) {
        for (;;) {
            const auto s = machine_.step(route_, rx_, tx_);
            switch (s.next()) {
                case next::send:
                    write_all(fd, s.data());
                    tx_.clear();  // all bytes are sent; this wipes a password
                    break;
                case next::recv:
                    if (const size_t n = read_some(fd, rx_.prepare(s.needed())))
                        rx_.commit(n);
                    else
                        machine_.end_of_stream();
                    break;
                case next::bound:
                    if (bound) bound(s.bound());
                    break;
                case next::negotiate: machine_.negotiated(false); break;  // this client offers no such method
                case next::wait: break;                                   // never: each answer comes at once
                case next::done: return s.result();
                case next::fail: throw not_granted(described(s), socks::outcome_of(s));
            }
        }
    }

  private:
    [[nodiscard]] std::string described(const socks::chain::action& s) const {
        if (blame(s.error()) == socks::party::caller) return to_string(s.error());
        const std::string proxy = "the proxy at " + text(route_.through[machine_.hop()].proxy);
        if (s.error() == socks::errc::refused) {
            char room[socks::max_text_code];
            return proxy +
                   " refused: " + std::string(std::string_view(code_(s.code(), socks::buffer(room)).data()));
        }
        return proxy + ": " + to_string(s.error());
    }

    socks::route route_;
    code_format code_;
    socks::chain machine_;
    socks::inbox<socks::chain::max_input> rx_;
    socks::outbox<socks::chain::max_pipelined> tx_;  // large enough to pipeline into one segment
};

}  // namespace example

#endif
