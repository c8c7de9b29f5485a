// Resolves names to addresses without blocking the loop. getaddrinfo blocks and nothing can interrupt it, so
// threads call it. turns.hpp decides whose name is next, so that a client with many silent names delays no
// other client. An eventfd wakes the thread of the loop, which owns everything except the desk.

#ifndef EXAMPLES_PROXY_RESOLVER_HPP
#define EXAMPLES_PROXY_RESOLVER_HPP

#include <strings.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "../common/event_loop.hpp"
#include "access.hpp"
#include "turns.hpp"

namespace example {

/// Whether a name belongs to Tor. No name service knows it, and a look-up would tell it to strangers.
/// RFC 7686, section 2.
inline bool is_onion(std::string_view name) noexcept {
    constexpr std::string_view last = "onion";
    if (name.ends_with('.')) name.remove_suffix(1);
    const std::string_view label = name.substr(name.rfind('.') + 1);
    return label.size() == last.size() && ::strncasecmp(label.data(), last.data(), last.size()) == 0;
}

/// Who has one share of the threads. Neighbours on one link are different hosts.
inline socks::host shareholder(const socks::host& client) noexcept {
    return socks::is_link_local(client) ? client : client_network(client);
}

class resolver final : public watcher {
    struct task;
    struct question;
    struct withdrawal {
        resolver* from;
        void operator()(question* q) const { from->withdraw(q); }
    };

  public:
    using callback = std::function<void(looked_up)>;

    /// The caller holds it as long as it needs the answer. A question that nobody holds is withdrawn.
    using interest = std::unique_ptr<question, withdrawal>;

    explicit resolver(event_loop& loop) : loop_(loop), desk_(std::make_shared<desk>()) {
        if (!loop.watch(desk_->wake.get(), EPOLLIN, *this)) must(-1, "epoll_ctl");
    }

    // The end of the proxy must not wait for getaddrinfo. The threads keep the desk until they end.
    ~resolver() {
        {
            const std::lock_guard hold(desk_->mutex);
            desk_->closed = true;
        }
        desk_->arrived.notify_all();
    }

    /// Looks up `name` and calls `done` with the result in a later round of the loop. Questions for one name
    /// share a look-up. The resolver must outlive the result.
    /// @param peer  the address of the client whose share of the threads this takes.
    [[nodiscard]] interest resolve(const socks::host& peer, const std::string& name, uint16_t port,
                                   callback done) {
        const socks::host client = shareholder(peer);
        task& t = tasks_[name];
        t.name = name;
        interest asked(new question{&t, client, port, std::move(done)}, {this});
        if (!t.begun && !t.is_asked_by(client)) waiting_.add(client, &t);
        t.askers.push_back(asked.get());
        begin();
        return asked;
    }

    /// The failure of a look-up some seconds ago. Whoever gets one should not ask again.
    [[nodiscard]] std::optional<socks::dial_error> recent_failure(std::string_view name) {
        while (!failures_.empty() && failures_.front().until <= loop_.now()) failures_.pop_front();
        for (const failure& f : failures_)
            if (f.name == name) return f.why;
        return {};
    }

    void ready(uint32_t) override {
        uint64_t count = 0;
        static_cast<void>(uninterrupted([&] { return ::read(desk_->wake.get(), &count, sizeof count); }));
        std::deque<answer> answers;
        {
            const std::lock_guard hold(desk_->mutex);
            answers.swap(desk_->answers);
        }
        for (const answer& a : answers) finish(a);
        begin();
    }

  private:
    static constexpr size_t max_threads = 64;
    static constexpr size_t max_failures = 256;
    static constexpr std::chrono::seconds failure_lasts{5};
    static constexpr std::chrono::seconds idle_limit{10};  // of a thread

    struct question {
        task* about;  // nothing after the answer
        socks::host client;
        uint16_t port;
        callback done;
    };

    // A name that somebody waits for. It is in the queue of each client that asks for it until it has begun.
    struct task {
        std::string name;
        std::deque<question*> askers;
        bool begun = false;
        socks::host payer;  // the client whose place it has

