// The state that all sessions of one proxy share: options, loop, resolver, log.

#ifndef EXAMPLES_PROXY_COMMON_HPP
#define EXAMPLES_PROXY_COMMON_HPP

#include <ctime>
#include <deque>
#include <functional>
#include <memory>

#include "access.hpp"
#include "relay.hpp"
#include "resolver.hpp"
#include "users.hpp"

namespace example {

using std::chrono::seconds;

/// Who may answer a datagram of a client.
enum class answers_from : uint8_t {
    destination,  ///< the address and port to which the client has sent
    host,         ///< every port of that address: TFTP answers from another port
    any,          ///< everybody, after the first datagram of the client
};

struct proxy_options {
    socks::endpoint listen{socks::ipv4{127, 0, 0, 1}, 1080};
    uint32_t listen_scope = 0;  ///< the network interface, if `listen` is a link-local address
    access_rules rules;
    std::vector<socks::host> relay_addresses;   ///< sent instead of real addresses of the same family
    std::pair<uint16_t, uint16_t> relay_ports;  ///< first and last port of relays; 0: the system chooses
    answers_from answers = answers_from::destination;
    std::vector<credentials> users;  ///< empty: no authentication, and SOCKS4 too
    bool any_password = false;       ///< without users: also accept clients that must send a password
    size_t connections = 1000;
    size_t per_client = 1'000'000;                                              ///< connections of one client
    std::shared_ptr<client_counts> counts = std::make_shared<client_counts>();  ///< of all threads
    bool socks4_only = false;     ///< refuse SOCKS5 so that java.net.Socket continues with SOCKS4
    bool tell_bound = false;      ///< also in replies to CONNECT; some clients misread an IPv6 address there
    bool shared = false;          ///< other proxies of this program listen on the same port
    seconds handshake_limit{30};  ///< for the complete handshake, including the dial
    seconds dial_limit{10};       ///< for the last address of the destination
    seconds bind_limit{120};      ///< for the connection that BIND waits for
    seconds idle_limit{3600};     ///< for a relay without traffic
    std::function<void(std::string_view lines)> log = [](std::string_view) {};
};

/// The time of a line of the log: UTC in the format of ISO 8601.
inline std::string utc_now() {
    const std::time_t now = std::time(nullptr);
    std::tm fields{};
    ::gmtime_r(&now, &fields);
    char room[sizeof "2026-01-31T23:59:59Z"];
    return {room, std::strftime(room, sizeof room, "%Y-%m-%dT%H:%M:%SZ", &fields)};
}

class proxy_session;

/// A session that tries another address of its destination, if it has not connected until then.
struct next_attempt {
    event_loop::clock::time_point due;
    std::weak_ptr<proxy_session> session;
    size_t tried;  ///< addresses
};

struct proxy_common {
    proxy_options options;
    event_loop loop;
    resolver names{loop};
    std::vector<char> scratch = std::vector<char>(socks::max_datagram_header + socks::max_datagram);
    conduit through;
    unsigned relays = 0;                                ///< ports that were tried
    std::deque<next_attempt> attempts;                  ///< all after the same delay, so the next is in front
    std::deque<std::shared_ptr<proxy_session>> busy;    ///< sessions with more work than one turn allows
    std::vector<std::shared_ptr<proxy_session>> ended;  ///< sessions that are deleted after the round
    std::string lines;                                  ///< log lines to write
    event_loop::clock::time_point next_sweep{};         ///< when the deadlines are checked

    explicit proxy_common(proxy_options o) : options(std::move(o)) {}

    /// Adds a line to the log.
    void log(std::string_view line) { lines.append(utc_now()).append(" ").append(line).append("\n"); }
};

}  // namespace example

#endif
