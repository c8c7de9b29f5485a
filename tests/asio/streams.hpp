// What the tests of socks_asio.hpp share: a pair of connected sockets, a stream that counts its operations,
// and an allocator that counts its allocations.

#ifndef SOCKS_TESTS_ASIO_STREAMS_HPP
#define SOCKS_TESTS_ASIO_STREAMS_HPP

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if defined(SOCKS_ASIO_BOOST)
#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/version.hpp>
#define HAS_CANCELLATION (BOOST_VERSION >= 108000)  // and as_tuple and deferred
#if HAS_CANCELLATION
#include <boost/asio/experimental/awaitable_operators.hpp>
#endif
#else
#include <asio.hpp>
#include <asio/experimental/awaitable_operators.hpp>
#include <asio/ssl.hpp>
#if ASIO_VERSION < 102400
#include <asio/experimental/as_tuple.hpp>
#include <asio/experimental/deferred.hpp>
#endif
#define HAS_CANCELLATION 1
#endif

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include "socks_asio.hpp"

namespace net = socks_asio::net;
#if !defined(SOCKS_ASIO_BOOST) && ASIO_VERSION < 102400
namespace tokens = net::experimental;
#else
namespace tokens = net;
#endif
using socks_asio::connect_result;
using socks_asio::error_code;
#if defined(SOCKS_ASIO_BOOST)
using boost::system::system_error;
#else
using std::system_error;
#endif
using namespace std::string_literals;

using local = net::local::stream_protocol;

// Runs everything that is ready, and returns if all operations wait.
inline void run_ready(net::io_context& io) {
    for (int idle = 0; idle < 2;) {
        io.restart();
        idle = io.poll() == 0 ? idle + 1 : 0;
    }
}

// Two connected sockets. The test itself is the peer: it writes and reads without waiting.
struct connected_pair {
    net::io_context io{};
    local::socket socket{io};
    local::socket peer{io};

    connected_pair() { net::local::connect_pair(socket, peer); }

    void peer_writes(std::string_view text) { net::write(peer, net::buffer(text.data(), text.size())); }

    // The bytes that have arrived at one of the sockets.
    static std::string arrived(local::socket& at) {
        std::string text(at.available(), '\0');
        net::read(at, net::buffer(text));
        return text;
    }
};

// The bytes of a handshake with one proxy.
namespace wire {

inline const auto greeting = "\x05\x01\x00"s;
inline const auto greeting_with_login = "\x05\x01\x02"s;
inline const auto none_selected = "\x05\x00"s;
inline const auto login_selected = "\x05\x02"s;
inline const auto login = "\x01\x04john\x06secret"s;
inline const auto login_accepted = "\x01\x00"s;
inline const auto request = "\x05\x01\x00\x03\x11"s + "files.example.com" + "\x01\xbb"s;
inline const auto reply = "\x05\x00\x00\x01\xc0\x00\x02\x07\x04\x38"s;  // 192.0.2.7:1080
inline const auto refusal = "\x05\x05\x00\x01\x00\x00\x00\x00\x00\x00"s;

}  // namespace wire

inline const socks::request to_files{.to = {"files.example.com", 443}};
inline const socks::request with_login{.to = {"files.example.com", 443}, .credentials = {"john", "secret"}};

// How often memory was taken from a counting_allocator and given back, and whether it still contained the
// password.
struct allocations {
    size_t taken = 0;
    size_t live = 0;
    size_t largest = 0;
    bool leaked_password = false;
};

template <class T>
struct counting_allocator {
    using value_type = T;

    explicit counting_allocator(allocations& to) noexcept : counted(&to) {}
    template <class U>
    counting_allocator(const counting_allocator<U>& other) noexcept : counted(other.counted) {}

    T* allocate(size_t n) {
        ++counted->taken;
        ++counted->live;
        counted->largest = std::max(counted->largest, n * sizeof(T));
        void* const p = std::calloc(n, sizeof(T));  // not operator new, whose calls are counted apart
        if (p == nullptr) throw std::bad_alloc();
        return static_cast<T*>(p);
    }
    void deallocate(T* p, size_t n) noexcept {
        const std::string_view memory(reinterpret_cast<const char*>(p), n * sizeof(T));
        if (memory.find("secret") != memory.npos) counted->leaked_password = true;
        --counted->live;
        std::free(p);
    }

    template <class U>
    friend bool operator==(const counting_allocator& a, const counting_allocator<U>& b) noexcept {
        return a.counted == b.counted;
    }

    allocations* counted;
};

// A handler with an allocator, for both versions of Asio: Boost 1.74 has no bind_allocator.
template <class Function>
struct allocated_handler {
    using allocator_type = counting_allocator<void>;
    [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(*counted); }

    template <class... Results>
    void operator()(Results&&... results) {
        function(std::forward<Results>(results)...);
    }

    allocations* counted;
    Function function;
};
template <class Function>
allocated_handler(allocations*, Function) -> allocated_handler<Function>;

// A stream whose peer is a script: a read returns bytes of `incoming`, at most `portion` at once, and after
// them the end of the stream. A write takes at most `portion` bytes.
class scripted_stream {
  public:
    using executor_type = net::io_context::executor_type;

    scripted_stream(net::io_context& io, std::string script, size_t at_most = 1000)
        : incoming(std::move(script)), portion(at_most), io_(io) {
        outgoing.reserve(1000);  // so that a write does not allocate
    }

    [[nodiscard]] executor_type get_executor() const noexcept { return io_.get_executor(); }

    template <class Token>
    auto async_read_some(const net::mutable_buffer& to, Token&& token) {
        ++reads;
        const size_t n = std::min({to.size(), portion, incoming.size()});
        std::copy_n(incoming.data(), n, static_cast<char*>(to.data()));
        incoming.erase(0, n);
        return complete(n == 0 ? error_code(net::error::eof) : error_code(), n, std::forward<Token>(token));
    }

    template <class Token>
    auto async_write_some(const net::const_buffer& from, Token&& token) {
        ++writes;
        const size_t n = std::min(from.size(), portion);
        outgoing.append(static_cast<const char*>(from.data()), n);
        return complete({}, n, std::forward<Token>(token));
    }

    std::string incoming;
    std::string outgoing{};
    size_t portion;
    size_t reads = 0;
    size_t writes = 0;

  private:
    template <class Handler>
    struct completion {
        using allocator_type = net::associated_allocator_t<Handler>;
        using executor_type = net::associated_executor_t<Handler, scripted_stream::executor_type>;

        [[nodiscard]] allocator_type get_allocator() const noexcept {
            return net::get_associated_allocator(handler);
        }
        [[nodiscard]] executor_type get_executor() const noexcept {
            return net::get_associated_executor(handler, io_executor);
        }
        void operator()() { handler(ec, n); }

        Handler handler;
        scripted_stream::executor_type io_executor;
        error_code ec;
        size_t n;
    };

    template <class Token>
    auto complete(error_code ec, size_t n, Token&& token) {
        return net::async_initiate<Token, void(error_code, size_t)>(
            [this, ec, n](auto&& handler) {
                using handler_type = std::decay_t<decltype(handler)>;
                net::post(completion<handler_type>{std::move(handler), get_executor(), ec, n});
            },
            token);
    }

    net::io_context& io_;
};

#endif
