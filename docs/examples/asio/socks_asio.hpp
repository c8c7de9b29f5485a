// Handshakes over the streams of Asio and of Boost.Asio, with every completion token. Copy this file.
//
//     co_await socket.async_connect(proxy, use_awaitable);
//     const socks::request request{.to = {"files.example.com", 443}};
//     co_await socks_asio::async_connect(socket, request, use_awaitable);
//     // the socket is now a connection to files.example.com
//
// The header uses Asio, 1.22 or later. Define SOCKS_ASIO_BOOST, and it uses Boost.Asio, 1.74 or later.
//
// A stream is a type with async_read_some, async_write_some and get_executor, such as a tcp::socket or an
// ssl::stream. It must stay valid until the operation completes. You may start no other operation that reads
// or writes during that time.
//
// If you close the stream or request a terminal cancellation, an operation completes with operation_aborted.
// Close the stream then, because a part of a message may have been sent. Requests for a partial or a total
// cancellation are ignored. A deadline is cancel_after() of Asio 1.30, or a timer that closes the stream: see
// client.cpp.

#ifndef SOCKS_ASIO_HPP
#define SOCKS_ASIO_HPP

#if defined(SOCKS_ASIO_BOOST)
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/error_code.hpp>
#else
#include <asio/associated_allocator.hpp>
#include <asio/async_result.hpp>
#include <asio/buffer.hpp>
#include <asio/compose.hpp>
#include <asio/error.hpp>
#include <asio/post.hpp>
#endif

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <socks/socks.hpp>
#include <socks/system/error_code.hpp>

namespace socks_asio {

#if defined(SOCKS_ASIO_BOOST)

namespace net = boost::asio;
using boost::system::error_code;

namespace detail {

// A category of Boost.System with the name, the texts and the conditions of one of ours.
class boost_category final : public boost::system::error_category {
  public:
    // `ours` is socks::errc_category() or socks::reply_category().
    static const boost_category& of(const std::error_category& ours) noexcept {
        static const boost_category errors(socks::errc_category());
        static const boost_category replies(socks::reply_category());
        return ours == socks::errc_category() ? errors : replies;
    }

    [[nodiscard]] const char* name() const noexcept override { return ours_.name(); }
    [[nodiscard]] std::string message(int value) const override { return ours_.message(value); }
    [[nodiscard]] boost::system::error_condition default_error_condition(int value) const noexcept override {
        const std::error_condition same = ours_.default_error_condition(value);
        if (same.category() != std::generic_category()) return {value, *this};
        return {same.value(), boost::system::generic_category()};
    }

  private:
    explicit boost_category(const std::error_category& ours) noexcept : ours_(ours) {}

    const std::error_category& ours_;
};

// The error codes of Boost 1.74 cannot hold a std::error_code. Those of later versions can.
template <class Code = error_code>
Code from_std(const std::error_code& ec) noexcept {
    if constexpr (std::is_constructible_v<Code, const std::error_code&>)
        return Code(ec);
    else
        return Code(ec.value(), boost_category::of(ec.category()));
}

inline std::error_code to_std(const error_code& ec) noexcept {
    for (const auto* ours : {&socks::errc_category(), &socks::reply_category()})
        if (ec.category() == boost_category::of(*ours)) return {ec.value(), *ours};
    return ec;
}

}  // namespace detail

#else

namespace net = asio;
using asio::error_code;

namespace detail {

inline error_code from_std(const std::error_code& ec) noexcept { return ec; }
inline std::error_code to_std(const error_code& ec) noexcept { return ec; }

}  // namespace detail

#endif

/// A failure as an error code of this Asio: the reply code if there was a reply, otherwise the errc.
///
///     if (ec == socks_asio::error_code_of(socks::code5::connection_refused)) ...
///
/// With Asio, `ec == socks::code5::connection_refused` means the same. With Boost 1.74 it does not compile.
///
/// @lifetime  by value.
[[nodiscard]] inline error_code error_code_of(const socks::outcome& o) noexcept {
    return detail::from_std(socks::make_error_code(o));
}

/// The outcome in an error code with which an operation of this header has completed. An error of the stream
/// is errc::stream_failed.
/// @lifetime  by value.
[[nodiscard]] inline socks::outcome outcome_of(const error_code& ec) noexcept {
    const std::error_code known = detail::to_std(ec);
    if (!known) return socks::errc::none;
    if (known.category() == socks::reply_category()) return socks::reply_code_of(known);
    if (known.category() == socks::errc_category()) return static_cast<socks::errc>(known.value());
    return socks::errc::stream_failed;
}

namespace detail {

// The steps of a client or a chain. It reads no more than the next message needs, so no byte of the
// destination.
template <class Machine, class Request, size_t N, size_t M>
struct client_side {
    Machine& handshake;
    const Request& request;
    socks::inbox<N>& rx;
    socks::outbox<M>& tx;

