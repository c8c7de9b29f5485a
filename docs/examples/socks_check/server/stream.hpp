// A TCP connection of a case: the client's to the proxy, or the proxy's to a destination. Each read has a
// deadline, and all that happens is recorded.

#ifndef EXAMPLES_SOCKS_CHECK_SERVER_STREAM_HPP
#define EXAMPLES_SOCKS_CHECK_SERVER_STREAM_HPP

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <optional>

#include "../../common/client_io.hpp"
#include "../runner.hpp"
#include "messages.hpp"

namespace example {

/// How the other end left a stream.
enum class ending { open, closed, reset };

inline const char* to_string(ending e) noexcept {
    switch (e) {
        case ending::open: return "left the connection open";
        case ending::closed: return "closed the connection";
        case ending::reset: return "reset the connection";
    }
    return "";
}

/// What arrived until the stream ended, or until the time was up.
struct remainder {
    std::string bytes;
    ending how = ending::open;
};

class stream {
  public:
    using seconds = std::chrono::seconds;

    /// @param destination  empty for a connection to the proxy; otherwise the name of this end in the record.
    stream(unique_fd fd, seconds patience, evidence& record, std::string destination = {})
        : fd_(std::move(fd)), patience_(patience), record_(&record), destination_(std::move(destination)) {
        const int on = 1;  // each piece is a segment of its own
        ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] evidence& record() const noexcept { return *record_; }
    [[nodiscard]] seconds patience() const noexcept { return patience_; }

    /// Sends all bytes. If the other end has gone, the read that follows reports it.
    void send(std::string_view bytes) {
        note_bytes(true, bytes);
        try {
            write_all(fd_.get(), bytes, deadline(patience_));
        } catch (const std::system_error& e) {
            note(std::string("could not send: ") + e.code().message());
        }
    }

    /// Sends the bytes in pieces, with a pause after each.
    void send_pieces(std::string_view bytes, size_t size,
                     std::chrono::milliseconds pause = std::chrono::milliseconds(2)) {
        for (; !bytes.empty(); bytes.remove_prefix(std::min(size, bytes.size()))) {
            send(bytes.substr(0, size));
            std::this_thread::sleep_for(pause);
        }
    }

    void half_close() {
        note("ends its direction");
        ::shutdown(fd_.get(), SHUT_WR);
    }

    void close() {
        note("closes");
        fd_.reset();
    }

    void reset() {
        note("resets the connection");
        reset_on_close(fd_.get());
        fd_.reset();
    }

    /// Exactly `n` bytes. @param what  "the method selection", for a failure.
    std::string take(size_t n, const std::string& what) {
        const deadline until(patience_);
        while (received_.size() < n && how_ == ending::open && !until.passed()) receive(until);
        if (received_.size() < n) throw failed(what, came());
        std::string bytes = received_.substr(0, n);
        received_.erase(0, n);
        return bytes;
    }

    /// These bytes. The first other byte is a failure. Each 64 KiB have the deadline anew, so a peer that
    /// sends a byte at a time ends the case.
    void expect(std::string_view bytes, const std::string& what) {
        size_t equal = 0, renewed = 0;
        for (deadline until(patience_);;) {
            const size_t n = std::min(received_.size(), bytes.size());
            while (equal < n && received_[equal] == bytes[equal]) ++equal;
            if (equal == bytes.size()) break;
            if (equal < n || how_ != ending::open || until.passed()) fail(bytes, what, equal);
            receive(until);
            if (equal - renewed >= 64 * 1024) {
                until = until.again();
                renewed = equal;
            }
        }
        received_.erase(0, bytes.size());
    }

    /// All that arrives until the stream ends, at most for this time and 64 KiB.
    remainder drain(seconds limit) {
        const deadline until(limit);
        while (received_.size() < 64 * 1024 && how_ == ending::open) {
            receive(until);  // also if the time is up already
            if (until.passed()) break;
        }
        if (how_ == ending::open && limit.count() != 0)
            note("hears nothing more within " + std::to_string(limit.count()) + " s");
        return {std::exchange(received_, {}), how_};
    }
    /// What has arrived already.
    remainder drain() { return drain(seconds(0)); }

    /// The end of the stream without a byte before it. A reset is an end too, unless `orderly`.
    void expect_end(const std::string& when, seconds limit, bool orderly = false) {
        const remainder rest = drain(limit);
        if (!rest.bytes.empty())
            throw failed(who() + " closes " + when, who() + " sent " + shown(rest.bytes));
        if (rest.how == ending::open)
            throw failed(who() + " closes " + when,
                         who() + " kept the connection open for " + std::to_string(limit.count()) + " s");
        if (orderly && rest.how == ending::reset)
            throw failed(who() + " closes " + when, who() + " reset it");
    }

    /// Whether a byte, or the end, arrives within this time.
    bool hears(std::chrono::milliseconds limit) {
        pollfd watched{fd_.get(), POLLIN, 0};
        return !received_.empty() || how_ != ending::open ||
               uninterrupted([&] { return ::poll(&watched, 1, static_cast<int>(limit.count())); }) > 0;
    }

    /// Whether the stream ends before a byte arrives.
    bool ends_silently(seconds limit) {
        const deadline until(limit);
        while (received_.empty() && how_ == ending::open && !until.passed()) receive(until);
        return received_.empty() && how_ != ending::open;
    }

    void note(const std::string& words) {
        record_->note((destination_.empty() ? "the client " : destination_ + ' ') + words);
    }

  private:
    [[nodiscard]] std::string who() const { return "the proxy"; }

    [[noreturn]] void fail(std::string_view bytes, const std::string& what, size_t equal) const {
        if (bytes.size() <= 24) throw failed(what + " (" + shown(bytes) + ")", came());
        const std::string so_far =
            std::to_string(equal) + " of " + std::to_string(bytes.size()) + " bytes came, then ";
        if (received_.size() > equal) throw failed(what, so_far + "a wrong one");
        throw failed(what, so_far + who() + ' ' + to_string(how_));
    }

    // What arrived instead, for a failure.
    [[nodiscard]] std::string came() const {
        const bool here = !destination_.empty();
        std::string words = here ? destination_ + " received " : "the proxy sent ";
        words += received_.empty() ? "nothing" : shown(received_);
        if (how_ == ending::open) return words + ' ' + deadline(patience_).text();
        if (!here) return words + " and " + to_string(how_);
        return words + (how_ == ending::closed ? " before the end of the stream" : " before a reset");
    }

    void receive(const deadline& until) {
        char room[16 * 1024];
        try {
            const size_t n = read_some(fd_.get(), room, until);
            if (n == 0) {
                how_ = ending::closed;
                record_->note(destination_.empty() ? "the proxy closes"
                                                   : destination_ + " sees the end of the stream");
                return;
            }
            received_.append(room, n);
            note_bytes(false, {room, n});
        } catch (const std::system_error& e) {
            if (e.code() == std::errc::timed_out) return;
            how_ = ending::reset;
            record_->note(destination_.empty() ? "the proxy resets the connection"
                                               : destination_ + " sees a reset");
        }
    }

    void note_bytes(bool sent, std::string_view bytes) {
        if (destination_.empty()) return record_->bytes(sent, bytes);
        note((sent ? "sends " : "receives ") + shown(bytes));
    }

    unique_fd fd_;
    seconds patience_;
    evidence* record_;
    std::string destination_;
    std::string received_;
    ending how_ = ending::open;
};

}  // namespace example

#endif
