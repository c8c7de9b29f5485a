// Fetches a file by HTTP through a SOCKS proxy with blocking calls, and prints the handshake.

#ifndef EXAMPLES_DEMO_FETCH_HPP
#define EXAMPLES_DEMO_FETCH_HPP

#include <cctype>
#include <charconv>
#include <optional>

#include "../common/handshake.hpp"
#include "../common/transcript.hpp"
#include "http_url.hpp"

namespace example {

/// An open tunnel.
struct tunnel {
    unique_fd fd;
    std::string early;  ///< the first bytes of the destination
};

/// Connects to `proxy`, the first of `route`, and opens the tunnel until the deadline. Prints the handshakes.
inline tunnel open_tunnel(const place& proxy, const socks::route& route, const deadline& until) {
    tunnel opened{connect_to_any(proxy, until, "the proxy at "), {}};
    transcript record;
    handshake shake(route, socks::format, {.wait_for_full_refusal = true});
    shake.observer = [&record](size_t hop, bool by_client, socks::bytes bytes) {
        record.add(hop, by_client, bytes);
    };
    try {
        opened.early = std::string_view(shake.run(opened.fd.get(), until).early);
    } catch (...) {
        std::fputs(record.text().c_str(), stdout);
        throw;
    }
    std::fputs(record.text().c_str(), stdout);
    return opened;
}

/// The value of Content-Length in `head`.
inline std::optional<uint64_t> content_length(std::string_view head) {
    constexpr std::string_view wanted = "content-length:";
    while (!head.empty()) {
        const auto [line, rest] = split(head, "\r\n");
        head = rest;
        size_t i = 0;
        while (i < wanted.size() && i < line.size() &&
               std::tolower(static_cast<unsigned char>(line[i])) == wanted[i])
            ++i;
        if (i < wanted.size()) continue;
        while (i < line.size() && line[i] == ' ') ++i;
        uint64_t size = 0;
        if (std::from_chars(line.data() + i, line.data() + line.size(), size).ec == std::errc()) return size;
    }
    return {};
}

/// Fetches the content of `url` through an open tunnel. Each read waits at most 30 seconds.
/// @returns the size of the content.
inline uint64_t http_get(tunnel opened, const http_url& url,
                         const std::function<void(std::string_view)>& sink) {
    const int fd = opened.fd.get();
    std::string& received = opened.early;
    const timeval patience{30, 0};
    must(::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience), "setsockopt");
    write_all(
        fd, "GET " + std::string(url.path) + " HTTP/1.0\r\nHost: " + std::string(url.authority) + "\r\n\r\n");
    std::vector<char> room(64 * 1024);
    size_t end = 0;
    while ((end = received.find("\r\n\r\n")) == received.npos) {
        const size_t n = read_some(fd, room);
        if (n == 0 || received.size() > room.size()) throw std::runtime_error("no HTTP answer");
        received.append(room.data(), n);
    }
    const std::string_view head(received.data(), end + 2);
    const std::string_view status = head.substr(0, head.find("\r\n"));
    const std::string_view code = split(status, " ").second.substr(0, 3);
    if (!status.starts_with("HTTP/") || code != "200")
        throw std::runtime_error("the server answered \"" + escaped(code) + "\", not 200");
    uint64_t size = received.size() - (end + 4);
    sink(std::string_view(received).substr(end + 4));
    while (const size_t n = read_some(fd, room)) {
        sink({room.data(), n});
        size += n;
    }
    const auto promised = content_length(head);
    if (promised && *promised != size)
        throw std::runtime_error("the file ended after " + std::to_string(size) + " of " +
                                 std::to_string(*promised) + " bytes");
    return size;
}

}  // namespace example

#endif
