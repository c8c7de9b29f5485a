// Carries the bytes of a connection both ways. What is cut off never looks complete: if one way fails, the
// connection is reset and the program fails.

#ifndef EXAMPLES_COMMON_TWO_WAYS_HPP
#define EXAMPLES_COMMON_TWO_WAYS_HPP

#include <array>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>

#include "client_io.hpp"

namespace example {

/// The peer accepts no more bytes. What it has sent before may still be in the buffers of the system.
struct cannot_send : std::runtime_error {
    using std::runtime_error::runtime_error;
};

template <class Work>
void sending(Work work) {
    try {
        work();
    } catch (const std::exception& e) {
        throw cannot_send(e.what());
    }
}

/// Runs two functions, each in its own thread, until both have ended. With one thread, this program and the
/// destination could wait for each other for ever if the destination sends before it reads. If one function
/// throws, this throws its exception at once. The other one may wait for standard input, so it is left
/// behind, and the program must end. Only after cannot_send the other one continues to its end.
template <class Up, class Down>
void run_both(Up up, Down down) {
    struct state {
        std::mutex guard;
        std::condition_variable changed;
        int running = 2;
        bool urgent = false;
        std::exception_ptr failure;
    };
    const auto shared = std::make_shared<state>();
    const auto start = [&shared](auto work) {
        std::thread([shared, work]() mutable {
            std::exception_ptr failure;
            bool urgent = false;
            try {
                work();
            } catch (const cannot_send&) {
                failure = std::current_exception();
            } catch (...) {
                failure = std::current_exception();
                urgent = true;
            }
            const std::lock_guard lock(shared->guard);
            if (!shared->failure) shared->failure = failure;
            shared->urgent |= urgent;
            --shared->running;
            shared->changed.notify_one();
        }).detach();
    };
    start(std::move(up));
    start(std::move(down));
    std::unique_lock lock(shared->guard);
    shared->changed.wait(lock, [&] { return shared->running == 0 || shared->urgent; });
    if (shared->failure) std::rethrow_exception(shared->failure);
}

/// Ends an output. A socket may be the input too, so close() alone does not end it.
inline void end_output(int fd, const char* what) {
    if (::shutdown(fd, SHUT_WR) == 0) return;
    if (errno != ENOTSOCK) must(-1, what);
    must(::close(fd), what);
}

inline constexpr const char* input_fails = "cannot read standard input";
inline constexpr const char* output_fails = "cannot write standard output";

/// Connects standard input and output to `proxy` until both ways have ended. Writes `early` first.
/// @param half_close  whether the end of the input ends the stream to the destination too.
inline void relay(unique_fd connection, std::string early, bool half_close = true) {
    const auto kept = std::make_shared<unique_fd>(std::move(connection));  // until both threads have ended
    const int proxy = kept->get();
    const std::string at = "the proxy at " + text(remote_endpoint(proxy));
    const std::string receive_fails = "cannot receive from " + at;
    const std::string send_fails = "cannot send to " + at;
    try {
        run_both(
            [=, keep = kept] {
                std::array<char, 64 * 1024> room;
                while (const size_t n = read_some(STDIN_FILENO, room, input_fails))
                    sending([&] { write_all(proxy, {room.data(), n}, send_fails.c_str()); });
                if (half_close) sending([&] { must(::shutdown(proxy, SHUT_WR), send_fails.c_str()); });
            },
            [=, keep = kept] {
                write_all(STDOUT_FILENO, early, output_fails);
                std::array<char, 64 * 1024> room;
                while (const size_t n = read_some(proxy, room, receive_fails.c_str()))
                    write_all(STDOUT_FILENO, {room.data(), n}, output_fails);
                end_output(STDOUT_FILENO, output_fails);
            });
    } catch (...) {
        reset_on_close(proxy);
        throw;
    }
}

}  // namespace example

#endif
