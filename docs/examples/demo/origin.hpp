// The origin of the demo's file: an HTTP/1.0 server with one file, on loopback, in its own thread. Each byte
// of the file depends only on its position, so the receiver can check every byte.

#ifndef EXAMPLES_DEMO_ORIGIN_HPP
#define EXAMPLES_DEMO_ORIGIN_HPP

#include <poll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <span>

#include "../common/client_io.hpp"
#include "background.hpp"

namespace example {

/// The byte of the file at `position`. SplitMix64 produces eight bytes at a time.
inline char file_byte(uint64_t position) noexcept {
    uint64_t z = (position / 8 + 1) * 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    z ^= z >> 31;
    return static_cast<char>(z >> (position % 8 * 8) & 0xff);
}

class origin {
  public:
    static constexpr uint64_t file_size = 16 * 1024 * 1024;

    [[nodiscard]] uint16_t port() const noexcept { return local_endpoint(listeners_.four.get()).port; }
    [[nodiscard]] bool has_ipv6() const noexcept { return static_cast<bool>(listeners_.six); }
    [[nodiscard]] const std::string& why_no_ipv6() const noexcept { return listeners_.why_no_six; }

  private:
    struct listeners {
        unique_fd four;
        unique_fd six;
        std::string why_no_six;
    };

    // Both addresses use the same port, because "localhost" may mean either.
    static listeners open_listeners() {
        listeners l;
        for (int tries = 0; tries < 16; ++tries) {
            l.four = listen_on({socks::ipv4{127, 0, 0, 1}, 0}, 16);
            must(l.four.get(), "cannot listen on 127.0.0.1");
            l.six = listen_on({"::1", local_endpoint(l.four.get()).port}, 16);
            if (l.six || errno != EADDRINUSE) break;
        }
        if (!l.six) l.why_no_six = std::string("cannot listen on ::1: ") + std::strerror(errno);
        return l;
    }

    static unique_fd make_file() {
        unique_fd file(must(::memfd_create("file", MFD_CLOEXEC), "memfd_create"));
        std::vector<char> content(file_size);
        for (uint64_t i = 0; i < file_size; ++i) content[i] = file_byte(i);
        write_all(file.get(), {content.data(), content.size()});
        return file;
    }

    void serve(int stop) {
        std::array<pollfd, 3> watched{
            {{stop, POLLIN, 0}, {listeners_.four.get(), POLLIN, 0}, {listeners_.six.get(), POLLIN, 0}}};
        for (;;) {
            must(uninterrupted([&] { return ::poll(watched.data(), watched.size(), -1); }), "poll");
            if (watched[0].revents != 0) return;
            for (const pollfd& listener : std::span(watched).subspan(1)) {
                if (listener.revents == 0) continue;
                const unique_fd client(::accept4(listener.fd, nullptr, nullptr, SOCK_CLOEXEC));
                if (client) answer(client.get());
            }
        }
    }

    // Serves one request at a time. A client that stalls is dropped.
    void answer(int client) {
        const timeval patience{10, 0};
        ::setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        ::setsockopt(client, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
        try {
            std::string request;
            std::array<char, 1024> room;
            while (request.find("\r\n\r\n") == request.npos && request.size() < 8192) {
                const size_t n = read_some(client, room);
                if (n == 0) return;
                request.append(room.data(), n);
            }
            if (!request.starts_with("GET /file HTTP/1."))
                return write_all(client, "HTTP/1.0 404 Not Found\r\nContent-Length: 0\r\n\r\n");
            write_all(client, "HTTP/1.0 200 OK\r\nContent-Length: " + std::to_string(file_size) + "\r\n\r\n");
            for (off_t sent = 0; sent < static_cast<off_t>(file_size);)
                must(::sendfile(client, file_.get(), &sent, file_size), "sendfile");
        } catch (const std::system_error&) {
            // The client closed the connection. It detects a short file itself.
        }
    }

    listeners listeners_ = open_listeners();
    unique_fd file_ = make_file();
    background thread_{// last member: constructed after all that it uses, and destroyed first
                       [this](int stop) { serve(stop); }};
};

}  // namespace example

#endif
