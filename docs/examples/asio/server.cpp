// A SOCKS4, SOCKS4a and SOCKS5 proxy for CONNECT. It shows async_run() for a server: one coroutine for each
// connection answers the questions of the handshake.

#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <socks/socks.hpp>
#include <socks/system/errno.hpp>

#include "tcp.hpp"

namespace {

using std::chrono::steady_clock;

constexpr auto handshake_limit = std::chrono::seconds(10);
constexpr auto dial_limit = std::chrono::seconds(10);
constexpr auto linger_limit = std::chrono::seconds(2);

struct login {
    std::string_view user;
    std::string_view password;
};

// What all connections share.
struct proxy {
    std::optional<login> required;  // without it, every client is accepted
    net::thread_pool names{8};      // getaddrinfo blocks, so it runs in these threads
};

// The failure of a look-up or of connect. Asio has its own numbers for the errors of getaddrinfo.
socks::dial_error dial_error_of(const error_code& ec, const socks::host& to) {
    if (ec == net::error::host_not_found || ec == net::error::no_data)
        return socks::dial_error::name_not_found;
    if (ec == net::error::host_not_found_try_again) return socks::dial_error::timed_out;
    if (ec == net::error::no_recovery) return socks::dial_error::name_not_resolved;
    return socks::dial_error_from_errno(ec.value(), to);
}

// A connection of a client. It lives as long as its coroutines.
class session : public std::enable_shared_from_this<session> {
  public:
    session(tcp::socket client, proxy& shared)
        : shared_(shared),
          client_(std::move(client)),
          destination_(client_.get_executor()),
          deadline_(client_.get_executor()),
          handshake_({.methods = shared.required ? socks::method::username_password : socks::method::none}) {}

    net::awaitable<void> run() {
        using next = socks::server::next;
        set_deadline(handshake_limit);
        error_code ec;
        // A connection that ends without a byte is not reported.
        co_await client_.async_wait(tcp::socket::wait_read, store_error(ec));
        if (!ec && client_.available(ec) == 0) co_return;
        for (;;) {
            const auto s = co_await socks_asio::async_run(client_, handshake_, rx_, tx_, store_error(ec));
            switch (s.next()) {
                case next::authenticate:
                    handshake_.authenticated(is_known(s.user(), s.password()), tx_);
                    break;
                case next::negotiate: handshake_.negotiated(false); break;
                case next::serve: {
                    const socks::reply answer = co_await dial(s.command(), s.to());
                    handshake_.answer(answer, tx_);
                    break;
                }
                case next::done:
                    deadline_.cancel();
                    co_await relay(s.result().early);
                    co_return;
                case next::fail:
                    report(socks::outcome_of(s));
                    co_await discard();
                    co_return;
                case next::send:
                case next::recv:
                case next::wait: report(socks_asio::outcome_of(ec)); co_return;
            }
        }
    }

  private:
    [[nodiscard]] bool is_known(socks::bytes user, socks::bytes password) const {
        const bool right_user = socks::constant_time_equal(user, shared_.required->user);
        const bool right_password = socks::constant_time_equal(password, shared_.required->password);
        return right_user & right_password;
    }

    // Connects to the destination. The result refers to no name.
    net::awaitable<socks::reply> dial(socks::command command, socks::endpoint to) {
        if (command != socks::command::connect)
            co_return socks::reply{socks::code5::command_not_supported, {}};
        set_deadline(dial_limit);
        error_code ec;
        std::vector<tcp::endpoint> candidates;
        if (to.host.kind() == socks::host_kind::name)
            candidates = co_await look_up(to, ec);
        else
            candidates.push_back(to_tcp(to));
        if (expired_in_) ec = net::error::timed_out;
        if (!ec) co_await net::async_connect(destination_, candidates, store_error(ec));
        if (ec) co_return socks::reply{socks::code_for(dial_error_of(ec, to.host)), {}};
        const tcp::endpoint bound = destination_.local_endpoint(ec);
        co_return socks::reply{socks::code5::succeeded, from_tcp(bound)};
    }

    net::awaitable<std::vector<tcp::endpoint>> look_up(socks::endpoint to, error_code& ec) {
        const auto in_thread = [&]() -> net::awaitable<std::vector<tcp::endpoint>> {
            tcp::resolver resolver(shared_.names);
            std::vector<tcp::endpoint> found;
            const auto list = resolver.resolve(std::string_view(to.host.name()), std::to_string(to.port),
                                               tcp::resolver::numeric_service, ec);
            for (const auto& entry : list) found.push_back(entry.endpoint());
            co_return found;
        };
        co_return co_await net::co_spawn(shared_.names, in_thread, net::use_awaitable);
    }

