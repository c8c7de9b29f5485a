// Sends each line of standard input as a datagram through a SOCKS5 proxy, and prints the answers. The relay
// of the proxy works as long as the control connection is open.

#include <err.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/sockaddr.hpp>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

using namespace std::chrono;

constexpr seconds handshake_limit{10};  // for the connection to the proxy and the complete handshake
constexpr seconds answer_limit{2};      // for each line

[[noreturn]] static void fail(const char* what, int error) {
    throw std::system_error(error, std::generic_category(), what);
}

// Waits until one of the sockets is ready. Returns false at the deadline.
static bool wait_for(std::span<pollfd> watched, steady_clock::time_point deadline) {
    for (;;) {
        const auto left = ceil<milliseconds>(deadline - steady_clock::now()).count();
        const int ready = left > 0 ? poll(watched.data(), watched.size(), static_cast<int>(left)) : 0;
        if (ready >= 0) return ready > 0;
        if (errno != EINTR) fail("poll", errno);
    }
}

static void connect_to(int fd, const sockaddr_storage& proxy, socklen_t size,
                       steady_clock::time_point deadline) {
    int error = fd >= 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0 ? 0 : errno;
    if (error == 0 && connect(fd, reinterpret_cast<const sockaddr*>(&proxy), size) != 0) error = errno;
    if (error == EINPROGRESS) {
        pollfd watched[] = {{fd, POLLOUT, 0}};
        if (!wait_for(watched, deadline)) throw std::runtime_error("timed out connecting to the proxy");
        socklen_t length = sizeof error;
        if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
    }
    if (error == 0 && fcntl(fd, F_SETFL, 0) != 0) error = errno;
    if (error != 0) fail("cannot connect to the proxy", error);
}

// Looks up the relay if the proxy has sent its name. The address must have the family of the proxy.
static socks::endpoint resolve(const socks::endpoint& relay, int family) {
    if (relay.host.kind() != socks::host_kind::name) return relay;
    const std::string name(relay.host.name());
    addrinfo hints{};
    hints.ai_family = family;
    addrinfo* list = nullptr;
    const int failed = getaddrinfo(name.c_str(), nullptr, &hints, &list);
    if (failed != 0)
        throw std::runtime_error("cannot look up the relay " + name + ": " + gai_strerror(failed));
    const socks::host address = socks::from_sockaddr(list->ai_addr, list->ai_addrlen).host;
    freeaddrinfo(list);
    return {address, relay.port};
}

// Returns a copy of the reply, because the name in it points into `rx`.
static socks::stored_reply run_handshake(int fd, const socks::request& request,
                                         steady_clock::time_point deadline) {
    socks::client handshake;
    socks::inbox<socks::client::max_input> rx;
    socks::outbox<socks::client::max_output> tx;
    const auto receive = [&](socks::buffer room) -> socks::io_result {
        pollfd watched[] = {{fd, POLLIN, 0}};
        if (!wait_for(watched, deadline)) return socks::io::would_block;  // then run() returns
        const auto n = recv(fd, room.data(), room.capacity(), 0);
        return socks::io_result_of(n, errno);
    };
    const auto transmit = [&](socks::bytes data) {
        const auto n = send(fd, data.data(), data.size(), 0);  // the buffer of the socket has space for it
        return socks::io_result_of(n, errno);
    };
    const auto s = socks::run(handshake, request, rx, tx, receive, transmit);
    if (s.next() == socks::client::next::done) return s.result().reply;
    if (s.next() != socks::client::next::fail)
        throw std::runtime_error(std::string("timed out ") + socks::to_string(handshake.state()));
    char text[socks::max_text_outcome];
    throw std::runtime_error(std::string(socks::format(socks::outcome_of(s), text).data()));
}

// Waits for a datagram of the relay, and prints its data. Returns false at the deadline.
static bool print_answer(int udp, const socks::endpoint& relay, int control) {
    const auto deadline = steady_clock::now() + answer_limit;
    for (;;) {
        pollfd watched[] = {{udp, POLLIN, 0}, {control, POLLIN, 0}};
        if (!wait_for(watched, deadline)) return false;
        // The control connection carries no more data, so this is its end.
        if (watched[0].revents == 0) throw std::runtime_error("the proxy has ended the association");
        char packet[socks::max_datagram];
        sockaddr_storage source{};
        socklen_t size = sizeof source;
        const auto n =
            recvfrom(udp, packet, sizeof packet, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&source), &size);
        if (n < 0 && errno != EAGAIN && errno != EINTR) fail("cannot receive from the relay", errno);
        // Any host can send to this socket.
        if (n < 0 || !socks::from_relay(socks::from_sockaddr(source, size), relay)) continue;
        const auto answer = socks::decode_datagram({packet, static_cast<size_t>(n)});
        if (!answer) continue;
        if (!(std::cout << std::string_view(answer->data()) << std::endl)) fail("cannot print", errno);
        return true;
    }
}

int main(int argc, char** argv) try {
    const auto proxy = socks::parse_endpoint(std::string_view(argc > 1 ? argv[1] : ""));
    const auto destination = socks::parse_endpoint(std::string_view(argc > 2 ? argv[2] : ""));
    sockaddr_storage address{};
    const auto size = proxy ? socks::to_sockaddr(*proxy, address) : proxy.error();
    if (!size || !destination || (argc != 3 && argc != 5))
        errx(2, "usage: udp_client PROXY DESTINATION [USER PASSWORD]");
    // The request declares the source of the datagrams, not their destination. It is not known yet.
    socks::request request{.command = socks::command::udp_associate,
                           .to = socks::unspecified_for(proxy->host)};
    if (argc == 5) request.credentials = {std::string_view(argv[3]), std::string_view(argv[4])};

    std::signal(SIGPIPE, SIG_IGN);  // a failed send() then returns an error
    const auto deadline = steady_clock::now() + handshake_limit;
    const int control = socket(address.ss_family, SOCK_STREAM, 0);
    connect_to(control, address, *size, deadline);
    const socks::stored_reply reply = run_handshake(control, request, deadline);
    const socks::endpoint bound = socks::relay_endpoint(reply.bound.view(), proxy->host);
    const socks::endpoint relay = resolve(bound, address.ss_family);
    const auto relay_size = socks::to_sockaddr(relay, address);
    if (!relay_size) throw std::runtime_error("the proxy has sent no address of a relay");
    const int udp = socket(address.ss_family, SOCK_DGRAM, 0);
    if (udp < 0) fail("cannot create a socket", errno);

    int unanswered = 0;
    char packet[socks::max_datagram];
    for (std::string line; std::getline(std::cin, line);) {
        const auto question = socks::encode_datagram(*destination, line, packet);
        if (!question) throw std::runtime_error(socks::to_string(question.error()));
        const std::string_view data = question.data();
        if (sendto(udp, data.data(), data.size(), 0, reinterpret_cast<const sockaddr*>(&address),
                   *relay_size) < 0)
            fail("cannot send to the relay", errno);
        if (!print_answer(udp, relay, control)) ++unanswered;
    }
    if (unanswered != 0) errx(1, "no answer to %d datagrams", unanswered);
} catch (const std::exception& failure) {
    errx(1, "%s", failure.what());
}
