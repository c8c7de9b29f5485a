// A SOCKS5 proxy for CONNECT that admits clients by GSSAPI (RFC 1961). All bytes from the request on are
// wrapped. It uses blocking calls and one process for each client, so a failure ends only one connection.

#include <csignal>
#include <cstring>
#include <socks/system/errno.hpp>

#include "../common/dial.hpp"
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

// The two connections of a relay, for the signal handler.
volatile sig_atomic_t relayed[2] = {-1, -1};

// Handles SIGALRM at any point. It may exit, because this process serves only one client.
void give_up(int) {
    const bool relaying = relayed[0] >= 0;
    const std::string_view words =
        relaying ? "gssapi_server: idle for too long\n" : "gssapi_server: the handshake took too long\n";
    if (relaying)
        for (const int fd : relayed) example::reset_on_close(fd);
    static_cast<void>(
        example::uninterrupted([&] { return ::write(STDERR_FILENO, words.data(), words.size()); }));
    ::_exit(1);
}

// Connects to the destination of the client. @returns the reply. On success, `out` is the connection.
socks::reply dial(socks::command command, const socks::endpoint& to, const example::deadline& until,
                  example::unique_fd& out) {
    if (command != socks::command::connect) return {socks::code5::command_not_supported, {}};
    try {
        out = example::connect_to_any({to}, until);
        return {socks::code5::succeeded, {}};  // 0.0.0.0:0, because every client reads it correctly
    } catch (const example::cannot_connect& e) {
        return {socks::code_for(e.failure), {}};
    } catch (const std::system_error& e) {
        return {code_for(socks::dial_error_from_errno(e.code().value())), {}};
    }
}

using connection = std::shared_ptr<const example::unique_fd>;

void relay(const std::shared_ptr<example::protected_stream>& inside, const connection& client,
           const std::string& early, const connection& destination, unsigned idle) {
    const int out = destination->get();
    relayed[0] = client->get();
    relayed[1] = out;
    ::alarm(idle);
    const std::string peer = "the client at " + example::text(example::remote_endpoint(client->get()));
    example::relay(
        inside, client, peer, early,
        {out, out, "cannot receive from the destination", "cannot send to the destination", destination},
        [idle] { ::alarm(idle); });
}

void serve(const connection& client, const settings& set) {
    using next = socks::server::next;
    const int fd = client->get();
    std::signal(SIGALRM, give_up);
    ::alarm(set.handshake);
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
            case next::serve: handshake.answer(dial(s.command(), s.to(), until, out), tx); break;
            case next::authenticate:  // this server accepts no such method
            case next::wait: break;
            case next::done:
                return relay(inside, client, std::string(std::string_view(s.result().early)),
                             std::make_shared<const example::unique_fd>(std::move(out)), set.idle);
            case next::fail: throw std::runtime_error(to_string(s.error()));
        }
    }
}

[[noreturn]] void listen(const settings& set) {
    example::unique_fd door = example::listen_on(set.listen, 64);
    example::must(door.get(), ("cannot listen on " + example::text(set.listen)).c_str());
    std::printf("listening on %s\n", example::text(example::local_endpoint(door.get())).c_str());
    std::fflush(stdout);
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed connection is an error, not a signal
    std::signal(SIGCHLD, SIG_IGN);  // do not keep the exit status of client processes
    for (;;) {
        const int fd = example::uninterrupted([&] { return ::accept(door.get(), nullptr, nullptr); });
        const auto client = std::make_shared<const example::unique_fd>(fd);
        const pid_t child = fd < 0 ? -1 : ::fork();
        if (child == 0) {
            door.reset();  // otherwise the port stays taken until the last client has ended
            ::_exit(example::run("gssapi_server", [&] { return serve(client, set), 0; }));
        }
        if (child > 0) continue;
        // The system has no descriptor, memory or process left. Later it may have.
        std::fprintf(stderr, "gssapi_server: cannot %s: %s\n", fd < 0 ? "accept" : "fork",
                     std::strerror(errno));
        ::poll(nullptr, 0, 100);
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
    if (s) listen(*s);
    std::fputs(help, stdout);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("gssapi_server", [&] { return proxy({argc, argv}); });
}
