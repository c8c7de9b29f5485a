// A SOCKS4, SOCKS4a and SOCKS5 server that speaks TLS with its clients. The handshake of SOCKS sees
// decrypted bytes only. Each connection has a thread, so the handshake is one loop over socks::run().
//
//     server ADDRESS [USER PASSWORD]
//
// SOCKS_TLS_CERT  the file with the certificate of the server, and those between it and its CA
// SOCKS_TLS_KEY   the file with its private key

#include <netdb.h>

#include <cstdio>
#include <cstdlib>
#include <future>
#include <socks/system/errno.hpp>
#include <socks/system/getaddrinfo.hpp>
#include <thread>
#include <vector>

#include "tls_stream.hpp"

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

socks::endpoint local_endpoint(int fd) {
    sockaddr_storage local;
    socklen_t size = sizeof local;
    must(::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size), "getsockname");
    return socks::from_sockaddr(local, size);
}

// The next close() sends a reset, so that the peer does not take a part of the stream for all of it.
void reset_on_close(int fd) noexcept {
    const linger no_time{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &no_time, sizeof no_time);
}

struct looked_up {
    std::vector<socks::endpoint> addresses;
    socks::dial_error failure = socks::dial_error::name_not_found;
};

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

// Looks up a name until the deadline. Nothing can interrupt getaddrinfo, so it runs in another thread,
// which may last longer than this function.
looked_up resolve(std::string name, uint16_t port, time_point deadline) {
    std::packaged_task<looked_up()> work([name = std::move(name), port] { return look_up(name, port); });
    std::future<looked_up> found = work.get_future();
    std::thread(std::move(work)).detach();
    if (found.wait_until(deadline) == std::future_status::ready) return found.get();
    return {{}, socks::dial_error::timed_out};
}

// Connects `target` to the first address of the destination that answers.
socks::code5 dial(const socks::endpoint& to, unique_fd& target) {
    const time_point deadline = now() + dial_limit;
    looked_up found{{to}};
    try {
        if (to.host.kind() == socks::host_kind::name)
            found = resolve(std::string(std::string_view(to.host.name())), to.port, deadline);
        for (const socks::endpoint& address : found.addresses) {
            target = open_socket(address.host);
            const int error = connect_until(target.get(), address, deadline);
            if (error == 0) return socks::code5::succeeded;
            found.failure = error == EAGAIN ? socks::dial_error::timed_out
                                            : socks::dial_error_from_errno(error, address.host);
        }
    } catch (const std::system_error& e) {  // for example too many descriptors or threads
        found.failure = socks::dial_error_from_errno(e.code().value());
    }
    return socks::code_for(found.failure);
}

// Repeats a call of recv or send if a signal interrupted it.
template <class Call>
socks::io_result transfer(Call call) {
    ssize_t n = call();
    while (n < 0 && errno == EINTR) n = call();
    return socks::io_result_of(n, errno);
}

void wait_for_both(tls_stream& client, int target, short target_events) {
    pollfd watched[2] = {{client.fd(), client.events(), 0}, {target, target_events, 0}};
    for (pollfd& w : watched)
        if (w.events == 0) w.fd = -1;  // otherwise poll() returns at once if this side has hung up
    if (::poll(watched, 2, -1) < 0 && errno != EINTR) must(-1, "poll");
}

// Relays until both streams have ended, and begins with the bytes `up`, which the client sent early. A
// stream is read only while no bytes of it wait. @returns false if one side failed.
bool relay(tls_stream& client, int target, socks::bytes up) {
    char up_room[16 * 1024];
    char down_room[16 * 1024];
    socks::bytes down;
    bool client_ended = false;
    bool target_ended = false;
    for (;;) {
        bool moved = false;
        if (!up.empty()) {
            const auto sent = transfer([&] { return ::send(target, up.data(), up.size(), MSG_NOSIGNAL); });
            if (sent.error() != socks::errc::none) return false;
            up = up.subspan(sent.size());
            moved = sent.size() != 0;
        }
        if (up.empty() && !client_ended) {
            const auto received = client.read_some(up_room, at_once);
            if (received.error() != socks::errc::none) return false;
            client_ended = received == end_of_stream;
            if (client_ended && ::shutdown(target, SHUT_WR) != 0) return false;
            up = {up_room, received.size()};
            moved = moved || client_ended || received.size() != 0;
        }
        if (down.empty() && !target_ended) {
            const auto received = transfer([&] { return ::recv(target, down_room, sizeof down_room, 0); });
            if (received.error() != socks::errc::none) return false;
            target_ended = received == end_of_stream;
            if (target_ended && !client.end_output()) return false;
            down = {down_room, received.size()};
            moved = moved || target_ended;  // end_output() has changed what events() tells
        }
        if (!down.empty()) {  // last, because reading may send, and events() must tell what this waits for
            const auto sent = client.write_some(down, at_once);
            if (sent.error() != socks::errc::none) return false;
            down = down.subspan(sent.size());
            moved = moved || sent.size() != 0;
        }
        if (client_ended && target_ended && client.flush(at_once)) return true;
        const bool reads_target = down.empty() && !target_ended;
        if (!moved)
            wait_for_both(client, target,
                          static_cast<short>((up.empty() ? 0 : POLLOUT) | (reads_target ? POLLIN : 0)));
    }
}

