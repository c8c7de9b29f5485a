// A SOCKS5 proxy for CONNECT that admits clients by GSSAPI (RFC 1961). All bytes from the request on are
// wrapped. It uses blocking calls and one process for each client, so a failure ends only one connection.

#include "../common/client_process.hpp"
#include "io.hpp"

namespace {

constexpr const char* help =
    R"(usage: gssapi_server [options]

A SOCKS5 proxy for users of Kerberos. Its keys are those of the default keytab, or of
the file in the environment variable KRB5_KTNAME. Every user with a ticket for one of
these keys is accepted. As soon as it listens, it prints "listening on ADDRESS:PORT".

  --listen ADDRESS:PORT  where to listen (default 127.0.0.1:1080; port 0: any)
  --protection LEVEL     the least level of a client: integrity (default), or confidentiality
  --nec                  negotiate the level unwrapped, as NEC's clients do. An attacker on
                         the network can then lower it to the least level
  --handshake SECONDS    the time limit of a complete handshake, including the
                         connection to the destination (default 30)
  --idle SECONDS         reset both connections after this time without any bytes
                         (default 3600)
  --help                 this text

Exit status: 1 failed, 2 invalid argument.
)";

struct settings {
    socks::endpoint listen{socks::ipv4{127, 0, 0, 1}, 1080};
    example::gssapi_settings security{.least = socks::protection::integrity};
    unsigned handshake = 30;  // seconds
    unsigned idle = 3600;
};

using example::shared_fd;

void relay(const std::shared_ptr<example::protected_stream>& inside, const shared_fd& client,
           const std::string& early, const shared_fd& destination, unsigned idle) {
    const int out = destination->get();
    example::limit_idle(client->get(), out, idle);
    const std::string peer = "the client at " + example::text(example::remote_endpoint(client->get()));
    example::relay(
        inside, client, peer, early,
        {out, out, "cannot receive from the destination", "cannot send to the destination", destination},
        [idle] { ::alarm(idle); });
}

void serve(const shared_fd& client, const settings& set) {
    using next = socks::server::next;
    const int fd = client->get();
    example::limit_handshake(set.handshake);
    const example::deadline until{std::chrono::seconds(set.handshake)};
    socks::server handshake{{.v4 = false, .v4a = false, .methods = socks::method::gssapi}};
    socks::inbox<socks::server::max_input> rx;
    socks::outbox<socks::server::max_pending> tx;
    std::shared_ptr<example::protected_stream> inside;  // after negotiation, the only way to read and write
    example::unique_fd out;
    for (;;) {
        const auto s = handshake.step(rx, tx);
        switch (s.next()) {
            case next::send:
                if (inside)
                    inside->write_all(s.data());
                else
                    example::write_all(fd, s.data());
                tx.consume(s.data().size());
                break;
            case next::recv: {
                // Read only what is needed: the bytes after the greeting do not belong in this inbox.
                const socks::buffer room = rx.prepare(s.needed());
                if (const size_t n = inside ? inside->read_some(room) : example::read_some(fd, room))
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            }
            case next::negotiate:
                inside = std::make_shared<example::protected_stream>(fd, set.security);
                std::fprintf(stderr, "%s with %s\n", example::text(inside->level()).c_str(),
                             inside->peer().c_str());
                handshake.negotiated(true);
                break;
            case next::serve: handshake.answer(example::dial(s.command(), s.to(), until, out), tx); break;
            case next::authenticate:  // this server accepts no such method
            case next::wait: break;
            case next::done:
                return relay(inside, client, std::string(std::string_view(s.result().early)),
                             std::make_shared<const example::unique_fd>(std::move(out)), set.idle);
            case next::fail: throw std::runtime_error(to_string(s.error()));
        }
    }
}

// @returns nothing if the user asked for help.
std::optional<settings> parse(example::arguments args) {
    settings s;
    while (args.next()) {
        if (args.is("--help")) return {};
        if (args.is("--listen")) {
            s.listen = example::parse_listen(args.value());
        } else if (args.is("--protection")) {
            s.security.least = example::protection(args.value());
        } else if (args.is("--nec")) {
            s.security.nec = true;
        } else if (args.is("--handshake")) {
            s.handshake = args.number(1, 3600);
        } else if (args.is("--idle")) {
            s.idle = args.number(1, 1'000'000);
        } else {
            args.unknown();
        }
    }
    return s;
}

int proxy(example::arguments args) {
    const std::optional<settings> s = parse(args);
    if (s)
        example::serve_each_client("gssapi_server", s->listen,
                                   [&](const shared_fd& client) { serve(client, *s); });
    std::fputs(help, stdout);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("gssapi_server", [&] { return proxy({argc, argv}); });
}
