// A SOCKS4, SOCKS4a and SOCKS5 server over io_uring. session::drive() is the handshake: it starts one
// operation after the other. The completion of each operation tells the machine its result.

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

#include <cstdio>
#include <optional>
#include <socks/socks.hpp>
#include <socks/system/errno.hpp>
#include <socks/system/sockaddr.hpp>
#include <string_view>

#include "lookup.hpp"
#include "relay.hpp"
#include "ring.hpp"
#include "task.hpp"

namespace {

constexpr int handshake_limit = 10;  // seconds
constexpr int dial_limit = 10;
constexpr int linger_limit = 2;

// What a client must present. Without it, clients need not authenticate.
socks::credentials known;

bool is_known(socks::bytes user, socks::bytes password) {
    const bool same_user = socks::constant_time_equal(user, known.user);
    const bool same_password = socks::constant_time_equal(password, known.password);
    return same_user && same_password;
}

socks::endpoint local_address(int fd) {
    sockaddr_storage here;
    socklen_t size = sizeof here;
    if (getsockname(fd, reinterpret_cast<sockaddr*>(&here), &size) != 0) return {};
    return socks::from_sockaddr(here, size);
}

// The handshake with one client, and the dial.
class session final : public task {
  public:
    static void begin(ring& r, descriptor client) {
        auto* const s = new session(r, std::move(client));
        s->limit(handshake_limit);
        s->drive();
    }

  private:
    session(ring& r, descriptor client) : task(r), client_(std::move(client)) {}
    ~session() override { rx_.clear(); }  // the inbox held the password

    // Each operation that drive() starts calls drive() again when it has completed.

    void drive() {
        using next = socks::server::next;
        for (;;) {
            const auto s = handshake_.step(rx_, tx_);
            switch (s.next()) {
                case next::send: return transmit(tx_.submit());
                case next::recv: return receive(rx_.prepare());
                case next::authenticate:
                    handshake_.authenticated(is_known(s.user(), s.password()), tx_);
                    break;
                case next::negotiate: handshake_.negotiated(false); break;  // no such method is offered
                case next::serve: return serve(s.command(), s.to());
                case next::wait: return;  // bytes are in flight, or the dial is not complete
                case next::done: return begin_relay(s.result().early);
                case next::fail: return part(socks::outcome_of(s));
            }
        }
    }

    // The bytes in tx_ do not move before consume().
    void transmit(socks::bytes data) {
        const auto done = [this](int result) { transmitted(result); };
        start(io_, done, io_uring_prep_send, client_.get(), data.data(), data.size(), MSG_NOSIGNAL);
    }

    void transmitted(int result) {
        tx_.consume(result > 0 ? static_cast<size_t>(result) : 0);
        if (result < 0) {
            tx_.clear();
            handshake_.stream_failed();
        }
        drive();
    }

    // The space in rx_ does not move before commit().
    void receive(socks::buffer room) {
        const auto done = [this](int result) { received(result); };
        start(io_, done, io_uring_prep_recv, client_.get(), room.data(), room.capacity(), 0);
    }

    void received(int result) {
        if (parting_) return result > 0 ? receive(rx_.prepare()) : end();
        heard_ = heard_ || result > 0;
        if (result > 0)
            rx_.commit(static_cast<size_t>(result));
        else if (result == 0)
            handshake_.end_of_stream();
        else
            handshake_.stream_failed();
        drive();
    }

    void answer(socks::code5 code, const socks::endpoint& bound = {}) {
        handshake_.answer({code, bound}, tx_);
        drive();
    }

    // The destination. While it is dialled, the client waits for the answer, so io_ is free.

    void serve(socks::command command, const socks::endpoint& to) {
        if (command != socks::command::connect) return answer(socks::code5::command_not_supported);
        limit(dial_limit);
        lookup_.emplace(to);
        if (lookup_->descriptor() < 0) return looked_up();
        const auto ready = [this](int) { looked_up(); };
        start(io_, ready, io_uring_prep_poll_add, lookup_->descriptor(), unsigned{POLLIN});
    }

    void looked_up() {
        address_ = lookup_->addresses();
        failure_ = lookup_->failure();
        dial();
    }

