// Names to addresses without holding up the loop: getaddrinfo blocks, so a few threads call it, and an eventfd
// brings the answers back to the loop's thread, where all callbacks live and run.

#ifndef EXAMPLES_RESOLVER_HPP
#define EXAMPLES_RESOLVER_HPP

#include <sys/eventfd.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "event_loop.hpp"

namespace example {

class resolver final : public watcher {
  public:
    using callback = std::function<void(std::vector<socks::endpoint>)>;

    explicit resolver(event_loop& loop) : desk_(std::make_shared<desk>()) {
        if (!loop.watch(desk_->wake.get(), EPOLLIN, *this)) must(-1, "epoll_ctl");
    }

    ~resolver() {
        const std::lock_guard hold(desk_->mutex);
        desk_->closed = true;
        desk_->arrived.notify_all();
    }

    /// Looks `name` up and calls `done` with its addresses, or with none, in a later round of the loop.
    void resolve(std::string name, uint16_t port, callback done) {
        callbacks_.emplace(++last_, std::move(done));
        const std::lock_guard hold(desk_->mutex);
        desk_->questions.push_back({last_, std::move(name), port});
        if (desk_->questions.size() > desk_->idle && desk_->threads < max_threads) hire();
        desk_->arrived.notify_one();
    }

    void ready(uint32_t) override {
        uint64_t count = 0;
        static_cast<void>(uninterrupted([&] { return ::read(desk_->wake.get(), &count, sizeof count); }));
        std::deque<answer> answers;
        {
            const std::lock_guard hold(desk_->mutex);
            answers.swap(desk_->answers);
        }
        for (answer& a : answers) {
            const auto asked = callbacks_.extract(a.id);
            asked.mapped()(std::move(a.addresses));
        }
    }

  private:
    static constexpr unsigned max_threads = 4;

    struct question {
        uint64_t id;
        std::string name;
        uint16_t port;
    };
    struct answer {
        uint64_t id;
        std::vector<socks::endpoint> addresses;
    };

    // What the loop and the threads share.
    struct desk {
        std::mutex mutex;
        std::condition_variable arrived;
        std::deque<question> questions;
        std::deque<answer> answers;
        size_t idle = 0;
        unsigned threads = 0;
        bool closed = false;
        unique_fd wake{must(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")};
    };

    // The threads are detached and share the desk: nothing can interrupt getaddrinfo, and nobody who stops the
    // proxy wants to wait for it.
    void hire() {
        std::thread([shared = desk_] { work(*shared); }).detach();
        ++desk_->threads;
    }

    static void work(desk& d) {
        std::unique_lock hold(d.mutex);
        for (;;) {
            ++d.idle;
            d.arrived.wait(hold, [&] { return d.closed || !d.questions.empty(); });
            --d.idle;
            if (d.closed) return;
            const question q = std::move(d.questions.front());
            d.questions.pop_front();
            hold.unlock();
            std::vector<socks::endpoint> addresses = look_up(q.name, q.port);
            hold.lock();
            d.answers.push_back({q.id, std::move(addresses)});
            const uint64_t one = 1;
            static_cast<void>(uninterrupted([&] { return ::write(d.wake.get(), &one, sizeof one); }));
        }
    }

    std::shared_ptr<desk> desk_;
    std::unordered_map<uint64_t, callback> callbacks_;
    uint64_t last_ = 0;
};

}  // namespace example

#endif