    [[nodiscard]] auto step() const noexcept { return handshake.step(request, rx, tx); }
    [[nodiscard]] socks::buffer room(size_t needed) const noexcept { return rx.prepare(needed); }
};

// The steps of a server. It reads all that fits.
template <class Machine, size_t N, size_t M>
struct server_side {
    Machine& handshake;
    socks::inbox<N>& rx;
    socks::outbox<M>& tx;

    [[nodiscard]] auto step() const noexcept { return handshake.step(rx, tx); }
    [[nodiscard]] socks::buffer room(size_t) const noexcept { return rx.prepare(); }
};

// The loop of a handshake: the implementation of a composed operation.
template <class Stream, class Side>
class run_operation {
  public:
    using action = decltype(std::declval<Side>().step());

    run_operation(Stream& stream, const Side& side) : stream_(stream), side_(side) {}

    // The first call, and the call after post().
    template <class Self>
    void operator()(Self& self) {
        if (last_) return finish(self, failure());
        last_.emplace(side_.step());
        if (is_io())
            start_io(self);
        else
            net::post(std::move(self));  // a handler must not run before the initiating function returns
    }

    // The call after each read and each write.
    template <class Self>
    void operator()(Self& self, error_code ec, size_t n) {
        const bool was_read = !side_.tx.submitted();
        if (!was_read) {
            side_.tx.consume(n);
            if (side_.tx.empty()) side_.tx.clear();  // wipes the password
        } else if (n != 0 || !ec) {
            side_.rx.commit(n);
        }
        if (was_read && ec == net::error::eof)
            side_.handshake.end_of_stream();
        else if (ec)
            return finish(self, ec);
        last_.emplace(side_.step());
        if (!is_io()) return finish(self, failure());
        if (is_cancelled(self)) return finish(self, net::error::operation_aborted);
        start_io(self);
    }

  private:
    using next = decltype(std::declval<action>().next());

    [[nodiscard]] bool is_io() const noexcept {
        return last_->next() == next::send || last_->next() == next::recv;
    }

    template <class Self>
    void start_io(Self& self) {
        if (last_->next() == next::send)
            stream_.async_write_some(net::const_buffer(side_.tx.submit()), std::move(self));
        else
            stream_.async_read_some(net::mutable_buffer(side_.room(last_->needed())), std::move(self));
    }

    template <class Self>
    void finish(Self& self, error_code ec) {
        if (ec) side_.tx.clear();  // a message that cannot be sent any more may contain the password
        self.complete(ec, *last_);
    }

    [[nodiscard]] error_code failure() const noexcept {
        return last_->next() == next::fail ? error_code_of(socks::outcome_of(*last_)) : error_code();
    }

    // Whether a cancellation was requested while no read or write was in progress. Boost 1.74 has none.
    template <class Self>
    [[nodiscard]] static bool is_cancelled(Self& self) noexcept {
        if constexpr (requires { self.get_cancellation_state(); })
            return static_cast<unsigned>(self.get_cancellation_state().cancelled()) != 0;
        else
            return false;
    }

