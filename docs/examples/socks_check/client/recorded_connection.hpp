// A connection of the client to the scripted proxy: bytes both ways until a deadline, recorded and bounded.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_RECORDED_CONNECTION_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_RECORDED_CONNECTION_HPP

#include <netinet/in.h>
#include <netinet/tcp.h>

#include "../../common/client_io.hpp"

namespace example::client_mode {

/// The client ended the connection, or sent nothing more, before the script was over.
class interrupted_script : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

class recorded_connection {
  public:
    using milliseconds = std::chrono::milliseconds;
    using time_point = deadline::clock::time_point;

    /// Bytes of one direction, or words about something that happened.
    struct event {
        bool by_client = true;
        std::string bytes{};
        std::string words{};
    };

    recorded_connection(unique_fd connection, const deadline& until)
        : until_(until), connection_(std::move(connection)) {
        const int on = 1;  // a segment for each call
        ::setsockopt(connection_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }

    [[nodiscard]] const std::vector<event>& events() const noexcept { return events_; }

    /// The bytes that were received and that nobody has taken.
    [[nodiscard]] const std::string& pending() const noexcept { return in_; }

    /// Whether the client may still send.
    [[nodiscard]] bool is_open() const noexcept { return connection_ && !client_ended_; }

    /// Sends bytes at once. Throws if the client has ended the connection.
    void put(std::string_view bytes) {
        record({false, std::string(bytes.substr(0, most_recorded))});
        while (!bytes.empty()) {
            pollfd watched{connection_.get(), POLLOUT, 0};
            const auto poll = [&] { return ::poll(&watched, 1, static_cast<int>(until_.left().count())); };
            if (must(uninterrupted(poll), "poll") == 0)
                throw interrupted_script("the client did not take an answer in time");
            const ssize_t n = uninterrupted([&] {
                return ::send(connection_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
            });
            if (n < 0 && errno != EAGAIN)
                throw interrupted_script("the client ended the connection before it had the answer");
            if (n > 0) bytes.remove_prefix(static_cast<size_t>(n));
        }
    }

    /// @returns the bytes that the client sends within this time. They stay unread.
    std::string_view listen_for(milliseconds time) {
        const time_point end = deadline::clock::now() + time;
        while (receive_until(end)) {
        }
        return in_;
    }

    /// Waits. Bytes that come are kept.
    void pause(milliseconds time) { listen_for(time); }

    /// Sends nothing until the client ends the connection.
    void stay_silent() {
        while (receive_until(until_.end())) {
        }
    }

    void end_stream() {
        if (!connection_) return;
        record({true, {}, "the proxy ends its stream"});
        ::shutdown(connection_.get(), SHUT_WR);
    }
    void close_now() { connection_.reset(); }
    void reset_now() {
        record({true, {}, "the proxy resets the connection"});
        reset_on_close(connection_.get());
        connection_.reset();
    }

  protected:
    [[nodiscard]] time_point end_of_time() const noexcept { return until_.end(); }
    [[nodiscard]] bool client_has_ended() const noexcept { return client_ended_; }

    /// Removes bytes from the front of those that are unread.
    std::string take(size_t size) {
        std::string taken = in_.substr(0, size);
        in_.erase(0, size);
        return taken;
    }
    std::string take_all() { return std::exchange(in_, {}); }

    /// Waits for bytes until `end`, or until the deadline. @returns false if none have come.
    bool receive_until(time_point end) {
        if (!is_open()) return false;
        const auto left =
            std::chrono::ceil<milliseconds>(std::min(end, until_.end()) - deadline::clock::now());
        pollfd watched{connection_.get(), POLLIN, 0};
        const auto poll = [&] {
            return ::poll(&watched, 1, static_cast<int>(std::max(left, milliseconds(0)).count()));
        };
        if (must(uninterrupted(poll), "poll") == 0) return false;
        std::array<char, 4096> room;
        const auto receive = [&] {
            return ::recv(connection_.get(), room.data(), room.size(), MSG_DONTWAIT);
        };
        const ssize_t n = uninterrupted(receive);
        if (n < 0 && errno == EAGAIN) return true;
        if (n <= 0) {
            client_ended_ = true;
            record({true, {}, n < 0 ? "the client resets the connection" : "the client ends its stream"});
            return false;
        }
        record({true, {room.data(), static_cast<size_t>(n)}});
        if (in_.size() < most_unread) in_.append(room.data(), static_cast<size_t>(n));
        return true;
    }

  private:
    static constexpr size_t most_recorded = 4096;
    static constexpr size_t most_events = 300;
    static constexpr size_t most_unread = 1024 * 1024;

    void record(event e) {
        if (events_.size() < most_events) events_.push_back(std::move(e));
    }

    deadline until_;
    unique_fd connection_;
    bool client_ended_ = false;
    std::string in_;
    std::vector<event> events_;
};

}  // namespace example::client_mode

#endif
