// What the two programs need on a host and a device does not: arguments, stdin, stdout and a network.

#ifndef EXAMPLES_LWIP_HOST_PROGRAM_HPP
#define EXAMPLES_LWIP_HOST_PROGRAM_HPP

#include <errno.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "../convert.hpp"

namespace host {

/// Starts lwIP with an interface whose gateway connects to the real network; see network.cpp.
void start_network();

/// The address at which lwIP reaches `address` of the host: 127.0.0.1 and ::1 are addresses of the gateway.
ip_addr_t reachable(const socks::host& address);

struct arguments {
    ip_addr_t proxy{};
    u16_t port = 0;
    socks::request request{};  // points into argv
};

/// Parses PROXY DESTINATION [USER PASSWORD]. Otherwise it prints the usage and ends the program.
inline arguments parse(int argc, char** argv) {
    if (argc == 3 || argc == 5) {
        const auto proxy = socks::parse_endpoint(std::string_view(argv[1]));
        const auto to = socks::parse_endpoint(std::string_view(argv[2]));
        if (proxy && to && proxy->host.kind() != socks::host_kind::name) {
            arguments a{.proxy = reachable(proxy->host), .port = proxy->port, .request = {.to = *to}};
            if (argc == 5) a.request.credentials = {std::string_view(argv[3]), std::string_view(argv[4])};
            return a;
        }
    }
    std::fprintf(stderr, "usage: %s PROXY-ADDRESS:PORT DESTINATION:PORT [USER PASSWORD]\n", argv[0]);
    std::exit(2);
}

/// All of stdin.
inline std::string standard_input() {
    std::string all;
    char part[4096];
    for (;;) {
        const ssize_t n = read(STDIN_FILENO, part, sizeof part);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            std::fprintf(stderr, "cannot read the standard input: %s\n", std::strerror(errno));
            std::exit(1);
        }
        if (n == 0) return all;
        all.append(part, static_cast<size_t>(n));
    }
}

/// Writes to stdout. If nobody reads it, the program ends.
inline void print(socks::bytes data) {
    while (!data.empty()) {
        const ssize_t n = write(STDOUT_FILENO, data.data(), data.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            std::fprintf(stderr, "cannot write the standard output: %s\n", std::strerror(errno));
            std::_Exit(1);  // this thread is not the main thread
        }
        data = data.subspan(static_cast<size_t>(n));
    }
}

}  // namespace host

#endif
