// The network of the two programs: an Ethernet interface of lwIP whose cable ends in libslirp, which is the
// gateway. libslirp opens an ordinary socket of the host for each TCP connection of lwIP. QEMU does the same
// for its guests. It needs no root and changes nothing on the host.

#include "program.hpp"

#include <arpa/inet.h>
#include <lwip/etharp.h>
#include <lwip/ethip6.h>
#include <lwip/netif.h>
#include <lwip/tcpip.h>
#include <poll.h>
#include <signal.h>
#include <slirp/libslirp.h>
#include <sys/socket.h>
#include <time.h>

#include <thread>
#include <vector>

namespace {

constexpr size_t max_frame = 1514;

[[noreturn]] void cannot(const char* what) {
    std::fprintf(stderr, "cannot %s: %s\n", what, std::strerror(errno));
    std::_Exit(1);
}

int cable[2];  // datagrams, each of them a frame; lwIP writes to cable[0], the gateway reads from cable[1]
netif ethernet;

// lwIP: sends a frame. It waits while the cable is full.
err_t transmit(netif*, pbuf* frame) {
    char copy[max_frame];
    const u16_t n = pbuf_copy_partial(frame, copy, sizeof copy, 0);
    while (send(cable[0], copy, n, 0) < 0)
        if (errno != EINTR) return ERR_IF;
    return ERR_OK;
}

err_t describe(netif* self) {
    constexpr u8_t address[] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    self->name[0] = 's';
    self->name[1] = 'l';
    self->mtu = 1500;
    self->hwaddr_len = sizeof address;
    std::memcpy(self->hwaddr, address, sizeof address);
    self->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP | NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    self->output = etharp_output;
    self->output_ip6 = ethip6_output;
    self->linkoutput = transmit;
    return ERR_OK;
}

// The gateway, in a thread of its own.
class gateway {
  public:
    gateway() {
        SlirpConfig config{};
        config.version = 1;
        config.in_enabled = true;
        inet_pton(AF_INET, "10.0.2.0", &config.vnetwork);
        inet_pton(AF_INET, "255.255.255.0", &config.vnetmask);
        inet_pton(AF_INET, "10.0.2.2", &config.vhost);
        inet_pton(AF_INET, "10.0.2.15", &config.vdhcp_start);
        inet_pton(AF_INET, "10.0.2.3", &config.vnameserver);
        config.in6_enabled = true;
        inet_pton(AF_INET6, "fec0::", &config.vprefix_addr6);
        config.vprefix_len = 64;
        inet_pton(AF_INET6, "fec0::2", &config.vhost6);
        inet_pton(AF_INET6, "fec0::3", &config.vnameserver6);
        static const SlirpCb calls = callbacks();
        slirp_ = slirp_new(&config, &calls, this);
        if (slirp_ == nullptr) cannot("start the gateway");
    }

    [[noreturn]] void run() {
        for (;;) {
            ready_.assign(1, {cable[1], POLLIN, 0});
            uint32_t timeout = UINT32_MAX;
            slirp_pollfds_fill(slirp_, &timeout, add, this);
            // UINT32_MAX becomes -1, which waits without a limit.
            const int n = poll(ready_.data(), ready_.size(), static_cast<int>(timeout));
            if (n < 0 && errno != EINTR) cannot("poll");
            slirp_pollfds_poll(slirp_, n < 0, is_ready, this);
            uint8_t frame[max_frame];
            for (ssize_t size; (size = recv(cable[1], frame, sizeof frame, MSG_DONTWAIT)) > 0;)
                slirp_input(slirp_, frame, static_cast<int>(size));
        }
    }

