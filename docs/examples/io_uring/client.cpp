// A SOCKS5 client over io_uring. drive() is the handshake: it starts one operation after the other. The
// completion of each operation tells the machine its result.

#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include <cstdio>
#include <socks/socks.hpp>
#include <socks/system/sockaddr.hpp>
#include <string>
#include <string_view>

#include "ring.hpp"

namespace {

class session {
  public:
    session(ring& r, const socks::request& request, std::string to_send)
        : ring_(r), request_(request), to_send_(std::move(to_send)) {}

    // The ring runs until all operations have completed.
    void start(const sockaddr* proxy, socklen_t size) {
        socket_ = descriptor(socket(proxy->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (!socket_) return connected(-errno);
        const auto expired = [this](int result) { this->expired(result); };
        ring_.start(deadline_, expired, io_uring_prep_timeout, &time_limit_, 0U, 0U);
        const auto done = [this](int result) { connected(result); };
        ring_.start(sending_, done, io_uring_prep_connect, socket_.get(), proxy, size);
    }

    [[nodiscard]] bool succeeded() const { return succeeded_; }

  private:
    void connected(int result) {
        if (over_) return;
        if (result < 0) return end("cannot connect to the proxy: ", result);
        connected_ = true;
        drive();
    }

    // The handshake. Each operation that drive() starts calls drive() again when it has completed.

    void drive() {
        using next = socks::client::next;
        for (;;) {
            const auto s = handshake_.step(request_, rx_, tx_);
            switch (s.next()) {
                case next::send: return transmit(tx_.submit());
                case next::recv: return receive(rx_.prepare(s.needed()));
                case next::wait: return;                                    // bytes are in flight
                case next::negotiate: handshake_.negotiated(false); break;  // no such method was offered
                case next::bound: break;                                    // only BIND has this action
                case next::done: return relay(s.result().early);
                case next::fail: return end(text(socks::outcome_of(s)));
            }
        }
    }

    // The bytes in tx_ do not move before consume().
    void transmit(socks::bytes data) {
        const auto done = [this](int result) { transmitted(result); };
        ring_.start(sending_, done, io_uring_prep_send, socket_.get(), data.data(), data.size(),
                    MSG_NOSIGNAL);
    }

    void transmitted(int result) {
        tx_.consume(result > 0 ? static_cast<size_t>(result) : 0);
        if (result < 0 || over_ || tx_.empty()) tx_.clear();  // wipes the password
        if (over_) return;
        if (result < 0) handshake_.stream_failed();
        drive();
    }

    // The space in rx_ does not move before commit().
    void receive(socks::buffer room) {
        const auto done = [this](int result) { received(result); };
        ring_.start(receiving_, done, io_uring_prep_recv, socket_.get(), room.data(), room.capacity(), 0);
    }

    void received(int result) {
        if (over_) return;
        if (result > 0)
            rx_.commit(static_cast<size_t>(result));
        else if (result == 0)
            handshake_.end_of_stream();
        else
            handshake_.stream_failed();
        drive();
    }

    // The tunnel: what came from standard input is sent, what arrives goes to standard output.

    void relay(socks::bytes early) {
        ring_.cancel(deadline_);
        print(early);
        send_on(0);
        receive_on();
    }

    // After a failed send, the bytes that arrived before are still received.
    void send_on(int result) {
        if (result < 0) send_error_ = result;
        if (over_ || result < 0) return;
        sent_ += static_cast<size_t>(result);
        if (sent_ == to_send_.size()) return;
        const auto done = [this](int n) { send_on(n); };
        ring_.start(sending_, done, io_uring_prep_send, socket_.get(), to_send_.data() + sent_,
                    to_send_.size() - sent_, MSG_NOSIGNAL);
    }

    void receive_on() {
        if (over_) return;
        const auto done = [this](int n) {
            if (n <= 0) return ended(n);
            print({arrived_, static_cast<size_t>(n)});
            receive_on();
        };
        ring_.start(receiving_, done, io_uring_prep_recv, socket_.get(), arrived_, sizeof arrived_, 0);
    }

    void ended(int result) {
        if (result == 0) result = send_error_;
        result == 0 ? end("") : end("the tunnel failed: ", result);
    }

    void print(socks::bytes data) {
        if (fwrite(data.data(), 1, data.size(), stdout) != data.size() || fflush(stdout) != 0)
            end("cannot write to standard output: ", -errno);
    }

    void expired(int result) {
        if (result != -ETIME) return;  // cancelled
        end(connected_ ? std::string("timed out ") + to_string(handshake_.state())
                       : "timed out connecting to the proxy");
    }

    // The operations that are in flight use the memory of this session until they have completed.
    void end(std::string why, int result = 0) {
        if (over_) return;
        over_ = true;
        succeeded_ = why.empty();
        if (result != 0) why += strerror(-result);
        if (!succeeded_) fprintf(stderr, "client: %s\n", why.c_str());
        for (operation* op : {&sending_, &receiving_, &deadline_}) ring_.cancel(*op);
    }

    static std::string text(const socks::outcome& o) {
        char room[socks::max_text_outcome];
        return std::string(std::string_view(socks::format(o, room).data()));
    }

    ring& ring_;
    descriptor socket_;
    operation sending_;  // also the connect
    operation receiving_;
    operation deadline_;
    __kernel_timespec time_limit_{10, 0};  // for connecting and the handshake together

    socks::request request_;
    socks::client handshake_;
    socks::inbox<socks::client::max_input> rx_;
    socks::outbox<socks::client::max_output> tx_;

    std::string to_send_;
    size_t sent_ = 0;
    int send_error_ = 0;
    char arrived_[64 * 1024];

    bool connected_ = false;
    bool over_ = false;
    bool succeeded_ = false;
};

int usage() {
    fputs("usage: client PROXY DESTINATION [USER PASSWORD]\n", stderr);
    return 2;
}

}  // namespace

int main(int argc, char** argv) try {
    signal(SIGPIPE, SIG_IGN);
    if (argc != 3 && argc != 5) return usage();
    const auto proxy = socks::parse_endpoint(std::string_view(argv[1]));
    const auto destination = socks::parse_endpoint(std::string_view(argv[2]));
    sockaddr_storage address;
    if (!proxy || !destination) return usage();
    const auto size = socks::to_sockaddr(*proxy, address);
    if (!size) return usage();
    socks::request request{.to = *destination};
    if (argc == 5) request.credentials = {std::string_view(argv[3]), std::string_view(argv[4])};

    std::string to_send;
    char part[64 * 1024];
    while (const size_t n = fread(part, 1, sizeof part, stdin)) to_send.append(part, n);
    if (ferror(stdin) != 0) {
        perror("client: cannot read standard input");
        return 1;
    }

    ring r;
    session s(r, request, std::move(to_send));
    s.start(reinterpret_cast<const sockaddr*>(&address), *size);
    r.run();
    return s.succeeded() ? 0 : 1;
} catch (const std::system_error& e) {
    fprintf(stderr, "client: %s\n", e.what());
    return 1;
}
