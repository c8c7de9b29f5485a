// Runs a function in a child process, counts its instructions one by one, and looks into the memory that it
// leaves behind. Both are exact and need no tool: the kernel steps the child (ptrace). For Linux.

#ifndef SOCKS_TESTS_OPTIMISED_TRACED_HPP
#define SOCKS_TESTS_OPTIMISED_TRACED_HPP

#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <socks/core/bytes.hpp>

namespace traced {

/// What is measured. It is called through a pointer that the compiler cannot follow, so neither the function
/// nor its input is known when it is compiled; the result keeps the work from being left out.
using function = size_t (*)(socks::bytes);
inline volatile size_t result;

/// A child that has called `f(input)` and stopped. Check ran() before all else.
class child {
  public:
    child(function f, socks::bytes input) noexcept : frame_(static_cast<char*>(__builtin_frame_address(0))) {
        stay_here();
        const function volatile called = f;
        result = called(input);  // so that no library function is bound while it is counted
        ::raise(0);
        id_ = ::fork();
        if (id_ == 0) {
            if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0) {
                ::raise(SIGSTOP);
                result = called(input);
                ::raise(SIGSTOP);
            }
            ::_exit(1);
        }
        ran_ = stopped_by() == SIGSTOP && run();
    }
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child() {
        if (id_ <= 0) return;
        ::kill(id_, SIGKILL);
        ::waitpid(id_, nullptr, 0);
    }

    [[nodiscard]] bool ran() const noexcept { return ran_; }

    /// Instructions of the call, and of stopping before and after it.
    [[nodiscard]] uint64_t steps() const noexcept { return steps_; }

    /// Whether `text` is anywhere in what the call has left on the stack.
    [[nodiscard]] bool left_on_stack(socks::bytes text) const noexcept {
        constexpr size_t depth = 64 * size_t{1024};
        static char stack[depth];
        bool found = false;
        // What lies deeper than the stack has ever been is not there to be read.
        for (size_t size = depth; size >= 1024 && !found; size /= 2) {
            const iovec to{stack, size};
            const iovec from{frame_ - size, size};
            const ssize_t got = ::process_vm_readv(id_, &to, 1, &from, 1, 0);
            for (size_t i = 0; got > 0 && i + text.size() <= static_cast<size_t>(got) && !found; ++i)
                found = socks::bytes(stack + i, text.size()) == text;
        }
        return found;
    }

  private:
    static constexpr uint64_t most_steps = 2'000'000;

    // Both on one processor: each of them always waits for the other, and on two each of them would be woken
    // up anew.
    static void stay_here() noexcept {
        cpu_set_t here;
        CPU_ZERO(&here);
        CPU_SET(static_cast<size_t>(::sched_getcpu()), &here);
        ::sched_setaffinity(0, sizeof here, &here);
    }

    // The signal that has stopped it, or 0 if it has ended.
    [[nodiscard]] int stopped_by() const noexcept {
        int status = 0;
        return id_ > 0 && ::waitpid(id_, &status, 0) == id_ && WIFSTOPPED(status) ? WSTOPSIG(status) : 0;
    }

    // From the first stop to the second.
    bool run() noexcept {
        while (steps_ != most_steps) {
            if (::ptrace(PTRACE_SINGLESTEP, id_, nullptr, nullptr) != 0) return false;
            ++steps_;
            const int signal = stopped_by();
            if (signal != SIGTRAP) return signal == SIGSTOP;
        }
        return false;
    }

    char* frame_;
    pid_t id_ = 0;
    bool ran_ = false;
    uint64_t steps_ = 0;
};

/// The instructions of `f(input)`; 0 if it could not be run.
inline uint64_t instructions(function f, socks::bytes input) noexcept {
    const child idle([](socks::bytes) { return size_t{0}; }, input);
    const child busy(f, input);
    return idle.ran() && busy.ran() ? busy.steps() - idle.steps() + 1 : 0;
}

}  // namespace traced

#endif
