// Something that runs operations on a ring, and that stays in memory until the last of them has completed.

#ifndef EXAMPLES_IO_URING_TASK_HPP
#define EXAMPLES_IO_URING_TASK_HPP

#include <set>

#include "ring.hpp"

class task {
  public:
    task(const task&) = delete;
    task& operator=(const task&) = delete;

    /// Cancels its operations. They use its memory and its descriptors until they have completed, so the task
    /// deletes itself after the last one.
    void end() {
        over_ = true;
        for (operation* op : pending_) ring_.cancel(*op);
    }

    static void end_all() {
        for (task* t : all_) t->end();
    }

  protected:
    explicit task(ring& r) : ring_(r) { all_.insert(this); }
    virtual ~task() { all_.erase(this); }

    /// As ring::start(). After end(), `completed` is not called any more.
    template <class Completed, class... Arguments>
    void start(operation& op, Completed completed, Arguments... arguments) {
        pending_.insert(&op);
        const auto done = [this, &op, completed](int result) {
            pending_.erase(&op);
            if (!over_) completed(result);
            if (over_ && pending_.empty()) delete this;
        };
        ring_.start(op, done, arguments...);
    }

    ring& ring_;

  private:
    inline static std::set<task*> all_;

    std::set<operation*> pending_;
    bool over_ = false;
};

#endif
