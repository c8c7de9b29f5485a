// A SOCKS4, SOCKS4a and SOCKS5 server that runs each connection in a thread and carries out CONNECT. If it is
// started with a user name and a password, every client must authenticate.

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <iostream>
#include <memory>
#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/getaddrinfo.hpp>
#include <socks/system/sockaddr.hpp>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

using namespace std::chrono;

constexpr seconds time_limit{10};   // for a handshake, and for a connection to a destination
constexpr seconds linger_limit{2};  // for a client to receive a refusal

struct descriptor {
    int fd = -1;
    ~descriptor() {
        if (fd >= 0) close(fd);
    }
};

// Waits until the socket is ready. Returns false at the deadline.
static bool wait_for(int fd, short events, steady_clock::time_point deadline) {
    for (;;) {
        const auto left = ceil<milliseconds>(deadline - steady_clock::now()).count();
        pollfd watched{fd, events, 0};
        const int ready = left > 0 ? poll(&watched, 1, static_cast<int>(left)) : 0;
        if (ready >= 0 || errno != EINTR) return ready > 0;
    }
}

static socks::io_result receive(int fd, socks::buffer room) {
    const auto n = recv(fd, room.data(), room.capacity(), MSG_DONTWAIT);
    return socks::io_result_of(n, errno);
}

static socks::io_result transmit(int fd, socks::bytes data) {
    const auto n = send(fd, data.data(), data.size(), MSG_DONTWAIT);
    return socks::io_result_of(n, errno);
}

