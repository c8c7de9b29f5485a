// A TLS stream over a non-blocking socket. OpenSSL gets no socket. It reads and writes encrypted bytes in two
// memory BIOs, and tls_stream moves them between the BIOs and the socket.

#ifndef EXAMPLE_TLS_STREAM_HPP
#define EXAMPLE_TLS_STREAM_HPP

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <memory>
#include <new>
#include <socks/socks.hpp>
#include <socks/system/sockaddr.hpp>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace example {

using time_point = std::chrono::steady_clock::time_point;
inline constexpr time_point at_once{};  // a deadline that has passed: do only what needs no waiting
inline constexpr time_point never = time_point::max();
inline time_point now() noexcept { return std::chrono::steady_clock::now(); }

/// The result of a system call that must not fail. Throws the error of errno if it failed.
template <class Result>
Result must(Result result, const char* what) {
    if (result < 0) throw std::system_error(errno, std::generic_category(), what);
    return result;
}

/// Closes the descriptor that it owns.
class unique_fd {
  public:
    explicit unique_fd(int fd) noexcept : fd_(fd) {}
    unique_fd(unique_fd&& from) noexcept : fd_(std::exchange(from.fd_, -1)) {}
    unique_fd& operator=(unique_fd&& from) noexcept {
        std::swap(fd_, from.fd_);
        return *this;
    }
    ~unique_fd() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const noexcept { return fd_; }

  private:
    int fd_;
};

inline unique_fd open_socket(const socks::host& host) {
    const int family = host.kind() == socks::host_kind::ipv6 ? AF_INET6 : AF_INET;
    return unique_fd(must(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), "socket"));
}

/// What a read returns at the end of the stream.
inline constexpr socks::io_result end_of_stream = 0U;

/// Waits for one of `events` or for an error of the socket. @returns false if the deadline has passed.
inline bool wait_for(int fd, short events, time_point until) {
    using std::chrono::milliseconds;
    pollfd watched{fd, events, 0};
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(until - now()).count();
        if (left <= 0) return false;
        const int n = ::poll(&watched, 1, static_cast<int>(std::min<milliseconds::rep>(left, INT_MAX)));
        if (n > 0) return true;
        if (n < 0 && errno != EINTR) must(n, "poll");
    }
}

/// Connects a non-blocking socket. @returns 0, or errno of the failure, or EAGAIN if the deadline has passed.
inline int connect_until(int fd, const socks::endpoint& address, time_point until) {
    sockaddr_storage to;
    const socklen_t size = *socks::to_sockaddr(address, to);
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), size) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    if (!wait_for(fd, POLLOUT, until)) return EAGAIN;
    int error = 0;
    socklen_t length = sizeof error;
    must(::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length), "getsockopt");
    return error;
}

struct openssl_deleter {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const noexcept { SSL_free(ssl); }
};
using tls_context = std::unique_ptr<SSL_CTX, openssl_deleter>;

/// Why the last call of OpenSSL failed.
inline std::string openssl_error() {
    const unsigned long error = ERR_peek_error();
    const char* const text = ERR_reason_error_string(error);
    return text != nullptr ? text : std::strerror(ERR_GET_REASON(error));  // an error of a system call
}

/// Throws if a call of OpenSSL that must return 1 has failed.
inline void must_be_1(long result, const std::string& what) {
    if (result != 1) throw std::runtime_error(what + ": " + openssl_error());
}

inline tls_context make_context(const SSL_METHOD* method) {
    tls_context context(SSL_CTX_new(method));
    if (!context) throw std::bad_alloc();
    must_be_1(SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION), "TLS 1.2");
    // A partial write encrypts one record, which bounds the memory. A write that needs bytes of the peer
    // may be repeated from another buffer.
    SSL_CTX_set_mode(context.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    return context;
}

/// If the deadline passes first, a function returns io::would_block. After a failure it returns
/// errc::stream_failed, and reason() says why.
class tls_stream {
  public:
    tls_stream(SSL_CTX* context, unique_fd fd) : fd_(std::move(fd)), ssl_(SSL_new(context)) {
        if (!ssl_) throw std::bad_alloc();
        received_ = BIO_new(BIO_s_mem());
        encrypted_ = BIO_new(BIO_s_mem());
        SSL_set_bio(ssl(), received_, encrypted_);  // owns both
        if (received_ == nullptr || encrypted_ == nullptr) throw std::bad_alloc();
    }

