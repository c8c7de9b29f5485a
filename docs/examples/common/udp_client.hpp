// Sends and receives datagrams through a SOCKS5 proxy with blocking calls. Accepts only those of the relay.

#ifndef EXAMPLES_COMMON_UDP_CLIENT_HPP
#define EXAMPLES_COMMON_UDP_CLIENT_HPP

#include <optional>

#include "handshake.hpp"

namespace example {

/// Which relays a client sends its datagrams to. A proxy could name a private address to let the client send
/// into its own network.
enum class relays { of_proxy_or_global, any };

/// An association. It lives as long as its control connection.
class udp_client {
  public:
    /// Connects to `proxy` at `where` and asks for an association, until the deadline.
    udp_client(const socks::hop& proxy, const place& where, const deadline& until,
               relays allowed = relays::of_proxy_or_global)
        : control_(connect_to_any(where, until, "the proxy at ")) {
        // DST is the source of our datagrams, not their destination. A NAT may hide it, so send all zeros.
        socket_address reached;
        must(::getpeername(control_.get(), reached.data(), reached.room()), "getpeername");
        const socks::host at = reached.endpoint().host;
        handshake asked(
            {.through = {&proxy, 1}, .command = socks::command::udp_associate, .to = unspecified_for(at)});
        const socks::endpoint bound = asked.run(control_.get(), until).reply.bound;
        relay_ = usable(relay_endpoint(bound, at), at, allowed, until);
        address_ = socket_address(relay_, reached.scope());
        socket_ = unique_fd(must(::socket(address_.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));
    }

    /// The control connection carries no more data. If it becomes readable, the association has ended.
    [[nodiscard]] int control() const noexcept { return control_.get(); }
    [[nodiscard]] int socket() const noexcept { return socket_.get(); }

    /// @returns the sent datagram, header and data, valid until the next call.
    socks::bytes send(const socks::endpoint& to, std::string_view data) {
        const auto datagram = encode_datagram(to, data, room_);
        if (!datagram) throw std::runtime_error(to_string(datagram.error()));
        if (!send_to(socket_.get(), std::string_view(datagram.data()), address_)) must(-1, "cannot send");
        return datagram.data();
    }

    /// Waits for a datagram. @returns it, valid until the next call, or nothing if the relay did not send it.
    std::optional<socks::datagram> receive() {
        socket_address from;
        const ssize_t n = receive_from(socket_.get(), room_, from);
        if (n < 0 && errno == EAGAIN) errno = ETIMEDOUT;  // the timeout of SO_RCVTIMEO
        received_ = {room_.data(), static_cast<size_t>(must(n, "cannot receive from the relay"))};
        if (!from_relay(from.endpoint(), relay_)) return {};
        const auto d = socks::decode_datagram(received_);
        return d ? std::optional(*d) : std::nullopt;
    }

    /// The last received datagram, header and data.
    [[nodiscard]] socks::bytes received() const noexcept { return received_; }

  private:
    static socks::endpoint usable(socks::endpoint relay, const socks::host& proxy, relays allowed,
                                  const deadline& until) {
        const std::string named = "the proxy at " + text(proxy) + " names the relay " + text(relay);
        if (relay.host.kind() == socks::host_kind::name) relay = addresses_of({relay}, until).addresses[0];
        if (relay.port == 0) throw std::runtime_error(named + ", which has no port");
        if (allowed != relays::any && !is_global(relay.host) && !same_address(relay.host, proxy))
            throw std::runtime_error(named + ", which is private and not at the address of the proxy");
        return relay;
    }

    unique_fd control_;
    socks::endpoint relay_;
    socket_address address_;
    unique_fd socket_;
    std::vector<char> room_ = std::vector<char>(socks::max_datagram);
    socks::bytes received_;
};

}  // namespace example

#endif
