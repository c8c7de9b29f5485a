// The first bytes of any stream: one result, which no further byte changes, which agrees with the server, and
// which is that of a list of examples.

#include "requests.hpp"

using namespace fuzzing;

namespace {

using socks::protocol;

// What begins a stream of each protocol. Most methods of HTTP begin with another letter than SSH does.
protocol expected(char first) {
    constexpr bytes socks4 = "\4";
    constexpr bytes socks5 = "\5";
    constexpr bytes ssh = "S";
    constexpr bytes http = "ABCDEFGHIJKLMNOPQRTUVWXYZ";
    constexpr bytes handshake_or_alert = "\x16\x15";
    if (socks4.contains(first)) return protocol::socks4;
    if (socks5.contains(first)) return protocol::socks5;
    if (ssh.contains(first)) return protocol::ssh;
    if (http.contains(first)) return protocol::http;
    return handshake_or_alert.contains(first) ? protocol::tls : protocol::other;
}

}  // namespace

void fuzz(input in) {
    const bytes bytes = in.rest();
    const protocol verdict = socks::sniff(bytes);
    demand((verdict == protocol::need_more) == bytes.empty());
    for (size_t n = 1; n <= bytes.size() && n < 20; ++n) {
        const block prefix(bytes.first(n));
        demand(socks::sniff(prefix.view()) == verdict);
    }
    if (bytes.empty()) return;
    demand(verdict == expected(bytes.data()[0]));
    socks::server far;
    block room(socks::server::max_output);
    const auto a = far.step(bytes.first(1), room.room());
    const bool served = verdict == protocol::socks4 || verdict == protocol::socks5;
    demand(served == (a.next() == socks::server::next::recv));
    if (served) return;
    demand(a.next() == socks::server::next::fail && a.consumed() == 0);
    demand((a.error() == errc::peer_is_http) == (verdict == protocol::http));
    demand((a.error() == errc::peer_is_tls) == (verdict == protocol::tls));
    demand((a.error() == errc::peer_is_ssh) == (verdict == protocol::ssh));
}
