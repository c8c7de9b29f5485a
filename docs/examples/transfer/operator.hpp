// The clock of a transfer, and its operator. The operator restarts a held transfer with a line START on
// standard input, or with SIGUSR1.

#ifndef EXAMPLES_TRANSFER_OPERATOR_HPP
#define EXAMPLES_TRANSFER_OPERATOR_HPP

#include <poll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <climits>
#include <csignal>

#include "../common/client_io.hpp"

namespace example {

/// Seconds since the program began. Only advance_to() moves a virtual clock, and it takes no time.
class transfer_clock {
  public:
    explicit transfer_clock(bool is_virtual) noexcept : virtual_(is_virtual) {}

    [[nodiscard]] bool is_virtual() const noexcept { return virtual_; }
    [[nodiscard]] uint64_t now() const noexcept {
        const auto real = std::chrono::steady_clock::now() - begin_;
        return virtual_
                   ? now_
                   : static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(real).count());
    }
    /// 0 for a time in the past, because the clock may have advanced since the caller computed it.
    [[nodiscard]] uint64_t seconds_until(uint64_t when) const noexcept {
        return when - std::min(when, now());
    }
    void advance_to(uint64_t when) noexcept { now_ = std::max(now_, when); }

  private:
    bool virtual_;
    uint64_t now_ = 0;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// Receives START. Construct it before any other thread, so that no other thread takes the signal.
class transfer_operator {
  public:
    /// @param reads_input  whether standard input carries lines of the operator instead of data.
    explicit transfer_operator(bool reads_input) : input_ended_(!reads_input) {
        sigset_t start;
        ::sigemptyset(&start);
        ::sigaddset(&start, SIGUSR1);
        must(::sigprocmask(SIG_BLOCK, &start, nullptr), "sigprocmask");
        signals_ = unique_fd(must(::signalfd(-1, &start, SFD_CLOEXEC), "signalfd"));
    }

    /// Whether standard input has ended, so that START can arrive only as a signal.
    [[nodiscard]] bool input_ended() const noexcept { return input_ended_; }

    /// Waits for START, at most `seconds`. @returns whether it arrived.
    bool starts_within(uint64_t seconds) {
        using std::chrono::milliseconds;
        using clock = std::chrono::steady_clock;
        const auto begin = clock::now();
        const uint64_t wait = seconds * 1000;
        for (;;) {
            const auto gone =
                static_cast<uint64_t>(std::chrono::duration_cast<milliseconds>(clock::now() - begin).count());
            if (gone >= wait) return false;
            std::array<pollfd, 2> watched{
                {{signals_.get(), POLLIN, 0}, {input_ended_ ? -1 : STDIN_FILENO, POLLIN, 0}}};
            const int left = static_cast<int>(std::min<uint64_t>(wait - gone, INT_MAX));
            must(uninterrupted([&] { return ::poll(watched.data(), watched.size(), left); }), "poll");
            if (watched[0].revents != 0 && is_signalled()) return true;
            if (watched[1].revents != 0 && is_typed()) return true;
        }
    }

    /// Waits for START. If `input_only` is set, no signal is expected. The end of standard input then ends
    /// the wait.
    bool starts(bool input_only) {
        while (!input_only || !input_ended_)
            if (starts_within(1)) return true;
        return false;
    }

  private:
    bool is_signalled() {
        signalfd_siginfo info;
        return ::read(signals_.get(), &info, sizeof info) == sizeof info;
    }

    // Reads one more character of the line. @returns true if the line is complete and is START.
    bool is_typed() {
        char c = 0;
        if (read_some(STDIN_FILENO, {&c, 1}) == 0) {
            input_ended_ = true;
        } else if (c != '\n') {
            if (line_.size() < 80 && c != '\r') line_ += c;
            return false;
        }
        const bool start = socks::same_word(line_, "START");
        line_.clear();
        return start;
    }

    unique_fd signals_;
    std::string line_;
    bool input_ended_;
};

}  // namespace example

#endif