// Closing a socket with unread bytes sends a reset, which can destroy the reply on its way. So it reads
// them first.
void lingering_close(tls_stream& client) {
    const time_point deadline = now() + linger_limit;
    if (!client.end_output() || !client.flush(deadline) || ::shutdown(client.fd(), SHUT_WR) != 0) return;
    char room[4 * 1024];
    while (wait_for(client.fd(), POLLIN, deadline)) {
        const auto discarded = transfer([&] { return ::recv(client.fd(), room, sizeof room, 0); });
        if (discarded == end_of_stream || discarded.error() != socks::errc::none) return;
    }
}

void serve(SSL_CTX* context, unique_fd fd, const account& user) {
    tls_stream client(context, std::move(fd));
    SSL_set_accept_state(client.ssl());
    unique_fd target(-1);
    socks::server handshake(
        {.methods = user.required ? socks::method::username_password : socks::method::none});
    socks::inbox<socks::server::max_input> rx;
    socks::outbox<socks::server::max_pending> tx;
    time_point deadline = now() + handshake_limit;
    bool answered = false;
    for (;;) {
        const auto s = socks::run(
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
                if (s.command() == socks::command::connect) reply.code = dial(s.to(), target);
                if (reply.code.succeeded()) reply.bound = local_endpoint(target.get());
                handshake.answer(reply, tx);
                deadline = now() + handshake_limit;  // for sending the reply
                break;
            }
            case next::done:
                if (relay(client, target.get(), s.result().early)) return;
                reset_on_close(client.fd());
                return reset_on_close(target.get());
            case next::fail: {
                const bool cut = blame(s.error()) == socks::party::stream;
                const bool silent =
                    cut && !answered && rx.empty() && !(client.heard() && client.in_handshake());
                char room[socks::max_text_outcome];
                const std::string why(std::string_view(format(socks::outcome_of(s), room).data()));
                if (!silent) report(client.reason().empty() ? why : client.reason() + ": " + why);
                if (!cut) lingering_close(client);
                return;
            }
            case next::send:
            case next::recv: return report(std::string("timed out ") + to_string(handshake.state()));
            case next::negotiate:
            case next::wait: return;  // these occur only with other methods and with BIND
        }
    }
}

void accept_one(int listener, SSL_CTX* context, const account& user) {
    const int accepted = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (accepted < 0 && (errno == EINTR || errno == EAGAIN)) return;
    std::thread([context, &user, fd = unique_fd(must(accepted, "accept"))]() mutable {
        try {
            serve(context, std::move(fd), user);
        } catch (const std::exception& e) {
            report(e.what());
        }
    }).detach();
}

[[noreturn]] void run(const socks::endpoint& address, const account& user) {
    const char* const certificate = std::getenv("SOCKS_TLS_CERT");
    const char* const key = std::getenv("SOCKS_TLS_KEY");
    if (certificate == nullptr || key == nullptr)
        throw std::runtime_error("SOCKS_TLS_CERT and SOCKS_TLS_KEY must name files");
    const tls_context context = make_context(TLS_server_method());
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION);
    must_be_1(SSL_CTX_use_certificate_chain_file(context.get(), certificate), certificate);
    must_be_1(SSL_CTX_use_PrivateKey_file(context.get(), key, SSL_FILETYPE_PEM), key);

    const unique_fd listener = open_socket(address.host);
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
    for (;;) {
        try {
            if (wait_for(listener.get(), POLLIN, never)) accept_one(listener.get(), context.get(), user);
        } catch (const std::system_error& e) {  // for example too many descriptors or threads
            report(e.what());
            std::this_thread::sleep_for(accept_pause);
        }
    }
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
    try {
        run(*address, user);
    } catch (const std::exception& e) {
        report(e.what());
        return 1;
    }
}
