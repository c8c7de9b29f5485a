// Many bytes through a proxy: a pattern whose position every byte shows, and both directions at once.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_FLOW_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_FLOW_HPP

#include <memory>
#include <thread>

#include "stream.hpp"

namespace example {

/// Bytes of which each depends on its position, so a lost, repeated or moved part changes them.
inline char pattern_byte(uint64_t position, uint64_t seed = 0) noexcept {
    uint64_t z = (position / 8 + 1 + seed) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    return static_cast<char>(z >> (position % 8 * 8) & 0xff);
}

inline std::string pattern(size_t size) {
    std::string bytes(size, '\0');
    for (size_t i = 0; i < size; ++i) bytes[i] = pattern_byte(i);
    return bytes;
}

/// Sends all bytes in another thread and ends that direction. The thread ends with the case.
class background_sender {
  public:
    background_sender(const stream& from, std::string_view data)
        : fd_(from.fd()), thread_([fd = from.fd(), data, limit = from.patience() * 4] {
              try {
                  write_all(fd, data, deadline(limit));
                  ::shutdown(fd, SHUT_WR);
              } catch (const std::system_error&) {
                  // The reader at the other end reports what is missing.
              }
          }) {
        from.record().note("one end sends " + std::to_string(data.size()) + " bytes and ends its direction");
    }
    background_sender(const background_sender&) = delete;
    background_sender& operator=(const background_sender&) = delete;
    ~background_sender() { ::shutdown(fd_, SHUT_RDWR); }

  private:
    int fd_;
    std::jthread thread_;  // last: it is joined first, after the shutdown
};

namespace detail {

// One direction of an exchange.
struct half {
    int from, to;
    uint64_t seed;
    uint64_t size;
    uint64_t sent = 0, arrived = 0;

    void send() {
        char part[64 * 1024];
        const auto n = static_cast<size_t>(std::min<uint64_t>(sizeof part, size - sent));
        for (size_t i = 0; i < n; ++i) part[i] = pattern_byte(sent + i, seed);
        const ssize_t gone = ::send(from, part, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (gone > 0) sent += static_cast<uint64_t>(gone);
        if (gone < 0 && errno != EAGAIN && errno != EINTR)
            throw failed("all bytes are accepted",
                         "after " + std::to_string(sent) + " bytes the proxy ended it");
    }

    void receive() {
        char part[64 * 1024];
        const ssize_t n = ::recv(to, part, sizeof part, MSG_DONTWAIT);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (n <= 0)
            throw failed(std::to_string(size) + " bytes",
                         "the stream ended after " + std::to_string(arrived));
        for (ssize_t i = 0; i < n; ++i, ++arrived)
            if (arrived >= size || part[i] != pattern_byte(arrived, seed))
                throw failed("the bytes as they were sent", "byte " + std::to_string(arrived) + " is wrong");
    }

    [[nodiscard]] bool done() const noexcept { return arrived == size; }
};

}  // namespace detail

/// Sends `size` bytes in each direction at once, and checks each byte. Fails if less than 64 KiB move within
/// `patience`.
inline void exchange(stream& near, stream& far, uint64_t size, std::chrono::seconds patience) {
    near.record().note("both ends send " + std::to_string(size) + " bytes at once");
    detail::half out{near.fd(), far.fd(), 1, size}, in{far.fd(), near.fd(), 2, size};
    uint64_t renewed = 0;
    for (deadline until(patience); !out.done() || !in.done();) {
        pollfd watched[2];
        for (const bool back : {false, true}) {
            const detail::half& sends = back ? in : out;
            const detail::half& receives = back ? out : in;
            const int events = (sends.sent < size ? POLLOUT : 0) | (receives.done() ? 0 : POLLIN);
            watched[back ? 1 : 0] = {sends.from, static_cast<short>(events), 0};
        }
        const int limit = static_cast<int>(until.left().count());
        must(uninterrupted([&] { return ::poll(watched, 2, limit); }), "poll");
        if (until.passed())
            throw failed("data in both directions", "less than 64 KiB moved " + until.text() + " after " +
                                                        std::to_string(out.arrived) +
                                                        " bytes of the client and " +
                                                        std::to_string(in.arrived) + " of the destination");
        for (const bool back : {false, true}) {
            detail::half& sends = back ? in : out;
            detail::half& receives = back ? out : in;
            const short ready = watched[back ? 1 : 0].revents;
            if ((ready & POLLOUT) != 0 && sends.sent < size) sends.send();
            if ((ready & (POLLIN | POLLHUP | POLLERR)) != 0 && !receives.done()) receives.receive();
        }
        const uint64_t moved = out.sent + out.arrived + in.sent + in.arrived;
        if (moved - renewed < 64 * 1024) continue;
        until = until.again();
        renewed = moved;
    }
}

}  // namespace example

#endif
