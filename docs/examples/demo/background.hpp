// A thread that runs until its owner is destroyed.

#ifndef EXAMPLES_DEMO_BACKGROUND_HPP
#define EXAMPLES_DEMO_BACKGROUND_HPP

#include <sys/eventfd.h>

#include <cstdint>
#include <thread>

#include "../common/posix.hpp"

namespace example {

/// Runs `work(stop)` in its own thread. The descriptor `stop` becomes readable when `work` must return.
class background {
  public:
    template <class Work>
    explicit background(Work work) : thread_([this, work] { work(stop_.get()); }) {}
    background(const background&) = delete;
    background& operator=(const background&) = delete;
    ~background() {
        const uint64_t one = 1;
        static_cast<void>(uninterrupted([&] { return ::write(stop_.get(), &one, sizeof one); }));
        thread_.join();
    }

  private:
    unique_fd stop_{must(::eventfd(0, EFD_CLOEXEC), "eventfd")};
    std::thread thread_;
};

}  // namespace example

#endif
