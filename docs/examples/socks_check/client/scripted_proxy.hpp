// A proxy for one run of the command: it listens on a loopback port of its own, and plays the script of a
// scenario with each connection.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_SCRIPTED_PROXY_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_SCRIPTED_PROXY_HPP

#include <sys/eventfd.h>

#include "scenario.hpp"

namespace example::client_mode {

/// One connection, after the script.
struct played {
    bool complete = false;         ///< the script came to its end
    std::string interruption{};    ///< otherwise: what the client did instead
    std::exception_ptr failure{};  ///< the script found a fault, or skips the scenario
    bool pipelined = false;        ///< the client did not wait for an answer
    std::string greeting{};        ///< empty with SOCKS4
    std::string upstream{};        ///< what the client sent to the destination
    std::vector<conversation::event> events{};
};

class scripted_proxy {
  public:
    /// @param page  what the destination sends.
    scripted_proxy(const scenario& s, const facts& client, std::string page, const deadline& until)
        : scenario_(s), client_(client), page_(std::move(page)), until_(until) {
        if (s.listens) thread_ = std::jthread([this] { serve(); });
    }
    scripted_proxy(const scripted_proxy&) = delete;
    scripted_proxy& operator=(const scripted_proxy&) = delete;
    ~scripted_proxy() { stop(); }

    [[nodiscard]] uint16_t port() const noexcept { return local_endpoint(listener_.get()).port; }

    /// A descriptor that becomes readable as soon as a script has found a fault or skips the scenario.
    [[nodiscard]] int settled() const noexcept { return settled_.get(); }

    /// Call it after the command has ended. Waits for the end of all scripts.
    void stop() {
        signal(stop_);
        if (thread_.joinable()) thread_.join();
    }

    /// Call it after stop().
    [[nodiscard]] const std::vector<played>& connections() const noexcept { return connections_; }

  private:
    static constexpr size_t most_connections = 8;

    // Without a backlog the system refuses each connection, and the port stays reserved.
    [[nodiscard]] unique_fd open_port() const {
        socket_address here(socks::endpoint{socks::ipv4{127, 0, 0, 1}, 0});
        unique_fd fd(must(::socket(here.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket"));
        must(::bind(fd.get(), here.data(), here.size()), "cannot use 127.0.0.1");
        if (scenario_.listens) must(::listen(fd.get(), 16), "cannot listen on 127.0.0.1");
        return fd;
    }

    void serve() {
        std::vector<std::jthread> threads;
        std::deque<played> all;  // an element does not move when another one is added
        for (bool stopped = false; !stopped;) {
            std::array<pollfd, 2> watched{{{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}}};
            must(uninterrupted([&] { return ::poll(watched.data(), watched.size(), -1); }), "poll");
            stopped = watched[1].revents != 0;
            // A connection may have come at the same time as the end of the command.
            for (;;) {
                unique_fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
                if (!fd) break;
                if (all.size() == most_connections) continue;
                played& p = all.emplace_back();
                const auto play_it = [this, &p](unique_fd connection) { play(std::move(connection), p); };
                threads.emplace_back(play_it, std::move(fd));
            }
        }
        threads.clear();
        connections_.assign(std::make_move_iterator(all.begin()), std::make_move_iterator(all.end()));
    }

    void play(unique_fd connection, played& p) noexcept {
        conversation c(std::move(connection), client_, page_, until_);
        try {
            scenario_.play(c);
            p.complete = true;
        } catch (const interrupted_script& e) {
            p.interruption = e.what();
        } catch (...) {
            p.failure = std::current_exception();
            signal(settled_);
        }
        c.close_now();
        p.pipelined = c.pipelined;
        p.greeting = c.greeting();
        p.upstream = c.upstream();
        p.events = c.events();
    }

    static unique_fd make_event() { return unique_fd(must(::eventfd(0, EFD_CLOEXEC), "eventfd")); }
    static void signal(const unique_fd& event) noexcept {
        const uint64_t one = 1;
        static_cast<void>(uninterrupted([&] { return ::write(event.get(), &one, sizeof one); }));
    }

    const scenario& scenario_;
    const facts& client_;
    std::string page_;
    deadline until_;
    unique_fd listener_ = open_port();
    unique_fd stop_ = make_event();
    unique_fd settled_ = make_event();
    std::vector<played> connections_;
    std::jthread thread_;  // last: it uses all the others
};

}  // namespace example::client_mode

#endif
