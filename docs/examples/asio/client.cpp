// Sends stdin to a destination behind a SOCKS5 proxy, and copies what the destination sends to stdout. It
// shows async_connect() in a coroutine, with one deadline for connecting and for the handshake.

#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include <socks/socks.hpp>

#include "tcp.hpp"

namespace {

constexpr auto handshake_limit = std::chrono::seconds(10);

std::runtime_error failure(const std::string& what, const std::string& reason) {
    return std::runtime_error(what + ": " + reason);
}

std::runtime_error system_failure(const char* what) {
    return failure(what, std::error_code(errno, std::generic_category()).message());
}

std::string read_stdin() {
    std::string text;
    char block[16384];
    for (;;) {
        const auto n = ::read(STDIN_FILENO, block, sizeof block);
        if (n == 0) return text;
        if (n > 0)
            text.append(block, static_cast<size_t>(n));
        else if (errno != EINTR)
            throw system_failure("cannot read stdin");
    }
}

void write_stdout(std::string_view text) {
    while (!text.empty()) {
        const auto n = ::write(STDOUT_FILENO, text.data(), text.size());
        if (n >= 0)
            text.remove_prefix(static_cast<size_t>(n));
        else if (errno != EINTR)
            throw system_failure("cannot write to stdout");
    }
}

class tunnel {
  public:
    explicit tunnel(net::io_context& io) : socket_(io), deadline_(io) {}

    net::awaitable<void> run(tcp::endpoint proxy, socks::request request, std::string outgoing) {
        co_await open(proxy, request);
        error_code sent;
        co_await net::async_write(socket_, net::buffer(outgoing), store_error(sent));
        // Reads although writing may have failed, because bytes may have arrived before.
        std::string block(16384, '\0');
        error_code received;
        while (!received) {
            const size_t n = co_await socket_.async_read_some(net::buffer(block), store_error(received));
            write_stdout({block.data(), n});
        }
        if (sent) throw failure("the tunnel failed", sent.message());
        if (received != net::error::eof) throw failure("the tunnel failed", received.message());
    }

  private:
    net::awaitable<void> open(const tcp::endpoint& proxy, const socks::request& request) {
        deadline_.expires_after(handshake_limit);
        deadline_.async_wait([this](error_code ec) { expire(ec); });
        error_code ec;
        co_await socket_.async_connect(proxy, store_error(ec));
        if (expired_) throw std::runtime_error("timed out connecting to the proxy");
        if (ec) throw failure("cannot connect to the proxy", ec.message());

        const auto connected = co_await socks_asio::async_connect(socket_, request, store_error(ec));
        if (expired_)
            throw std::runtime_error(std::string("timed out ") + to_string(connected.handshake.state()));
        if (ec) {
            char room[socks::max_text_outcome];
            const std::string_view text = socks::format(socks_asio::outcome_of(ec), room).data();
            throw std::runtime_error(std::string(text));
        }
        is_open_ = true;
        deadline_.cancel();
    }

    // The operation in progress completes with operation_aborted. is_open_ is true if the timer expired when
    // the handshake was already complete.
    void expire(error_code cancelled) {
        if (cancelled || is_open_) return;
        expired_ = true;
        error_code ignored;
        socket_.close(ignored);
    }

    tcp::socket socket_;
    net::steady_timer deadline_;
    bool is_open_ = false;
    bool expired_ = false;
};

}  // namespace

int main(int argc, char** argv) {
    const auto argument = [&](int i) { return i < argc ? std::string_view(argv[i]) : std::string_view(); };
    const auto proxy = socks::parse_endpoint(argument(1));
    const auto destination = socks::parse_endpoint(argument(2));
    const bool has_address = proxy && (proxy->host.kind() == socks::host_kind::ipv4 ||
                                       proxy->host.kind() == socks::host_kind::ipv6);
    if ((argc != 3 && argc != 5) || !has_address || !destination) {
        std::fputs("usage: client PROXY DESTINATION [USER PASSWORD]\n", stderr);
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);  // otherwise writing to a closed stdout would kill the program
    try {
        socks::request request{.to = *destination};
        if (argc == 5) request.credentials = {argument(3), argument(4)};
        net::io_context io;
        tunnel t(io);
        net::co_spawn(io, t.run(to_tcp(*proxy), request, read_stdin()), [](std::exception_ptr failed) {
            if (failed) std::rethrow_exception(failed);
        });
        io.run();
        return 0;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "client: %s\n", e.what());
        return 1;
    }
}
