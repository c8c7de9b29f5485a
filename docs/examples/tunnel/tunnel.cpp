// Connects standard input and output to a target through one or more SOCKS proxies. This is a complete client
// with blocking calls and precise reads. You can use it as ssh's ProxyCommand.

#include <array>
#include <csignal>
#include <future>
#include <optional>
#include <thread>

#include "../common/handshake.hpp"
#include "../common/via.hpp"

namespace {

constexpr const char* help =
    R"(usage: tunnel --via PROXY [--via PROXY]... [options] TARGET

Connects standard input and output to TARGET, a HOST:PORT, through one SOCKS
proxy or several. Each proxy is reached through the one before it.

  --via PROXY             SCHEME://[USER[:PASSWORD]@]HOST[:PORT], default port 1080
                          socks4, socks5    the next name is resolved here
                          socks4a, socks5h  the next name is resolved by the proxy
                          A user name or password may contain %XX. Other users of
                          this machine can see both.
  --command connect|bind  bind: the last proxy listens for a connection from TARGET
  --pipelined             send the next message without waiting for the reply. This
                          saves round trips, but a proxy that refuses may already
                          have the password
  --tor                   the last proxy is Tor: print its reply codes by Tor's names
  --help                  this text

Exit status: 0 done, 1 failed, 2 invalid argument.
)";

struct settings {
    example::via via;
    socks::command command = socks::command::connect;
    socks::endpoint to;
    socks::client_options options{};
    example::handshake::code_format code = socks::format;
};

// Passes on bytes of `from`. @returns false at its end.
bool carry(int from, int to) {
    std::array<char, 64 * 1024> room;
    const size_t n = example::read_some(from, room);
    example::write_all(to, {room.data(), n});
    return n != 0;
}

// Relays both ways, each until its own end. Each way has its own thread. With one thread, tunnel and
// destination could wait for each other for ever if the destination sends before it reads. If the output
// fails, this must not wait for standard input, as the future of std::async would.
void relay(int proxy, std::string_view early) {
    std::packaged_task<void()> up([proxy] {
        while (carry(STDIN_FILENO, proxy)) continue;
        ::shutdown(proxy, SHUT_WR);
    });
    std::future<void> ended = up.get_future();
    std::thread(std::move(up)).detach();
    example::write_all(STDOUT_FILENO, early);
    while (carry(proxy, STDOUT_FILENO)) continue;
    ::close(STDOUT_FILENO);
    ended.get();
}

socks::command command(std::string_view text) {
    if (text == "connect") return socks::command::connect;
    if (text == "bind") return socks::command::bind;
    throw example::bad_argument("--command is connect or bind, not \"" + std::string(text) + '"');
}

// The views point into the arguments of main. @returns nothing if the user asked for help.
std::optional<settings> parse(example::arguments args) {
    settings s;
    while (args.next()) {
        if (args.is("--help")) return {};
        if (args.is("--via"))
            s.via.add(args.value());
        else if (args.is("--command"))
            s.command = command(args.value());
        else if (args.is("--pipelined"))
            s.options.pipelined = true;
        else if (args.is("--tor"))
            s.code = socks::tor::format;
        else if (args.is_operand() && s.to.host.kind() == socks::host_kind::none)
            s.to = example::parse_endpoint("TARGET", args.name());
        else
            args.unknown();
    }
    if (s.via.size() == 0) throw example::bad_argument("--via is missing");
    if (s.to.host.kind() == socks::host_kind::none) throw example::bad_argument("TARGET is missing");
    return s;
}

int tunnel(example::arguments args) {
    std::optional<settings> s = parse(args);
    if (!s) {
        std::fputs(help, stdout);
        return 0;
    }
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed connection is an error, not a signal
    const socks::route route = s->via.route(s->command, s->to);
    const example::unique_fd fd = example::connect_to_any(s->via.first());
    example::handshake handshake(route, s->code, s->options);
    const auto [reply, early] = handshake.run(fd.get(), [&](const socks::endpoint& bound) {
        // Some proxies reply with an unspecified address. The peer needs the address of the proxy instead.
        const socks::endpoint there = relay_endpoint(bound, s->via.last(fd.get()));
        std::fprintf(stderr, "the proxy listens on %s\n", example::text(there).c_str());
    });
    relay(fd.get(), early);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("tunnel", [&] { return tunnel({argc, argv}); });
}
