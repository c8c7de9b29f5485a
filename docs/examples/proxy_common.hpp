// What all sessions of one proxy share: its options, the loop, the look-up of names, the log.

#ifndef EXAMPLES_PROXY_COMMON_HPP
#define EXAMPLES_PROXY_COMMON_HPP

#include <deque>
#include <functional>
#include <memory>

#include "access.hpp"
#include "relay.hpp"
#include "resolver.hpp"

namespace example {

using std::chrono::seconds;

struct proxy_options {
    socks::endpoint listen{socks::ipv4{127, 0, 0, 1}, 1080};
    std::vector<network> peers = loopback();
    std::vector<network> forbidden;  ///< as destinations
    socks::host relay_address;       ///< told to clients of the relay instead of the one where it is
    std::vector<credentials> users;  ///< none: everyone, and SOCKS4 too
    size_t connections = 1000;
    bool socks4_only = false;     ///< SOCKS5 is refused so that java.net.Socket goes on by SOCKS4
    bool tell_bound = false;      ///< in a reply to CONNECT too, where some clients misread an IPv6 address
    bool shared = false;          ///< other proxies of this program listen at the same place
    seconds handshake_limit{30};  ///< for the whole of it, the connection to the destination included
    seconds dial_limit{10};       ///< for each address of the destination
    seconds bind_limit{120};      ///< for the connection that BIND waits for
    seconds idle_limit{3600};     ///< for a relay in which nothing moves
    std::function<void(std::string_view lines)> log = [](std::string_view) {};
};

class proxy_session;

struct proxy_common {
    proxy_options options;
    event_loop loop;
    resolver names{loop};
    std::vector<char> scratch = std::vector<char>(socks::max_datagram_header + socks::max_datagram);
    conduit through;
    std::deque<std::shared_ptr<proxy_session>> busy;    ///< have more to do than fits into one turn
    std::vector<std::shared_ptr<proxy_session>> ended;  ///< to be forgotten when the round is over
    std::string lines;                                  ///< of the log

    explicit proxy_common(proxy_options o) : options(std::move(o)) {}
};

}  // namespace example

#endif
