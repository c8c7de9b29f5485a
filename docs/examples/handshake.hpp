// The handshakes with the proxies of a route, with blocking calls and precise reads: no octet of what lies behind them
// is read, unless the destination's first ones came along.

#ifndef EXAMPLES_HANDSHAKE_HPP
#define EXAMPLES_HANDSHAKE_HPP

#include <functional>
#include <stdexcept>

#include "client_io.hpp"

namespace example {

/// A proxy said no, or no proxy said anything.
class not_granted : public std::runtime_error {
  public:
    not_granted(const std::string& words, socks::outcome o) : std::runtime_error(words), why(o) {}
    socks::outcome why;
};

class handshake {
  public:
    using next = socks::chain::next;
    using code_format = socks::encoded (*)(const socks::reply_code&, socks::buffer);

    /// @param code  makes the text of a reply code; Tor has some of its own.
    explicit handshake(const socks::route& way, code_format code = socks::format,
                       socks::client_options options = {}) noexcept
        : way_(way), code_(code), machine_(options) {}

    /// Runs it over `fd`, a connection to the first proxy. `bound` is told where a proxy listens for BIND.
    /// @returns the reply and what came behind it, which point into this object.
    socks::chain::finished run(int fd, const std::function<void(const socks::endpoint&)>& bound = {}) {
        for (;;) {
            const auto s = machine_.step(way_, rx_, tx_);
            switch (s.next()) {
                case next::send:
                    write_all(fd, s.data());
                    tx_.clear();  // all of it is sent, and a password is wiped
                    break;
                case next::recv:
                    if (const size_t n = read_some(fd, rx_.space(s.need())))
                        rx_.commit(n);
                    else
                        machine_.end_of_stream();
                    break;
                case next::bound:
                    if (bound) bound(s.bound());
                    break;
                case next::negotiate: machine_.negotiated(false); break;  // of no method that was offered
                case next::wait: break;                                   // for what was answered just now
                case next::done: return s.finish();
                case next::fail: throw not_granted(described(s), socks::outcome_of(s));
            }
        }
    }

  private:
    [[nodiscard]] std::string described(const socks::chain::action& s) const {
        if (blame(s.error()) == socks::party::caller) return name(s.error());
        const std::string proxy = "the proxy at " + text(way_.through[machine_.hop()].at);
        if (s.error() == socks::errc::refused) {
            char room[socks::max_text_code];
            return proxy +
                   " refused: " + std::string(std::string_view(code_(s.code(), socks::buffer(room)).data()));
        }
        return proxy + ": " + name(s.error());
    }

    socks::route way_;
    code_format code_;
    socks::chain machine_;
    socks::inbox<socks::chain::max_input> rx_;
    socks::outbox<socks::chain::max_pipelined> tx_;  // of what is pipelined it makes one segment
};

}  // namespace example

#endif