    [[nodiscard]] int fd() const noexcept { return fd_.get(); }
    [[nodiscard]] SSL* ssl() const noexcept { return ssl_.get(); }
    [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

    /// Whether a TLS handshake is not complete: the first one, or a renegotiation.
    [[nodiscard]] bool in_handshake() const noexcept { return SSL_in_init(ssl()) != 0; }

    /// Whether the peer has sent any byte.
    [[nodiscard]] bool heard() const noexcept { return heard_; }

    /// Runs the TLS handshake. read_some() and write_some() run it too, if it is not complete.
    socks::io_result handshake(time_point until) {
        return transfer(until, [this](size_t* n) {
            *n = 1;
            return SSL_do_handshake(ssl());
        });
    }

    /// Reads decrypted bytes. 0 is the end of the stream, which the peer has announced with close_notify. A
    /// connection that ends without this message was cut off, so the result is an error.
    socks::io_result read_some(socks::buffer room, time_point until) {
        return transfer(until,
                        [&](size_t* n) { return SSL_read_ex(ssl(), room.data(), room.capacity(), n); });
    }

    /// Encrypts bytes and begins to send them. It first waits until earlier bytes are sent.
    socks::io_result write_some(socks::bytes data, time_point until) {
        if (!flush(until)) return socks::io::would_block;
        if (!can_send_) return socks::errc::stream_failed;
        const auto written =
            transfer(until, [&](size_t* n) { return SSL_write_ex(ssl(), data.data(), data.size(), n); });
        send_encrypted();
        return written;
    }

    /// Ends the stream to the peer with close_notify. @returns false in the middle of a TLS handshake.
    bool end_output() {
        const int result = SSL_shutdown(ssl());
        send_encrypted();
        return result >= 0;
    }

    /// Sends all encrypted bytes, or drops them after a failure. @returns false if the deadline passes.
    bool flush(time_point until) {
        while (!send_encrypted())
            if (!wait_for(fd(), POLLOUT, until)) return false;
        return true;
    }

    /// What to wait for with poll() after a function has returned io::would_block.
    [[nodiscard]] short events() const noexcept {
        const bool unsent = can_send_ && (!sending_.empty() || BIO_pending(encrypted_) > 0);
        return static_cast<short>((SSL_want_read(ssl()) ? POLLIN : 0) | (unsent ? POLLOUT : 0));
    }

  private:
    // Repeats a call of OpenSSL until it needs no more bytes of the peer. A write may need them too, for
    // example during a renegotiation. A memory BIO takes all bytes, so no call waits for space.
    template <class Call>
    socks::io_result transfer(time_point until, Call call) {
        for (;;) {
            size_t n = 0;
            ERR_clear_error();  // SSL_get_error() also looks at errors of earlier calls
            const int result = call(&n);
            if (result == 1) return n;
            const int error = SSL_get_error(ssl(), result);
            if (error == SSL_ERROR_ZERO_RETURN) return end_of_stream;
            if (error != SSL_ERROR_WANT_READ) {
                const long verified = SSL_get_verify_result(ssl());
                const std::string why = verified == X509_V_OK ? "" : X509_verify_cert_error_string(verified);
                return fail(openssl_error() + (why.empty() ? "" : ": " + why));
            }
            const socks::io_result received = receive(until);
            if (received.size() == 0) return received;
        }
    }

    // Moves bytes of the socket to OpenSSL. The peer may wait for our bytes before it sends its own.
    socks::io_result receive(time_point until) {
        for (;;) {
            send_encrypted();
            char room[16 * 1024];
            const ssize_t n = ::recv(fd(), room, sizeof room, 0);
            if (n > 0) {
                heard_ = true;
                if (BIO_write(received_, room, static_cast<int>(n)) != n) return fail("out of memory");
                return static_cast<size_t>(n);
            }
            if (n == 0) return fail("the TLS stream was cut off");
            if (errno != EAGAIN && errno != EINTR) return fail(std::strerror(errno));
            if (errno == EAGAIN && !wait_for(fd(), events(), until)) return socks::io::would_block;
        }
    }

    // @returns false if the socket takes no more bytes now.
    bool send_encrypted() {
        while (can_send_) {
            if (sending_.empty()) {
                const int n = BIO_read(encrypted_, room_, sizeof room_);
                if (n <= 0) return true;
                sending_ = {room_, static_cast<size_t>(n)};
            }
            const ssize_t n = ::send(fd(), sending_.data(), sending_.size(), MSG_NOSIGNAL);
            if (n >= 0) {
                sending_ = sending_.subspan(static_cast<size_t>(n));
            } else if (errno == EAGAIN) {
                return false;
            } else if (errno != EINTR) {  // the peer may have sent bytes before, so reading continues
                reason_ = std::strerror(errno);
                can_send_ = false;
                sending_ = {};
            }
        }
        return true;
    }

    socks::io_result fail(const std::string& why) {
        send_encrypted();  // an alert may say why
        reason_ = why;
        return socks::errc::stream_failed;
    }

    unique_fd fd_;
    std::unique_ptr<SSL, openssl_deleter> ssl_;
    BIO* received_;   // from the socket, for OpenSSL
    BIO* encrypted_;  // from OpenSSL, for the socket
    char room_[16 * 1024];
    socks::bytes sending_;  // the part of room_ that is not sent yet
    bool can_send_ = true;
    bool heard_ = false;
    std::string reason_;
};

}  // namespace example

#endif
