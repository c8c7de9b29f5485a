// Opens a tunnel through a SOCKS5 proxy, sends standard input, and prints what comes back. The calls block.
// One deadline limits the connection to the proxy and the complete handshake.

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/sockaddr.hpp>
#include <string>
#include <string_view>
#include <system_error>

using namespace std::chrono;

constexpr seconds time_limit{10};

// Waits until the socket is ready. Returns false at the deadline.
static bool wait_for(int fd, short events, steady_clock::time_point deadline) {
    for (;;) {
        const auto left = ceil<milliseconds>(deadline - steady_clock::now()).count();
        pollfd watched{fd, events, 0};
        const int ready = left > 0 ? poll(&watched, 1, static_cast<int>(left)) : 0;
        if (ready >= 0 || errno != EINTR) return ready > 0;
    }
}

// Reads no byte after the reply, so afterwards any code can use the socket like a direct connection.
static void open_tunnel(int fd, const sockaddr_storage& proxy, socklen_t size,
                        const socks::request& request) {
    const auto deadline = steady_clock::now() + time_limit;
    int error = fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ? 0 : errno;
    if (error == 0 && connect(fd, reinterpret_cast<const sockaddr*>(&proxy), size) != 0) error = errno;
    if (error == EINPROGRESS) {
        if (!wait_for(fd, POLLOUT, deadline)) throw std::runtime_error("timed out connecting to the proxy");
        socklen_t length = sizeof error;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
    }
    if (error == 0 && fcntl(fd, F_SETFL, 0) != 0) error = errno;
    if (error != 0) throw std::system_error(error, std::generic_category(), "cannot connect to the proxy");

    socks::client handshake;
    socks::inbox<socks::client::max_input> rx;
    socks::outbox<socks::client::max_output> tx;
    const auto receive = [&](socks::buffer room) -> socks::io_result {
        if (!wait_for(fd, POLLIN, deadline)) return socks::io::would_block;  // then run() returns
        const auto n = recv(fd, room.data(), room.capacity(), 0);
        return socks::io_result_of(n, errno);
    };
    const auto transmit = [&](socks::bytes data) {
        const auto n = send(fd, data.data(), data.size(), 0);  // the buffer of the socket has space for it
        return socks::io_result_of(n, errno);
    };
    const auto s = socks::run(handshake, request, rx, tx, receive, transmit);
    if (s.next() == socks::client::next::done) return;
    if (s.next() != socks::client::next::fail)
        throw std::runtime_error(std::string("timed out ") + socks::to_string(handshake.state()));
    char text[socks::max_text_outcome];
    throw std::runtime_error(std::string(socks::format(socks::outcome_of(s), text).data()));
}

int main(int argc, char** argv) try {
    const auto proxy = socks::parse_endpoint(std::string_view(argc > 1 ? argv[1] : ""));
    const auto destination = socks::parse_endpoint(std::string_view(argc > 2 ? argv[2] : ""));
    sockaddr_storage address{};
    const auto size = proxy ? socks::to_sockaddr(*proxy, address) : proxy.error();
    if (!size || !destination || (argc != 3 && argc != 5))
        errx(2, "usage: blocking_client PROXY DESTINATION [USER PASSWORD]");
    socks::request request{.to = *destination};
    if (argc == 5) request.credentials = {std::string_view(argv[3]), std::string_view(argv[4])};

    std::signal(SIGPIPE, SIG_IGN);  // a failed send() then returns an error
    const int fd = socket(address.ss_family, SOCK_STREAM, 0);
    open_tunnel(fd, address, *size, request);
    std::FILE* const in = fdopen(fd, "r");
    std::FILE* const out = fdopen(dup(fd), "w");
    if (in == nullptr || out == nullptr) err(1, "fdopen");
    for (int c; (c = std::getchar()) != EOF;) std::putc(c, out);
    int error = std::ferror(stdin) || std::fflush(out) != 0 ? errno : 0;
    for (int c; (c = std::getc(in)) != EOF;) std::putchar(c);
    if (std::ferror(in) || std::fflush(stdout) != 0) error = errno;
    if (error != 0) throw std::system_error(error, std::generic_category(), "the tunnel failed");
} catch (const std::exception& failure) {
    errx(1, "%s", failure.what());
}
