// A SOCKS5 client as one coroutine: connect, handshake, tunnel. socks::run_awaitable() runs the handshake,
// and one deadline covers it together with the connect.
//
//     client PROXY DESTINATION [USER PASSWORD] <what-to-send >what-was-received

#include <csignal>
#include <cstdio>
#include <cstring>
#include <socks/system/run_awaitable.hpp>
#include <string>

#include "event_loop.hpp"

namespace {

using namespace example;
using std::chrono::seconds;

constexpr seconds handshake_limit{10};

int fail(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    return 1;
}

int fail(const char* what, int error) { return fail(std::string(what) + ": " + std::strerror(error)); }

// Standard output may block: this program has nothing else to do meanwhile.
bool print(socks::bytes data) {
    return std::fwrite(data.data(), 1, data.size(), stdout) == data.size() && std::fflush(stdout) == 0;
}

task<int> relay(descriptor& tunnel, socks::bytes input) {
    // This runs beside the loop below, because the destination may send before it has received everything.
    task<int> sending = write_all(tunnel, input);
    sending.start();
    char room[16 * 1024];
    for (;;) {
        const call_result received = co_await tunnel.read_some(room);
        if (received.n < 0) co_return fail("the tunnel failed", received.error);
        if (received.n == 0) break;
        if (!print({room, static_cast<size_t>(received.n)})) co_return fail("standard output", errno);
    }
    const int error = co_await sending;
    co_return error == 0 ? 0 : fail("the tunnel failed", error);
}

task<int> fetch(event_loop& loop, const socks::endpoint& proxy, const socks::request& request,
                socks::bytes input) {
    const time_point deadline = now() + handshake_limit;
    const int family = proxy.host.kind() == socks::host_kind::ipv6 ? AF_INET6 : AF_INET;
    descriptor tunnel(
        loop, unique_fd(must(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket")));
    const call_result connected = co_await tunnel.connect_to(proxy, deadline);
    if (connected.n < 0 && connected.error == EAGAIN) co_return fail("timed out connecting to the proxy");
    if (connected.n < 0) co_return fail("cannot connect to the proxy", connected.error);

    socks::client handshake;
    socks::inbox<socks::client::max_input> rx;
    socks::outbox<socks::client::max_output> tx;
    const auto s = co_await socks::run_awaitable<task<socks::client::action>>(
        handshake, request, rx, tx, [&](socks::buffer room) { return tunnel.read_some(room, deadline); },
        [&](socks::bytes data) { return tunnel.write_some(data, deadline); });
    using next = socks::client::next;
    if (s.next() == next::done) co_return co_await relay(tunnel, input);
    if (s.next() != next::fail)  // a read or a write would block, although the deadline has passed
        co_return fail(std::string("timed out ") + to_string(handshake.state()));
    char room[socks::max_text_outcome];
    co_return fail(std::string(std::string_view(socks::format(socks::outcome_of(s), room).data())));
}

int run(int argc, char** argv) {
    const auto proxy = socks::parse_endpoint(std::string_view(argc > 1 ? argv[1] : ""));
    const auto destination = socks::parse_endpoint(std::string_view(argc > 2 ? argv[2] : ""));
    if ((argc != 3 && argc != 5) || !proxy || !destination || proxy->host.kind() == socks::host_kind::name) {
        std::fprintf(stderr, "usage: client PROXY DESTINATION [USER PASSWORD]\n");
        return 2;
    }
    socks::request request{.to = *destination};
    if (argc == 5) request.credentials = {std::string_view(argv[3]), std::string_view(argv[4])};

    std::string input;
    char room[16 * 1024];
    while (const size_t n = std::fread(room, 1, sizeof room, stdin)) input.append(room, n);
    if (std::ferror(stdin) != 0) return fail("standard input", errno);

    event_loop loop;
    return loop.run(fetch(loop, *proxy, request, input));
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed connection then fails with EPIPE
    try {
        return run(argc, argv);
    } catch (const std::exception& e) {
        return fail(e.what());
    }
}
