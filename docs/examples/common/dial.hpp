// Look-ups and connections with a deadline. The attempts to connect to the addresses of one host overlap
// (RFC 8305), so an address that does not answer delays the others by a quarter of a second only.

#ifndef EXAMPLES_COMMON_DIAL_HPP
#define EXAMPLES_COMMON_DIAL_HPP

#include <fcntl.h>

#include <future>
#include <thread>

#include "client_io.hpp"

namespace example {

/// What a program connects to: a name or an address, and the network interface of a link-local address.
struct place {
    socks::endpoint at;
    std::string zone{};  ///< the name or the number of the interface, or empty

    [[nodiscard]] std::string text() const {
        if (zone.empty()) return example::text(at);
        return '[' + example::text(at.host) + '%' + escaped(zone) + "]:" + std::to_string(at.port);
    }
};

/// Looks up a name until the deadline. getaddrinfo() cannot be interrupted, so it has its own thread, which
/// this leaves behind at the deadline.
inline looked_up look_up(const std::string& name, uint16_t port, int family, const deadline& until) {
    std::packaged_task<looked_up()> task([=] { return look_up(name, port, family); });
    std::future<looked_up> found = task.get_future();
    std::thread(std::move(task)).detach();
    if (found.wait_until(until.end()) == std::future_status::ready) return found.get();
    return {{}, socks::dial_error::timed_out};
}

/// The connection failed, or the name has no address.
struct cannot_connect : std::runtime_error {
    socks::dial_error failure;

    cannot_connect(const std::string& words, socks::dial_error why)
        : std::runtime_error(words), failure(why) {}
};

/// Looks up a host until the deadline. An address needs no look-up, except for its zone. Throws if there is
/// no address.
/// @param called  "the proxy at ", for the error.
inline looked_up addresses_of(const place& where, const deadline& until, int family = AF_UNSPEC,
                              const char* called = "") {
    std::string name = text(where.at.host);
    if (where.at.host.kind() == socks::host_kind::name)
        name = std::string_view(where.at.host.name());
    else if (where.zone.empty())
        return {{where.at}};
    else
        name += '%' + where.zone;
    looked_up found = look_up(name, where.at.port, family, until);
    if (!found.addresses.empty()) return found;
    const std::string late = until.passed() ? ' ' + until.text() : "";
    throw cannot_connect("no address of " + (called + where.text()) + late + ": " + to_string(found.failure),
                         found.failure);
}

namespace detail {

// Attempts to connect that overlap.
class attempts {
  public:
    [[nodiscard]] bool empty() const noexcept { return sockets_.empty(); }

    // The error of the last attempt that failed.
    [[nodiscard]] int error() const noexcept { return error_; }

    // @returns false if the attempt fails at once.
    bool begin(const socks::endpoint& to, uint32_t scope) {
        socket_address remote(to, scope);
        unique_fd fd(::socket(remote.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
        if (!fd || (::connect(fd.get(), remote.data(), remote.size()) != 0 && errno != EINPROGRESS)) {
            error_ = errno;
            return false;
        }
        sockets_.push_back(std::move(fd));
        return true;
    }

    // Waits until an attempt succeeds or fails, at most `limit`. @returns the connection, or an invalid one.
    unique_fd wait(std::chrono::milliseconds limit) {
        std::vector<pollfd> watched;
        for (const unique_fd& fd : sockets_) watched.push_back({fd.get(), POLLOUT, 0});
        const auto poll = [&] {
            return ::poll(watched.data(), watched.size(), static_cast<int>(limit.count()));
        };
        must(uninterrupted(poll), "poll");
        for (size_t i = watched.size(); i-- != 0;) {
            if (watched[i].revents == 0) continue;
            unique_fd fd = std::move(sockets_[i]);
            sockets_.erase(sockets_.begin() + static_cast<std::ptrdiff_t>(i));
            const int error = error_of(fd.get());
            if (error == 0) return fd;
            error_ = error;
        }
        return {};
    }

  private:
    std::vector<unique_fd> sockets_;
    int error_ = 0;
};

// The first connection to one of the addresses. It is invalid if no attempt succeeds.
inline unique_fd first_connection(attempts& going, const looked_up& found, const deadline& until) {
    for (const socks::endpoint& to : found.addresses) {
        if (!going.begin(to, found.scope)) continue;
        const std::chrono::milliseconds delay(socks::attempt_delay);
        if (unique_fd fd = going.wait(std::min(delay, until.left()))) return fd;
    }
    while (!going.empty() && !until.passed())
        if (unique_fd fd = going.wait(until.left())) return fd;
    return {};
}

}  // namespace detail

/// Connects to one of the addresses of `where` until the deadline. Attempts begin after `attempt_delay`, or
/// at once if one has failed. The first that succeeds ends the others.
/// @param called  "the proxy at ", for the error.
inline unique_fd connect_to_any(const place& where, const deadline& until, const char* called = "") {
    looked_up found = addresses_of(where, until, AF_UNSPEC, called);
    interleave_families(found.addresses.data(), found.addresses.size());
    detail::attempts going;
    unique_fd fd = detail::first_connection(going, found, until);
    if (fd) {
        const int flags = must(::fcntl(fd.get(), F_GETFL), "fcntl");
        must(::fcntl(fd.get(), F_SETFL, flags & ~O_NONBLOCK), "fcntl");
        return fd;
    }
    const int error = going.empty() ? going.error() : ETIMEDOUT;
    throw cannot_connect("cannot connect to " + (called + where.text()) +
                             (going.empty() ? "" : ' ' + until.text()) + ": " +
                             std::generic_category().message(error),
                         socks::dial_error_from_errno(error));
}

}  // namespace example

#endif
