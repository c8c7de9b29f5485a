// The two ends for bench/end_to_end.py: the origin and the clients of a proxy. They use one thread and one
// epoll. With proxy 0 the clients connect to the origin directly, which shows the cost of the ends.
//
//     end_to_end_load origin
//         prints the ports of an echo and of a sink, then serves
//     end_to_end_load handshakes PROXY ECHO CONCURRENT TOTAL
//         prints connections/s, p50, p99, worst in us, and errors
//     end_to_end_load bulk PROXY SINK STREAMS MEBIBYTES
//         prints MB/s; with 0 mebibytes it goes on until killed
//     end_to_end_load idle PROXY ECHO CONCURRENT TOTAL
//         prints how many stay open, until its input ends
//     end_to_end_load greeted PROXY ECHO CONCURRENT TOTAL
//         the same, but they stay in the middle of the handshake

#include <algorithm>
#include <cstdio>
#include <deque>
#include <memory>

#include "event_loop.hpp"
#include "options.hpp"

namespace {

using example::event_loop;
using example::must;
using example::unique_fd;
using clock = event_loop::clock;

socks::endpoint local(unsigned port) { return {socks::ipv4{127, 0, 0, 1}, static_cast<uint16_t>(port)}; }

// Gives back what it gets, or swallows it.
class served final : public example::watcher {
  public:
    served(unique_fd fd, bool echo, std::vector<served*>& gone)
        : fd_(std::move(fd)), echo_(echo), gone_(gone) {}
    [[nodiscard]] int fd() const noexcept { return fd_.get(); }

    void ready(uint32_t) override {
        static std::vector<char> room(1 << 20);
        const ssize_t n = ::recv(fd_.get(), room.data(), room.size(), 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n > 0 && (!echo_ || ::send(fd_.get(), room.data(), static_cast<size_t>(n), MSG_NOSIGNAL) == n))
            return;
        fd_.reset();
        gone_.push_back(this);
    }

  private:
    unique_fd fd_;
    bool echo_;
    std::vector<served*>& gone_;
};

class origin final : public example::watcher {
  public:
    origin(event_loop& loop, bool echo, std::vector<served*>& gone)
        : loop_(loop),
          fd_(example::listen_on(example::socket_address(local(0)), SOMAXCONN, SOCK_NONBLOCK)),
          echo_(echo),
          gone_(gone) {
        if (!fd_ || !loop.watch(fd_.get(), EPOLLIN, *this)) must(-1, "listen");
    }
    [[nodiscard]] unsigned port() const noexcept { return example::local_endpoint(fd_.get()).port; }

    void ready(uint32_t) override {
        while (unique_fd fd{::accept4(fd_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)}) {
            auto* const s = new served(std::move(fd), echo_, gone_);  // until it is gone
            if (!loop_.watch(s->fd(), EPOLLIN, *s)) must(-1, "epoll_ctl");
        }
    }

    static void serve() {
        event_loop loop;
        std::vector<served*> gone;
        const origin echo(loop, true, gone), sink(loop, false, gone);
        std::printf("%u %u\n", echo.port(), sink.port());
        std::fflush(stdout);
        for (;;) {
            loop.turn(-1);
            for (const served* s : gone) delete s;
            gone.clear();
        }
    }

  private:
    event_loop& loop_;
    unique_fd fd_;
    bool echo_;
    std::vector<served*>& gone_;
};

enum class errand { echo, greet, stay, fill };

// What all clients of a run have in common.
struct plan {
    errand what;
    unsigned proxy, port;
    uint64_t size = 0;  // of one stream; 0: without end
    event_loop loop{};
    std::vector<double> microseconds{};
    size_t errors = 0;
    std::vector<class client*> idle{};  // may begin again
};

// SOCKS5 without authentication, CONNECT, then the errand.
class client final : public example::watcher {
  public:
    explicit client(plan& p) : plan_(p) {}

