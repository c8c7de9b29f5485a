// The first bytes of any stream: one result, which no further byte changes and which agrees with the server.

#include "requests.hpp"

using namespace fuzzing;

void fuzz(input in) {
    using socks::protocol;
    const bytes bytes = in.rest();
    const protocol verdict = socks::sniff(bytes);
    demand((verdict == protocol::need_more) == bytes.empty());
    for (size_t n = 1; n <= bytes.size() && n < 20; ++n) {
        const block prefix(bytes.first(n));
        demand(socks::sniff(prefix.view()) == verdict);
    }
    if (bytes.empty()) return;
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
