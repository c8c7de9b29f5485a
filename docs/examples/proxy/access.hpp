// Access rules of the proxy: networks that may connect, and user names with passwords.

#ifndef EXAMPLES_PROXY_ACCESS_HPP
#define EXAMPLES_PROXY_ACCESS_HPP

#include <array>
#include <fstream>
#include <socks/socks.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "../common/options.hpp"

namespace example {

/// A network, for example 10.0.0.0/8 or ::1. IPv4 is stored as ::ffff:0:0/96, so one comparison serves both.
class network {
  public:
    network(const socks::host& address, unsigned prefix) noexcept
        : bytes_(widened(address)), bits_(address.kind() == socks::host_kind::ipv4 ? prefix + 96 : prefix) {}

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
        const std::array<uint8_t, 16> other = widened(address);
        for (unsigned bit = 0; bit < bits_; ++bit) {
            const unsigned difference = static_cast<unsigned>(bytes_[bit / 8] ^ other[bit / 8]);
            if ((difference << (bit % 8) & 0x80) != 0) return false;
        }
        return true;
    }

  private:
    static std::array<uint8_t, 16> widened(const socks::host& address) noexcept {
        std::array<uint8_t, 16> wide{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
        if (address.kind() == socks::host_kind::ipv4) {
            for (size_t i = 0; i < 4; ++i) wide[12 + i] = address.v4().bytes[i];
        } else if (address.kind() == socks::host_kind::ipv6) {
            for (size_t i = 0; i < 16; ++i) wide[i] = address.v6().bytes[i];
        }
        return wide;
    }

    std::array<uint8_t, 16> bytes_;
    unsigned bits_;
};

inline std::vector<network> loopback() { return {{socks::ipv4{127, 0, 0, 1}, 8}, network::parse("::1")}; }

inline bool within(const std::vector<network>& list, const socks::host& address) noexcept {
    for (const network& n : list)
        if (n.contains(address)) return true;
    return false;
}

/// Whether a list of forbidden networks contains the address, or the IPv4 address embedded in it. The
/// unspecified address counts as loopback, because a connection to it reaches loopback.
inline bool forbidden(const std::vector<network>& list, const socks::host& address) noexcept {
    if (within(list, address) || within(list, socks::effective_host(address))) return true;
    const bool six = address.kind() == socks::host_kind::ipv6;
    return socks::is_unspecified(address) &&
           within(list, six ? socks::host("::1") : socks::host("127.0.0.1"));
}

struct credentials {
    std::string user;
    std::string password;
};

/// Compares every pair completely, so that the time does not depend on the result.
inline bool known(const std::vector<credentials>& list, socks::bytes user, socks::bytes password) noexcept {
    bool found = false;
    for (const credentials& c : list) {
        const bool same_user = socks::constant_time_equal(user, c.user);
        const bool same_password = socks::constant_time_equal(password, c.password);
        found |= same_user & same_password;
    }
    return found;
}

/// Reads a file of lines `user:password`. Ignores empty lines and lines that begin with #.
inline std::vector<credentials> read_credentials(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw bad_argument("cannot read \"" + path + "\"");
    std::vector<credentials> list;
    size_t number = 0;
    for (std::string line; std::getline(file, line);) {
        ++number;
        if (line.empty() || line.front() == '#') continue;
        const size_t colon = line.find(':');
        if (colon == line.npos || colon > 255 || line.size() - colon - 1 > 255)
            throw bad_argument(path + ":" + std::to_string(number) +
                               ": not user:password of at most 255 bytes each");
        list.push_back({line.substr(0, colon), line.substr(colon + 1)});
    }
    if (list.empty()) throw bad_argument("\"" + path + "\" has no user:password in it");
    return list;
}

}  // namespace example

#endif
