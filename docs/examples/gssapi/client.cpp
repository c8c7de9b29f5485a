// Connects standard input and output through a SOCKS5 proxy that requires GSSAPI (RFC 1961). All bytes from
// the request on are wrapped. The machine reads and writes unwrapped bytes.

#include <csignal>

#include "../common/options.hpp"
#include "io.hpp"

namespace {

constexpr const char* help =
    R"(usage: gssapi_client --proxy HOST[:PORT] [options] TARGET

Connects standard input and output to TARGET, a HOST:PORT, through a SOCKS5 proxy
that authenticates by GSSAPI. It uses the credentials of kinit.

  --proxy HOST[:PORT]  the proxy (default port 1080)
  --service NAME@HOST  the identity that the proxy must prove (default rcmd@ the proxy's host)
  --protection LEVEL   the least accepted level: integrity, or confidentiality (default)
  --nec                negotiate the level unwrapped, as NEC's proxy does. An attacker on
                       the network can then lower it to the least accepted level
  --help               this text

Exit status: 0 done, 1 failed, 2 invalid argument.
)";

struct settings {
    socks::endpoint proxy;
    socks::request request{.methods = socks::method::gssapi};
    std::string service;
    example::gssapi_settings security;
};

int failed(const socks::client::action& s) {
    const bool refused = s.error() == socks::errc::refused;
    std::fprintf(stderr, "gssapi_client: %s%s\n", refused ? "the proxy refused: " : "",
                 refused ? example::text(s.code()).c_str() : to_string(s.error()));
    return 1;
}

int open_tunnel(int fd, const settings& set) {
    using next = socks::client::next;
    socks::client handshake;
    socks::inbox<socks::client::max_input> rx;
    std::array<char, socks::client::max_output> tx;
    std::shared_ptr<example::protected_stream> inside;  // after negotiation, the only way to read and write
    for (;;) {
        const auto s = handshake.step(set.request, rx, tx);
        switch (s.next()) {
            case next::send:
                if (inside)
                    inside->write_all(s.data());
                else
                    example::write_all(fd, s.data());
                break;
            case next::recv: {
                const socks::buffer room = rx.prepare(s.needed());
                if (const size_t n = inside ? inside->read_some(room) : example::read_some(fd, room))
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            }
            case next::negotiate:
                inside = std::make_shared<example::protected_stream>(fd, set.service, set.security);
                std::fprintf(stderr, "%s with %s\n", example::text(inside->level()).c_str(),
                             inside->peer().c_str());
                handshake.negotiated(true);
                break;
            case next::bound:  // only for BIND, which this client does not request
            case next::wait: break;
            case next::done:
                example::relay(inside, fd, s.result().early, STDIN_FILENO, STDOUT_FILENO);
                return 0;
            case next::fail: return failed(s);
        }
    }
}

// The views point into the arguments of main. @returns nothing if the user asked for help.
std::optional<settings> parse(example::arguments args) {
    settings s;
    while (args.next()) {
        if (args.is("--help")) return {};
        if (args.is("--proxy"))
            s.proxy = example::parse_endpoint("--proxy", args.value(), socks::default_port);
        else if (args.is("--service"))
            s.service = args.value();
        else if (args.is("--protection"))
            s.security.least = example::protection(args.value());
        else if (args.is("--nec"))
            s.security.nec = true;
        else if (args.is_operand() && s.request.to.host.kind() == socks::host_kind::none)
            s.request.to = example::parse_endpoint("TARGET", args.name());
        else
            args.unknown();
    }
    if (s.proxy.host.kind() == socks::host_kind::none) throw example::bad_argument("--proxy is missing");
    if (s.request.to.host.kind() == socks::host_kind::none) throw example::bad_argument("TARGET is missing");
    if (s.service.empty() && s.proxy.host.kind() != socks::host_kind::name)
        throw example::bad_argument(
            "an address proves nothing: give the --service, or the proxy by its name");
    if (s.service.empty()) s.service.append("rcmd@").append(std::string_view(s.proxy.host.name()));
    return s;
}

int tunnel(example::arguments args) {
    const std::optional<settings> s = parse(args);
    if (!s) {
        std::fputs(help, stdout);
        return 0;
    }
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed connection is an error, not a signal
    const example::unique_fd fd = example::connect_to_any(s->proxy);
    return open_tunnel(fd.get(), *s);
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("gssapi_client", [&] { return tunnel({argc, argv}); });
}
