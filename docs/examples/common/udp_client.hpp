// Sends and receives datagrams through a SOCKS5 proxy with blocking calls. Accepts only those of the relay.

#ifndef EXAMPLES_COMMON_UDP_CLIENT_HPP
#define EXAMPLES_COMMON_UDP_CLIENT_HPP

#include <optional>

#include "handshake.hpp"

namespace example {

/// An association. It lives as long as its control connection.
class udp_client {
  public:
    explicit udp_client(const socks::hop& proxy) : control_(connect_to_any(proxy.proxy)) {
        // DST is the source of our datagrams, not their destination. A NAT may hide it, so send all zeros.
        const socks::host reached = remote_endpoint(control_.get()).host;
        handshake asked({.through = {&proxy, 1},
                         .command = socks::command::udp_associate,
                         .to = unspecified_for(reached)});
        const socks::endpoint bound = asked.run(control_.get()).reply.bound;
        relay_ = resolved(relay_endpoint(bound, reached));
        const int family = socket_address(relay_).family();
        socket_ = unique_fd(must(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket"));
    }

    /// The control connection carries no more data. If it becomes readable, the association has ended.
    [[nodiscard]] int control() const noexcept { return control_.get(); }
    [[nodiscard]] int socket() const noexcept { return socket_.get(); }

    /// @returns the sent datagram, header and data, valid until the next call.
    socks::bytes send(const socks::endpoint& to, std::string_view data) {
        const auto datagram = encode_datagram(to, data, room_);
        if (!datagram) throw std::runtime_error(to_string(datagram.error()));
        socket_address relay(relay_);
        if (!send_to(socket_.get(), std::string_view(datagram.data()), relay)) must(-1, "cannot send");
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
    static socks::endpoint resolved(const socks::endpoint& e) {
        if (e.host.kind() != socks::host_kind::name) return e;
        return addresses_of(e)[0];
    }

    unique_fd control_;
    socks::endpoint relay_;
    unique_fd socket_;
    std::vector<char> room_ = std::vector<char>(socks::max_datagram);
    socks::bytes received_;
};

}  // namespace example

#endif