    Stream& stream_;
    Side side_;
    std::optional<action> last_;
};

}  // namespace detail

/// The completion token that an operation uses if you pass none, as for every operation of Asio.
template <class Stream>
using default_token = typename net::default_completion_token<typename Stream::executor_type>::type;

/// Runs the handshake of a client or of a chain until it is complete, or until it needs you. This is
/// socks::run() for Asio.
///
/// @param request  the request of a client or the route of a chain.
/// @param token    a completion token for `void(error_code, Machine::action)`. The action is
///                     done, fail                 the handshake is complete
///                     bound, negotiate, wait     as for socks::run(): answer, and call async_run() again
///                     send, recv                 what the handshake was waiting for when the stream failed
/// @errors         the error of the stream; for `fail`, the reply code or the errc. The end of the stream is
///                 errc::closed or errc::truncated.
/// @lifetime       all arguments but the token must stay valid until the operation completes. The views of
///                 the action point into `rx`. After an error, `tx` is wiped.
template <class Stream, class Machine, class Request, size_t N, size_t M, class Token = default_token<Stream>>
auto async_run(Stream& stream, Machine& handshake, const Request& request, socks::inbox<N>& rx,
               socks::outbox<M>& tx, Token&& token = {}) {
    using side = detail::client_side<Machine, Request, N, M>;
    return net::async_compose<Token, void(error_code, typename Machine::action)>(
        detail::run_operation<Stream, side>(stream, {handshake, request, rx, tx}), token, stream);
}

/// Runs the handshake of a server until it is complete, or until it asks a question. Answer the question, at
/// once or later, and call async_run() again:
///
///     for (;;) {
///         const auto s = co_await socks_asio::async_run(socket, handshake, rx, tx, use_awaitable);
///         switch (s.next()) {
///             case next::authenticate: handshake.authenticated(known(s.user(), s.password()), tx); break;
///             case next::serve: handshake.answer(co_await dial(s.command(), s.to()), tx); break;
///             case next::done: co_return co_await relay(socket, s.result().early);
///             ...
///
/// Parameters, errors and lifetimes are the same as for a client.
template <class Stream, class Machine, size_t N, size_t M, class Token = default_token<Stream>>
auto async_run(Stream& stream, Machine& handshake, socks::inbox<N>& rx, socks::outbox<M>& tx,
               Token&& token = {}) {
    using side = detail::server_side<Machine, N, M>;
    return net::async_compose<Token, void(error_code, typename Machine::action)>(
        detail::run_operation<Stream, side>(stream, {handshake, rx, tx}), token, stream);
}

/// The machine of async_connect(). A request is a route through one proxy. BIND and methods other than
/// username/password need more than one completion, so they fail with unsupported_command and
/// unsupported_method. Use async_run() for them.
using chain = socks::basic_chain<socks::feature::all - socks::feature::bind - socks::feature::other_methods>;

/// The result of async_connect().
struct connect_result {
    /// The reply of the last proxy. If a proxy refuses, its reply.
    socks::stored_reply reply{};
    /// The handshake as it ended. If the stream failed or the operation was cancelled, state() says what the
    /// handshake was waiting for. hop() is the index of the proxy.
    chain handshake{};
};

namespace detail {

// What async_connect() keeps until it completes.
class connection {
  public:
    connection(const socks::stored_request& request, socks::client_options options)
        : handshake(options), copy_(request) {
        const socks::request r = copy_.view();
        proxy_ = {.version = r.version, .credentials = r.credentials, .methods = r.methods};
        route = {.through = {&proxy_, 1}, .command = r.command, .to = r.to};
    }
    connection(const socks::route& borrowed, socks::client_options options)
        : handshake(options), route(borrowed) {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() {
        tx.consume(0u);  // the context may be destroyed while a write is in progress
        tx.clear();
    }

    chain handshake;
    socks::route route{};
    socks::inbox<chain::max_input> rx{};
    socks::outbox<chain::max_pipelined> tx{};

  private:
    socks::stored_request copy_{};
    socks::hop proxy_{};
};

// The implementation of the composed operation async_connect().
template <class Stream>
class connect_operation {
  public:
    connect_operation(Stream& stream, std::shared_ptr<connection> c) : stream_(stream), c_(std::move(c)) {}

