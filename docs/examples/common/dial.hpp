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

// An attempt to connect. It is invalid, with errno set, if it has failed.
inline unique_fd begin_to_connect(const socks::endpoint& to, uint32_t scope) noexcept {
    socket_address remote(to, scope);
    unique_fd fd(::socket(remote.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd || ::connect(fd.get(), remote.data(), remote.size()) == 0 || errno == EINPROGRESS) return fd;
    const int error = errno;
    fd.reset();
    errno = error;
    return fd;
}

// The error of a connection that poll() has reported, or 0 if it is complete.
inline int error_of(int fd) {
    int error = 0;
    socklen_t size = sizeof error;
    must(::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size), "getsockopt");
    return error;
}

// The first connection to one of the addresses. It is invalid, with errno set, if no attempt succeeds.
inline unique_fd first_connection(looked_up& found, const deadline& until) {
    std::vector<unique_fd> going;
    std::vector<pollfd> watched;
    size_t begun = 0;
    deadline::clock::time_point due = deadline::clock::now();  // the time of the next attempt
    const auto failed = [&](int error) {
        errno = error;
        found.failure = socks::dial_error_from_errno(error);
        due = deadline::clock::now();
    };
    while (begun < found.addresses.size() || !going.empty()) {
        auto wait = until.left();
        if (begun < found.addresses.size()) {
            using std::chrono::milliseconds;
            if (going.empty() || deadline::clock::now() >= due) {
                due = deadline::clock::now() + milliseconds(socks::attempt_delay);
                unique_fd fd = begin_to_connect(found.addresses[begun++], found.scope);
                if (!fd) {
                    failed(errno);
                    continue;
                }
                watched.push_back({fd.get(), POLLOUT, 0});
                going.push_back(std::move(fd));
            }
            if (begun < found.addresses.size())
                wait = std::clamp(std::chrono::ceil<milliseconds>(due - deadline::clock::now()),
                                  milliseconds(0), wait);
        }
        const auto poll = [&] {
            return ::poll(watched.data(), watched.size(), static_cast<int>(wait.count()));
        };
        must(uninterrupted(poll), "poll");
        for (size_t i = going.size(); i-- != 0;) {
            if (watched[i].revents == 0) continue;
            const int error = error_of(going[i].get());
            if (error == 0) return std::move(going[i]);
            going.erase(going.begin() + static_cast<std::ptrdiff_t>(i));
            watched.erase(watched.begin() + static_cast<std::ptrdiff_t>(i));
            failed(error);
        }
        if (until.passed()) {
            failed(ETIMEDOUT);
            break;
        }
    }
    return {};
}

}  // namespace detail

/// Connects to one of the addresses of `where` until the deadline. Attempts begin after `attempt_delay`, or
/// at once if one has failed. The first that succeeds ends the others.
/// @param called  "the proxy at ", for the error.
inline unique_fd connect_to_any(const place& where, const deadline& until, const char* called = "") {
    looked_up found = addresses_of(where, until, AF_UNSPEC, called);
    interleave_families(found.addresses.data(), found.addresses.size());
    unique_fd fd = detail::first_connection(found, until);
    if (fd) {
        const int flags = must(::fcntl(fd.get(), F_GETFL), "fcntl");
        must(::fcntl(fd.get(), F_SETFL, flags & ~O_NONBLOCK), "fcntl");
        return fd;
    }
    const std::string late = until.passed() ? ' ' + until.text() : "";
    throw cannot_connect(
        "cannot connect to " + (called + where.text()) + late + ": " + std::generic_category().message(errno),
        found.failure);
}

}  // namespace example

#endif
