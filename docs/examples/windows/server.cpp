// A SOCKS4, SOCKS4a and SOCKS5 server for Windows, with Winsock and one thread for each connection.
//
//     server 127.0.0.1:0 [USER PASSWORD]

#include <process.h>
#include <stdio.h>
#include <string.h>

#include "winsock.hpp"

namespace {

constexpr time_point handshake_ms = 10'000;
constexpr time_point dial_ms = 10'000;
constexpr time_point linger_ms = 2'000;

// What clients must send; not given if they need no password. No thread changes it.
socks::credentials known;

bool is_known(socks::bytes user, socks::bytes password) noexcept {
    const bool same_user = socks::constant_time_equal(user, known.user);
    const bool same_password = socks::constant_time_equal(password, known.password);
    return same_user && same_password;
}

void report(const std::string& why) noexcept { fprintf(stderr, "server: %s\n", why.c_str()); }

// Closes a connection with a reset, so that what was cut off does not look finished.
void reset(const unique_socket& s) noexcept {
    const linger at_once{1, 0};
    setsockopt(s.get(), SOL_SOCKET, SO_LINGER, reinterpret_cast<const char*>(&at_once), sizeof at_once);
}

// Waits until the peer has read the refusal. If the socket has unread bytes, closing it sends a reset, which
// destroys the refusal.
void wait_for_end(const unique_socket& s) noexcept {
    const time_point deadline = now() + linger_ms;
    char discarded[4096];
    if (shutdown(s.get(), SD_SEND) != 0) return;
    while (reader(s, deadline)(discarded).size() != 0) continue;
}

// The local address of a socket; without a host if the system does not report it.
socks::endpoint local_endpoint(const unique_socket& s) noexcept {
    sockaddr_storage local;
    socklen_t size = sizeof local;
    if (getsockname(s.get(), reinterpret_cast<sockaddr*>(&local), &size) != 0) return {};
    return socks::from_sockaddr(local, size);
}

// Connects to a destination. @returns an empty socket, with the failure, if that fails.
unique_socket reach(const socks::endpoint& to, socks::dial_error& failure) {
    const time_point deadline = now() + dial_ms;
    int error = 0;
    unique_socket s;
    if (to.host.kind() == socks::host_kind::name) {
        const std::string name(std::string_view(to.host.name()));
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* list = nullptr;
        const int failed = getaddrinfo(name.c_str(), std::to_string(to.port).c_str(), &hints, &list);
        if (failed != 0) {
            failure = socks::dial_error_from_getaddrinfo(failed, 0);
            return {};
        }
        for (const addrinfo* a = list; a != nullptr && !s; a = a->ai_next)
            s = dial(a->ai_addr, static_cast<socklen_t>(a->ai_addrlen), deadline, error);
        freeaddrinfo(list);
    } else {
        const socket_address address(to);
        s = dial(address.data(), address.size, deadline, error);
    }
    failure = socks::dial_error_from_errno(error, to.host);
    return s;
}

// Carries out a request. Only CONNECT is supported.
socks::reply serve(socks::command command, const socks::endpoint& to, unique_socket& destination) {
    if (command != socks::command::connect) return {socks::code5::command_not_supported, {}};
    socks::dial_error failure{};
    destination = reach(to, failure);
    if (!destination) return {socks::code_for(failure), {}};
    return {socks::code5::succeeded, local_endpoint(destination)};
}

// One way of a relay. Either a read or a write is in flight, so it reads no more than the peer takes.
struct way {
    const unique_socket& from;
    const unique_socket& to;
    socks::bytes unsent{};  // points into `room`
    bool ended = false;     // the end of the stream was read and passed on
    char room[32768] = {};
    operation transfer{};

    void start() noexcept {
        if (unsent.empty())
            transfer.read(from, room);
        else
            transfer.write(to, unsent);
    }

