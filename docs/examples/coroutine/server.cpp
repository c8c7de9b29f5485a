// A SOCKS4, SOCKS4a and SOCKS5 server: one coroutine for each connection, all in one thread.
// socks::run_awaitable() returns for each question of the handshake. The coroutine answers and continues.
//
//     server ADDRESS [USER PASSWORD]

#include <fcntl.h>
#include <netdb.h>
#include <sys/signalfd.h>

#include <csignal>
#include <cstring>
#include <memory>
#include <socks/system/getaddrinfo.hpp>
#include <socks/system/run_awaitable.hpp>
#include <string>
#include <thread>
#include <vector>

#include "event_loop.hpp"

namespace {

using namespace example;
using std::chrono::seconds;

constexpr seconds handshake_limit{10};
constexpr seconds dial_limit{10};
constexpr seconds linger_limit{2};
constexpr std::chrono::milliseconds accept_pause{100};

struct account {
    socks::bytes user, password;
    bool required = false;

    [[nodiscard]] bool matches(socks::bytes name, socks::bytes secret) const noexcept {
        const bool known = socks::constant_time_equal(name, user);
        return socks::constant_time_equal(secret, password) && known;
    }
};

void report(const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }

unique_fd open_socket(const socks::host& host) {
    const int family = host.kind() == socks::host_kind::ipv6 ? AF_INET6 : AF_INET;
    return unique_fd(must(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
}

socks::endpoint local_endpoint(int fd) {
    sockaddr_storage local;
    socklen_t size = sizeof local;
    must(::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size), "getsockname");
    return socks::from_sockaddr(local, size);
}

struct looked_up {
    std::vector<socks::endpoint> addresses;
    socks::dial_error failure = socks::dial_error::name_not_found;
};

// This blocks.
looked_up look_up(const std::string& name, uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    looked_up found;
    const int failed = ::getaddrinfo(name.c_str(), nullptr, &hints, &list);
    if (failed != 0) {
        found.failure = socks::dial_error_from_getaddrinfo(failed, errno);
        return found;
    }
    for (const addrinfo* a = list; a != nullptr; a = a->ai_next) {
        found.addresses.push_back(socks::from_sockaddr(a->ai_addr, a->ai_addrlen));
        found.addresses.back().port = port;
    }
    ::freeaddrinfo(list);
    return found;
}

// Looks up a name in another thread, which closes a pipe when it ends. Nothing can interrupt getaddrinfo,
// so at the deadline the thread is left alone with its copies.
task<looked_up> resolve(event_loop& loop, std::string name, uint16_t port, time_point deadline) {
    int ends[2];
    must(::pipe2(ends, O_NONBLOCK | O_CLOEXEC), "pipe2");
    unique_fd writer(ends[1]);
    descriptor reader(loop, unique_fd(ends[0]));
    const auto found = std::make_shared<looked_up>();
    std::thread([found, name, port, end = std::move(writer)] { *found = look_up(name, port); }).detach();
    char byte[1];
    const call_result ended = co_await reader.read_some(byte, deadline);
    if (ended.n < 0) co_return looked_up{{}, socks::dial_error::timed_out};
    co_return std::move(*found);
}

// Connects `target` to the first address of the destination that answers.
task<socks::code5> dial(event_loop& loop, socks::endpoint to, std::optional<descriptor>& target) {
    const time_point deadline = now() + dial_limit;
    looked_up found{{to}};
    try {
        if (to.host.kind() == socks::host_kind::name)
            found = co_await resolve(loop, std::string(std::string_view(to.host.name())), to.port, deadline);
        for (const socks::endpoint& address : found.addresses) {
            target.emplace(loop, open_socket(address.host));
            const call_result connected = co_await target->connect_to(address, deadline);
            if (connected.n == 0) co_return socks::code5::succeeded;
            found.failure = connected.error == EAGAIN
                                ? socks::dial_error::timed_out
                                : socks::dial_error_from_errno(connected.error, address.host);
        }
    } catch (const std::system_error& e) {  // for example too many descriptors or threads
        found.failure = socks::dial_error_from_errno(e.code().value());
    }
    co_return socks::code_for(found.failure);
}

// Passes on what arrives, and then the end of the stream. If one side fails, both are reset, so that a peer
// does not take a part of the stream for all of it.
task<> pass_on(descriptor& from, descriptor& to) {
    char room[16 * 1024];
    for (;;) {
        const call_result received = co_await from.read_some(room);
        bool failed = received.n < 0;
        if (received.n > 0) failed = co_await write_all(to, {room, static_cast<size_t>(received.n)}) != 0;
        if (received.n == 0) failed = ::shutdown(to.get(), SHUT_WR) != 0;
        if (failed) {
            from.abort();
            to.abort();
        }
        if (failed || received.n == 0) co_return;
    }
}

task<> relay(descriptor& client, descriptor& target, socks::bytes early) {
    if (co_await write_all(target, early) != 0) co_return client.abort();
    task<> up = pass_on(client, target);
    up.start();
    co_await pass_on(target, client);
    co_await up;
}

// Closing a socket with unread bytes sends a reset, which can destroy the reply on its way. So read them
// first.
task<> lingering_close(descriptor& client) {
    const time_point deadline = now() + linger_limit;
    if (::shutdown(client.get(), SHUT_WR) != 0) co_return;
    char room[4 * 1024];
    for (;;) {
        const call_result received = co_await client.read_some(room, deadline);
        if (received.n <= 0) co_return;
    }
}

task<> serve(event_loop& loop, unique_fd fd, const account& user) {
    descriptor client(loop, std::move(fd));
    std::optional<descriptor> target;
    socks::server handshake(
        {.methods = user.required ? socks::method::username_password : socks::method::none});
    socks::inbox<socks::server::max_input> rx;
    socks::outbox<socks::server::max_pending> tx;
    time_point deadline = now() + handshake_limit;
    bool answered = false;
    for (;;) {
        const auto s = co_await socks::run_awaitable<task<socks::server::action>>(
            handshake, rx, tx, [&](socks::buffer room) { return client.read_some(room, deadline); },
            [&](socks::bytes data) {
                answered = true;
                return client.write_some(data, deadline);
            });
        using next = socks::server::next;
        switch (s.next()) {
            case next::authenticate: handshake.authenticated(user.matches(s.user(), s.password()), tx); break;
            case next::serve: {
                socks::reply reply{socks::code5::command_not_supported, {}};
                if (s.command() == socks::command::connect) reply.code = co_await dial(loop, s.to(), target);
                if (reply.code.succeeded()) reply.bound = local_endpoint(target->get());
                handshake.answer(reply, tx);
                deadline = now() + handshake_limit;  // for sending the reply
                break;
            }
            case next::done: co_return co_await relay(client, *target, s.result().early);
            case next::fail: {
                char room[socks::max_text_outcome];
                const bool silent = !answered && rx.empty() && blame(s.error()) == socks::party::stream;
                if (!silent) report(std::string(std::string_view(format(socks::outcome_of(s), room).data())));
                co_return co_await lingering_close(client);
            }
            case next::send:
            case next::recv: co_return report(std::string("timed out ") + to_string(handshake.state()));
            case next::negotiate:
            case next::wait: co_return;  // these occur only with other methods and with BIND
        }
    }
}

task<> accept_all(event_loop& loop, unique_fd fd, const account& user) {
    descriptor listener(loop, std::move(fd));
    for (;;) {
        const call_result accepted = co_await listener.accept_one();
        if (accepted.n >= 0) {
            loop.spawn(serve(loop, unique_fd(static_cast<int>(accepted.n)), user));
        } else {  // for example too many descriptors: wait until some connections have ended
            report(std::string("cannot accept a connection: ") + std::strerror(accepted.error));
            co_await timer(loop, now() + accept_pause);
        }
    }
}

task<> wait_for_signal(event_loop& loop, const sigset_t& signals) {
    descriptor arrived(loop,
                       unique_fd(must(::signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd")));
    char room[sizeof(signalfd_siginfo)];
    co_await arrived.read_some(room);
}

void run(const socks::endpoint& address, const account& user) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    must(::sigprocmask(SIG_BLOCK, &signals, nullptr), "sigprocmask");

    unique_fd listener = open_socket(address.host);
    sockaddr_storage local;
    const socklen_t size = *socks::to_sockaddr(address, local);
    const int on = 1;
    must(::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "setsockopt");
    must(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&local), size), "bind");
    must(::listen(listener.get(), SOMAXCONN), "listen");
    char room[socks::max_text_endpoint];
    const socks::bytes text = format(local_endpoint(listener.get()), room).data();
    std::printf("listening on %.*s\n", static_cast<int>(text.size()), text.data());
    std::fflush(stdout);

    event_loop loop;
    loop.spawn(accept_all(loop, std::move(listener), user));
    loop.run(wait_for_signal(loop, signals));
}

}  // namespace

int main(int argc, char** argv) {
    const auto address = socks::parse_endpoint(std::string_view(argc > 1 ? argv[1] : ""));
    if ((argc != 2 && argc != 4) || !address || address->host.kind() == socks::host_kind::name) {
        std::fprintf(stderr, "usage: server ADDRESS [USER PASSWORD]\n");
        return 2;
    }
    account user;
    if (argc == 4) user = {std::string_view(argv[2]), std::string_view(argv[3]), true};
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed connection then fails with EPIPE
    try {
        run(*address, user);
    } catch (const std::exception& e) {
        report(e.what());
        return 1;
    }
    return 0;
}
