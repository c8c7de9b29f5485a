// socks-check finds faults of SOCKS proxies and of SOCKS clients. docs/socks_check.md explains its use.

#include <csignal>

#include "client/client.hpp"
#include "server/server.hpp"

namespace {

constexpr const char* help =
    R"(usage: socks-check server HOST:PORT [options]
       socks-check client [options] -- COMMAND...

Finds faults of SOCKS4, SOCKS4a and SOCKS5 software.

  server   tests the proxy at HOST:PORT
  client   plays a proxy and tests COMMAND, which uses it

"socks-check server --help" and "socks-check client --help" print the options.
)";

int socks_check(int count, char** list) {
    example::arguments args(count, list);
    if (!args.next()) throw example::bad_argument("the mode is missing: server or client");
    std::signal(SIGPIPE, SIG_IGN);
    if (args.is("server")) return example::check_server(args);
    if (args.is("client")) return example::check_client(args);
    if (!args.is("--help")) args.unknown();
    std::fputs(help, stdout);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("socks-check", [&] { return socks_check(argc, argv); });
}
