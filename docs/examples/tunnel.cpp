// Standard input and output, connected through a SOCKS proxy to where the proxy can reach: a whole client, with
// blocking calls and precise reads. It serves as ssh's ProxyCommand.

#include <array>
#include <csignal>
#include <future>
#include <optional>
#include <thread>

#include "client_io.hpp"
#include "options.hpp"

namespace {

constexpr const char* help =
    R"(usage: tunnel --proxy HOST[:PORT] [options] TARGET

Connects standard input and output to TARGET, a HOST:PORT, through a SOCKS proxy.
A name is sent to the proxy as a name, an address as an address.

  --proxy HOST[:PORT]     the proxy (default port 1080)
  --version 4|4a|5        the protocol (default 5)
  --user NAME             user name; for 4 and 4a the user ID
  --password PASSWORD     password; other users of this machine can see it
  --command connect|bind  bind: have the proxy listen for TARGET to call back
  --help                  this text

Exit status: 0 done, 1 failed, 2 bad argument.
)";

struct settings {
    socks::endpoint proxy;
    socks::request want;
};

// Hands on what comes from `from`. @returns false at its end.
bool carry(int from, int to) {
    std::array<char, 64 * 1024> room;
    const size_t n = example::read_some(from, room);
    example::write_all(to, {room.data(), n});
    return n != 0;
}

// Both ways, each until its own end. Each has a thread of its own: a destination that sends before it reads would
// otherwise wait for ever for a tunnel that waits for it. Nobody waits for standard input when output has failed,
// hence not std::async, whose future would.
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

int failed(const socks::client::action& s) {
    const bool refused = s.error() == socks::errc::refused;
    std::fprintf(stderr, "tunnel: %s%s\n", refused ? "the proxy refused: " : "",
                 refused ? name(s.code()) : name(s.error()));
    return 1;
}

int open_tunnel(int fd, const socks::request& want) {
    using next = socks::client::next;
    socks::client handshake;
    socks::inbox<socks::client::max_input> rx;
    std::array<char, socks::client::max_output> tx;
    for (;;) {
        const auto s = handshake.step(want, rx, tx);
        switch (s.next()) {
            case next::send: example::write_all(fd, s.data()); break;
            case next::recv:
                if (const size_t n = example::read_some(fd, rx.space(s.need())))
                    rx.commit(n);
                else
                    handshake.close();
                break;
            case next::bound:
                std::fprintf(stderr, "the proxy listens on %s\n", example::text(s.bound()).c_str());
                break;
            case next::negotiate: handshake.negotiated(false); break;  // of no method that was offered
            case next::wait: break;                                    // for what was answered just now
            case next::done: relay(fd, s.finish().early); return 0;
            case next::fail: return failed(s);
        }
    }
}

socks::endpoint endpoint(const char* what, std::string_view text, int fallback) {
    socks::endpoint e;
    const socks::errc fault = socks::parse_endpoint(text, e, fallback);
    if (fault != socks::errc::none)
        throw example::bad_argument(std::string(what) + " \"" + std::string(text) + "\": " + name(fault));
    return e;
}

socks::version version(std::string_view text) {
    if (text == "4") return socks::version::v4;
    if (text == "4a") return socks::version::v4a;
    if (text == "5") return socks::version::v5;
    throw example::bad_argument("--version is 4, 4a or 5, not \"" + std::string(text) + '"');
}

socks::command command(std::string_view text) {
    if (text == "connect") return socks::command::connect;
    if (text == "bind") return socks::command::bind;
    throw example::bad_argument("--command is connect or bind, not \"" + std::string(text) + '"');
}

// The views point into the arguments of main. @returns nothing when help is wanted.
std::optional<settings> parse(example::arguments args) {
    settings s;
    std::optional<std::string_view> user, password;
    while (args.next()) {
        if (args.is("--help")) return {};
        if (args.is("--proxy"))
            s.proxy = endpoint("--proxy", args.value(), 1080);
        else if (args.is("--version"))
            s.want.via = version(args.value());
        else if (args.is("--user"))
            user = args.value();
        else if (args.is("--password"))
            password = args.value();
        else if (args.is("--command"))
            s.want.command = command(args.value());
        else if (args.is_operand() && s.want.to.host.is() == socks::host::kind::none)
            s.want.to = endpoint("TARGET", args.name(), -1);
        else
            args.unknown();
    }
    if (s.proxy.host.is() == socks::host::kind::none) throw example::bad_argument("--proxy is missing");
    if (s.want.to.host.is() == socks::host::kind::none) throw example::bad_argument("TARGET is missing");
    const bool pair = s.want.via == socks::version::v5;
    if (pair ? user.has_value() != password.has_value() : password.has_value())
        throw example::bad_argument(pair ? "--user and --password go together" : "SOCKS4 has no passwords");
    if (user) s.want.login = {*user, password.value_or("")};
    const socks::errc fault = check(s.want);
    if (fault != socks::errc::none) throw example::bad_argument(name(fault));
    return s;
}

int tunnel(example::arguments args) {
    const std::optional<settings> s = parse(args);
    if (!s) {
        std::fputs(help, stdout);
        return 0;
    }
    std::signal(SIGPIPE, SIG_IGN);  // who has closed is an error, and not the end
    const example::unique_fd fd = example::connect_to_any(s->proxy);
    return open_tunnel(fd.get(), s->want);
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("tunnel", [&] { return tunnel({argc, argv}); });
}