        [[nodiscard]] bool is_asked_by(const socks::host& client) const noexcept {
            return std::any_of(askers.begin(), askers.end(),
                               [&](const question* q) { return q->client == client; });
        }
    };

    struct answer {
        std::string name;
        looked_up found;
    };

    struct failure {
        std::string name;
        socks::dial_error why;
        event_loop::clock::time_point until;
    };

    // The state that the loop and the threads share.
    struct desk {
        std::mutex mutex;
        std::condition_variable arrived;
        std::deque<std::string> names;
        std::deque<answer> answers;
        size_t idle = 0;
        bool closed = false;
        unique_fd wake{must(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd")};
    };

    void begin() {
        while (const auto turn = waiting_.next()) {
            task& t = *turn->item;
            t.begun = true;
            t.payer = turn->client;
            for (const question* q : t.askers) waiting_.remove(q->client, &t);
            {
                const std::lock_guard hold(desk_->mutex);
                desk_->names.push_back(t.name);
                if (desk_->names.size() > desk_->idle) start_thread();
            }
            desk_->arrived.notify_one();
        }
    }

    void finish(const answer& a) {
        const auto node = tasks_.extract(a.name);
        task& t = node.mapped();
        waiting_.finished(t.payer);
        if (a.found.addresses.empty()) remember(a);
        while (!t.askers.empty()) {
            question& q = *t.askers.front();
            t.askers.pop_front();
            q.about = nullptr;
            looked_up found = a.found;
            for (socks::endpoint& e : found.addresses) e.port = q.port;
            const callback done = std::move(q.done);  // it may withdraw its question
            done(std::move(found));
        }
    }

    void withdraw(question* q) {
        const std::unique_ptr<question> gone(q);
        if (q->about == nullptr) return;
        task& t = *q->about;
        std::erase(t.askers, q);
        if (t.begun) return;
        if (!t.is_asked_by(q->client)) waiting_.remove(q->client, &t);
        if (t.askers.empty()) tasks_.erase(t.name);
    }

    // A failure of this machine, for example too few descriptors, says nothing about the name.
    void remember(const answer& a) {
        if (a.found.failure == socks::dial_error::out_of_resources) return;
        if (failures_.size() == max_failures) failures_.pop_front();
        failures_.push_back({a.name, a.found.failure, loop_.now() + failure_lasts});
    }

    // If no thread starts, the name waits for another thread, or for the deadline of the handshake.
    void start_thread() {
        try {
            std::thread([shared = desk_] { work(*shared); }).detach();
        } catch (const std::system_error&) {
        }
    }

    static void work(desk& d) {
        std::unique_lock hold(d.mutex);
        for (;;) {
            ++d.idle;
            d.arrived.wait_for(hold, idle_limit, [&] { return d.closed || !d.names.empty(); });
            --d.idle;
            if (d.closed || d.names.empty()) return;
            const std::string name = std::move(d.names.front());
            d.names.pop_front();
            hold.unlock();
            looked_up found = timed_look_up(name);
            hold.lock();
            d.answers.push_back({name, std::move(found)});
            const uint64_t one = 1;
            static_cast<void>(uninterrupted([&] { return ::write(d.wake.get(), &one, sizeof one); }));
        }
    }

    // getaddrinfo reports a name service that fails and one that is silent by the same number. It waits at
    // least a second for a silent one.
    static looked_up timed_look_up(const std::string& name) {
        const auto began = event_loop::clock::now();
        looked_up found = look_up(name, 0);
        const bool at_once = event_loop::clock::now() - began < std::chrono::seconds(1);
        if (found.failure == socks::dial_error::timed_out && at_once)
            found.failure = socks::dial_error::name_not_resolved;
        return found;
    }

    event_loop& loop_;
    std::shared_ptr<desk> desk_;
    std::unordered_map<std::string, task> tasks_;
    fair_queue<task*> waiting_{max_threads};
    std::deque<failure> failures_;  // the oldest first
};

}  // namespace example

#endif