    // Continues after the operation is complete. @returns false if one of the two connections failed.
    bool proceed() noexcept {
        const socks::io_result moved = transfer.result(never);
        if (moved.error() != socks::errc::none) return false;
        if (!unsent.empty()) {
            unsent = unsent.subspan(moved.size());
        } else {
            unsent = {room, moved.size()};
            ended = moved.size() == 0;
        }
        if (ended) return shutdown(to.get(), SD_SEND) == 0;
        start();
        return true;
    }
};

// Relays both ways until both have ended. If one connection fails, it resets both.
void relay(way& up, way& down) noexcept {
    up.start();
    down.start();
    bool intact = true;
    while (intact && !(up.ended && down.ended)) {
        way& only = up.ended ? down : up;  // if the other one has ended
        const WSAEVENT events[] = {only.transfer.event(), down.transfer.event()};
        const DWORD count = up.ended || down.ended ? 1 : 2;
        const DWORD ready = WSAWaitForMultipleEvents(count, events, FALSE, WSA_INFINITE, FALSE);
        intact = ready < WSA_WAIT_EVENT_0 + count && (ready == WSA_WAIT_EVENT_0 ? only : down).proceed();
    }
    if (intact) return;
    reset(up.from);
    reset(down.from);
}

void run_connection(const unique_socket& client) {
    using next = socks::server::next;
    socks::server handshake{
        {.methods = known.given ? socks::method::username_password : socks::method::none}};
    socks::inbox<socks::server::max_input> rx;
    socks::outbox<socks::server::max_pending> tx;
    unique_socket destination;
    time_point deadline = now() + handshake_ms;
    bool has_received = false;  // a connection that ends without a byte is not reported
    const auto receive = [&](socks::buffer room) noexcept {
        const socks::io_result arrived = reader(client, deadline)(room);
        has_received = has_received || arrived.size() != 0;
        return arrived;
    };
    for (;;) {
        const auto s = socks::run(handshake, rx, tx, receive, writer(client, deadline));
        switch (s.next()) {
            case next::send:
            case next::recv: return report(std::string("timed out ") + to_string(handshake.state()));
            case next::authenticate: handshake.authenticated(is_known(s.user(), s.password()), tx); break;
            case next::negotiate: handshake.negotiated(false); break;
            case next::serve:
                handshake.answer(serve(s.command(), s.to(), destination), tx);
                deadline = now() + handshake_ms;  // for the reply
                break;
            case next::wait: break;  // does not occur, because every question is answered at once
            case next::done: {
                way up{client, destination};
                way down{destination, client};
                const socks::bytes early = s.result().early;
                memcpy(up.room, early.data(), early.size());
                up.unsent = {up.room, early.size()};
                rx.clear();  // wipes the password
                return relay(up, down);
            }
            case next::fail:
                if (has_received) report(description(s));
                rx.clear();
                return wait_for_end(client);
        }
    }
}

unsigned __stdcall run_thread(void* argument) {
    run_connection(unique_socket(reinterpret_cast<SOCKET>(argument)));
    return 0;
}

// @returns a listening socket. It is empty, with the number of Winsock in WSAGetLastError(), if that fails.
unique_socket listen_on(const socks::endpoint& where) noexcept {
    const socket_address address(where);
    unique_socket s(socket(address.storage.ss_family, SOCK_STREAM, IPPROTO_TCP));
    const BOOL on = TRUE;
    // Without this option, another program could listen on the same port.
    if (s &&
        setsockopt(s.get(), SOL_SOCKET, SO_EXCLUSIVEADDRUSE, reinterpret_cast<const char*>(&on), sizeof on) ==
            0 &&
        bind(s.get(), address.data(), address.size) == 0 && listen(s.get(), SOMAXCONN) == 0)
        return s;
    return {};
}

int run(const socks::endpoint& where) {
    const winsock started;
    if (started.error() != 0) {
        report("cannot start Winsock: " + reason(started.error()));
        return 1;
    }
    const unique_socket listener = listen_on(where);
    if (!listener) {
        report("cannot listen: " + reason(WSAGetLastError()));
        return 1;
    }
    char text[socks::max_text_endpoint];
    const socks::bytes local = socks::format(local_endpoint(listener), text).data();
    printf("listening on %.*s\n", static_cast<int>(local.size()), local.data());
    fflush(stdout);
    for (;;) {
        unique_socket client(accept(listener.get(), nullptr, nullptr));
        if (!client) {
            Sleep(100);  // if sockets are scarce, accept() fails at once until a connection ends
            continue;
        }
        const auto argument = reinterpret_cast<void*>(client.get());
        const uintptr_t thread = _beginthreadex(nullptr, 0, run_thread, argument, 0, nullptr);
        if (thread == 0) continue;
        static_cast<void>(client.release());  // the thread closes it
        CloseHandle(reinterpret_cast<HANDLE>(thread));
    }
}

}  // namespace

int main(int argc, char** argv) {
    const auto where = socks::parse_endpoint(std::string_view(argc > 1 ? argv[1] : ""));
    if ((argc != 2 && argc != 4) || !where || where->host.kind() == socks::host_kind::name) {
        fputs("usage: server ADDRESS:PORT [USER PASSWORD]\n", stderr);
        return 2;
    }
    if (argc == 4) known = {std::string_view(argv[2]), std::string_view(argv[3])};
    return run(*where);
}