// Connects a socket, and makes it non-blocking. Returns 0 or the error.
static int connect_to(int fd, const addrinfo& address, steady_clock::time_point deadline) {
    if (fd < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0) return errno;
    if (connect(fd, address.ai_addr, address.ai_addrlen) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    if (!wait_for(fd, POLLOUT, deadline)) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

// Connects to the first address of `to` that answers. Returns the reply for the client.
static socks::reply dial(const socks::endpoint& to, descriptor& destination) {
    const auto deadline = steady_clock::now() + time_limit;
    char text[socks::max_text_host];
    const std::string host(socks::format(to.host, text).data());
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* first = nullptr;
    const int failed = getaddrinfo(host.c_str(), std::to_string(to.port).c_str(), &hints, &first);
    auto why = socks::dial_error_from_getaddrinfo(failed, errno);
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list(first, freeaddrinfo);
    for (const addrinfo* a = first; a != nullptr; a = a->ai_next) {
        descriptor attempt{socket(a->ai_family, SOCK_STREAM, 0)};
        sockaddr_storage local{};
        socklen_t size = sizeof local;
        const int error = connect_to(attempt.fd, *a, deadline);
        if (error == 0 && getsockname(attempt.fd, reinterpret_cast<sockaddr*>(&local), &size) == 0) {
            std::swap(attempt.fd, destination.fd);
            return {socks::code5::succeeded, socks::from_sockaddr(local, size)};
        }
        why = socks::dial_error_from_errno(error, socks::from_sockaddr(a->ai_addr, a->ai_addrlen).host);
    }
    return {socks::code_for(why), {}};
}

// One direction of the relay. It reads more only after it has sent everything.
struct direction {
    int from;
    int to;
    std::string waiting{};
    bool ended = false;

    pollfd interest() const {
        if (!waiting.empty()) return {to, POLLOUT, 0};
        return {from, static_cast<short>(ended ? 0 : POLLIN), 0};  // without events, poll() reports a reset
    }

    // Returns false if a connection was reset.
    bool advance() {
        if (!waiting.empty()) {
            const auto sent = transmit(to, waiting);
            waiting.erase(0, sent.size());
            return sent.error() == socks::errc::none;
        }
        char room[16384];
        const auto arrived = receive(from, room);
        waiting.assign(room, arrived.size());
        ended = arrived == 0u;
        return arrived.error() == socks::errc::none && (!ended || shutdown(to, SHUT_WR) == 0);
    }
};

// Copies in both directions until both have ended. After a reset of one connection, close() resets the other.
static void relay(direction up, direction down) {
    bool connected = true;
    while (connected && !(up.ended && down.ended)) {
        pollfd watched[] = {up.interest(), down.interest()};
        connected = poll(watched, 2, -1) >= 0 || errno == EINTR;
        if (connected && watched[0].revents != 0) connected = up.advance();
        if (connected && watched[1].revents != 0) connected = down.advance();
    }
    if (connected) return;
    const linger reset{1, 0};
    setsockopt(up.from, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    setsockopt(up.to, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

// Prints a failure, and reads until the client closes the connection. If close() found unread bytes, it would
// reset the connection, and the client might not receive the reply that refuses its request.
static void report(const socks::outcome& failure, int client) {
    char room[512];
    warnx("%s", std::string(socks::format(failure, room).data()).c_str());
    const auto deadline = steady_clock::now() + linger_limit;
    shutdown(client, SHUT_WR);
    while (wait_for(client, POLLIN, deadline) && receive(client, room).size() != 0) {
    }
}

static void serve(int accepted, const socks::credentials& login) {
    const auto deadline = steady_clock::now() + time_limit;
    const descriptor client{accepted};
    descriptor destination;
    char first;  // a connection that ends without a byte is not reported
    if (wait_for(client.fd, POLLIN, deadline) && recv(client.fd, &first, 1, MSG_PEEK) <= 0) return;
    socks::server handshake{
        {.methods = login.given ? socks::method::username_password : socks::method::none}};
    socks::inbox<socks::server::max_input> rx;
    socks::outbox<socks::server::max_pending> tx;
    const auto read = [&](socks::buffer room) { return receive(client.fd, room); };
    const auto write = [&](socks::bytes data) { return transmit(client.fd, data); };
    for (;;) {
        using next = socks::server::next;
        const auto s = socks::run(handshake, rx, tx, read, write);
        switch (s.next()) {
            case next::send:
            case next::recv:
                if (wait_for(client.fd, s.next() == next::send ? POLLOUT : POLLIN, deadline)) break;
                return warnx("timed out %s", socks::to_string(handshake.state()));
            case next::authenticate: {
                const bool user = socks::constant_time_equal(s.user(), login.user);
                const bool password = socks::constant_time_equal(s.password(), login.password);
                handshake.authenticated(user && password, tx);
                break;
            }
            case next::serve:
                if (s.command() == socks::command::connect)
                    handshake.answer(dial(s.to(), destination), tx);
                else
                    handshake.answer({socks::code5::command_not_supported, {}}, tx);
                break;
            case next::done:
                return relay({client.fd, destination.fd, std::string(s.result().early)},
                             {destination.fd, client.fd});
            case next::fail: return report(socks::outcome_of(s), client.fd);
            case next::negotiate:
            case next::wait: return;  // other methods, and later answers, do not occur here
        }
    }
}

int main(int argc, char** argv) {
    const auto address = socks::parse_endpoint(std::string_view(argc > 1 ? argv[1] : ""));
    sockaddr_storage local{};
    const auto size = address ? socks::to_sockaddr(*address, local) : address.error();
    if (!size || (argc != 2 && argc != 4)) errx(2, "usage: blocking_server ADDRESS [USER PASSWORD]");
    socks::credentials login;
    if (argc == 4) login = {std::string_view(argv[2]), std::string_view(argv[3])};

    std::signal(SIGPIPE, SIG_IGN);  // a failed send() then returns an error
    const int listener = socket(local.ss_family, SOCK_STREAM, 0);
    const int on = 1;
    socklen_t length = sizeof local;
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(listener, reinterpret_cast<sockaddr*>(&local), *size) != 0 || listen(listener, SOMAXCONN) != 0 ||
        getsockname(listener, reinterpret_cast<sockaddr*>(&local), &length) != 0)
        err(1, "cannot listen on %s", argv[1]);
    char text[socks::max_text_endpoint];
    const std::string_view where = socks::format(socks::from_sockaddr(local, length), text).data();
    std::cout << "listening on " << where << std::endl;
    for (;;) {
        const int client = accept(listener, nullptr, nullptr);
        if (client >= 0)
            std::thread(serve, client, login).detach();
        else
            std::this_thread::sleep_for(milliseconds{10});  // no descriptor is left until a connection ends
    }
}
