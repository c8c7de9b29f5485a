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

    /// Listens on the host of `here`, on one of the ports for relays. @returns false, with errno set, if that
    /// fails.
    [[nodiscard]] bool open(const socket_address& here) noexcept {
        scope_ = here.scope();
        const auto [first, last] = common_.options.relay_ports;
        const unsigned ports = last - first + 1U;
        for (unsigned tried = 0; tried < ports; ++tried) {
            const auto port = static_cast<uint16_t>(first + common_.relays++ % ports);
            socket_address local({here.endpoint().host, port}, scope_);
            if (!near_.fd && !near_.open(common_.loop, local.family())) return false;
            if (::bind(near_.fd.get(), local.data(), local.size()) == 0) return true;
            if (errno != EADDRINUSE) return false;
        }
        return false;
    }

    /// The address to which the client must send its datagrams.
    [[nodiscard]] socks::endpoint address() const noexcept { return local_endpoint(near_.fd.get()); }

    [[nodiscard]] uint64_t up() const noexcept { return up_; }      ///< bytes of data to destinations
    [[nodiscard]] uint64_t down() const noexcept { return down_; }  ///< bytes of data to the client

    /// The time of the last relayed datagram.
    [[nodiscard]] event_loop::clock::time_point moved() const noexcept { return moved_; }

  private:
    static constexpr int rounds = 16;                // datagrams of one socket before the others
    static constexpr size_t max_destinations = 512;  // then the least recently used is replaced
    static constexpr size_t max_look_ups = 8;        // at the same time
    static constexpr size_t max_held = 64 << 10;     // bytes of all datagrams that are kept
    static constexpr size_t max_unanswered = 64;     // datagrams
    static constexpr int burst = 512 << 10;          // bytes; the system doubles it for its own data

    struct destination {
        std::string name;                     // as the client sent it; empty for an address
        socks::endpoint address;              // no host during the look-up
        std::vector<socks::endpoint> others;  // of the name, until one has answered
        resolver::interest asked;
        std::vector<std::string> held;  // datagrams until the look-up, or for one of the others
        event_loop::clock::time_point used;
    };

    struct socket final : watcher {
        socket(association& a, void (association::*h)()) noexcept : owner(a), heard(h) {}
        // Only a privileged process can have a receive buffer above the limit of the system.
        bool open(event_loop& loop, int family) noexcept {
            fd = unique_fd(::socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            if (fd && ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &burst, sizeof burst) != 0)
                ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &burst, sizeof burst);
            return fd && loop.watch(fd.get(), EPOLLIN, *this);
        }
        // A datagram without memory is lost; UDP permits that.
        void ready(uint32_t events) override {
            try {
                if ((events & EPOLLERR) != 0) owner.failed(*this);
                (owner.*heard)();
            } catch (const std::bad_alloc&) {
            }
        }

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
        if (d == nullptr) d = &add({{}, address, {}, {}, {}, {}});
        send(*d, data);
    }

    void forward(const std::string& name, uint16_t port, std::string_view data) {
        destination* d = find(name, {{}, port});
        if (d == nullptr) {
            if (look_ups() == max_look_ups || is_onion(name) || common_.names.recent_failure(name)) return;
            d = &add({name, {{}, port}, {}, {}, {}, {}});
            d->asked = common_.names.resolve(peer_, name, port, [this, name, port](looked_up found) {
                resolved(name, port, found.addresses);
            });
        }
        d->address.host.kind() == socks::host_kind::none ? hold(*d, data) : send(*d, data);
    }

    void resolved(const std::string& name, uint16_t port, std::vector<socks::endpoint>& addresses) {
        destination* const d = find(name, {{}, port});
        if (d == nullptr) return;  // another destination has replaced it
        std::erase_if(addresses,
                      [&](const socks::endpoint& e) { return !common_.options.rules.permit(peer_, e); });
        if (addresses.empty()) {
            released(*d);
            destinations_.erase(destinations_.begin() + (d - destinations_.data()));
            return;
        }
        socks::interleave_families(addresses.data(), addresses.size());
        d->others = std::move(addresses);
        d->asked.reset();
        send_to_next(*d);
    }

    // A datagram that does not fit is lost; UDP permits that.
    void hold(destination& d, std::string_view data) {
        const size_t size = sizeof(std::string) + data.size();
        if (held_ + size > max_held) return;
        held_ += size;
        d.held.emplace_back(data);
    }

    std::vector<std::string> released(destination& d) noexcept {
        for (const std::string& data : d.held) held_ -= sizeof(std::string) + data.size();
        return std::exchange(d.held, {});
    }

    // While a name has other addresses, its datagrams are kept until an answer comes. After some datagrams
    // without an error, the address counts as reachable: not everybody answers.
    void send(destination& to, std::string_view data) {
        if (to.held.size() == max_unanswered) settle(to);
        if (!to.others.empty()) hold(to, data);
        if (!transmit(to.address, data)) return send_to_next(to);
        up_ += data.size();
        to.used = moved_ = common_.loop.now();
    }

    void settle(destination& d) noexcept {
        d.others.clear();
        released(d);
    }

    // The address cannot be reached, or there was none: sends the datagrams to the next one.
    void send_to_next(destination& to) {
        if (to.others.empty()) return;
        to.address = to.others.front();
        to.others.erase(to.others.begin());
        for (const std::string& data : released(to)) send(to, data);
    }

    // @returns  false if the system reports at once that the address cannot be reached.
    bool transmit(const socks::endpoint& to, std::string_view data) noexcept {
        socket_address remote(to, scope_);
        const int family = remote.family();
        socket& s = family == AF_INET6 ? six_ : four_;
        if (!s.fd && !open_far(s, family)) return false;
        // The first call may report the error of an earlier datagram.
        return send_to(s.fd.get(), data, remote) || send_to(s.fd.get(), data, remote) || errno == EAGAIN;
    }

    // The system keeps the errors that routers and hosts report, so that failed() can read them.
    bool open_far(socket& s, int family) noexcept {
        const int on = 1;
        const bool six = family == AF_INET6;
        if (s.open(common_.loop, family) &&
            ::setsockopt(s.fd.get(), six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_RECVERR : IP_RECVERR, &on,
                         sizeof on) == 0)
            return true;
        s.fd.reset();
        return false;
    }

    void failed(const socket& s) {
        socket_address to;
        msghdr error{};
        for (int i = 0; i < rounds; ++i) {
            to = {};
            error.msg_name = to.data();
            error.msg_namelen = *to.room();
            if (::recvmsg(s.fd.get(), &error, MSG_ERRQUEUE) < 0) return;
            *to.room() = error.msg_namelen;
            const socks::endpoint address = to.endpoint();
            for (destination& d : destinations_)
                if (d.address == address) send_to_next(d);
        }
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
            destination* const d = find_source(source);
            if (d == nullptr && !anyone(source)) continue;
            const socks::buffer packet(common_.scratch.data(), socks::max_datagram_header + size);
            const auto whole = socks::encode_datagram_in_place(source, packet, socks::max_datagram_header);
            if (!whole || !send_to(near_.fd.get(), std::string_view(whole.data()), client_address_)) continue;
            down_ += size;
            moved_ = common_.loop.now();
            if (d == nullptr) continue;
            d->used = moved_;
            settle(*d);
        }
    }

    // Finds a destination by name and port, or by address if the name is empty.
    destination* find(const std::string& name, const socks::endpoint& address) noexcept {
        for (destination& d : destinations_)
            if (d.name == name && (name.empty() ? d.address == address : d.address.port == address.port))
                return &d;
        return nullptr;
    }

    destination* find_source(const socks::endpoint& source) noexcept {
        for (destination& d : destinations_)
            if (d.address == source) return &d;
        if (common_.options.answers == answers_from::destination) return nullptr;
        for (destination& d : destinations_)
            if (d.address.host == source.host) return &d;
        return nullptr;
    }

    [[nodiscard]] bool anyone(const socks::endpoint& source) const noexcept {
        return common_.options.answers == answers_from::any && common_.options.rules.permit(peer_, source);
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
        if (!std::exchange(full_, true))
            common_.log(text(peer_) + ": more than " + std::to_string(max_destinations) +
                        " destinations of datagrams, so the least recently used are forgotten");
        const auto earlier = [](const destination& a, const destination& b) {
            return std::pair(a.asked != nullptr, a.used) < std::pair(b.asked != nullptr, b.used);
        };
        destination& oldest = *std::min_element(destinations_.begin(), destinations_.end(), earlier);
        released(oldest);
        return oldest = std::move(d);
    }

    proxy_common& common_;
    socks::host peer_;
    socks::source_lock client_;
    socket_address client_address_;
    uint32_t scope_ = 0;  // the network interface of a link-local client, and of its link-local destinations
    socket near_{*this, &association::from_client};
    socket four_{*this, &association::from_four};
    socket six_{*this, &association::from_six};
    std::vector<destination> destinations_;
    size_t held_ = 0;    // bytes of the datagrams that are kept
    bool full_ = false;  // there were too many destinations, and the log says so
    event_loop::clock::time_point moved_ = common_.loop.now();
    uint64_t up_ = 0;
    uint64_t down_ = 0;
};

}  // namespace example

#endif
