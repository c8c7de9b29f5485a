// The complete proxy: it accepts the permitted connections up to a limit, checks the deadlines and writes the
// log. One thread does everything except the look-up of names.
//
//     proxy_server proxy(options);             // listens from now on
//     proxy.run(stop);                         // until the descriptor `stop` becomes readable

#ifndef EXAMPLES_PROXY_SERVER_HPP
#define EXAMPLES_PROXY_SERVER_HPP

#include <cstring>
#include <unordered_set>

#include "session.hpp"

namespace example {

class proxy_server final : watcher {
  public:
    explicit proxy_server(proxy_options options)
        : common_(std::move(options)),
          listener_(listen_on(socket_address(common_.options.listen, common_.options.listen_scope), SOMAXCONN,
                              SOCK_NONBLOCK, common_.options.shared)) {
        must(listener_.get(), ("cannot listen on " + text(common_.options.listen)).c_str());
        prepare(listener_.get());
        keep_alive(listener_.get());
        common_.options.rules.proxy = address();
        if (!common_.loop.watch(listener_.get(), EPOLLIN, *this)) must(-1, "epoll_ctl");
    }

    /// The address on which it listens. Its port is the one that the system chose, if the option was port 0.
    [[nodiscard]] socks::endpoint address() const noexcept { return local_endpoint(listener_.get()); }

    /// Serves until `stop` becomes readable, then resets all connections and returns. Call it once.
    void run(int stop) {
        if (!common_.loop.watch(stop, EPOLLIN, stop_)) must(-1, "epoll_ctl");
        while (!stop_.pulled) turn();
        for (const auto& session : sessions_) session->end("stopped");
        sessions_.clear();
        common_.ended.clear();
        write_log();
    }

  private:
    struct stop_switch final : watcher {
        void ready(uint32_t) override { pulled = true; }
        bool pulled = false;
    };

    void turn() {
        common_.loop.turn(patience());
        while (!common_.attempts.empty() && common_.attempts.front().due <= common_.loop.now()) {
            const next_attempt next = std::move(common_.attempts.front());
            common_.attempts.pop_front();
            if (const auto session = next.session.lock()) session->dial_next(next.tried);
        }
        // One busy session in each round. A handshake takes several rounds, and must not wait for all busy
        // sessions in each of them.
        if (!common_.busy.empty()) {
            const auto session = std::move(common_.busy.front());
            common_.busy.pop_front();
            session->go_on();
        }
        if (common_.loop.now() >= common_.next_sweep) sweep();
        if (!common_.ended.empty()) {
            for (const auto& session : common_.ended) sessions_.erase(session);
            common_.ended.clear();
            accept_more();
        }
        write_log();
    }

    // The milliseconds that the loop may wait: until the next sweep or attempt to connect, or for ever.
    [[nodiscard]] int patience() const noexcept {
        using std::chrono::milliseconds;
        if (!common_.busy.empty()) return 0;
        if (sessions_.empty() && accepting_) return -1;
        auto until = common_.next_sweep;
        if (!common_.attempts.empty()) until = std::min(until, common_.attempts.front().due);
        const auto left = std::chrono::ceil<milliseconds>(until - common_.loop.now());
        return static_cast<int>(std::clamp(left, milliseconds(0), milliseconds(1000)).count());
    }

    // At least once a second: ends sessions after their deadline, and accepts again if the system had no
    // descriptor.
    void sweep() {
        common_.next_sweep = common_.loop.now() + seconds(1);
        for (const auto& session : sessions_) session->check_deadline();
        accept_more();
    }

    // A client connects. Without memory for it, the others are still served.
    void ready(uint32_t) override {
        try {
            accept_client();
        } catch (const std::bad_alloc&) {
            accept_no_more();
        }
    }

    void accept_client() {
        if (is_full()) return make_room();
        socket_address remote;
        unique_fd fd(::accept4(listener_.get(), remote.data(), remote.room(), SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (!fd) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                common_.log(std::string("no more connections for now: ") + std::strerror(errno));
                accept_no_more();
            }
            return;
        }
        const proxy_options& options = common_.options;
        const socks::endpoint peer = remote.endpoint();
        if (!options.rules.admit(peer.host)) return common_.log(text(peer) + ": not allowed to connect");
        if (!options.counts->enter(peer.host, options.per_client))
            return common_.log(text(peer) + ": refused, the client has " +
                               std::to_string(options.per_client) + " connections already");
        std::shared_ptr<proxy_session> session;
        try {
            session = std::make_shared<proxy_session>(common_, std::move(fd), peer);
        } catch (...) {
            options.counts->leave(peer.host);
            throw;
        }
        sessions_.insert(session);
        session->start();
    }

    [[nodiscard]] bool is_full() const noexcept { return sessions_.size() >= common_.options.connections; }

    // The oldest session that waits for a message of its client. A client that is not slow has sent all
    // messages after a second.
    [[nodiscard]] std::shared_ptr<proxy_session> slowest() const noexcept {
        std::shared_ptr<proxy_session> oldest;
        for (const auto& s : sessions_)
            if (s->waits_for_client() && (!oldest || s->began() < oldest->began())) oldest = s;
        return oldest && common_.loop.now() - oldest->began() >= seconds(1) ? oldest : nullptr;
    }

    // At the limit, silent and slow clients yield. Otherwise they could keep everybody out.
    void make_room() {
        const auto oldest = slowest();
        oldest ? oldest->end("handshake too slow, made room for another client") : accept_no_more();
    }

    // If nobody yields, new connections wait in the queue of the system. The listener is not watched, because
    // it would report them in every round.
    void accept_no_more() {
        accepting_ = false;
        common_.loop.change(listener_.get(), 0, *this);
    }

    void accept_more() {
        if (accepting_ || (is_full() && !slowest())) return;
        accepting_ = true;
        common_.loop.change(listener_.get(), EPOLLIN, *this);
    }

    void write_log() {
        if (!common_.lines.empty()) common_.options.log(common_.lines);
        common_.lines.clear();
    }

    proxy_common common_;
    unique_fd listener_;
    stop_switch stop_;
    std::unordered_set<std::shared_ptr<proxy_session>> sessions_;
    bool accepting_ = true;
};

}  // namespace example

#endif