    template <class Self>
    void operator()(Self& self) {
        connection& c = *c_;
        socks_asio::async_run(stream_, c.handshake, c.route, c.rx, c.tx, std::move(self));
    }

    template <class Self>
    void operator()(Self& self, error_code ec, const chain::action& last) {
        connect_result result{.handshake = c_->handshake};
        if (last.next() == chain::next::done)
            result.reply = last.result().reply;
        else if (last.next() == chain::next::fail && last.error() == socks::errc::refused)
            result.reply = socks::reply{last.code(), last.bound()};
        c_.reset();  // before the handler runs, so that the handler can use the memory again
        self.complete(ec, std::move(result));
    }

  private:
    Stream& stream_;
    std::shared_ptr<connection> c_;
};

template <class Stream, class Destination, class Token>
auto start_connect(Stream& stream, const Destination& to, socks::client_options options, Token&& token) {
    using signature = void(error_code, connect_result);
    return net::async_initiate<Token, signature>(
        [&stream, options](auto&& handler, const Destination& copy) {
            auto c = std::allocate_shared<connection>(net::get_associated_allocator(handler), copy, options);
            net::async_compose<std::decay_t<decltype(handler)>, signature>(
                connect_operation<Stream>(stream, std::move(c)), handler, stream);
        },
        token, to);
}

}  // namespace detail

/// Runs the handshake of `request` with the proxy at the other end of `stream`.
///
///     socks_asio::async_connect(stream, request, [](error_code ec, const connect_result& r) { ... });
///     co_await socks_asio::async_connect(stream, request, use_awaitable);  // throws system_error
///
/// It reads exactly the bytes of the handshake, so it reads no byte of the destination. You may pass the bare
/// stream to other code. Write the namespace in the call, because Asio has another async_connect().
///
/// @param request  copied with its texts when you call this function. The copy is wiped before completion.
/// @param token    a completion token for `void(error_code, connect_result)`.
/// @errors         the error of the stream; the reply code of a refusal; every other failure as errc. See
///                 outcome_of(). If the stream ends, the error is errc::closed or errc::truncated.
/// @cost           3 reads for CONNECT over SOCKS5, 4 with credentials. One allocation of 2.1 KB with the
///                 allocator of the handler.
template <class Stream, class Token = default_token<Stream>>
auto async_connect(Stream& stream, const socks::request& request, Token&& token = {}) {
    return detail::start_connect(stream, socks::stored_request(request), {}, std::forward<Token>(token));
}
template <class Stream, class Token = default_token<Stream>>
auto async_connect(Stream& stream, const socks::request& request, socks::client_options options,
                   Token&& token = {}) {
    return detail::start_connect(stream, socks::stored_request(request), options, std::forward<Token>(token));
}

/// The same for several proxies in a row. `stream` is a connection to the first one.
///
/// @param route  a view: its array of hops and all texts must stay valid until the operation completes. The
///               object `route` itself is copied.
template <class Stream, class Token = default_token<Stream>>
auto async_connect(Stream& stream, const socks::route& route, Token&& token = {}) {
    return detail::start_connect(stream, route, {}, std::forward<Token>(token));
}
template <class Stream, class Token = default_token<Stream>>
auto async_connect(Stream& stream, const socks::route& route, socks::client_options options,
                   Token&& token = {}) {
    return detail::start_connect(stream, route, options, std::forward<Token>(token));
}

}  // namespace socks_asio

#endif
