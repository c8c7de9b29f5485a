// A server for SOCKS4, SOCKS4a and SOCKS5 that runs each connection in a thread. It carries out CONNECT. If you start
// it with a user name and a password, clients must authenticate.

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/getaddrinfo.hpp>
#include <socks/system/sockaddr.hpp>
#include <string>
#include <thread>

using namespace std::chrono;

constexpr seconds time_limit{10};   // for a handshake, and for a connection to a destination
constexpr seconds linger_limit{2};  // for a client to receive a refusal

// A socket that is closed at the end of its scope.
struct connection {
    int fd = -1;
    ~connection() { close(fd); }
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

// Connects to the first address of the destination that answers. Returns the reply for the client.
static socks::reply dial(const socks::endpoint& to, connection& destination) {
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
        connection attempt{socket(a->ai_family, SOCK_STREAM, 0)};
        int error = fcntl(attempt.fd, F_SETFL, O_NONBLOCK) == 0 ? 0 : errno;
        if (error == 0 && connect(attempt.fd, a->ai_addr, a->ai_addrlen) != 0) error = errno;
        socklen_t size = sizeof error;
        if (error == EINPROGRESS && !wait_for(attempt.fd, POLLOUT, deadline)) error = ETIMEDOUT;
        if (error == EINPROGRESS) getsockopt(attempt.fd, SOL_SOCKET, SO_ERROR, &error, &size);
        if (error == 0) {
            sockaddr_storage local;
            size = sizeof local;
            if (getsockname(attempt.fd, reinterpret_cast<sockaddr*>(&local), &size) != 0) size = 0;
            std::swap(attempt.fd, destination.fd);
            return {socks::code5::succeeded, socks::from_sockaddr(local, size)};
        }
        why = socks::dial_error_from_errno(error, socks::from_sockaddr(a->ai_addr, a->ai_addrlen).host);
    }
    return {socks::code_for(why), {}};
}

// One direction of the relay. It reads again after it has sent everything.
struct direction {
    int from;
    int to;
    std::string waiting{};
    bool ended = false;

    // What poll() waits for. It always reports a reset.
    [[nodiscard]] pollfd interest() const {
        if (!waiting.empty()) return {to, POLLOUT, 0};
        return {from, static_cast<short>(ended ? 0 : POLLIN), 0};
    }

    // Returns false if a socket was reset.
    bool advance() {
        char room[16384];
        ssize_t n = 0;
        if (!waiting.empty()) {
            n = send(to, waiting.data(), waiting.size(), MSG_DONTWAIT);
            if (n > 0) waiting.erase(0, static_cast<size_t>(n));
        } else {
            n = recv(from, room, sizeof room, MSG_DONTWAIT);
            ended = n == 0;
            if (ended) n = shutdown(to, SHUT_WR);
            if (n > 0) waiting.assign(room, static_cast<size_t>(n));
        }
        return n >= 0 || errno == EAGAIN || errno == EINTR;
    }
};

static bool relay(direction up, direction down) {
    bool connected = true;
    while (connected && !(up.ended && down.ended)) {
        pollfd watched[] = {up.interest(), down.interest()};
        connected = poll(watched, 2, -1) >= 0 || errno == EINTR;
        if (watched[0].revents != 0) connected = up.advance() && connected;
        if (watched[1].revents != 0) connected = down.advance() && connected;
    }
    return connected;
}

static void serve(int accepted, const socks::credentials& login) {
    using next = socks::server::next;
    const auto deadline = steady_clock::now() + time_limit;
    const connection client{accepted};
    connection destination;
    socks::server handshake{
        {.methods = login.given ? socks::method::username_password : socks::method::none}};
    socks::inbox<socks::server::max_input> rx;
    socks::outbox<socks::server::max_pending> tx;
    const auto receive = [&](socks::buffer room) -> socks::io_result {
        if (!wait_for(client.fd, POLLIN, deadline)) return socks::io::would_block;
        const auto n = recv(client.fd, room.data(), room.capacity(), 0);
        return socks::io_result_of(n, errno);
    };
    const auto transmit = [&](socks::bytes data) {
        const auto n = send(client.fd, data.data(), data.size(), 0);
        return socks::io_result_of(n, errno);
    };
    for (;;) {
        const auto s = socks::run(handshake, rx, tx, receive, transmit);
        switch (s.next()) {
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
            case next::done: {
                direction up{client.fd, destination.fd, std::string(s.result().early)};
                if (relay(up, {destination.fd, client.fd})) return;
                const linger reset{1, 0};  // close() then resets the connection
                setsockopt(client.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
                setsockopt(destination.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
                return;
            }
            case next::fail: {
                char text[socks::max_text_outcome];
                const std::string reason(socks::format(socks::outcome_of(s), text).data());
                if (s.error() != socks::errc::closed) warnx("%s", reason.c_str());
                // If close() finds unread bytes, it resets the connection, and the client may lose the reply.
                shutdown(client.fd, SHUT_WR);
                const auto end = steady_clock::now() + linger_limit;
                while (wait_for(client.fd, POLLIN, end) && recv(client.fd, text, sizeof text, 0) > 0) {
                }
                return;
            }
            case next::send:
            case next::recv:
            case next::negotiate:
            case next::wait: return warnx("timed out %s", socks::to_string(handshake.state()));
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

    std::signal(SIGPIPE, SIG_IGN);
    const int listener = socket(local.ss_family, SOCK_STREAM, 0);
    const int on = 1;
    socklen_t length = sizeof local;
    if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(listener, reinterpret_cast<sockaddr*>(&local), *size) != 0 || listen(listener, SOMAXCONN) != 0 ||
        getsockname(listener, reinterpret_cast<sockaddr*>(&local), &length) != 0)
        err(1, "cannot listen");
    char text[socks::max_text_endpoint];
    const std::string where(socks::format(socks::from_sockaddr(local, length), text).data());
    std::printf("listening on %s\n", where.c_str());
    std::fflush(stdout);
    for (;;) {
        const int client = accept(listener, nullptr, nullptr);
        if (client >= 0) std::thread(serve, client, login).detach();
    }
}
