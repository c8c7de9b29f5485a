// A SOCKS5 client for Windows, with Winsock. It sends standard input to a destination through a proxy, and
// copies the answer to standard output.
//
//     client 127.0.0.1:1080 files.example.com:80 [USER PASSWORD]

#include "winsock.hpp"

#include <fcntl.h>
#include <io.h>
#include <stdio.h>

namespace {

constexpr time_point handshake_ms = 10'000;  // for connecting and the handshake together

int fail(const std::string& why) {
    fprintf(stderr, "client: %s\n", why.c_str());
    return 1;
}

// Runs the handshake. It reads no byte of the destination. @returns the exit status.
int shake_hands(const unique_socket& proxy, const socks::request& request, time_point deadline) {
    socks::client handshake;
    socks::inbox<socks::client::max_input> rx;
    socks::outbox<socks::client::max_output> tx;
    const auto s = socks::run(handshake, request, rx, tx, reader(proxy, deadline), writer(proxy, deadline));
    if (s.next() == socks::client::next::done) return 0;
    if (s.next() == socks::client::next::fail) return fail(description(s));
    return fail(std::string("timed out ") + to_string(handshake.state()));
}

// Sends the input and copies what arrives, until the end of the stream. @returns the exit status.
int relay(const unique_socket& proxy, std::string_view input) {
    operation sending;  // the system sends while this function receives
    if (!input.empty()) sending.write(proxy, input);
    operation receiving;
    char room[65536];
    for (;;) {
        receiving.read(proxy, room);
        const socks::io_result arrived = receiving.result(never);
        const size_t n = arrived.size();
        if (arrived.error() != socks::errc::none)
            return fail("the tunnel failed: " + reason(receiving.error()));
        if (n == 0) break;
        if (fwrite(room, 1, n, stdout) != n || fflush(stdout) != 0) return fail("cannot write the output");
    }
    if (!input.empty() && sending.result(0).error() != socks::errc::none)
        return fail("the tunnel failed: " + reason(sending.error()));
    return 0;
}

int run(const socks::endpoint& to, const socks::request& request, std::string_view input) {
    const winsock started;
    if (started.error() != 0) return fail("cannot start Winsock: " + reason(started.error()));
    const time_point deadline = now() + handshake_ms;
    const socket_address address(to);
    int error = 0;
    const unique_socket proxy = dial(address.data(), address.size, deadline, error);
    if (error == WSAETIMEDOUT) return fail("timed out connecting to the proxy");
    if (!proxy) return fail("cannot connect to the proxy: " + reason(error));
    const int status = shake_hands(proxy, request, deadline);
    return status == 0 ? relay(proxy, input) : status;
}

// Reads standard input to its end. @returns false if that fails.
bool read_input(std::string& input) {
    char room[65536];
    while (const size_t n = fread(room, 1, sizeof room, stdin)) input.append(room, n);
    return ferror(stdin) == 0;
}

}  // namespace

int main(int argc, char** argv) {
    const auto proxy = socks::parse_endpoint(std::string_view(argc > 1 ? argv[1] : ""));
    const auto to = socks::parse_endpoint(std::string_view(argc > 2 ? argv[2] : ""));
    if ((argc != 3 && argc != 5) || !proxy || proxy->host.kind() == socks::host_kind::name || !to) {
        fputs("usage: client ADDRESS:PORT DESTINATION:PORT [USER PASSWORD]\n", stderr);
        return 2;
    }
    socks::request request{.to = *to};
    if (argc == 5) request.credentials = {std::string_view(argv[3]), std::string_view(argv[4])};
    _setmode(_fileno(stdin), _O_BINARY);  // otherwise Windows changes line ends
    _setmode(_fileno(stdout), _O_BINARY);
    std::string input;
    if (!read_input(input)) return fail("cannot read the input");
    return run(*proxy, request, input);
}
