// A server that runs one process for each client, with blocking calls. A failure ends only one connection,
// and a signal can end a process that waits for anything.

#ifndef EXAMPLES_COMMON_CLIENT_PROCESS_HPP
#define EXAMPLES_COMMON_CLIENT_PROCESS_HPP

#include <csignal>
#include <cstring>
#include <socks/system/errno.hpp>

#include "dial.hpp"
#include "options.hpp"

namespace example {

namespace detail {

// For the signal handler: the name of the program, and the two connections of a relay.
inline const char* volatile server_name = "";
inline volatile sig_atomic_t relayed[2] = {-1, -1};

inline void write_error(const char* words) noexcept {
    static_cast<void>(uninterrupted([&] { return ::write(STDERR_FILENO, words, std::strlen(words)); }));
}

// Handles SIGALRM at any point. It may exit, because this process serves only one client.
inline void give_up(int) {
    const bool relaying = relayed[0] >= 0;
    if (relaying)
        for (const int fd : relayed) reset_on_close(fd);
    write_error(server_name);
    write_error(relaying ? ": idle for too long\n" : ": the handshake took too long\n");
    ::_exit(1);
}

}  // namespace detail

/// Ends this process if the handshake is not done after `limit` seconds.
inline void limit_handshake(unsigned limit) {
    std::signal(SIGALRM, detail::give_up);
    ::alarm(limit);
}

/// From now on, resets both connections and ends this process after `limit` seconds without any bytes. Call
/// ::alarm(limit) after each portion of bytes.
inline void limit_idle(int client, int destination, unsigned limit) {
    detail::relayed[0] = client;
    detail::relayed[1] = destination;
    ::alarm(limit);
}

/// Connects to the destination of the client. @returns the reply. On success, `out` is the connection.
inline socks::reply dial(socks::command command, const socks::endpoint& to, const deadline& until,
                         unique_fd& out) {
    if (command != socks::command::connect) return {socks::code5::command_not_supported, {}};
    try {
        out = connect_to_any({to}, until);
        return {socks::code5::succeeded, {}};  // 0.0.0.0:0, because every client reads it correctly
    } catch (const cannot_connect& e) {
        return {socks::code_for(e.failure), {}};
    } catch (const std::system_error& e) {
        return {code_for(socks::dial_error_from_errno(e.code().value())), {}};
    }
}

using shared_fd = std::shared_ptr<const unique_fd>;

/// Listens, prints the address, and calls `serve` with each client in a process of its own.
template <class Serve>
[[noreturn]] void serve_each_client(const char* name, const socks::endpoint& where, Serve serve) {
    unique_fd door = listen_on(where, 64);
    must(door.get(), ("cannot listen on " + text(where)).c_str());
    std::printf("listening on %s\n", text(local_endpoint(door.get())).c_str());
    std::fflush(stdout);
    detail::server_name = name;
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed connection is an error, not a signal
    std::signal(SIGCHLD, SIG_IGN);  // do not keep the exit status of client processes
    for (;;) {
        const int fd = uninterrupted([&] { return ::accept(door.get(), nullptr, nullptr); });
        const auto client = std::make_shared<const unique_fd>(fd);
        const pid_t child = fd < 0 ? -1 : ::fork();
        if (child == 0) {
            door.reset();  // otherwise the port stays taken until the last client has ended
            ::_exit(run(name, [&] { return serve(client), 0; }));
        }
        if (child > 0) continue;
        // The system has no descriptor, memory or process left. Later it may have.
        std::fprintf(stderr, "%s: cannot %s: %s\n", name, fd < 0 ? "accept" : "fork", std::strerror(errno));
        ::poll(nullptr, 0, 100);
    }
}

}  // namespace example

#endif
