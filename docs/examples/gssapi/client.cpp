// Connects standard input and output through a SOCKS5 proxy that requires GSSAPI (RFC 1961). All bytes from
// the request on are wrapped. The machine reads and writes unwrapped bytes.

#include <csignal>

#include "../common/failure.hpp"
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
  --patience SECONDS   the time limit of look-up, connection and handshake together
                       (default 30)
  --help               this text

Exit status: 0 done, 1 failed, 2 invalid argument.
)";

struct settings {
    socks::endpoint proxy;
    socks::request request{.methods = socks::method::gssapi};
    std::string service;
    std::chrono::seconds patience{30};
    example::gssapi_settings security;
};

// Handles SIGALRM: the library of Kerberos waits for a name server or a KDC, and has no deadline.
void give_up(int) {
    constexpr std::string_view words = "gssapi_client: no ticket of Kerberos before the deadline\n";
    static_cast<void>(
        example::uninterrupted([&] { return ::write(STDERR_FILENO, words.data(), words.size()); }));
    ::_exit(1);
}

// The only way to read and write: the socket, and after negotiation the wrapped stream.
class transport {
  public:
    transport(int fd, const example::deadline& until) : fd_(fd), until_(until) {}

    void negotiate(const settings& set) {
        // One second later than the deadline of the socket, which can name the phase.
        std::signal(SIGALRM, give_up);
        ::alarm(static_cast<unsigned>(std::chrono::ceil<std::chrono::seconds>(until_.left()).count()) + 1);
        try {
            inside_ = std::make_shared<example::protected_stream>(fd_, set.service, set.security, until_);
        } catch (const std::system_error&) {
            throw;
        } catch (const std::runtime_error& e) {
            throw std::runtime_error("the proxy at " + example::text(set.proxy) + ": " + e.what());
        }
        ::alarm(0);
        std::fprintf(stderr, "%s with %s\n", example::text(inside_->level()).c_str(),
                     inside_->peer().c_str());
    }
    void write_all(std::string_view bytes) {
        return inside_ ? inside_->write_all(bytes) : example::write_all(fd_, bytes, until_);
    }
    size_t read_some(socks::buffer room) {
        return inside_ ? inside_->read_some(room) : example::read_some(fd_, room, until_);
    }
    [[nodiscard]] const std::shared_ptr<example::protected_stream>& inside() const noexcept {
        return inside_;
    }

  private:
    int fd_;
    example::deadline until_;
    std::shared_ptr<example::protected_stream> inside_;
};

// Runs the handshake. @returns the first bytes of the target.
std::string shake_hands(transport& proxy, const settings& set, socks::client& handshake,
                        const example::deadline& until) {
    using next = socks::client::next;
    socks::inbox<socks::client::max_input> rx;
    std::array<char, socks::client::max_output> tx;
    for (;;) {
        const socks::client_state when = handshake.state();
        const auto s = handshake.step(set.request, rx, tx);
        switch (s.next()) {
            case next::send: proxy.write_all(s.data()); break;
            case next::recv:
                if (const size_t n = proxy.read_some(rx.prepare(s.needed())))
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::negotiate:
                proxy.negotiate(set);
                handshake.negotiated(true);
                break;
            case next::bound:  // only for BIND, which this client does not request
            case next::wait: break;
            case next::done: return std::string(std::string_view(s.result().early));
            case next::fail:
                throw example::not_granted(
                    example::described(example::text(set.proxy), outcome_of(s), when, until), outcome_of(s));
        }
    }
}

int open_tunnel(const settings& set) {
    const example::deadline until(set.patience);
    const auto fd = std::make_shared<const example::unique_fd>(
        example::connect_to_any({set.proxy}, until, "the proxy at "));
    transport proxy(fd->get(), until);
    socks::client handshake;
    std::string early;
    try {
        early = shake_hands(proxy, set, handshake, until);
    } catch (const std::system_error& e) {
        throw example::interrupted(example::text(set.proxy), e, handshake.state(), until);
    }
    proxy.inside()->end_deadline();
    example::relay(proxy.inside(), fd, "the proxy at " + example::text(set.proxy), early,
                   {STDIN_FILENO, STDOUT_FILENO, example::input_fails, example::output_fails}, [] {});
    return 0;
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
        else if (args.is("--patience"))
            s.patience = std::chrono::seconds(args.number(1, 86'400));
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
    return open_tunnel(*s);
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("gssapi_client", [&] { return tunnel({argc, argv}); });
}
