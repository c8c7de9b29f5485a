// A SOCKS5 client over lwIP's netconn API, as a task of an RTOS uses it. Each call that waits gets the time
// that is left, so one deadline covers connecting and the complete handshake.

#include "host/program.hpp"

#include <lwip/api.h>
#include <lwip/sys.h>

namespace {

using small_client = socks::basic_client<socks::feature::socks5 | socks::feature::credentials |
                                         socks::feature::foreign_protocols>;

constexpr u32_t handshake_time = 10'000;  // milliseconds, for connecting and the handshake

struct task {
    host::arguments given;
    socks::bytes to_send;
    sys_sem_t established;  // the connection to the proxy is established, or it has failed
    sys_sem_t over;
    int status;
};
task client;  // the callback of a netconn has no argument for a pointer of the program

int failed(const char* what, const char* why) {
    std::fprintf(stderr, "netconn_client: %s%s\n", what, why);
    return 1;
}

// lwIP calls this in its own thread.
void note(netconn*, netconn_evt event, u16_t) {
    if (event == NETCONN_EVT_SENDPLUS) sys_sem_signal(&client.established);
}

class connection {
  public:
    explicit connection(netconn_type type)
        : conn_(netconn_new_with_callback(type, note)), end_(sys_now() + handshake_time) {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() {
        if (unread_ != nullptr) pbuf_free(unread_);
        if (conn_ != nullptr) netconn_delete(conn_);
    }

    /// A blocking netconn_connect() has no time-out. This one returns at once, and note() reports the result.
    err_t open(const ip_addr_t& proxy, u16_t port) {
        if (conn_ == nullptr) return ERR_MEM;
        netconn_set_nonblocking(conn_, 1);
        const err_t started = netconn_connect(conn_, &proxy, port);
        netconn_set_nonblocking(conn_, 0);
        if (started != ERR_INPROGRESS) return started;
        const bool late = sys_arch_sem_wait(&client.established, handshake_time) == SYS_ARCH_TIMEOUT;
        return late ? static_cast<err_t>(ERR_TIMEOUT) : netconn_err(conn_);
    }

    /// Copies at most `room.capacity()` bytes of the received chain. The other bytes stay in the chain.
    socks::io_result take(socks::buffer room) {
        if (unread_ == nullptr) {
            if (left() == 0) return socks::io::would_block;
            netconn_set_recvtimeout(conn_, left());
            const err_t result = netconn_recv_tcp_pbuf(conn_, &unread_);
            if (result == ERR_TIMEOUT) return socks::io::would_block;
            if (result == ERR_CLSD) return 0U;
            if (result != ERR_OK) return socks::errc::stream_failed;
        }
        const u16_t n = pbuf_copy_partial(unread_, room.data(), static_cast<u16_t>(room.capacity()), 0);
        unread_ = pbuf_free_header(unread_, n);
        return n;
    }

    /// lwIP copies the bytes, because the outbox is wiped afterwards.
    socks::io_result put(socks::bytes data) {
        if (left() == 0) return socks::io::would_block;
        netconn_set_sendtimeout(conn_, static_cast<s32_t>(left()));
        size_t written = 0;
        const err_t result = netconn_write_partly(conn_, data.data(), data.size(), NETCONN_COPY, &written);
        if (result != ERR_OK && result != ERR_WOULDBLOCK) return socks::errc::stream_failed;
        return written;
    }

    /// Sends `data`, then prints what arrives. Even if sending fails, it prints what arrived before.
    err_t relay(socks::bytes data) {
        netconn_set_sendtimeout(conn_, 0);
        netconn_set_recvtimeout(conn_, 0);
        const err_t sent = netconn_write(conn_, data.data(), data.size(), NETCONN_NOCOPY);
        err_t received = ERR_OK;
        while (received == ERR_OK) {
            for (const pbuf* p = unread_; p != nullptr; p = p->next)
                host::print({static_cast<const char*>(p->payload), p->len});
            if (unread_ != nullptr) pbuf_free(unread_);
            unread_ = nullptr;
            received = netconn_recv_tcp_pbuf(conn_, &unread_);
        }
        return sent == ERR_OK ? received : sent;
    }

  private:
    /// The milliseconds until the deadline, or 0. A time-out of 0 waits for ever, so test it first.
    [[nodiscard]] u32_t left() const {
        const auto left = static_cast<s32_t>(end_ - sys_now());
        return left > 0 ? static_cast<u32_t>(left) : 0;
    }

    netconn* conn_;
    pbuf* unread_ = nullptr;
    u32_t end_;
};

int run() {
    const ip_addr_t& proxy = client.given.proxy;
    connection stream(IP_IS_V6(&proxy) ? NETCONN_TCP_IPV6 : NETCONN_TCP);
    const err_t opened = stream.open(proxy, client.given.port);
    if (opened == ERR_TIMEOUT) return failed("timed out ", "connecting to the proxy");
    if (opened == ERR_RST) return failed("cannot connect to the proxy: ", "connection refused");
    if (opened != ERR_OK) return failed("cannot connect to the proxy: ", text_of(opened));

    small_client handshake;
    socks::inbox<small_client::max_input> rx;
    socks::outbox<small_client::max_output> tx;
    const auto s = socks::run(
        handshake, client.given.request, rx, tx, [&](socks::buffer room) { return stream.take(room); },
        [&](socks::bytes data) { return stream.put(data); });
    tx.clear();
    if (s.next() == socks::client_next::fail) {
        char text[socks::max_text_outcome + 1] = {};  // with a closing NUL
        static_cast<void>(socks::format(socks::outcome_of(s), {text, socks::max_text_outcome}));
        return failed(text, "");
    }
    if (s.next() != socks::client_next::done)
        return failed("timed out ", socks::to_string(handshake.state()));

    const err_t end = stream.relay(client.to_send);
    return end == ERR_CLSD ? 0 : failed("the tunnel failed: ", text_of(end));
}

}  // namespace

int main(int argc, char** argv) {
    client.given = host::parse(argc, argv);
    const std::string all = host::standard_input();
    client.to_send = all;
    host::start_network();
    if (sys_sem_new(&client.established, 0) != ERR_OK || sys_sem_new(&client.over, 0) != ERR_OK)
        return failed("cannot start: ", text_of(ERR_MEM));
    sys_thread_new(
        "client",
        [](void*) {
            client.status = run();
            sys_sem_signal(&client.over);
        },
        nullptr, DEFAULT_THREAD_STACKSIZE, DEFAULT_THREAD_PRIO);
    sys_arch_sem_wait(&client.over, 0);
    return client.status;
}
