// The proxies of a command line: one --via URI for each. The program connects to the first one.

#ifndef EXAMPLES_COMMON_VIA_HPP
#define EXAMPLES_COMMON_VIA_HPP

#include <array>
#include <list>
#include <memory>

#include "dial.hpp"
#include "options.hpp"

namespace example {

/// A URI as its parts: SCHEME://[USER[:PASSWORD]@]HOST. Each part points into the URI, or is empty.
struct uri_parts {
    std::string_view password;
    std::string_view zone;  ///< "%25eth0" of [fe80::1%25eth0] (RFC 6874), with the percent sign

    explicit uri_parts(std::string_view uri) noexcept {
        const size_t scheme = uri.find("://");
        if (scheme == uri.npos) return;
        std::string_view authority = uri.substr(scheme + 3);
        authority = authority.substr(0, authority.find_first_of("/?#"));
        const size_t at = authority.rfind('@');
        if (at != authority.npos) {
            const size_t colon = authority.substr(0, at).find(':');
            if (colon != authority.npos) password = authority.substr(colon + 1, at - colon - 1);
            authority.remove_prefix(at + 1);
        }
        const size_t percent = authority.find("%25");
        const size_t bracket = authority.find(']');
        if (authority.starts_with('[') && percent < bracket && bracket != authority.npos)
            zone = authority.substr(percent, bracket - percent);
    }
};

/// The arguments of main must outlive it.
class via {
  public:
    via() = default;
    via(via&&) = default;  // no copy, because the hops point to the credentials
    ~via() { forget(); }

    /// Appends the proxy of the current option: socks, socks4, socks4a, socks5 or
    /// socks5h://[USER[:PASSWORD]@]HOST[:PORT]. Hides its password in the arguments.
    void add(arguments& args) {
        const std::string_view uri = args.value();
        const uri_parts parts(uri);
        credentials_.emplace_back();
        const socks::proxy_uri proxy = parts.zone.empty() ? parse(uri) : parse_without_zone(uri, parts.zone);
        args.hide(parts.password);
        hops_.push_back({.proxy = proxy.proxy, .version = proxy.version, .credentials = proxy.credentials});
        resolve_here_.push_back(proxy.resolve_here);
    }

    [[nodiscard]] size_t size() const noexcept { return hops_.size(); }

    /// Whether this program resolves the names that the last proxy connects to.
    [[nodiscard]] bool resolves_here() const noexcept { return resolve_here_.back(); }

    /// The proxy that the program connects to.
    [[nodiscard]] place first() const { return {hops_[0].proxy, zone_}; }

    /// The version of the last proxy.
    [[nodiscard]] socks::version version() const noexcept { return hops_.back().version; }

    /// The host of the last proxy, for replies without an address. `fd` is the connection to the first proxy.
    [[nodiscard]] socks::host last(int fd) const noexcept {
        return size() == 1 ? remote_endpoint(fd).host : hops_.back().proxy.host;
    }

    /// The destinations to request from the last proxy, in order: `to`, or its addresses if socks4:// or
    /// socks5:// means that this program resolves it.
    [[nodiscard]] std::vector<socks::endpoint> destinations(const socks::endpoint& to,
                                                            const deadline& until) const {
        return known_to(size() - 1, to, until);
    }

    /// The route to `to`, one of the destinations. It points into this object. The proxies between are
    /// resolved here too, if the scheme before them says so.
    [[nodiscard]] socks::route route(socks::command command, const socks::endpoint& to,
                                     const deadline& until) {
        for (size_t i = 0; i + 1 < size(); ++i)
            hops_[i + 1].proxy = known_to(i, hops_[i + 1].proxy, until)[0];
        return {.through = hops_, .command = command, .to = to};
    }

    /// Wipes the user names and passwords. No handshake can follow.
    void forget() noexcept {
        for (socks::hop& h : hops_) h.credentials = {};
        for (auto& room : credentials_) socks::wipe(room);
    }

  private:
    socks::proxy_uri parse(std::string_view uri) {
        const auto proxy = socks::parse_proxy_uri(uri, credentials_.back());
        if (proxy) return *proxy;
        throw bad_argument("--via, at byte " + std::to_string(proxy.position() + 1) + ": " +
                           to_string(proxy.error()));
    }

    // A zone belongs to this host, not to the address. So only the first proxy can have one.
    socks::proxy_uri parse_without_zone(std::string_view uri, std::string_view zone) {
        std::string rest(uri);
        rest.erase(static_cast<size_t>(zone.data() - uri.data()), zone.size());
        const auto wiped = [](std::string* text) { socks::wipe(*text); };
        const std::unique_ptr<std::string, decltype(wiped)> wipe_at_end(&rest, wiped);
        const socks::proxy_uri proxy = parse(rest);
        if (size() != 0 || !is_link_local(proxy.proxy.host))
            throw bad_argument("--via: only the link-local address of the first proxy can have a zone");
        zone_ = zone.substr(3);
        return proxy;
    }

    [[nodiscard]] std::vector<socks::endpoint> known_to(size_t i, const socks::endpoint& to,
                                                        const deadline& until) const {
        if (!resolve_here_[i] || to.host.kind() != socks::host_kind::name) return {to};
        const int family = hops_[i].version == socks::version::v5 ? AF_UNSPEC : AF_INET;
        looked_up found = addresses_of({to}, until, family);
        interleave_families(found.addresses.data(), found.addresses.size());
        return std::move(found.addresses);
    }

    std::vector<socks::hop> hops_;
    std::vector<bool> resolve_here_;
    std::string zone_;
    std::list<std::array<char, socks::max_uri_credentials>> credentials_;  // the hops point to these
};

}  // namespace example

#endif
