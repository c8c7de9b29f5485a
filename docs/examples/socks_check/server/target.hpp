// What a run tests, and what it may use for that: the proxy, a login, and addresses of this machine where
// destinations listen.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_TARGET_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_TARGET_HPP

#include "stream.hpp"

namespace example {

struct target {
    socket_address proxy{};
    std::string peer{};  ///< the proxy as the user wrote it
    std::string user{};
    std::string password{};
    bool has_login = false;  ///< --user and --password were given
    socks::host here4{};     ///< addresses of this machine that the proxy can reach; none if there is none
    socks::host here6{};
    std::string name{};                          ///< a name that the proxy resolves to them, or empty
    std::optional<socks::endpoint> forbidden{};  ///< a destination that the rules of the proxy forbid
    std::chrono::seconds patience{5};

    // What the proxy offers, as probe.hpp finds it. An empty reason means that it does.
    std::string no_socks5{};
    std::string no_socks4{};
    std::string no_login{};      ///< the method username/password
    std::string no_anonymous{};  ///< the method "no authentication"
    std::string no_session{};    ///< any method with what this run has
    std::string no_reach{};      ///< connections to the destinations
    bool replies_early = false;  ///< it grants a request before it connects

    /// The method of ordinary cases.
    [[nodiscard]] bool logs_in() const noexcept { return has_login && no_login.empty(); }
};

/// Skips the case if the reason is not empty.
inline void needs(const std::string& reason) {
    if (!reason.empty()) throw skipped(reason);
}

/// A new connection to the proxy.
inline unique_fd connect_to(const socket_address& where, std::chrono::seconds patience,
                            const socket_address& from = {}) {
    socket_address remote = where;
    unique_fd fd(must(::socket(remote.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
    socket_address local = from;
    if (local.family() != AF_UNSPEC) must(::bind(fd.get(), local.data(), local.size()), "bind");
    if (::connect(fd.get(), remote.data(), remote.size()) != 0) {
        if (errno != EINPROGRESS) must(-1, "cannot connect");
        wait_for(fd.get(), POLLOUT, deadline(patience));
        errno = error_of(fd.get());
        if (errno != 0) must(-1, "cannot connect");
    }
    return fd;
}

inline stream connect_to_proxy(const target& to, evidence& record,
                               const std::string& title = "a connection") {
    record.begin(title + " to the proxy");
    try {
        return {connect_to(to.proxy, to.patience), to.patience, record};
    } catch (const std::system_error& e) {
        throw failed("the proxy accepts a connection", e.what());
    }
}

/// A destination: it listens on an address of this machine, and the case plays its part.
class destination {
  public:
    enum class family { ipv4, ipv6, any };

    /// @param wanted  any: both families with one port, because a name may mean either.
    destination(const target& to, evidence& record, family wanted = family::ipv4)
        : patience_(to.patience), record_(&record) {
        const bool six = wanted == family::ipv6;
        if (six && to.here6.kind() == socks::host_kind::none)
            throw skipped("there is no IPv6 address for a destination; see --here");
        const socks::host first = six || to.here4.kind() == socks::host_kind::none ? to.here6 : to.here4;
        if (wanted == family::ipv4 && first != to.here4)
            throw skipped("there is no IPv4 address for a destination; see --here");
        for (int tries = 0; tries < 16; ++tries) {
            first_ = listen_on({first, 0}, 16);
            must(first_.get(), "a destination cannot listen");
            at_ = local_endpoint(first_.get());
            if (wanted != family::any || first == to.here6 || to.here6.kind() == socks::host_kind::none)
                return;
            second_ = listen_on({to.here6, at_.port}, 16);
            if (second_ || errno != EADDRINUSE) return;
        }
    }

    [[nodiscard]] const socks::endpoint& at() const noexcept { return at_; }
    [[nodiscard]] uint16_t port() const noexcept { return at_.port; }

    /// The next connection of the proxy.
    stream accept() {
        const deadline until(patience_);
        while (!until.passed())
            if (auto fd = arrived(until.left()))
                return {std::move(*fd), patience_, *record_, "the destination"};
        throw failed("the proxy connects to the destination", "no connection came " + until.text());
    }

    /// A connection that comes within this time.
    std::optional<unique_fd> arrived(std::chrono::milliseconds limit) {
        pollfd watched[2] = {{first_.get(), POLLIN, 0}, {second_.get(), POLLIN, 0}};
        must(uninterrupted([&] { return ::poll(watched, 2, static_cast<int>(limit.count())); }), "poll");
        for (const pollfd& each : watched) {
            if (each.revents == 0) continue;
            unique_fd fd(::accept4(each.fd, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
            if (fd) return fd;
        }
        return {};
    }

  private:
    std::chrono::seconds patience_;
    evidence* record_;
    unique_fd first_, second_;
    socks::endpoint at_;
};

/// Port on this machine without a listener. The bound socket reserves it.
struct silent_port {
    explicit silent_port(const socks::host& here) {
        socket_address local({here, 0});
        fd = unique_fd(must(::socket(local.family(), SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
        must(::bind(fd.get(), local.data(), local.size()), "bind");
        at = local_endpoint(fd.get());
    }
    unique_fd fd;
    socks::endpoint at;
};

}  // namespace example

#endif
