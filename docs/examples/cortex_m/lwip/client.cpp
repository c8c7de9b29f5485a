// A SOCKS5 client on a Cortex-M3 with Ethernet: lwIP's raw API in a main loop. The client for a host uses the
// same raw_tunnel.hpp.

#include <lwip/init.h>
#include <lwip/timeouts.h>

#include "../../lwip/raw_tunnel.hpp"
#include "../board.hpp"
#include "../semihosting.hpp"
#include "ethernet.hpp"

namespace {

int failed(const char* what, const char* why) {
    return semihosting::report_failure("lwip_client", what, why);
}

char arguments_room[48 + 261 + 2 * 256 + 1];  // PROXY, DESTINATION, USER and PASSWORD, each with a line feed

class program : public raw_tunnel {
  public:
    [[nodiscard]] bool is_over() const { return over_; }
    [[nodiscard]] int status() const { return status_; }

  private:
    void opened() override { socks::wipe(arguments_room); }

    // RAM is too small for all of stdin, so it is read in pieces.
    socks::bytes outgoing() override {
        if (to_send_.empty() && !at_end_) {
            const size_t n = semihosting::input(piece_);
            at_end_ = n == 0;
            to_send_ = {piece_, n};
        }
        return to_send_;
    }
    void consume(size_t n) override { to_send_ = to_send_.subspan(n); }
    void incoming(socks::bytes data) override {
        if (status_ == 0 && !semihosting::print(data)) end(::failed("cannot write the standard output", ""));
    }
    void ended() override { over_ = true; }
    void failed(const char* what, const char* why) override { end(::failed(what, why)); }

    void end(int status) {
        status_ = status;
        over_ = true;
    }

    char piece_[512];
    socks::bytes to_send_{};
    bool at_end_ = false;
    bool over_ = false;
    int status_ = 0;
};

}  // namespace

extern "C" u32_t sys_now() { return board::now(); }

// For initial sequence numbers and port numbers. A device needs numbers that nobody can guess.
extern "C" u32_t random_number() {
    static u32_t state = 1;
    state = state * 1664525 + 1013904223;
    return state;
}

// The arguments are lines: PROXY, DESTINATION, and optionally USER and PASSWORD.
int main() {
    socks::bytes arguments = semihosting::command_line(arguments_room);
    const auto proxy = socks::parse_endpoint(semihosting::next_line(arguments));
    const auto to = socks::parse_endpoint(semihosting::next_line(arguments));
    if (!proxy || !to || proxy->host.kind() == socks::host_kind::name) {
        failed("usage: ", "PROXY-ADDRESS:PORT DESTINATION:PORT [USER PASSWORD]");
        return 2;
    }
    socks::request request{.to = *to};
    if (!arguments.empty()) {
        const socks::bytes user = semihosting::next_line(arguments);
        request.credentials = {user, semihosting::next_line(arguments)};
    }

    lwip_init();
    static netif interface;
    ip4_addr_t address, mask, router;
    IP4_ADDR(&address, 10, 0, 2, 15);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&router, 10, 0, 2, 2);
    netif_add(&interface, &address, &mask, &router, nullptr, ethernet::start, netif_input);
    ip6_addr_t address6;
    IP6_ADDR(&address6, PP_HTONL(0xfec00000), 0, 0, PP_HTONL(0x15));
    netif_ip6_addr_set(&interface, 0, &address6);
    netif_ip6_addr_set_state(&interface, 0, IP6_ADDR_PREFERRED);
    netif_set_default(&interface);
    netif_set_up(&interface);

    static program client;
    client.open(to_ip_addr(proxy->host), proxy->port, request);
    while (!client.is_over()) {
        ethernet::wait();
        ethernet::poll(&interface);
        sys_check_timeouts();
    }
    return client.status();
}
