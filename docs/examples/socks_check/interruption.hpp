// Ctrl-C and its relatives: a last action, and then the usual end by the signal.

#ifndef EXAMPLES_SOCKS_CHECK_INTERRUPTION_HPP
#define EXAMPLES_SOCKS_CHECK_INTERRUPTION_HPP

#include <atomic>
#include <csignal>
#include <cstdio>
#include <exception>
#include <functional>
#include <thread>

namespace example {

/// While it lives, SIGINT, SIGTERM and SIGHUP run an action in another thread and then end the program.
/// Threads that start meanwhile do not get these signals.
class interruption {
  public:
    explicit interruption(std::function<void()> last_action) : last_action_(std::move(last_action)) {
        ::sigemptyset(&signals_);
        ::sigaddset(&signals_, wake_up);
        for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
            struct sigaction now {};
            ::sigaction(number, nullptr, &now);
            if (now.sa_handler != SIG_IGN) ::sigaddset(&signals_, number);  // nohup ignores SIGHUP
        }
        ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
        waiter_ = std::thread([this] { wait(); });
    }
    interruption(const interruption&) = delete;
    interruption& operator=(const interruption&) = delete;
    ~interruption() {
        over_ = true;
        ::pthread_kill(waiter_.native_handle(), wake_up);
        waiter_.join();
        ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
    }

  private:
    static constexpr int wake_up = SIGUSR1;

    void wait() noexcept {
        int number = wake_up;
        while (number == wake_up && !over_) ::sigwait(&signals_, &number);
        if (number == wake_up) return;
        try {
            last_action_();
        } catch (const std::exception& e) {
            std::fprintf(stderr, "socks-check: %s\n", e.what());
        }
        std::signal(number, SIG_DFL);
        ::pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
        std::raise(number);
    }

    std::function<void()> last_action_;
    sigset_t signals_{};
    sigset_t before_{};
    std::atomic<bool> over_ = false;
    std::thread waiter_;
};

}  // namespace example

#endif
