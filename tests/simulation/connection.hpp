// One connection: a client and a server, each a machine of ours or an adversarial peer, and the two links
// between them; or a chain of proxies behind each other at the far end of the links. It runs until both sides
// are over, and then says whether what came out is what had to come out.

#ifndef SOCKS_TESTS_SIMULATION_CONNECTION_HPP
#define SOCKS_TESTS_SIMULATION_CONNECTION_HPP

#include "invariants.hpp"
#include "parties.hpp"

#include <memory>

namespace simulation {

using socks::errc;

enum class phase : uint8_t { handshake, tunnel, over };
enum class result : uint8_t { none, done, failed, timed_out };

// What both sides have.
struct side {
    manners how = manners::honest;
    phase at = phase::handshake;
    result came_to = result::none;
    errc why = errc::none;
    bool closed = false;  // the machine was told of the end of the stream
    bool ends = false;    // an adversarial peer that ends its stream
    uint32_t steps = 0;
    uint32_t idle = 0;  // times that it was woken
    uint32_t used = 0;  // bytes of the handshake
    payload says{};
    uint32_t said = 0;
    uint32_t heard = 0;  // of the other's payload
    uint32_t vanishes_at = UINT32_MAX;
    std::string script{};
    size_t scripted = 0;
};

class connection {
  public:
    void start(uint64_t seed, uint32_t index, calendar& time, invariants& checks);

    // False when it is over.
    bool handle(happening what, calendar& time, invariants& checks);

    // Ticks that are left until its time is up.
    [[nodiscard]] uint32_t left(uint64_t now) const {
        return now < deadline_ ? static_cast<uint32_t>(deadline_ - now) : 0;
    }

    // Whether an event is meant for who is here now.
    [[nodiscard]] bool awaits(const event& e) const { return !over_ && (e.life == 0 || e.life == life_); }
    [[nodiscard]] uint64_t seed() const { return seed_; }

  private:
    struct route {
        link bytes{};
        bool flying = false;    // an arrival is set
        bool end_told = false;  // the reader was woken by the end
        bool blocked = false;   // the writer waits for room
    };

    template <class Machine, class Request>
    void client_turn(Machine& near, const Request& request);
    void server_turn();
    void line_up(uint32_t n);
    void next_proxy(bytes early);
    void answer();
    void tunnel(side& s, route& out, route& in, const side& other);
    void adversary_turn(side& s, route& out, route& in, const side& other, happening wake);
    template <size_t M>
    bool put(side& s, route& out, socks::outbox<M>& box, bytes data);
    template <class Machine, size_t N>
    bool get(side& s, route& in, Machine& machine, socks::inbox<N>& box, size_t need);
    bool count(side& s, const route& out, const route& in);
    void hear(side& s, bytes bytes, const side& other);
    void finish(side& s, result r, errc why, route& out);
    void arrive(route& r);
    void set_off(route& r, happening arrival);
    void drop_all();
    void verify();
    void wake(happening who, uint32_t ticks) { time_->set(ticks, {index_, life_, who}); }
    uint32_t delay() { return fine_ ? 1 + d_.below(3) : 1 + d_.below(40); }
    void turn_of_client(happening wake) {
        if (has_machine(client_.how) && fronts_.empty()) return client_turn(near_, last_.request);
        if (has_machine(client_.how))
            return client_turn(chain_, socks::route{hops_, last_.request.command, last_.request.to});
        adversary_turn(client_, up_, down_, server_, wake);
    }
    void turn_of_server(happening wake) {
        if (has_machine(server_.how)) return server_turn();
        adversary_turn(server_, down_, up_, client_, wake);
    }

    [[nodiscard]] const proxy& proxy_at(size_t i) const { return i < fronts_.size() ? fronts_[i] : last_; }
    [[nodiscard]] size_t proxies() const { return fronts_.size() + 1; }
    [[nodiscard]] static size_t hop_of(const socks::client&) { return 0; }
    [[nodiscard]] static size_t hop_of(const socks::chain& c) { return c.hop(); }

    calendar* time_ = nullptr;
    invariants* checks_ = nullptr;
    uint64_t seed_ = 0;
    uint64_t deadline_ = 0;
    dice d_{0};
    uint32_t index_ = 0;
    uint32_t life_ = 0;
    bool fine_ = false;     // bytes arrive a few at a time
    bool precise_ = false;  // the client reads exactly what it needs
    bool good_ = false;     // it must succeed, if both are honest
    bool over_ = false;
    bool let_in_ = false;
    bool asked_ = false;  // a question is open
    uint8_t answered_ = 0;
    side client_{};
    side server_{};
    route up_{};
    route down_{};
    proxy last_{};                    // or the only one
    std::vector<proxy> fronts_{};     // with a chain, those in front of it
    std::vector<socks::hop> hops_{};  // and all of them as the chain is told
    size_t reached_ = 0;              // the proxy that the server is just now
    socks::client near_{};
    socks::chain chain_{};
    socks::server far_{};
    socks::inbox<socks::client::max_input> client_in_{};
    socks::outbox<socks::client::max_pipelined> client_out_{};
    socks::inbox<socks::server::max_input> server_in_{};
    socks::outbox<socks::server::max_pending> server_out_{};
    enum class question : uint8_t { none, login, negotiate, serve } question_ = question::none;
};

}  // namespace simulation

#include "course.hpp"
#include "turns.hpp"

#endif