    net::awaitable<void> relay(socks::bytes early) {
        net::co_spawn(
            client_.get_executor(),
            [self = shared_from_this()] { return self->copy(self->destination_, self->client_, {}); },
            net::detached);
        co_await copy(client_, destination_, early);
    }

    // Copies one direction. The end of the stream is passed on. After a failure both sides are reset, so that
    // what is incomplete does not look complete.
    net::awaitable<void> copy(tcp::socket& from, tcp::socket& to, socks::bytes first) {
        error_code ec;
        std::array<char, 16384> block;
        if (!first.empty()) co_await net::async_write(to, net::const_buffer(first), store_error(ec));
        while (!ec) {
            const size_t n = co_await from.async_read_some(net::buffer(block), store_error(ec));
            if (!ec) co_await net::async_write(to, net::buffer(block.data(), n), store_error(ec));
        }
        if (ec == net::error::eof) {
            to.shutdown(tcp::socket::shutdown_send, ec);
            co_return;
        }
        for (tcp::socket* side : {&client_, &destination_}) {
            side->set_option(net::socket_base::linger(true, 0), ec);
            side->close(ec);
        }
    }

    // Reads until the client closes. If the server closed first, bytes that it did not read would cause a
    // reset, and a reset can destroy the refusal.
    net::awaitable<void> discard() {
        error_code ec;
        client_.shutdown(tcp::socket::shutdown_send, ec);
        if (!ec) set_deadline(linger_limit);
        std::array<char, 1024> block;
        while (!ec) co_await client_.async_read_some(net::buffer(block), store_error(ec));
    }

    // After the deadline, the operations in progress complete with operation_aborted.
    void set_deadline(steady_clock::duration limit) {
        deadline_.expires_after(limit);
        deadline_.async_wait([weak = weak_from_this()](error_code cancelled) {
            const auto self = weak.lock();
            // The timer may have been set again after this handler was queued.
            if (!self || cancelled || self->deadline_.expiry() > steady_clock::now()) return;
            self->expired_in_ = self->handshake_.state();
            error_code ignored;
            self->client_.close(ignored);
            self->destination_.close(ignored);
        });
    }

    void report(const socks::outcome& failed) const {
        char room[socks::max_text_outcome];
        std::string text(std::string_view(socks::format(failed, room).data()));
        if (expired_in_) text = std::string("timed out ") + to_string(*expired_in_);
        std::fprintf(stderr, "%s\n", text.c_str());
    }

    proxy& shared_;
    tcp::socket client_;
    tcp::socket destination_;
    net::steady_timer deadline_;
    std::optional<socks::server_state> expired_in_{};  // what the handshake waited for at the deadline
    socks::server handshake_;
    socks::inbox<socks::server::max_input> rx_{};
    socks::outbox<socks::server::max_pending> tx_{};
};

net::awaitable<void> listen_at(tcp::acceptor& acceptor, proxy& shared) {
    net::steady_timer pause(acceptor.get_executor());
    for (;;) {
        error_code ec;
        tcp::socket client = co_await acceptor.async_accept(store_error(ec));
        if (ec) {  // for example, there are no descriptors left until a connection ends
            pause.expires_after(std::chrono::milliseconds(100));
            co_await pause.async_wait(store_error(ec));
            continue;
        }
        auto s = std::make_shared<session>(std::move(client), shared);
        net::co_spawn(
            acceptor.get_executor(), [s] { return s->run(); }, net::detached);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const auto address = socks::parse_endpoint(std::string_view(argc > 1 ? argv[1] : ""));
    const bool has_address = address && (address->host.kind() == socks::host_kind::ipv4 ||
                                         address->host.kind() == socks::host_kind::ipv6);
    if ((argc != 2 && argc != 4) || !has_address) {
        std::fputs("usage: server ADDRESS [USER PASSWORD]\n", stderr);
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);  // otherwise writing to a closed stderr would kill the program
    try {
        proxy shared;
        if (argc == 4) shared.required = login{argv[2], argv[3]};
        net::io_context io;
        tcp::acceptor acceptor(io, to_tcp(*address));
        char room[64];
        const std::string_view where = socks::format(from_tcp(acceptor.local_endpoint()), room).data();
        std::printf("listening on %.*s\n", static_cast<int>(where.size()), where.data());
        std::fflush(stdout);
        net::co_spawn(io, listen_at(acceptor, shared), [](std::exception_ptr failed) {
            if (failed) std::rethrow_exception(failed);
        });
        io.run();
        return 0;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "server: %s\n", e.what());
        return 1;
    }
}
