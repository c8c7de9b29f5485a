// A SOCKS proxy with one fault, which socks-check must find.
//
//     faulty_proxy USER PASSWORD [--login-only] [FAULT]
//     faulty_proxy --list
//
// It serves SOCKS4, SOCKS4a and SOCKS5 on 127.0.0.1 and prints "listening on ADDRESS:PORT, forbidden
// ADDRESS:PORT". A listener is at the forbidden destination, so that a connection to it would succeed.

#include <atomic>
#include <csignal>
#include <cstdio>
#include <thread>

#include "session.hpp"

namespace {

std::atomic<int> sessions = 0;

void serve(faulty::unique_fd client, const faulty::account& user, bool login_only) {
    try {
        faulty::session(std::move(client), user, login_only).run();
    } catch (const std::exception&) {
        // The connection is lost, or too slow.
    }
    --sessions;
}

[[noreturn]] void listen(const faulty::account& user, bool login_only) {
    const faulty::unique_fd door = example::listen_on({socks::ipv4{127, 0, 0, 1}, 0}, SOMAXCONN);
    example::must(door.get(), "cannot listen");
    const faulty::unique_fd forbidden = example::listen_on({faulty::forbidden_address, 0}, SOMAXCONN);
    example::must(forbidden.get(), "cannot listen");
    std::printf("listening on %s, forbidden %s\n", example::text(example::local_endpoint(door.get())).c_str(),
                example::text(example::local_endpoint(forbidden.get())).c_str());
    std::fflush(stdout);
    for (;;) {
        faulty::unique_fd client(::accept(door.get(), nullptr, nullptr));
        if (!client) continue;
        while (faulty::has(faulty::fault::few_connections) && sessions >= 40) ::poll(nullptr, 0, 10);
        ++sessions;
        std::thread(serve, std::move(client), user, login_only).detach();
    }
}

}  // namespace

int main(int argc, char** argv) {
    const std::vector<std::string> args(argv + 1, argv + argc);
    if (args.size() == 1 && args[0] == "--list") {
        for (const faulty::description& d : faulty::descriptions())
            std::printf("%s\t%s\n", d.name.c_str(), d.words);
        return 0;
    }
    if (args.size() < 2) {
        std::fprintf(stderr, "usage: faulty_proxy USER PASSWORD [--login-only] [FAULT]\n");
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    size_t i = 2;
    const bool login_only = args.size() > i && args[i] == "--login-only";
    if (login_only) ++i;
    try {
        if (args.size() > i) faulty::active = faulty::parse_fault(args[i]);
        listen({args[0], args[1]}, login_only);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "faulty_proxy: %s\n", e.what());
        return 1;
    }
}
