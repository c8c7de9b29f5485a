// Opens a tunnel through a SOCKS5 proxy in a program with a poll loop. The socket never blocks, not even in
// connect(). If it is not ready, run() returns, and the action says which event to wait for.

#include <err.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/sockaddr.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

using namespace std::chrono;

constexpr seconds time_limit{10};  // for the connection to the proxy and the complete handshake

[[noreturn]] static void fail(const char* what, int error) {
    throw std::system_error(error, std::generic_category(), what);
}

struct descriptor {
    int fd;
    ~descriptor() {
        if (fd >= 0) close(fd);
    }
};

// A connection through the proxy. It sends `upload`, and prints what it receives.
class tunnel {
  public:
    tunnel(const sockaddr_storage& proxy, socklen_t size, const socks::request& request,
           std::string_view upload)
        : socket_{socket(proxy.ss_family, SOCK_STREAM, 0)}, request_(request), upload_(upload) {
        if (fcntl(socket_.fd, F_SETFL, O_NONBLOCK) != 0) fail("cannot create a socket", errno);
        if (connect(socket_.fd, reinterpret_cast<const sockaddr*>(&proxy), size) != 0 && errno != EINPROGRESS)
            fail("cannot connect to the proxy", errno);
    }
    ~tunnel() { tx_.clear(); }  // if the deadline has passed, it may contain the password

    [[nodiscard]] bool is_open() const { return phase_ == phase::open; }
    [[nodiscard]] bool has_ended() const { return received_all_ && upload_.empty(); }

    // What a tunnel that is not open yet is doing.
    [[nodiscard]] const char* state() const {
        return phase_ == phase::connect ? "connecting to the proxy" : socks::to_string(handshake_.state());
    }

    // What poll() waits for. After each event, call advance().
    [[nodiscard]] pollfd interest() const { return {socket_.fd, events_, 0}; }

    void advance() {
        if (phase_ == phase::connect) finish_connect();
        if (phase_ == phase::handshake) run_handshake();
        if (phase_ == phase::open) relay();
    }

  private:
    enum class phase { connect, handshake, open };

    void finish_connect() {
        int error = 0;
        socklen_t size = sizeof error;
        if (getsockopt(socket_.fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
        if (error != 0) fail("cannot connect to the proxy", error);
        phase_ = phase::handshake;
    }

    void run_handshake() {
        using next = socks::client::next;
        const auto read = [this](socks::buffer room) { return receive(room); };
        const auto write = [this](socks::bytes data) { return transmit(data); };
        const auto s = socks::run(handshake_, request_, rx_, tx_, read, write);
        switch (s.next()) {
            case next::recv: events_ = POLLIN; break;
            case next::send: events_ = POLLOUT; break;
            case next::done: phase_ = phase::open; break;  // run() has read no byte after the reply
            case next::fail: {
                char text[socks::max_text_outcome];
                throw std::runtime_error(std::string(socks::format(socks::outcome_of(s), text).data()));
            }
            case next::bound:
            case next::negotiate:
            case next::wait: throw std::logic_error("CONNECT without other methods has no such action");
        }
    }

    // Receives and sends once for each event, so that neither direction waits for the other.
    void relay() {
        char room[16384];
        const socks::io_result arrived = receive(room);
        if (arrived.error() != socks::errc::none) fail("the tunnel failed", errno);
        if (std::fwrite(room, 1, arrived.size(), stdout) != arrived.size()) fail("cannot print", errno);
        if (arrived == 0u) received_all_ = true;

        const socks::io_result sent = upload_.empty() ? socks::io::would_block : transmit(upload_);
        upload_.remove_prefix(sent.size());
        if (sent.error() != socks::errc::none) {
            send_error_ = errno;  // reported later, because there may still be bytes to receive
            upload_ = {};
        }
        if (received_all_ && send_error_ != 0) fail("the tunnel failed", send_error_);
        events_ = static_cast<short>((received_all_ ? 0 : POLLIN) | (upload_.empty() ? 0 : POLLOUT));
    }

    [[nodiscard]] socks::io_result receive(socks::buffer room) const {
        const auto n = recv(socket_.fd, room.data(), room.capacity(), 0);
        return socks::io_result_of(n, errno);
    }

    // May send only the first part of the data.
    [[nodiscard]] socks::io_result transmit(socks::bytes data) const {
        const auto n = send(socket_.fd, data.data(), data.size(), 0);
        return socks::io_result_of(n, errno);
    }

    descriptor socket_;
    phase phase_ = phase::connect;
    short events_ = POLLOUT;  // reports the end of connect()
    socks::request request_;
    socks::client handshake_;
    socks::inbox<socks::client::max_input> rx_;
    socks::outbox<socks::client::max_output> tx_;
    std::string_view upload_;
    int send_error_ = 0;
    bool received_all_ = false;
};

int main(int argc, char** argv) try {
    const auto proxy = socks::parse_endpoint(std::string_view(argc > 1 ? argv[1] : ""));
    const auto destination = socks::parse_endpoint(std::string_view(argc > 2 ? argv[2] : ""));
    sockaddr_storage address{};
    const auto size = proxy ? socks::to_sockaddr(*proxy, address) : proxy.error();
    if (!size || !destination || (argc != 3 && argc != 5))
        errx(2, "usage: nonblocking_client PROXY DESTINATION [USER PASSWORD]");
    socks::request request{.to = *destination};
    if (argc == 5) request.credentials = {std::string_view(argv[3]), std::string_view(argv[4])};
    std::string upload;
    for (int c; (c = std::getchar()) != EOF;) upload += static_cast<char>(c);
    if (std::ferror(stdin)) err(1, "cannot read standard input");

    std::signal(SIGPIPE, SIG_IGN);  // a failed send() then returns an error
    const auto deadline = steady_clock::now() + time_limit;
    tunnel connection(address, *size, request, upload);
    while (!connection.has_ended()) {
        const auto left = ceil<milliseconds>(deadline - steady_clock::now()).count();
        const int limit = left > 0 ? static_cast<int>(left) : 0;
        pollfd watched = connection.interest();
        const int ready = poll(&watched, 1, connection.is_open() ? -1 : limit);
        if (ready < 0 && errno != EINTR) fail("poll", errno);
        if (ready == 0) throw std::runtime_error(std::string("timed out ") + connection.state());
        if (ready > 0) connection.advance();
    }
    if (std::fflush(stdout) != 0) fail("cannot print", errno);
} catch (const std::exception& failure) {
    errx(1, "%s", failure.what());
}