    // After the last address, the client gets the reason of the last failure.
    void dial() {
        if (address_ == nullptr) return answer(socks::code_for(failure_));
        target_ = descriptor(socket(address_->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (!target_) return dialled(-errno);
        const auto done = [this](int result) { dialled(result); };
        start(io_, done, io_uring_prep_connect, target_.get(), address_->ai_addr, address_->ai_addrlen);
    }

    void dialled(int result) {
        if (result == 0) return answer(socks::code5::succeeded, local_address(target_.get()));
        const auto to = socks::from_sockaddr(address_->ai_addr, address_->ai_addrlen);
        failure_ = socks::dial_error_from_errno(-result, to.host);
        address_ = address_->ai_next;
        dial();
    }

    void begin_relay(socks::bytes early) {
        relay::begin(ring_, std::move(client_), std::move(target_), early);
        end();
    }

    // The lingering close. A close with unread bytes sends a reset, and the reset could destroy the reply.
    void part(const socks::outcome& why) {
        const bool cut = blame(why.error()) == socks::party::stream;
        char room[socks::max_text_outcome];
        if (!cut || heard_) report("", socks::format(why, room).data());
        if (cut || shutdown(client_.get(), SHUT_WR) != 0) return end();
        parting_ = true;
        limit(linger_limit);
        rx_.clear();
        receive(rx_.prepare());
    }

    void limit(int seconds) {
        time_ = {seconds, 0};
        if (timer_.pending) return ring_.prolong(timer_, time_);
        start(
            timer_, [this](int result) { expired(result); }, io_uring_prep_timeout, &time_, 0U, 0U);
    }

    void expired(int result) {
        if (result != -ETIME) return;  // cancelled
        if (!parting_) report("timed out ", to_string(handshake_.state()));
        end();
    }

    static void report(const char* what, std::string_view text) {
        fprintf(stderr, "server: %s%.*s\n", what, static_cast<int>(text.size()), text.data());
    }

    descriptor client_;
    descriptor target_;
    operation timer_;
    operation io_;  // the one operation of the handshake
    __kernel_timespec time_{};

    socks::server handshake_{
        {.methods = known.given ? socks::method::username_password : socks::method::none}};
    socks::inbox<socks::server::max_input> rx_;
    socks::outbox<socks::server::max_pending> tx_;

    std::optional<lookup> lookup_;
    const addrinfo* address_ = nullptr;  // the one that is dialled
    socks::dial_error failure_ = socks::dial_error::other;

    bool heard_ = false;  // whether the client has sent a byte
    bool parting_ = false;
};

class listener final : public task {
  public:
    listener(ring& r, const sockaddr_storage& here, socklen_t size)
        : task(r), socket_(socket(here.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        const int on = 1;
        const auto* const address = reinterpret_cast<const sockaddr*>(&here);
        if (!socket_ || setsockopt(socket_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
            bind(socket_.get(), address, size) != 0 || listen(socket_.get(), 128) != 0)
            throw std::system_error(errno, std::generic_category(), "cannot listen");
        accept_next();
    }

    [[nodiscard]] socks::endpoint address() const { return local_address(socket_.get()); }

  private:
    void accept_next() {
        const auto done = [this](int result) { accepted(result); };
        start(accepting_, done, io_uring_prep_accept, socket_.get(), nullptr, nullptr, SOCK_CLOEXEC);
    }

    void accepted(int result) {
        if (result >= 0) session::begin(ring_, descriptor(result));
        if (result != -EMFILE && result != -ENFILE) return accept_next();
        // No descriptor is left. Another attempt at once would fail too.
        const auto paused = [this](int) { accept_next(); };
        start(accepting_, paused, io_uring_prep_timeout, &pause_, 0U, 0U);
    }

    descriptor socket_;
    operation accepting_;
    __kernel_timespec pause_{0, 100'000'000};
};

int usage() {
    fputs("usage: server ADDRESS [USER PASSWORD]\n", stderr);
    return 2;
}

}  // namespace

int main(int argc, char** argv) try {
    signal(SIGPIPE, SIG_IGN);
    if (argc != 2 && argc != 4) return usage();
    const auto address = socks::parse_endpoint(std::string_view(argv[1]));
    sockaddr_storage here;
    if (!address) return usage();
    const auto size = socks::to_sockaddr(*address, here);
    if (!size) return usage();
    if (argc == 4) known = {std::string_view(argv[2]), std::string_view(argv[3])};

    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigprocmask(SIG_BLOCK, &stop, nullptr);
    const descriptor signals(signalfd(-1, &stop, SFD_CLOEXEC));

    ring r;
    const auto* const l = new listener(r, here, *size);
    operation stopping;
    const auto stopped = [](int) { task::end_all(); };
    r.start(stopping, stopped, io_uring_prep_poll_add, signals.get(), unsigned{POLLIN});

    char room[socks::max_text_endpoint];
    const std::string_view text = socks::format(l->address(), room).data();
    printf("listening on %.*s\n", static_cast<int>(text.size()), text.data());
    fflush(stdout);
    r.run();
    return 0;
} catch (const std::system_error& e) {
    fprintf(stderr, "server: %s\n", e.what());
    return 1;
}
