// UDP ASSOCIATE of the faulty proxy: datagrams until the control connection ends.

#ifndef SOCKS_TESTS_FAULTY_PROXY_ASSOCIATION_HPP
#define SOCKS_TESTS_FAULTY_PROXY_ASSOCIATION_HPP

#include <socks/socks.hpp>

#include "relay.hpp"

namespace faulty {

using example::socket_address;

class association {
  public:
    /// @param near      the local address of the control connection.
    /// @param client    its remote address.
    /// @param declared  where the client says that it sends from.
    association(const socks::endpoint& near, const socks::endpoint& client, const socks::endpoint& declared)
        : lock_(client.host, declared) {
        near_ = open({near.host, 0});
        four_ = open({socks::ipv4{}, 0});
        six_ = open({socks::ipv6{}, 0});
        if (!near_ || !four_) throw std::system_error(errno, std::generic_category(), "socket");
    }

    [[nodiscard]] socks::endpoint relay_address() const noexcept {
        return example::local_endpoint(near_.get());
    }

    void run(int control) {
        if (has(fault::udp_control_closes)) return;
        for (;;) {
            pollfd watched[] = {{control, POLLIN, 0},
                                {near_.get(), POLLIN, 0},
                                {four_.get(), POLLIN, 0},
                                {six_.get(), POLLIN, 0}};
            if (::poll(watched, 4, 120'000) <= 0) return;
            char room[512];
            if (watched[0].revents != 0 && ::recv(control, room, sizeof room, MSG_DONTWAIT) <= 0) {
                if (!has(fault::udp_survives)) return;
                control = -1;
            }
            if (watched[1].revents != 0 && !from_client()) return;
            if (watched[2].revents != 0) from_destination(four_.get());
            if (watched[3].revents != 0) from_destination(six_.get());
        }
    }

  private:
    static unique_fd open(const socks::endpoint& at) {
        socket_address local(at);
        unique_fd fd(::socket(local.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
        const int on = 1;
        if (fd && local.family() == AF_INET6)
            ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
        if (fd && ::bind(fd.get(), local.data(), local.size()) != 0) fd.reset();
        return fd;
    }

    // Returns false if the association ends.
    bool from_client() {
        static thread_local char room[socks::max_datagram];
        socket_address from;
        const ssize_t n = example::receive_from(near_.get(), room, from);
        if (n < 0) return true;
        auto d = socks::decode_datagram({room, static_cast<size_t>(n)});
        if (!d && d.error() == socks::errc::fragmented && has(fault::udp_fragments)) {
            room[2] = 0;
            d = socks::decode_datagram({room, static_cast<size_t>(n)});
        }
        if (!d) return !has(fault::udp_garbage_ends);
        const bool ours = has(fault::udp_any_client) || lock_.admit(from.endpoint());
        if (!ours || (d->data().empty() && has(fault::udp_empty_lost))) return true;
        client_ = from;
        if (socks::endpoint to = d->remote(); resolve(to)) {
            socket_address remote(to);
            if (has(fault::udp_first_destination) && !destinations_.empty() && destinations_[0] != to)
                return true;
            destinations_.push_back(to);
            const int fd = remote.family() == AF_INET6 ? six_.get() : four_.get();
            static_cast<void>(example::send_to(fd, cut(std::string_view(d->data())), remote));
        }
        return true;
    }

    void from_destination(int fd) {
        static thread_local char room[socks::max_datagram_header + socks::max_datagram];
        constexpr size_t header = socks::max_datagram_header;
        socket_address from;
        const ssize_t n = example::receive_from(fd, {room + header, sizeof room - header}, from);
        if (n < 0) return;
        const socks::endpoint source = from.endpoint();
        const socks::endpoint named = has(fault::udp_source_is_relay) ? relay_address() : source;
        const bool known =
            std::find(destinations_.begin(), destinations_.end(), source) != destinations_.end();
        if (!known) return;
        const size_t size = cut({room + header, static_cast<size_t>(n)}).size();
        const auto whole = socks::encode_datagram_in_place(named, {room, header + size}, header);
        const std::string_view datagram = has(fault::udp_no_header) ? std::string_view(room + header, size)
                                                                    : std::string_view(whole.data());
        if (client_.family() != AF_UNSPEC)
            static_cast<void>(example::send_to(near_.get(), datagram, client_));
    }

    static std::string_view cut(std::string_view data) noexcept {
        return has(fault::udp_cut) ? data.substr(0, 1024) : data;
    }

    static bool resolve(socks::endpoint& e) {
        if (e.host.kind() != socks::host_kind::name) return true;
        if (has(fault::udp_no_names)) return false;
        const auto found = example::look_up(std::string(std::string_view(e.host.name())), e.port);
        for (const socks::endpoint& address : found.addresses)
            if (address.host.kind() == socks::host_kind::ipv4) return e = address, true;
        return !found.addresses.empty() && (e = found.addresses.front(), true);
    }

    socks::source_lock lock_;
    socket_address client_;
    unique_fd near_, four_, six_;
    std::vector<socks::endpoint> destinations_;
};

}  // namespace faulty

#endif
