// Connects standard input and output to a target through one or more SOCKS proxies. This is a complete client
// with blocking calls and precise reads. You can use it as ssh's ProxyCommand.

#include <csignal>
#include <optional>

#include "../common/handshake.hpp"
#include "../common/two_ways.hpp"
#include "../common/via.hpp"

namespace {

constexpr const char* help =
    R"(usage: tunnel --via PROXY [--via PROXY]... [options] TARGET

Connects standard input and output to TARGET, a HOST:PORT or two arguments HOST PORT,
through one SOCKS proxy or several. Each proxy is reached through the one before it.
With ssh: ssh -o ProxyCommand='tunnel --via PROXY %h %p' HOST

  --via PROXY             SCHEME://[USER[:PASSWORD]@]HOST[:PORT], default port 1080
                          socks4, socks5    the next name is resolved here
                          socks4a, socks5h  the next name is resolved by the proxy
                          A user name or password may contain %XX. Other users of
                          this machine can see the user name, and the password for
                          a moment at the start.
                          The zone of a link-local address: [fe80::1%25eth0]
  --command connect|bind  bind: the last proxy listens for a connection from TARGET
  --patience SECONDS      the time limit of look-ups, connection and handshakes
                          together (default 30); for bind, again for the connection
                          from TARGET
  --no-half-close         the end of the input does not end the stream to TARGET, for
                          servers that close the connection then
  --pipelined             send the next message without waiting for the reply. This
                          saves round trips, but a proxy that refuses may already
                          have the password
  --tor                   the last proxy is Tor: print its reply codes by Tor's names
  --help                  this text

Exit status: 0 both sides have ended, 1 failed or cut off, 2 invalid argument.
)";

struct settings {
    example::via via;
    socks::command command = socks::command::connect;
    socks::endpoint to;
    std::chrono::seconds patience{30};
    bool half_close = true;
    socks::client_options options{};
    example::code_format code = socks::format;
};

socks::command command(std::string_view text) {
    if (text == "connect") return socks::command::connect;
    if (text == "bind") return socks::command::bind;
    throw example::bad_argument("--command is connect or bind, not \"" + std::string(text) + '"');
}

// HOST:PORT, or HOST and PORT. A HOST of its own may be an IPv6 address without brackets.
socks::endpoint target(const std::vector<std::string_view>& operands) {
    if (operands.empty()) throw example::bad_argument("TARGET is missing");
    if (operands.size() == 1) return example::parse_endpoint("TARGET", operands[0]);
    const socks::host host(operands[0]);
    const auto port = socks::parse_port(operands[1]);
    if (operands.size() == 2 && port && (host.kind() != socks::host_kind::bad)) return {host, *port};
    throw example::bad_argument("TARGET needs HOST:PORT or HOST PORT");
}

// The views point into the arguments of main. @returns nothing if the user asked for help.
std::optional<settings> parse(example::arguments args) {
    settings s;
    std::vector<std::string_view> operands;
    while (args.next()) {
        if (args.is("--help")) return {};
        if (args.is("--via"))
            s.via.add(args);
        else if (args.is("--command"))
            s.command = command(args.value());
        else if (args.is("--patience"))
            s.patience = std::chrono::seconds(args.number(1, 86'400));
        else if (args.is("--no-half-close"))
            s.half_close = false;
        else if (args.is("--pipelined"))
            s.options.pipelined = true;
        else if (args.is("--tor"))
            s.code = socks::tor::format;
        else if (args.is_operand() && operands.size() < 2)
            operands.push_back(args.name());
        else
            args.unknown();
    }
    if (s.via.size() == 0) throw example::bad_argument("--via is missing");
    s.to = target(operands);
    return s;
}

struct connection {
    example::unique_fd fd;
    std::string early;  ///< the first bytes of the target
};

// Asks the proxies for a connection to `to`, one address of the target.
connection connect_to(settings& s, const socks::endpoint& to, const example::deadline& until) {
    const socks::route route = s.via.route(s.command, to, until);
    example::unique_fd fd = example::connect_to_any(s.via.first(), until, "the proxy at ");
    example::handshake handshake(route, s.code, s.options);
    const auto [reply, early] = handshake.run(fd.get(), until, [&](const socks::endpoint& bound) {
        // Some proxies reply with an unspecified address. The peer needs the address of the proxy instead.
        const socks::endpoint there = relay_endpoint(bound, s.via.last(fd.get()));
        std::fprintf(stderr, "the proxy listens on %s\n", example::text(there).c_str());
    });
    return {std::move(fd), std::string(std::string_view(early))};
}

// Tries the next address of the target if a proxy cannot reach the one before.
connection connect_to_target(settings& s) {
    const example::deadline until(s.patience);
    const std::vector<socks::endpoint> addresses = s.via.destinations(s.to, until);
    for (size_t i = 0;; ++i) {
        try {
            return connect_to(s, addresses[i], until);
        } catch (const example::not_granted& e) {
            if (i + 1 == addresses.size() || !example::may_reach_another_address(e.why)) throw;
            std::fprintf(stderr, "tunnel: %s: %s\n", example::text(addresses[i]).c_str(), e.what());
        }
    }
}

int tunnel(example::arguments args) {
    std::optional<settings> s = parse(args);
    if (!s) {
        std::fputs(help, stdout);
        return 0;
    }
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed connection is an error, not a signal
    connection c = connect_to_target(*s);
    s->via.forget();
    example::relay(std::move(c.fd), std::move(c.early), s->half_close);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("tunnel", [&] { return tunnel({argc, argv}); });
}
