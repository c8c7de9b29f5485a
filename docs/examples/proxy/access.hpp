// Access rules of the proxy: which clients may connect, how many connections each may hold, and where they
// may go.

#ifndef EXAMPLES_PROXY_ACCESS_HPP
#define EXAMPLES_PROXY_ACCESS_HPP

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <socks/socks.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "../common/options.hpp"
#include "interfaces.hpp"

namespace example {

/// The bytes of an address. IPv4 becomes ::ffff:a.b.c.d, so one comparison serves both families.
inline std::array<uint8_t, 16> widened(const socks::host& address) noexcept {
    std::array<uint8_t, 16> wide{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    if (address.kind() == socks::host_kind::ipv4) {
        for (size_t i = 0; i < 4; ++i) wide[12 + i] = address.v4().bytes[i];
    } else if (address.kind() == socks::host_kind::ipv6) {
        for (size_t i = 0; i < 16; ++i) wide[i] = address.v6().bytes[i];
    }
    return wide;
}

/// A network, for example 10.0.0.0/8 or ::1. ::ffff:10.0.0.0/104 is the IPv4 network 10.0.0.0/8. Every other
/// IPv6 network contains no IPv4 address, so ::/0 means all of IPv6.
class network {
  public:
    network(const socks::host& address, unsigned prefix) noexcept
        : bytes_(widened(address)),
          bits_(address.kind() == socks::host_kind::ipv4 ? prefix + 96 : prefix),
          family_(bits_ >= 96 ? socks::unmap(address).kind() : address.kind()) {}

    /// Reads `address` or `address/prefix`.
    static network parse(std::string_view text) {
        const size_t slash = text.find('/');
        const std::string_view front = text.substr(0, slash);
        const socks::host address(front);
        const bool four = address.kind() == socks::host_kind::ipv4;
        const uint16_t most = four ? 32 : 128;
        const auto prefix =
            slash == text.npos ? socks::parsed(most) : socks::parse_port(text.substr(slash + 1));
        const bool good = four || address.kind() == socks::host_kind::ipv6;
        if (!good || !prefix || *prefix > most)
            throw bad_argument("\"" + std::string(text) + "\" is no network, such as 10.0.0.0/8 or ::1");
        return {address, *prefix};
    }

    /// An IPv4-mapped address counts as its IPv4 address. Every other address counts as itself.
    [[nodiscard]] bool contains(const socks::host& address) const noexcept {
        if (socks::unmap(address).kind() != family_) return false;
        const std::array<uint8_t, 16> other = widened(address);
        for (unsigned bit = 0; bit < bits_; ++bit) {
            const unsigned difference = static_cast<unsigned>(bytes_[bit / 8] ^ other[bit / 8]);
            if ((difference << (bit % 8) & 0x80) != 0) return false;
        }
        return true;
    }

  private:
    std::array<uint8_t, 16> bytes_;
    unsigned bits_;
    socks::host_kind family_;
};

inline std::vector<network> loopback() { return {{socks::ipv4{127, 0, 0, 1}, 8}, network::parse("::1")}; }

inline bool within(const std::vector<network>& list, const socks::host& address) noexcept {
    return std::any_of(list.begin(), list.end(), [&](const network& n) { return n.contains(address); });
}

/// Whether this machine has the address now. True if the system cannot say, so that no rule opens.
inline bool is_own(const socks::host& address) noexcept {
    const interface_addresses all;
    return !all.known() || all.find([&](std::string_view, const socks::host& own) noexcept {
        return socks::same_address(own, address);
    });
}

/// What counts as one client: an IPv4 address, or an IPv6 network of 64 bits, because one host can have all
/// addresses of it.
inline socks::host client_network(const socks::host& client) noexcept {
    const socks::host address = socks::unmap(client);
    if (address.kind() != socks::host_kind::ipv6) return address;
    socks::ipv6 network = address.v6();
    for (size_t i = 8; i < sizeof network.bytes; ++i) network.bytes[i] = 0;
    return network;
}

/// Who may connect, and where they may go.
struct access_rules {
    std::vector<network> clients = loopback();  ///< who may connect
    std::vector<network> forbidden;             ///< destinations that no client may reach
    std::vector<network> reachable;             ///< destinations here that remote clients may reach
    socks::endpoint proxy;                      ///< where the proxy listens

    /// Whether a client may connect.
    [[nodiscard]] bool admit(const socks::host& client) const noexcept { return within(clients, client); }

    /// Why `client` may not reach `to`, an address, by CONNECT, BIND or datagrams; null if it may. The rules
    /// see the address itself and the IPv4 address inside it. A remote client does not reach loopback and
    /// link-local addresses and the proxy itself, because these trust every client of this machine.
    [[nodiscard]] const char* objection(const socks::host& client, const socks::endpoint& to) const noexcept {
        if (within(forbidden, to.host) || within(forbidden, socks::effective_host(to.host)))
            return "see --forbid";
        if (socks::is_unspecified(to.host)) return "the system would connect to loopback";
        if (is_local(client) || within(reachable, to.host)) return nullptr;
        if (socks::is_loopback(to.host)) return "loopback, see --reach";
        if (socks::is_link_local(to.host)) return "link-local, see --reach";
        return is_proxy(to) ? "this proxy, see --reach" : nullptr;
    }

    [[nodiscard]] bool permit(const socks::host& client, const socks::endpoint& to) const noexcept {
        return objection(client, to) == nullptr;
    }

  private:
    // Not is_loopback(client), which would also be true for ::127.0.0.1, an address of any other machine.
    [[nodiscard]] static bool is_local(const socks::host& client) noexcept {
        const socks::host seen = socks::unmap(client);
        return seen.kind() == socks::host_kind::ipv4 ? seen.v4().bytes[0] == 127 : seen == socks::host("::1");
    }

    [[nodiscard]] bool is_proxy(const socks::endpoint& to) const noexcept {
        if (to.port != proxy.port) return false;
        const socks::host inner = socks::effective_host(to.host);
        return socks::is_unspecified(proxy.host) ? is_own(inner) : socks::same_address(inner, proxy.host);
    }
};

/// Counts the connections of each client_network() for all threads.
class client_counts {
  public:
    /// Counts one more connection. @returns false, and counts nothing, if the client has `most` of them.
    [[nodiscard]] bool enter(const socks::host& client, size_t most) {
        const std::lock_guard hold(mutex_);
        size_t& n = counts_[key(client)];
        if (n >= most) return false;
        ++n;
        return true;
    }

    void leave(const socks::host& client) {
        const std::lock_guard hold(mutex_);
        const auto found = counts_.find(key(client));
        if (--found->second == 0) counts_.erase(found);
    }

  private:
    using bytes = std::array<uint8_t, 16>;

    static bytes key(const socks::host& client) noexcept { return widened(client_network(client)); }

    std::mutex mutex_;
    std::map<bytes, size_t> counts_;
};

}  // namespace example

#endif
