// A ring of io_uring whose completions call functions. It needs Linux 5.11.

#ifndef EXAMPLES_IO_URING_RING_HPP
#define EXAMPLES_IO_URING_RING_HPP

#include <errno.h>
#include <liburing.h>
#include <unistd.h>

#include <functional>
#include <system_error>
#include <utility>

/// A file descriptor and its owner.
class descriptor {
  public:
    descriptor() = default;
    explicit descriptor(int fd) : fd_(fd) {}
    descriptor(descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    descriptor& operator=(descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~descriptor() {
        if (fd_ >= 0) close(fd_);
    }

    [[nodiscard]] int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

/// One operation at a time. It must stay in memory until it has completed, and so must all that it uses. This
/// holds after cancel() too.
struct operation {
    std::function<void(int result)> completed;
    bool pending = false;
};

class ring {
  public:
    ring() { must(io_uring_queue_init(256, &ring_, 0), "io_uring_queue_init"); }
    ~ring() { io_uring_queue_exit(&ring_); }
    ring(const ring&) = delete;
    ring& operator=(const ring&) = delete;

    /// Starts an operation. `prepare` is one of io_uring_prep_*. `completed` gets the result of the operation
    /// or a negated errno.
    template <class Prepare, class... Arguments>
    void start(operation& op, std::function<void(int)> completed, Prepare prepare, Arguments... arguments) {
        op.completed = std::move(completed);
        op.pending = true;
        ++pending_;
        submit(&op, prepare, arguments...);
    }

    /// The operation still completes: with -ECANCELED, or with its result.
    void cancel(operation& op) {
        void* const which = &op;
        if (op.pending) submit(nullptr, io_uring_prep_cancel, which, 0);
    }

    /// Sets another time for a timeout that has not passed yet.
    void prolong(operation& op, __kernel_timespec& time) {
        submit(nullptr, io_uring_prep_timeout_update, &time, reinterpret_cast<uintptr_t>(&op), 0U);
    }

    /// Waits for completions until no operation is pending.
    void run() {
        while (pending_ != 0) {
            const int waited = io_uring_submit_and_wait(&ring_, 1);
            const bool again = waited == -EINTR || waited == -EAGAIN || waited == -EBUSY;
            if (!again) must(waited, "io_uring_submit_and_wait");
            io_uring_cqe* done = nullptr;
            while (io_uring_peek_cqe(&ring_, &done) == 0) {
                auto* const op = static_cast<operation*>(io_uring_cqe_get_data(done));
                const int result = done->res;
                io_uring_cqe_seen(&ring_, done);
                if (op != nullptr) complete(*op, result);
            }
        }
    }

  private:
    template <class Prepare, class... Arguments>
    void submit(operation* op, Prepare prepare, Arguments... arguments) {
        io_uring_sqe* entry = io_uring_get_sqe(&ring_);
        if (entry == nullptr) {  // the queue is full
            must(io_uring_submit(&ring_), "io_uring_submit");
            entry = io_uring_get_sqe(&ring_);
        }
        prepare(entry, arguments...);
        io_uring_sqe_set_data(entry, op);
    }

    static void must(int result, const char* what) {
        if (result < 0) throw std::system_error(-result, std::generic_category(), what);
    }

    // The operation may start again, or be destroyed, before `completed` returns.
    void complete(operation& op, int result) {
        const auto completed = std::move(op.completed);
        op.pending = false;
        --pending_;
        completed(result);
    }

    io_uring ring_{};
    int pending_ = 0;
};

#endif
