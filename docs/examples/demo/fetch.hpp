// Fetches a file by HTTP through a SOCKS proxy with blocking calls, and records the handshake.

#ifndef EXAMPLES_DEMO_FETCH_HPP
#define EXAMPLES_DEMO_FETCH_HPP

#include <array>
#include <cctype>
#include <charconv>
#include <functional>
#include <optional>
#include <stdexcept>

#include "../common/client_io.hpp"
#include "http_url.hpp"
#include "transcript.hpp"

namespace example {

/// What a failed handshake without a reply means for the user.
inline const char* meaning(socks::errc why) noexcept {
    if (why == socks::errc::credentials_refused) return "the user name or the password is wrong";
    if (why == socks::errc::no_acceptable_method)
        return "the proxy accepts none of the offered methods, for example because it requires a password";
    switch (blame(why)) {
        case socks::party::none: break;
        case socks::party::peer: return "the peer is not a SOCKS proxy, or a faulty one";
        case socks::party::stream:
            return "the proxy closed the connection without a reason; many do so when the destination fails";
        case socks::party::caller: return "a proxy cannot carry this request";
    }
    return "nothing failed";
}

/// The proxy refused, or the handshake failed without a reply.
class not_connected : public std::runtime_error {
  public:
    explicit not_connected(const socks::chain::action& failed)
        : std::runtime_error(described(failed)), why(outcome_of(failed)) {}

    socks::outcome why;

  private:
    static std::string described(const socks::chain::action& a) {
        if (a.error() != socks::errc::refused)
            return std::string(to_string(a.error())) + ": " + meaning(a.error());
        char room[socks::max_text_outcome];
        const std::string reason(std::string_view(format(socks::outcome(a.code()), room).data()));
        return "reply " + std::to_string(a.code().value) + ", " + text(a.code()) + ": " + reason;
    }
};

/// Opens `route` over `fd`, a connection to its first proxy. @returns early data of the destination.
inline std::string open_tunnel(int fd, const socks::route& route, transcript& record) {
    using next = socks::chain::next;
    socks::chain handshake(socks::client_options{.wait_for_full_refusal = true});
    socks::inbox<socks::chain::max_input> rx;
    std::array<char, socks::chain::max_output> tx;
    for (;;) {
        const auto s = handshake.step(route, rx, tx);
        switch (s.next()) {
            case next::send:
                record.sent(handshake.hop(), s.data());
                write_all(fd, s.data());
                break;
            case next::recv: {
                const socks::buffer room = rx.prepare(s.needed());
                const size_t n = read_some(fd, room);
                if (n == 0) {
                    handshake.end_of_stream();
                    break;
                }
                record.received(handshake.hop(), {room.data(), n});
                rx.commit(n);
                break;
            }
            case next::negotiate: handshake.negotiated(false); break;  // this client offers no such method
            case next::wait: break;                                    // never: each answer comes at once
            case next::bound: break;                                   // only for BIND
            case next::done: return std::string(std::string_view(s.result().early));
            case next::fail: throw not_connected(s);
        }
    }
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

/// Fetches the content of `url` over the open connection `fd`. `received` is the part of the answer that
/// arrived early.
/// @returns the size of the content.
inline uint64_t http_get(int fd, const http_url& url, std::string received,
                         const std::function<void(std::string_view)>& sink) {
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
