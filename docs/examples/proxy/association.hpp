// Relays the datagrams of one client after UDP ASSOCIATE. One socket receives from that client only. One
// socket per address family receives from the destinations of the client only. All other datagrams are
// dropped. The association ends with its control connection.

#ifndef EXAMPLES_PROXY_ASSOCIATION_HPP
#define EXAMPLES_PROXY_ASSOCIATION_HPP

#include <algorithm>

#include "common.hpp"

namespace example {

class association final : public std::enable_shared_from_this<association> {
  public:
    /// @param peer      the client's end of the control connection.
    /// @param declared  DST of its request.
    association(proxy_common& common, const socks::endpoint& peer, const socks::endpoint& declared) noexcept
        : common_(common), peer_(peer.host), client_(peer.host, declared) {}

    /// Listens on `here`. @returns false, with errno set, if that fails.
    [[nodiscard]] bool open(const socks::host& here) noexcept {
        socket_address local({here, 0});
        return near_.open(common_.loop, local.family()) &&
               ::bind(near_.fd.get(), local.data(), local.size()) == 0;
    }

    /// The address to which the client must send its datagrams.
    [[nodiscard]] socks::endpoint address() const noexcept { return local_endpoint(near_.fd.get()); }

    [[nodiscard]] uint64_t up() const noexcept { return up_; }      ///< bytes of data to destinations
    [[nodiscard]] uint64_t down() const noexcept { return down_; }  ///< bytes of data to the client

    /// The time of the last relayed datagram.
    [[nodiscard]] event_loop::clock::time_point moved() const noexcept { return moved_; }

  private:
    static constexpr int rounds = 16;               // datagrams of one socket before the others
    static constexpr size_t max_destinations = 64;  // then the least recently used is replaced
    static constexpr size_t max_look_ups = 8;       // at the same time
    static constexpr size_t max_waiting = 4;        // datagrams for a name during its look-up

    struct destination {
        std::string name;         // as the client sent it; empty for an address
        socks::endpoint address;  // no host during the look-up
        resolver::interest asked;
        std::vector<std::string> waiting;
        event_loop::clock::time_point used;
    };

    struct socket final : watcher {
        socket(association& a, void (association::*h)()) noexcept : owner(a), heard(h) {}
        bool open(event_loop& loop, int family) noexcept {
            fd = unique_fd(::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            return fd && loop.watch(fd.get(), EPOLLIN, *this);
        }
        void ready(uint32_t) override { (owner.*heard)(); }

        association& owner;
        void (association::*heard)();
        unique_fd fd;
    };

    // A datagram is received after space for a header.
    [[nodiscard]] socks::buffer room() noexcept {
        return {common_.scratch.data() + socks::max_datagram_header, socks::max_datagram};
    }

    void from_client() {
        socket_address from;
        for (int i = 0; i < rounds; ++i) {
            const ssize_t n = receive_from(near_.fd.get(), room(), from);
            if (n < 0) return;
            // This example does not put fragments together.
            const auto d = socks::decode_datagram({room().data(), static_cast<size_t>(n)});
            if (!d || !client_.admit(from.endpoint())) continue;
            client_address_ = from;
            forward(d->remote(), std::string_view(d->data()));
        }
    }

    // A name that spells an address is treated as that address.
    void forward(const socks::endpoint& to, std::string_view data) {
        const socks::host spelled = socks::spelled_address(to.host);
        if (spelled.kind() == socks::host_kind::bad || !socks::is_printable(to.host)) return;
        if (spelled.kind() == socks::host_kind::none && to.host.kind() == socks::host_kind::name)
            return forward(std::string(std::string_view(to.host.name())), to.port, data);
        const socks::host& host = to.host.kind() == socks::host_kind::name ? spelled : to.host;
        const socks::endpoint address{socks::unmap(host), to.port};
        if (!common_.options.rules.permit(peer_, address)) return;
        destination* d = find({}, address);
        if (d == nullptr) d = &add({{}, address, {}, {}, {}});
        send(*d, data);
    }

