// A SOCKS5 proxy for CONNECT that admits clients by CHAP, so no password crosses the network. It uses
// blocking calls and one process for each client.

#include "../common/client_process.hpp"
#include "../common/two_ways.hpp"
#include "challenge.hpp"

namespace {

constexpr const char* help =
    R"(usage: chap_server --users FILE [options]

A SOCKS5 proxy for clients that speak CHAP (method 3) with HMAC-MD5, such as PuTTY
and Pidgin. The password of a user does not cross the network, but requests and data
are not protected. As soon as it listens, it prints "listening on ADDRESS:PORT".

  --users FILE           the users: lines "user:password", and comments that begin with #
  --listen ADDRESS:PORT  where to listen (default 127.0.0.1:1080; port 0: any)
  --handshake SECONDS    the time limit of a complete handshake, including the
                         connection to the destination (default 30)
  --idle SECONDS         reset both connections after this time without any bytes
                         (default 3600)
  --help                 this text

Exit status: 1 failed, 2 invalid argument.
)";

struct settings {
    socks::endpoint listen{socks::ipv4{127, 0, 0, 1}, 1080};
    std::vector<example::credentials> users{};
    unsigned handshake = 30;  // seconds
    unsigned idle = 3600;
};

// One way of a relay.
struct way {
    int from;
    int to;
    const char* from_fails;
    const char* to_fails;
    unsigned idle;

    void carry(const example::shared_fd&, const example::shared_fd&) const {
        std::array<char, 64 * 1024> room;
        while (const size_t n = example::read_some(from, room, from_fails)) {
            example::sending([&] { example::write_all(to, {room.data(), n}, to_fails); });
            ::alarm(idle);
        }
        example::sending([&] { example::end_output(to, to_fails); });
    }
};

void relay(const example::shared_fd& client, const std::string& early, const example::shared_fd& destination,
           unsigned idle) {
    const int in = client->get();
    const int out = destination->get();
    example::limit_idle(in, out, idle);
    const way up{in, out, "cannot receive from the client", "cannot send to the destination", idle};
    const way down{out, in, "cannot receive from the destination", "cannot send to the client", idle};
    try {
        example::write_all(out, early, up.to_fails);
        example::run_both([=] { up.carry(client, destination); }, [=] { down.carry(client, destination); });
    } catch (...) {
        example::reset_on_close(in);
        example::reset_on_close(out);
        throw;
    }
}

void serve(const example::shared_fd& client, const settings& set) {
    using next = socks::server::next;
    const int fd = client->get();
    example::limit_handshake(set.handshake);
    const example::deadline until{std::chrono::seconds(set.handshake)};
    socks::server handshake{{.v4 = false, .v4a = false, .methods = socks::method::chap}};
    socks::inbox<socks::server::max_input> rx;
    socks::outbox<socks::server::max_pending> tx;
    example::unique_fd out;
    for (;;) {
        const auto s = handshake.step(rx, tx);
        switch (s.next()) {
            case next::send:
                example::write_all(fd, s.data());
                tx.consume(s.data().size());
                break;
            case next::recv:
                // Read only what is needed: the messages of CHAP do not belong in this inbox.
                if (const size_t n = example::read_some(fd, rx.prepare(s.needed())))
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::negotiate: {
                const auto user = example::chap_server(fd).authenticate(set.users);
                if (user) std::fprintf(stderr, "authenticated %s\n", example::escaped(*user).c_str());
                handshake.negotiated(user.has_value());
                break;
            }
            case next::serve: handshake.answer(example::dial(s.command(), s.to(), until, out), tx); break;
            case next::authenticate:  // this server accepts no such method
            case next::wait: break;
            case next::done:
                return relay(client, std::string(std::string_view(s.result().early)),
                             std::make_shared<const example::unique_fd>(std::move(out)), set.idle);
            case next::fail: throw std::runtime_error(to_string(s.error()));
        }
    }
}

int proxy(example::arguments args) {
    settings s;
    while (args.next()) {
        if (args.is("--help")) {
            std::fputs(help, stdout);
            return 0;
        }
        if (args.is("--listen")) {
            s.listen = example::parse_listen(args.value());
        } else if (args.is("--users")) {
            s.users = example::read_credentials(std::string(args.value()));
        } else if (args.is("--handshake")) {
            s.handshake = args.number(1, 3600);
        } else if (args.is("--idle")) {
            s.idle = args.number(1, 1'000'000);
        } else {
            args.unknown();
        }
    }
    if (s.users.empty()) throw example::bad_argument("--users is missing");
    example::serve_each_client("chap_server", s.listen,
                               [&](const example::shared_fd& client) { serve(client, s); });
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("chap_server", [&] { return proxy({argc, argv}); });
}
