// The proxies of a command line: one --via URI for each. The program connects to the first one.

#ifndef EXAMPLES_COMMON_VIA_HPP
#define EXAMPLES_COMMON_VIA_HPP

#include <array>
#include <list>

#include "options.hpp"
#include "posix.hpp"

namespace example {

/// The arguments of main must outlive it.
class via {
  public:
    via() = default;
    via(via&&) = default;  // no copy, because the hops point to the credentials

    /// Appends a proxy: socks, socks4, socks4a, socks5 or socks5h://[USER[:PASSWORD]@]HOST[:PORT].
    void add(std::string_view uri) {
        credentials_.emplace_back();
        const auto proxy = socks::parse_proxy_uri(uri, credentials_.back());
        if (!proxy)
            throw bad_argument("--via, at byte " + std::to_string(proxy.position() + 1) + ": " +
                               to_string(proxy.error()));
        hops_.push_back(
            {.proxy = proxy->proxy, .version = proxy->version, .credentials = proxy->credentials});
        resolve_here_.push_back(proxy->resolve_here);
    }

    [[nodiscard]] size_t size() const noexcept { return hops_.size(); }

    /// Whether this program resolves the names that the last proxy connects to.
    [[nodiscard]] bool resolves_here() const noexcept { return resolve_here_.back(); }

    /// The proxy that the program connects to.
    [[nodiscard]] const socks::endpoint& first() const noexcept { return hops_[0].proxy; }

    /// The host of the last proxy, for replies without an address. `fd` is the connection to the first proxy.
    [[nodiscard]] socks::host last(int fd) const noexcept {
        return size() == 1 ? remote_endpoint(fd).host : hops_.back().proxy.host;
    }

    /// The route to `to`. Proxies of socks4:// and socks5:// get addresses, which this call resolves; it may
    /// block.
    [[nodiscard]] socks::route route(socks::command command, const socks::endpoint& to) {
        for (size_t i = 0; i + 1 < size(); ++i) hops_[i + 1].proxy = known_to(i, hops_[i + 1].proxy);
        return {.through = hops_, .command = command, .to = size() == 0 ? to : known_to(size() - 1, to)};
    }

  private:
    [[nodiscard]] socks::endpoint known_to(size_t i, const socks::endpoint& to) const {
        if (!resolve_here_[i] || to.host.kind() != socks::host_kind::name) return to;
        const int family = hops_[i].version == socks::version::v5 ? AF_UNSPEC : AF_INET;
        return addresses_of(to, family)[0];
    }

    std::vector<socks::hop> hops_;
    std::vector<bool> resolve_here_;
    std::list<std::array<char, socks::max_uri_credentials>> credentials_;  // the hops point to these
};

}  // namespace example

#endif
