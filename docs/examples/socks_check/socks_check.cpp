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

"socks-check server --help" and "socks-check client --help" print the options,
and "socks-check --version" the version.
)";

int socks_check(int count, char** list) {
    example::arguments args(count, list);
    if (!args.next()) throw example::bad_argument("the mode is missing: server or client");
    std::signal(SIGPIPE, SIG_IGN);
    // An invalid argument of a mode refers to the help of that mode.
    if (args.is("server"))
        return example::run("socks-check server", [&] { return example::check_server(args); });
    if (args.is("client"))
        return example::run("socks-check client", [&] { return example::check_client(args); });
    if (args.is("--version"))
        std::printf("socks-check %d.%d.%d\n", SOCKS_VERSION_MAJOR, SOCKS_VERSION_MINOR, SOCKS_VERSION_PATCH);
    else if (args.is_help())
        std::fputs(help, stdout);
    else
        args.unknown();
    example::flush_output();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("socks-check", [&] { return socks_check(argc, argv); });
}