  private:
    // A frame for lwIP. If lwIP has no space, the frame is lost, and TCP sends it again. PBUF_RAM, because a
    // PBUF_POOL of Debian's lwIP 2.1.3 has 592 bytes, and pbuf_alloc() believes that it has 1536.
    static ssize_t deliver(const void* frame, size_t size, void*) {
        pbuf* const copy = pbuf_alloc(PBUF_RAW, static_cast<u16_t>(size), PBUF_RAM);
        if (copy == nullptr) return 0;
        if (pbuf_take(copy, frame, static_cast<u16_t>(size)) != ERR_OK ||
            ethernet.input(copy, &ethernet) != ERR_OK)
            pbuf_free(copy);
        return static_cast<ssize_t>(size);
    }

    static int64_t now(void*) {
        timespec t{};
        clock_gettime(CLOCK_MONOTONIC, &t);
        return int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
    }

    static int add(int fd, int events, void* self) {
        int wanted = 0;
        for (const auto& [theirs, ours] : names)
            if ((events & theirs) != 0) wanted |= ours;
        auto& all = static_cast<gateway*>(self)->ready_;
        all.push_back({fd, static_cast<short>(wanted), 0});
        return static_cast<int>(all.size()) - 1;
    }

    static int is_ready(int index, void* self) {
        const int happened = static_cast<gateway*>(self)->ready_[static_cast<size_t>(index)].revents;
        int events = 0;
        for (const auto& [theirs, ours] : names)
            if ((happened & ours) != 0) events |= theirs;
        return events;
    }

    // The only timer announces the IPv6 router, which lwIP does not need here.
    static SlirpCb callbacks() {
        SlirpCb c{};
        c.send_packet = deliver;
        c.guest_error = [](const char* text, void*) { std::fprintf(stderr, "%s\n", text); };
        c.clock_get_ns = now;
        c.timer_new = [](SlirpTimerCb, void*, void* self) { return self; };
        c.timer_free = [](void*, void*) {};
        c.timer_mod = [](void*, int64_t, void*) {};
        c.register_poll_fd = [](int, void*) {};
        c.unregister_poll_fd = [](int, void*) {};
        c.notify = [](void*) {};
        return c;
    }

    struct event_name {
        int theirs;
        int ours;
    };
    static constexpr event_name names[] = {{SLIRP_POLL_IN, POLLIN},
                                           {SLIRP_POLL_OUT, POLLOUT},
                                           {SLIRP_POLL_PRI, POLLPRI},
                                           {SLIRP_POLL_ERR, POLLERR},
                                           {SLIRP_POLL_HUP, POLLHUP}};

    Slirp* slirp_ = nullptr;
    std::vector<pollfd> ready_;
};

}  // namespace

namespace host {

void start_network() {
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || socketpair(AF_UNIX, SOCK_DGRAM, 0, cable) != 0)
        cannot("prepare the network");
    tcpip_init(nullptr, nullptr);
    LOCK_TCPIP_CORE();
    ip4_addr_t address, mask, router;
    IP4_ADDR(&address, 10, 0, 2, 15);
    IP4_ADDR(&mask, 255, 255, 255, 0);
    IP4_ADDR(&router, 10, 0, 2, 2);
    netif_add(&ethernet, &address, &mask, &router, nullptr, describe, tcpip_input);
    ip6_addr_t address6;
    IP6_ADDR(&address6, PP_HTONL(0xfec00000), 0, 0, PP_HTONL(0x15));
    netif_ip6_addr_set(&ethernet, 0, &address6);
    netif_ip6_addr_set_state(&ethernet, 0, IP6_ADDR_PREFERRED);
    netif_set_default(&ethernet);
    netif_set_up(&ethernet);
    UNLOCK_TCPIP_CORE();
    std::thread([] { gateway().run(); }).detach();
}

ip_addr_t reachable(const socks::host& address) {
    const ip_addr_t real = to_ip_addr(address);
    if (!ip_addr_isloopback(&real)) return real;
    return to_ip_addr(IP_IS_V6(&real) ? socks::host("fec0::2") : socks::host("10.0.2.2"));
}

}  // namespace host