    void begin() {
        began_ = clock::now();
        example::socket_address to(local(plan_.proxy != 0 ? plan_.proxy : plan_.port));
        fd_ = unique_fd(must(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
        if (::connect(fd_.get(), to.data(), to.size()) != 0 && errno != EINPROGRESS) must(-1, "connect");
        at_ = at::connecting;
        if (!plan_.loop.watch(fd_.get(), event_loop::stream_events, *this)) must(-1, "epoll_ctl");
    }

    void ready(uint32_t events) override {
        if (at_ == at::connecting && (events & EPOLLOUT) != 0) {
            if (plan_.proxy == 0) return connected();
            return say({"\5\1\0", 3}, at::greeted);
        }
        if (at_ == at::filling) return fill();
        if ((events & (EPOLLERR | EPOLLHUP)) != 0) return over(false);
        if ((events & EPOLLIN) == 0) return;
        if (at_ == at::greeted && heard(2)) {
            if (plan_.what == errand::greet) return stay();
            const char high = static_cast<char>(plan_.port >> 8), low = static_cast<char>(plan_.port & 0xff);
            const char request[] = {5, 1, 0, 1, 127, 0, 0, 1, high, low};
            say({request, sizeof request}, at::requested);
        } else if (at_ == at::requested && heard(10)) {
            connected();
        } else if (at_ == at::echoed && heard(1)) {
            over(true);
        }
    }

  private:
    enum class at { connecting, greeted, requested, echoed, staying, filling, ending };

    void connected() {
        switch (plan_.what) {
            case errand::echo: return say("x", at::echoed);
            case errand::greet:
            case errand::stay: return stay();
            case errand::fill: at_ = at::filling; return fill();
        }
    }

    void stay() {
        at_ = at::staying;
        plan_.idle.push_back(this);
    }

    void say(std::string_view bytes, at then) {
        at_ = then;
        const auto sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent != static_cast<ssize_t>(bytes.size())) over(false);
    }

    // Messages this short arrive in one piece.
    bool heard(size_t size) {
        char room[16];
        const bool complete =
            ::recv(fd_.get(), room, size, 0) == static_cast<ssize_t>(size) && (size < 2 || room[1] == 0);
        if (!complete) over(false);
        return complete;
    }

    // Then waits for the origin to have read it all.
    void fill() {
        static const std::vector<char> bytes(128 << 10, 'x');
        while (plan_.size == 0 || filled_ < plan_.size) {
            const ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n < 0) return errno == EAGAIN ? void() : over(false);
            filled_ += static_cast<uint64_t>(n);
        }
        if (at_ == at::filling) ::shutdown(fd_.get(), SHUT_WR);
        char end;
        if (::recv(fd_.get(), &end, 1, 0) == 0) over(true);
    }

    void over(bool good) {
        fd_.reset();
        if (good)
            plan_.microseconds.push_back(
                std::chrono::duration<double, std::micro>(clock::now() - began_).count());
        else
            ++plan_.errors;
        plan_.idle.push_back(this);
    }

    plan& plan_;
    unique_fd fd_;
    at at_ = at::connecting;
    uint64_t filled_ = 0;
    clock::time_point began_;
};

// Runs `total` errands, never more than `concurrent` of them on their way at once. @returns the seconds it
// took.
double run(plan& p, std::deque<client>& clients, size_t concurrent, size_t total) {
    const auto began = clock::now();
    size_t begun = 0;
    for (size_t done = 0; done < total;) {
        for (; begun < total && begun - done < concurrent; ++begun) clients.emplace_back(p).begin();
        p.loop.turn(10'000);
        done += std::exchange(p.idle, {}).size();
    }
    return std::chrono::duration<double>(clock::now() - began).count();
}

int measure(example::arguments args) {
    std::vector<std::string_view> words;
    while (args.next()) words.push_back(args.name());
    const auto number = [&](size_t i) { return static_cast<unsigned>(std::stoul(std::string(words.at(i)))); };
    if (words.empty())
        throw example::bad_argument("what shall it be: origin, handshakes, bulk, idle or greeted?");
    if (words[0] == "origin") origin::serve();
    if (words.size() != 5) throw example::bad_argument("four numbers are needed");
    plan p{.what = words[0] == "bulk"      ? errand::fill
                   : words[0] == "idle"    ? errand::stay
                   : words[0] == "greeted" ? errand::greet
                                           : errand::echo,
           .proxy = number(1),
           .port = number(2)};
    std::deque<client> clients;
    if (p.what == errand::fill) {
        const unsigned streams = number(3), mebibytes = number(4);
        p.size = (uint64_t{mebibytes} << 20) / streams;
        const double took = run(p, clients, streams, streams);
        std::printf("%.1f %zu\n", static_cast<double>(p.size * streams) / took / 1e6, p.errors);
        return 0;
    }
    const size_t total = number(4);
    const double took = run(p, clients, number(3), total);
    if (p.what == errand::stay || p.what == errand::greet) {
        std::printf("%zu\n", total - p.errors);
        std::fflush(stdout);
        return std::getchar() == EOF ? 0 : 1;
    }
    auto& us = p.microseconds;
    std::sort(us.begin(), us.end());
    const auto at = [&](size_t percent) { return us.empty() ? 0. : us[us.size() * percent / 101]; };
    std::printf("%.0f %.0f %.0f %.0f %zu\n", static_cast<double>(total) / took, at(50), at(99), at(100),
                p.errors);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("end_to_end_load", [&] { return measure({argc, argv}); });
}
