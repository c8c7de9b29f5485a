// A SOCKS5 client over lwIP's raw API. raw_tunnel.hpp is what a device needs; this file runs it on a host.

#include "host/program.hpp"
#include "raw_tunnel.hpp"

#include <lwip/tcpip.h>

namespace {

class program : public raw_tunnel {
  public:
    explicit program(socks::bytes to_send) : left_(to_send) {}

    // All calls of the raw API need the lock. The callbacks run in the thread of lwIP, which has it.
    int run(const host::arguments& given) {
        if (sys_sem_new(&over_, 0) != ERR_OK) return 1;
        LOCK_TCPIP_CORE();
        open(given.proxy, given.port, given.request);
        UNLOCK_TCPIP_CORE();
        sys_arch_sem_wait(&over_, 0);
        LOCK_TCPIP_CORE();  // now the callback that signalled has returned
        sys_sem_free(&over_);
        UNLOCK_TCPIP_CORE();
        return status_;
    }

  private:
    void opened() override {}
    socks::bytes outgoing() override { return left_; }
    void consume(size_t n) override { left_ = left_.subspan(n); }
    void incoming(socks::bytes data) override { host::print(data); }
    void ended() override { sys_sem_signal(&over_); }
    void failed(const char* what, const char* why) override {
        std::fprintf(stderr, "raw_client: %s%s\n", what, why);
        status_ = 1;
        sys_sem_signal(&over_);
    }

    socks::bytes left_;
    sys_sem_t over_{};
    int status_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
    const host::arguments given = host::parse(argc, argv);
    const std::string to_send = host::standard_input();
    host::start_network();
    return program(to_send).run(given);
}
