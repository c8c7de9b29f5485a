// Resolves names to addresses without blocking the loop. getaddrinfo blocks, so a few threads call it. An
// eventfd wakes the thread of the loop, which owns and calls all callbacks.

#ifndef EXAMPLES_PROXY_RESOLVER_HPP
#define EXAMPLES_PROXY_RESOLVER_HPP

#include <sys/eventfd.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "../common/event_loop.hpp"

namespace example {

class resolver final : public watcher {
  public:
    using callback = std::function<void(looked_up)>;

    explicit resolver(event_loop& loop) : desk_(std::make_shared<desk>()) {
        if (!loop.watch(desk_->wake.get(), EPOLLIN, *this)) must(-1, "epoll_ctl");
    }

    // Nothing can interrupt getaddrinfo, and the end of the proxy must not wait for it. So threads inside it
    // are detached, and keep the desk alive with a shared pointer.
    ~resolver() {
        {
            const std::lock_guard hold(desk_->mutex);
            desk_->closed = true;
            for (size_t i = 0; i < hired_; ++i)
                if (desk_->looking_up[i]) threads_[i].detach();
        }
        desk_->arrived.notify_all();
        for (std::thread& t : threads_)
            if (t.joinable()) t.join();
    }

    /// The caller holds it as long as it needs the answer.
    using interest = std::shared_ptr<const void>;

    /// Looks up `name` and calls `done` with the result in a later round of the loop. If the interest is
    /// released before, the name is not looked up, so that abandoned questions do not delay others.
    [[nodiscard]] interest resolve(std::string name, uint16_t port, callback done) {
        callbacks_.emplace(++last_, std::move(done));
        interest asker = std::make_shared<uint64_t>(last_);
        {
            const std::lock_guard hold(desk_->mutex);
            desk_->questions.push_back({last_, std::move(name), port, asker});
            if (desk_->questions.size() > desk_->idle && hired_ < max_threads) hire();
        }
        desk_->arrived.notify_one();
        return asker;
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
            asked.mapped()(std::move(a.found));
        }
    }

  private:
    static constexpr size_t max_threads = 4;

    struct question {
        uint64_t id;
        std::string name;
        uint16_t port;
        std::weak_ptr<const void> asker;
    };
    struct answer {
        uint64_t id;
        looked_up found;
    };

    // The state that the loop and the threads share.
    struct desk {
        std::mutex mutex;
        std::condition_variable arrived;
        std::deque<question> questions;
        std::deque<answer> answers;
        std::array<bool, max_threads> looking_up{};
        size_t idle = 0;
        bool closed = false;
        unique_fd wake{must(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")};
    };

    // If no thread starts, the question waits for another thread, or for the deadline of the handshake.
    void hire() {
        try {
            threads_[hired_] = std::thread([shared = desk_, i = hired_] { work(*shared, i); });
            ++hired_;
        } catch (const std::system_error&) {
        }
    }

    static void work(desk& d, size_t me) {
        std::unique_lock hold(d.mutex);
        for (;;) {
            ++d.idle;
            d.arrived.wait(hold, [&] { return d.closed || !d.questions.empty(); });
            --d.idle;
            if (d.closed) return;
            const question q = std::move(d.questions.front());
            d.questions.pop_front();
            d.looking_up[me] = true;
            hold.unlock();
            looked_up found;
            if (!q.asker.expired()) found = look_up(q.name, q.port);
            hold.lock();
            d.looking_up[me] = false;
            d.answers.push_back({q.id, std::move(found)});
            const uint64_t one = 1;
            static_cast<void>(uninterrupted([&] { return ::write(d.wake.get(), &one, sizeof one); }));
        }
    }

    std::shared_ptr<desk> desk_;
    std::array<std::thread, max_threads> threads_;
    size_t hired_ = 0;
    std::unordered_map<uint64_t, callback> callbacks_;
    uint64_t last_ = 0;
};

}  // namespace example

#endif
