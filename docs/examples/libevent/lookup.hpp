// Looks up a host name in a thread of its own, because getaddrinfo() blocks. The loop watches a descriptor.

#ifndef EXAMPLES_LIBEVENT_LOOKUP_HPP
#define EXAMPLES_LIBEVENT_LOOKUP_HPP

#include <errno.h>
#include <netdb.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <memory>
#include <socks/socks.hpp>
#include <socks/system/getaddrinfo.hpp>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

class lookup {
  public:
    explicit lookup(const socks::endpoint& to) {
        char room[socks::max_text_host];
        work_->host = std::string_view(socks::format(to.host, room).data());
        work_->port = std::to_string(to.port);
        if (work_->ready < 0)
            work_->failure = socks::dial_error::out_of_resources;
        else if (to.host.kind() == socks::host_kind::name)
            start();
        else
            work_->run(AI_NUMERICHOST);  // does not block
    }

    /// It becomes readable when the result is there. If it is -1, the look-up has failed already.
    [[nodiscard]] int descriptor() const { return work_->ready; }

    /// The addresses, when the descriptor is readable. If it is nullptr, failure() is the reason.
    [[nodiscard]] const addrinfo* addresses() {
        eventfd_t one = 0;
        eventfd_read(work_->ready, &one);  // what the thread has written before it, this thread can read
        return work_->found;
    }
    [[nodiscard]] socks::dial_error failure() const { return work_->failure; }

  private:
    struct work {
        int ready = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        std::string host;
        std::string port;
        addrinfo* found = nullptr;
        socks::dial_error failure = socks::dial_error::other;

        work() = default;
        work(const work&) = delete;
        work& operator=(const work&) = delete;
        ~work() {
            if (found != nullptr) freeaddrinfo(found);
            if (ready >= 0) close(ready);
        }

        void run(int flags) {
            addrinfo hints{};
            hints.ai_flags = flags;
            hints.ai_socktype = SOCK_STREAM;
            const int failed = getaddrinfo(host.c_str(), port.c_str(), &hints, &found);
            finish(socks::dial_error_from_getaddrinfo(failed, errno));
        }

        void finish(socks::dial_error why) {
            failure = why;
            eventfd_write(ready, 1);
        }
    };

    // The thread has a share of the work, because the look-up may be destroyed before the thread ends.
    void start() {
        try {
            std::thread([work = work_] { work->run(0); }).detach();
        } catch (const std::system_error&) {
            work_->finish(socks::dial_error::out_of_resources);
        }
    }

    std::shared_ptr<work> work_ = std::make_shared<work>();
};

#endif