    void forward(const std::string& name, uint16_t port, std::string_view data) {
        destination* d = find(name, {{}, port});
        if (d == nullptr) {
            if (look_ups() == max_look_ups) return;
            d = &add({name, {{}, port}, {}, {}, {}});
            d->asked =
                common_.names.resolve(name, port, [weak = weak_from_this(), name, port](looked_up found) {
                    if (const auto self = weak.lock()) self->resolved(name, port, found.addresses);
                });
        }
        if (d->address.host.kind() != socks::host_kind::none)
            send(*d, data);
        else if (d->waiting.size() < max_waiting)
            d->waiting.emplace_back(data);
    }

    void resolved(const std::string& name, uint16_t port, std::vector<socks::endpoint>& addresses) {
        destination* const d = find(name, {{}, port});
        if (d == nullptr) return;  // another destination has replaced it
        std::erase_if(addresses,
                      [&](const socks::endpoint& e) { return !common_.options.rules.permit(peer_, e); });
        if (addresses.empty()) {
            destinations_.erase(destinations_.begin() + (d - destinations_.data()));
            return;
        }
        d->address = addresses[0];
        d->asked.reset();
        for (const std::string& data : std::exchange(d->waiting, {})) send(*d, data);
    }

    void send(destination& to, std::string_view data) noexcept {
        socket_address remote(to.address);
        socket& s = remote.family() == AF_INET6 ? six_ : four_;
        if (!s.fd && !s.open(common_.loop, remote.family())) return s.fd.reset();
        if (!send_to(s.fd.get(), data, remote)) return;  // lost; UDP permits that
        up_ += data.size();
        to.used = moved_ = common_.loop.now();
    }

    void from_four() { from_far(four_); }
    void from_six() { from_far(six_); }

    // The header contains the real source, also if the client used a name for it.
    void from_far(const socket& s) {
        socket_address from;
        for (int i = 0; i < rounds; ++i) {
            const ssize_t n = receive_from(s.fd.get(), room(), from);
            if (n < 0) return;
            const size_t size = static_cast<size_t>(n);
            const socks::endpoint source = from.endpoint();
            destination* const d = find_address(source);
            if (d == nullptr) continue;
            const socks::buffer packet(common_.scratch.data(), socks::max_datagram_header + size);
            const auto whole = socks::encode_datagram_in_place(source, packet, socks::max_datagram_header);
            if (!whole || !send_to(near_.fd.get(), std::string_view(whole.data()), client_address_)) continue;
            down_ += size;
            d->used = moved_ = common_.loop.now();
        }
    }

    // Finds a destination by name and port, or by address if the name is empty.
    destination* find(const std::string& name, const socks::endpoint& address) noexcept {
        for (destination& d : destinations_)
            if (d.name == name && (name.empty() ? d.address == address : d.address.port == address.port))
                return &d;
        return nullptr;
    }

    destination* find_address(const socks::endpoint& address) noexcept {
        for (destination& d : destinations_)
            if (d.address == address) return &d;
        return nullptr;
    }

    [[nodiscard]] size_t look_ups() const noexcept {
        const auto n = std::count_if(destinations_.begin(), destinations_.end(),
                                     [](const destination& d) { return d.asked != nullptr; });
        return static_cast<size_t>(n);
    }

    // A destination in a look-up is replaced last, because its question continues. Otherwise a client could
    // start questions without limit.
    destination& add(destination d) {
        d.used = common_.loop.now();
        if (destinations_.size() < max_destinations) return destinations_.emplace_back(std::move(d));
        const auto earlier = [](const destination& a, const destination& b) {
            return std::pair(a.asked != nullptr, a.used) < std::pair(b.asked != nullptr, b.used);
        };
        return *std::min_element(destinations_.begin(), destinations_.end(), earlier) = std::move(d);
    }

    proxy_common& common_;
    socks::host peer_;
    socks::source_lock client_;
    socket_address client_address_;
    socket near_{*this, &association::from_client};
    socket four_{*this, &association::from_four};
    socket six_{*this, &association::from_six};
    std::vector<destination> destinations_;
    event_loop::clock::time_point moved_ = common_.loop.now();
    uint64_t up_ = 0;
    uint64_t down_ = 0;
};

}  // namespace example

#endif
