// The relay of the faulty proxy: both directions of one connection, in one thread.

#ifndef SOCKS_TESTS_FAULTY_PROXY_RELAY_HPP
#define SOCKS_TESTS_FAULTY_PROXY_RELAY_HPP

#include <netinet/tcp.h>

#include <algorithm>

#include "../../../docs/examples/common/client_io.hpp"
#include "faults.hpp"

namespace faulty {

using example::unique_fd;

inline void prepare(int fd) noexcept {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
    const int size = 64 * 1024;  // small, so that the system does not hide a relay that does not read
    ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
}

// Whether the stream ends within 50 ms, so that the bytes read before are its last ones.
inline bool ends_now(int fd) noexcept {
    pollfd watched{fd, POLLIN, 0};
    char byte;
    return ::poll(&watched, 1, 50) == 1 && ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/// One direction. It reads more only after it has sent everything.
struct direction {
    int from, to;
    bool is_up;  // from the client
    std::string waiting{};
    uint64_t moved = 0;
    bool ended = false;

    [[nodiscard]] pollfd interest() const noexcept {
        if (!waiting.empty()) return {to, POLLOUT, 0};
        return {from, static_cast<short>(ended ? 0 : POLLIN | POLLPRI), 0};
    }

    // Returns false if a connection is lost.
    bool advance(short ready) {
        if (!waiting.empty()) return transmit();
        if (has(fault::urgent_ends) && (ready & POLLPRI) != 0) return false;
        char room[64 * 1024];
        const ssize_t n = ::recv(from, room, sizeof room, MSG_DONTWAIT);
        if (n < 0) return errno == EAGAIN || errno == EINTR;
        if (n == 0) return end();
        waiting.assign(room, static_cast<size_t>(n));
        spoil();
        moved += static_cast<uint64_t>(n);
        return waiting.empty() || transmit();
    }

  private:
    void spoil() {
        if (has(fault::byte_changed)) std::replace(waiting.begin(), waiting.end(), '\xff', '\xfe');
        constexpr uint64_t place = 12U << 20;
        if (has(fault::byte_lost) && moved < place && moved + waiting.size() >= place) waiting.pop_back();
        if (has(fault::last_bytes_lost) && moved > 128 * 1024 && ends_now(from)) waiting.clear();
        if (has(fault::tunnel_is_parsed) && is_up && waiting.starts_with(std::string_view("\5\1\0", 3))) {
            waiting.clear();
            static_cast<void>(::send(from, "\5", 2, MSG_NOSIGNAL));
        }
    }

    bool transmit() {
        const int flags = MSG_NOSIGNAL | (has(fault::one_direction_blocks) ? 0 : MSG_DONTWAIT);
        const ssize_t n = ::send(to, waiting.data(), waiting.size(), flags);
        if (n < 0) return errno == EAGAIN || errno == EINTR;
        if (has(fault::short_write_lost))
            waiting.clear();
        else
            waiting.erase(0, static_cast<size_t>(n));
        return true;
    }

    bool end() {
        ended = true;
        if (has(is_up ? fault::end_not_passed_on : fault::destination_end_lost)) return true;
        return ::shutdown(to, SHUT_WR) == 0 || errno == ENOTCONN;
    }
};

/// Copies both ways until both have ended, or one connection is lost.
inline void relay(int client, int destination, std::string early) {
    using namespace std::chrono;
    if (has(fault::early_lost)) early.clear();
    direction up{client, destination, true, std::move(early)}, down{destination, client, false};
    const auto limit = has(fault::idle_2_seconds) ? 2000 : 120'000;
    while (!(up.ended && down.ended && up.waiting.empty() && down.waiting.empty())) {
        if (has(fault::half_close_closes) && (up.ended || down.ended)) return;
        pollfd watched[] = {up.interest(), down.interest()};
        const int ready = ::poll(watched, 2, limit);
        if (ready == 0) return;
        bool alive = ready > 0 || errno == EINTR;
        if (alive && watched[0].revents != 0) alive = up.advance(watched[0].revents);
        if (alive && watched[1].revents != 0) alive = down.advance(watched[1].revents);
        if (alive) continue;
        if (has(fault::reset_ignored)) ::sleep(30);
        if (has(fault::reset_is_end) || has(fault::urgent_ends)) return;
        example::reset_on_close(client);
        example::reset_on_close(destination);
        return;
    }
}

}  // namespace faulty

#endif
