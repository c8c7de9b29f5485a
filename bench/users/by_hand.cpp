// The contender without the library.

#include "hand_written.hpp"
#include "users.hpp"

namespace bench {

using hand_written::progress;
using socks::client;
using socks::server;

outcome serve_by_hand(const sample& s) {
    const auto& app = *static_cast<const program*>(s.with);
    size_t digest = 0;
    const auto dial = [&](uint8_t, const hand_written::place& to) -> const hand_written::answer& {
        digest = digest_of(to);
        return app.answer;
    };
    hand_written::stream io{s.in, s.in + s.chunk, s.out, s.out + server::max_pending, false};
    hand_written::server handshake;
    progress now{};
    while ((now = handshake.advance(io, app, dial)) == progress::more) io.end = received(s, io.end);
    if (now != progress::done) return {};
    return {static_cast<size_t>(io.out - s.out), digest};
}

outcome connect_by_hand(const sample& s) {
    const auto& request = *static_cast<const hand_written::request*>(s.with);
    hand_written::stream io{s.in, s.in + s.chunk, s.out, s.out + client::max_pipelined, false};
    hand_written::client handshake;
    progress now{};
    while ((now = handshake.advance(io, request)) == progress::more) io.end = received(s, io.end);
    if (now != progress::done) return {};
    return {static_cast<size_t>(io.out - s.out),
            mix(digest_of(handshake.bound()), static_cast<size_t>(io.end - io.in))};
}

}  // namespace bench
