// async_connect() with every completion token, with a stream that fails or is cancelled at every byte, with
// several proxies, and what it costs.

#include <array>
#include <future>
#include <new>
#include <optional>
#include <thread>

#include "streams.hpp"

#if defined(SOCKS_ASIO_BOOST)
#include <boost/beast/core/tcp_stream.hpp>
#endif

// The calls of operator new, which test the cost of an operation.
namespace {
size_t news = 0;
}
void* operator new(size_t n) {
    ++news;
    if (void* const p = std::malloc(n)) return p;
    throw std::bad_alloc();
}
void* operator new(size_t n, const std::nothrow_t&) noexcept {
    ++news;
    return std::malloc(n);
}
void operator delete(void* p) noexcept { std::free(p); }
void operator delete(void* p, size_t) noexcept { std::free(p); }

namespace {

using socks_asio::error_code_of;

// A pair whose peer has already sent all its answers, and three bytes of the destination.
struct answered : connected_pair {
    explicit answered(const std::string& answers = wire::none_selected + wire::reply) {
        peer_writes(answers + "EAR");
    }

    // The handshake is complete, and only its bytes have left and entered the socket.
    void check(const connect_result& r, const std::string& sent = wire::greeting + wire::request) {
        const socks::stored_endpoint bound = r.reply.bound;
        CHECK(r.reply.code == socks::code5::succeeded);
        CHECK(bound.view() == socks::endpoint{"192.0.2.7", 1080});
        CHECK(r.handshake.state() == socks::client_state::done);
        CHECK(arrived(peer) == sent);
        CHECK(arrived(socket) == "EAR");
    }
};

// The completion of an operation.
struct completion {
    error_code ec{};
    connect_result result{};
};

// A handler that stores its arguments.
auto into(std::optional<completion>& to) {
    return [&to](error_code ec, const connect_result& r) { to = completion{ec, r}; };
}

// Runs a handshake whose peer sends `answers` and then ends the stream.
template <class Destination = socks::request>
completion answered_with(const std::string& answers, const Destination& to = to_files,
                         socks::client_options options = {}) {
    net::io_context io;
    scripted_stream stream(io, answers);
    std::optional<completion> done;
    socks_asio::async_connect(stream, to, options, into(done));
    io.run();
    return done.value();
}

}  // namespace

TEST_CASE("a callback receives the reply") {
    answered a;
    std::optional<completion> done;
    socks_asio::async_connect(a.socket, to_files, into(done));
    CHECK(!done);
    a.io.run();
    REQUIRE(done);
    CHECK(!done->ec);
    a.check(done->result);
}

TEST_CASE("a handler that can only be moved is accepted") {
    answered a;
    std::unique_ptr<connect_result> kept;
    socks_asio::async_connect(
        a.socket, to_files,
        [&kept, memory = std::make_unique<connect_result>()](error_code ec, auto r) mutable {
            CHECK(!ec);
            *memory = r;
            kept = std::move(memory);
        });
    a.io.run();
    REQUIRE(kept);
    a.check(*kept);
}

TEST_CASE("use_future returns the result or throws the error") {
    answered a;
    auto result = socks_asio::async_connect(a.socket, to_files, net::use_future);
    a.io.run();
    a.check(result.get());

    answered refused(wire::none_selected + wire::refusal);
    auto failure = socks_asio::async_connect(refused.socket, to_files, net::use_future);
    refused.io.run();
    try {
        failure.get();
        FAIL("it did not throw");
    } catch (const system_error& e) {
        CHECK(e.code() == std::errc::connection_refused);
    }
}

TEST_CASE("use_awaitable returns the result or throws the error") {
    answered a;
    std::optional<connect_result> result;
    const auto succeed = [&]() -> net::awaitable<void> {
        result = co_await socks_asio::async_connect(a.socket, to_files, net::use_awaitable);
    };
    net::co_spawn(a.io, succeed(), net::detached);
    a.io.run();
    REQUIRE(result);
    a.check(*result);

    answered refused(wire::none_selected + wire::refusal);
    std::string thrown;
    const auto fail = [&]() -> net::awaitable<void> {
        try {
            co_await socks_asio::async_connect(refused.socket, to_files, net::use_awaitable);
        } catch (const system_error& e) {
            thrown = e.code().message();
        }
    };
    net::co_spawn(refused.io, fail(), net::detached);
    refused.io.run();
    CHECK(thrown == "SOCKS5: connection refused (0x05)");
}

TEST_CASE("redirect_error keeps the result beside the error") {
    answered refused(wire::none_selected + wire::refusal);
    std::optional<completion> done;
    const auto use = [&]() -> net::awaitable<void> {
        error_code ec;
        auto r = co_await socks_asio::async_connect(refused.socket, to_files,
                                                    net::redirect_error(net::use_awaitable, ec));
        done = completion{ec, r};
    };
    net::co_spawn(refused.io, use(), net::detached);
    refused.io.run();
    REQUIRE(done);
    CHECK(done->ec == error_code_of(socks::code5::connection_refused));
    CHECK(done->result.reply.code == socks::code5::connection_refused);
}

TEST_CASE("the token may be left out if the stream has a default") {
    answered a;
    using awaiting = net::use_awaitable_t<>::as_default_on_t<local::socket>;
    awaiting socket(std::move(a.socket));
    std::optional<connect_result> result;
    const auto use = [&]() -> net::awaitable<void> {
        result = co_await socks_asio::async_connect(socket, to_files);
    };
    net::co_spawn(a.io, use(), net::detached);
    a.io.run();
    a.socket = local::socket(std::move(socket));
    REQUIRE(result);
    a.check(*result);
}

TEST_CASE("detached needs no handler") {
    answered a;
    socks_asio::async_connect(a.socket, to_files, net::detached);
    a.io.run();
    CHECK(a.arrived(a.peer) == wire::greeting + wire::request);
    CHECK(a.arrived(a.socket) == "EAR");
}

#if HAS_CANCELLATION
TEST_CASE("deferred starts later and as_tuple does not throw") {
    answered a;
    std::optional<completion> done;
    {
        auto name = std::make_unique<std::string>("files.example.com");
        auto operation =
            socks_asio::async_connect(a.socket, socks::request{.to = {*name, 443}}, tokens::deferred);
        name.reset();
        run_ready(a.io);
        CHECK(a.arrived(a.peer).empty());
        std::move(operation)(into(done));
    }
    a.io.restart();
    a.io.run();
    REQUIRE(done);
    CHECK(!done->ec);
    a.check(done->result);

    answered refused(wire::none_selected + wire::refusal);
    bool checked = false;
    const auto use = [&]() -> net::awaitable<void> {
        const auto [ec, r] = co_await socks_asio::async_connect(refused.socket, to_files,
                                                                tokens::as_tuple(net::use_awaitable));
        CHECK(ec == socks::code5::connection_refused);
        checked = r.reply.code == socks::code5::connection_refused;
    };
    net::co_spawn(refused.io, use(), net::detached);
    refused.io.run();
    CHECK(checked);
}
#endif

TEST_CASE("every step runs in the strand of the handler") {
    net::io_context io;
    auto strand = net::make_strand(io);

    // Each completion of the stream goes through this executor, so it counts the steps of the operation.
    scripted_stream stream(io, wire::login_selected + wire::login_accepted + wire::reply);
    std::optional<completion> done;
    bool in_strand = false;
    socks_asio::async_connect(stream, with_login,
                              net::bind_executor(strand, [&](error_code ec, const connect_result& r) {
                                  in_strand = strand.running_in_this_thread();
                                  done = completion{ec, r};
                              }));
    // While the strand is occupied, no step runs.
    std::promise<void> release;
    std::promise<void> occupied;
    net::post(strand, [&] {
        occupied.set_value();
        release.get_future().wait();
    });
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back([&] { io.run(); });
    occupied.get_future().wait();
    const size_t steps = stream.reads + stream.writes;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    CHECK(stream.reads + stream.writes == steps);
    release.set_value();
    for (std::thread& t : threads) t.join();
    REQUIRE(done);
    CHECK(!done->ec);
    CHECK(in_strand);
    CHECK(stream.reads == 4);
}

TEST_CASE("the request may be destroyed when the call returns") {
    answered a(wire::login_selected + wire::login_accepted + wire::reply);
    std::optional<completion> done;
    {
        const auto name = std::make_unique<std::string>("files.example.com");
        const auto user = std::make_unique<std::string>("john");
        const auto password = std::make_unique<std::string>("secret");
        socks_asio::async_connect(
            a.socket, socks::request{.to = {*name, 443}, .credentials = {*user, *password}}, into(done));
    }
    a.io.run();
    REQUIRE(done);
    a.check(done->result, wire::greeting_with_login + wire::login + wire::request);
}

TEST_CASE("the request may be destroyed before a coroutine starts the operation") {
    answered a;
    std::optional<connect_result> result;
    const auto use = [&]() -> net::awaitable<void> {
        auto name = std::make_unique<std::string>("files.example.com");
        auto operation =
            socks_asio::async_connect(a.socket, socks::request{.to = {*name, 443}}, net::use_awaitable);
        name.reset();
        result = co_await std::move(operation);
    };
    net::co_spawn(a.io, use(), net::detached);
    a.io.run();
    REQUIRE(result);
    a.check(*result);
}

TEST_CASE("a route may be destroyed when the call returns but its hops may not") {
    answered a;
    const socks::hop proxies[] = {{.proxy = {"gate.example.net", 1080}}};
    std::optional<completion> done;
    socks_asio::async_connect(a.socket, socks::route{.through = proxies, .to = {"files.example.com", 443}},
                              into(done));
    a.io.run();
    REQUIRE(done);
    a.check(done->result);
}

TEST_CASE("a handler never runs before the call returns") {
    net::io_context io;
    scripted_stream stream(io, "");
    std::optional<completion> done;
    socks_asio::async_connect(stream, socks::request{}, into(done));
    CHECK(!done);
    CHECK(stream.reads + stream.writes == 0);
    io.run();
    REQUIRE(done);
    CHECK(done->ec == error_code_of(socks::errc::no_host));
    CHECK(done->result.handshake.state() == socks::client_state::failed);
}

TEST_CASE("BIND and other methods fail before the first byte") {
    CHECK(answered_with("", {.command = socks::command::bind}).ec ==
          error_code_of(socks::errc::unsupported_command));
    CHECK(answered_with("", {.to = {"files.example.com", 443}, .methods = {socks::method::gssapi}}).ec ==
          error_code_of(socks::errc::unsupported_method));
}

TEST_CASE("SOCKS4 and UDP ASSOCIATE take the same path") {
    const auto four = answered_with("\x00\x5a\x04\x38\xc0\x00\x02\x07"s,
                                    {.version = socks::version::v4a, .to = {"files.example.com", 443}});
    CHECK(!four.ec);
    CHECK(four.result.reply.code == socks::code4::granted);
    const auto udp = answered_with(wire::none_selected + wire::reply,
                                   {.command = socks::command::udp_associate, .to = socks::unspecified_ipv4});
    CHECK(!udp.ec);
}

TEST_CASE("an exact handshake takes three reads or four with a login") {
    for (const bool has_login : {false, true}) {
        net::io_context io;
        scripted_stream stream(
            io, (has_login ? wire::login_selected + wire::login_accepted : wire::none_selected) +
                    wire::reply + "EARLY");
        std::optional<completion> done;
        socks_asio::async_connect(stream, has_login ? with_login : to_files, into(done));
        io.run();
        REQUIRE(done);
        CHECK(!done->ec);
        CHECK(stream.reads == (has_login ? 4 : 3));
        CHECK(stream.incoming == "EARLY");
    }
}

TEST_CASE("a stream that transfers one byte at once changes nothing") {
    net::io_context io;
    scripted_stream stream(io, wire::login_selected + wire::login_accepted + wire::reply + "EARLY", 1);
    std::optional<completion> done;
    socks_asio::async_connect(stream, with_login, into(done));
    io.run();
    REQUIRE(done);
    CHECK(!done->ec);
    CHECK(stream.outgoing == wire::greeting_with_login + wire::login + wire::request);
    CHECK(stream.incoming == "EARLY");
}

TEST_CASE("a pipelined handshake is one write") {
    net::io_context io;
    scripted_stream stream(io, wire::login_selected + wire::login_accepted + wire::reply + "EARLY");
    std::optional<completion> done;
    socks_asio::async_connect(stream, with_login, {.pipelined = true}, into(done));
    io.run();
    REQUIRE(done);
    CHECK(!done->ec);
    CHECK(stream.writes == 1);
    CHECK(stream.outgoing == wire::greeting_with_login + wire::login + wire::request);
    CHECK(stream.incoming == "EARLY");

    const auto refused = answered_with("\x05\xff"s, with_login, {.pipelined = true});
    CHECK(refused.ec == error_code_of(socks::errc::no_acceptable_method));
    CHECK(refused.result.handshake.sent_early().credentials);
}

TEST_CASE("a full refusal carries the bound address if it is asked for") {
    const auto refused = answered_with(wire::none_selected + "\x05\x05\x00\x01\xc0\x00\x02\x07\x04\x38"s,
                                       to_files, {.wait_for_full_refusal = true});
    CHECK(refused.ec == error_code_of(socks::code5::connection_refused));
    const socks::stored_endpoint bound = refused.result.reply.bound;
    CHECK(bound.view() == socks::endpoint{"192.0.2.7", 1080});
}

TEST_CASE("the end of the stream at every byte is closed or truncated") {
    const std::string answers = wire::login_selected + wire::login_accepted + wire::reply;
    for (size_t n = 0; n < answers.size(); ++n) {
        INFO(n);
        const auto c = answered_with(answers.substr(0, n), with_login);
        const bool between = n == 0 || n == 2 || n == 4;
        CHECK(c.ec == error_code_of(between ? socks::errc::closed : socks::errc::truncated));
        CHECK(c.result.handshake.state() == socks::client_state::failed);
    }
    CHECK(!answered_with(answers, with_login).ec);
}

TEST_CASE("a peer of another protocol is recognised") {
    CHECK(answered_with("HTTP/1.1 400 Bad Request\r\n").ec == error_code_of(socks::errc::peer_is_http));
    CHECK(answered_with(wire::login_selected).ec == error_code_of(socks::errc::method_not_offered));
    CHECK(answered_with(wire::login_selected + "\x01\x01", with_login).ec ==
          error_code_of(socks::errc::credentials_refused));
}

TEST_CASE("closing the stream at every byte completes with operation_aborted") {
    const std::string answers = wire::login_selected + wire::login_accepted + wire::reply;
    for (size_t n = 0; n < answers.size(); ++n) {
        INFO(n);
        connected_pair p;
        p.peer_writes(answers.substr(0, n));
        std::optional<completion> done;
        socks_asio::async_connect(p.socket, with_login, into(done));
        run_ready(p.io);
        CHECK(!done);
        p.socket.close();
        run_ready(p.io);
        REQUIRE(done);
        CHECK(done->ec == net::error::operation_aborted);
        CHECK(socks_asio::outcome_of(done->ec) == socks::errc::stream_failed);
        CHECK(done->result.handshake.state() == (n < 2   ? socks::client_state::method_selection
                                                 : n < 4 ? socks::client_state::auth_status
                                                         : socks::client_state::reply));
    }
}

TEST_CASE("a write that waits can be aborted") {
    connected_pair p;
    p.socket.non_blocking(true);
    const std::string filler(1 << 16, 'x');
    error_code full;
    while (!full) p.socket.write_some(net::buffer(filler), full);
    std::optional<completion> done;
    socks_asio::async_connect(p.socket, to_files, into(done));
    run_ready(p.io);
    CHECK(!done);
    p.socket.cancel();
    run_ready(p.io);
    REQUIRE(done);
    CHECK(done->ec == net::error::operation_aborted);
}

TEST_CASE("a reset is the error of the system") {
    net::io_context io;
    net::ip::tcp::acceptor acceptor(io, {net::ip::address_v4::loopback(), 0});
    net::ip::tcp::socket socket(io);
    socket.connect(acceptor.local_endpoint());
    auto peer = acceptor.accept();
    std::optional<completion> done;
    socks_asio::async_connect(socket, to_files, into(done));
    run_ready(io);
    peer.set_option(net::socket_base::linger(true, 0));
    peer.close();
    io.restart();
    io.run();
    REQUIRE(done);
    CHECK(done->ec == net::error::connection_reset);
    CHECK(done->result.handshake.state() == socks::client_state::method_selection);
}

TEST_CASE("the context may be destroyed at every byte") {
    const std::string answers = wire::login_selected + wire::login_accepted + wire::reply;
    allocations counted;
    for (size_t n = 0; n < answers.size(); ++n) {
        connected_pair p;
        p.peer_writes(answers.substr(0, n));
        socks_asio::async_connect(
            p.socket, with_login,
            allocated_handler{&counted, [](error_code, const connect_result&) { FAIL("it completed"); }});
        run_ready(p.io);
    }
    {
        net::io_context io;
        scripted_stream stream(io, "");
        socks_asio::async_connect(
            stream, with_login, {.pipelined = true},
            allocated_handler{&counted, [](error_code, const connect_result&) { FAIL("it completed"); }});
    }
    CHECK(counted.live == 0);
    CHECK(!counted.leaked_password);
}

#if HAS_CANCELLATION
TEST_CASE("a terminal cancellation at every byte completes with operation_aborted") {
    const std::string answers = wire::login_selected + wire::login_accepted + wire::reply;
    for (size_t n = 0; n < answers.size(); ++n) {
        INFO(n);
        connected_pair p;
        p.peer_writes(answers.substr(0, n));
        net::cancellation_signal signal;
        std::optional<completion> done;
        socks_asio::async_connect(p.socket, with_login,
                                  net::bind_cancellation_slot(signal.slot(), into(done)));
        run_ready(p.io);
        signal.emit(net::cancellation_type::total);
        signal.emit(net::cancellation_type::partial);
        run_ready(p.io);
        CHECK(!done);
        signal.emit(net::cancellation_type::terminal);
        run_ready(p.io);
        REQUIRE(done);
        CHECK(done->ec == net::error::operation_aborted);
        CHECK(done->result.handshake.state() == (n < 2   ? socks::client_state::method_selection
                                                 : n < 4 ? socks::client_state::auth_status
                                                         : socks::client_state::reply));
        CHECK(p.socket.is_open());
    }
}

TEST_CASE("a cancellation between two reads stops the next one") {
    for (int steps = 0; steps < 4; ++steps) {
        net::io_context io;
        scripted_stream stream(io, wire::none_selected + wire::reply);
        net::cancellation_signal signal;
        std::optional<completion> done;
        socks_asio::async_connect(stream, to_files, net::bind_cancellation_slot(signal.slot(), into(done)));
        for (int i = 0; i < steps; ++i) io.run_one();
        const size_t before = stream.reads + stream.writes;
        signal.emit(net::cancellation_type::terminal);
        io.run();
        REQUIRE(done);
        CHECK(done->ec == net::error::operation_aborted);
        CHECK(stream.reads + stream.writes == before);
    }
}

TEST_CASE("a timer that expires first is a deadline") {
    connected_pair p;
    net::steady_timer timer(p.io, std::chrono::milliseconds(20));
    std::optional<size_t> first;
    const auto use = [&]() -> net::awaitable<void> {
        using namespace net::experimental::awaitable_operators;
        const auto either = co_await (socks_asio::async_connect(p.socket, to_files, net::use_awaitable) ||
                                      timer.async_wait(net::use_awaitable));
        first = either.index();
    };
    net::co_spawn(p.io, use(), net::detached);
    p.io.run();
    CHECK(first == 1);
    CHECK(p.socket.is_open());
}

TEST_CASE("a handshake that is complete ignores a cancellation") {
    net::io_context io;
    scripted_stream stream(io, wire::none_selected + wire::reply);
    net::cancellation_signal signal;
    std::optional<completion> done;
    socks_asio::async_connect(stream, to_files, net::bind_cancellation_slot(signal.slot(), into(done)));
    while (!stream.incoming.empty()) io.run_one();
    signal.emit(net::cancellation_type::terminal);
    io.run();
    REQUIRE(done);
    CHECK(!done->ec);
}
#endif

#if defined(SOCKS_ASIO_BOOST)
TEST_CASE("a deadline of a stream of Beast ends the handshake") {
    net::io_context io;
    net::ip::tcp::acceptor acceptor(io, {net::ip::address_v4::loopback(), 0});
    boost::beast::tcp_stream stream(io);
    stream.socket().connect(acceptor.local_endpoint());
    stream.expires_after(std::chrono::milliseconds(20));
    std::optional<completion> done;
    socks_asio::async_connect(stream, to_files, into(done));
    io.run();
    REQUIRE(done);
    CHECK(done->ec == boost::beast::error::timeout);
    CHECK(done->result.handshake.state() == socks::client_state::method_selection);
}
#endif

TEST_CASE("an operation takes memory from the allocator of its handler only") {
    net::io_context io;
    allocations counted;
    scripted_stream stream(io, wire::login_selected + wire::login_accepted + wire::reply);
    std::optional<completion> done;
    size_t live_in_handler = 1;
    const auto handler = [&](error_code ec, const connect_result& r) {
        live_in_handler = counted.live;
        done = completion{ec, r};
    };
    const size_t before = news;
    socks_asio::async_connect(stream, with_login, allocated_handler{&counted, handler});
    io.run();
    const size_t after = news;
    REQUIRE(done);
    CHECK(!done->ec);
    CHECK(after == before);
    CHECK(live_in_handler == 0);
    // One allocation of the header, and one of Asio for each read and write, which it posts.
    CHECK(counted.taken == 1 + stream.reads + stream.writes);
    CHECK(counted.live == 0);
    CHECK(!counted.leaked_password);
    CHECK(counted.largest <= 2100);
}

TEST_CASE("three proxies and the versions of each") {
    const socks::hop proxies[] = {{.proxy = {"gate.example.net", 1080}, .credentials = {"john", "secret"}},
                                  {.proxy = {"192.0.2.7", 1081}, .version = socks::version::v4a},
                                  {.proxy = {"[2001:db8::1]", 1082}}};
    // The second proxy speaks SOCKS4a, so it gets the third one as a name.
    const socks::hop by_name[] = {proxies[0], proxies[1], {.proxy = {"inner.example.net", 1082}}};
    const socks::route route{.through = by_name, .to = {"files.example.com", 443}};
    const std::string four = "\x00\x5a\x00\x00\x00\x00\x00\x00"s;
    const std::string answers =
        wire::login_selected + wire::login_accepted + wire::reply + four + wire::none_selected + wire::reply;

    CHECK(answered_with("", socks::route{.through = proxies, .to = route.to}).ec ==
          error_code_of(socks::errc::ipv6_over_socks4));
    for (const bool pipelined : {false, true}) {
        for (const size_t portion : {1u, 1000u}) {
            net::io_context io;
            scripted_stream stream(io, answers + "EARLY", portion);
            std::optional<completion> done;
            socks_asio::async_connect(stream, route, {.pipelined = pipelined}, into(done));
            io.run();
            REQUIRE(done);
            CHECK(!done->ec);
            CHECK(done->result.handshake.hop() == 2);
            CHECK(stream.incoming == "EARLY");
            CHECK(stream.outgoing == wire::greeting_with_login + wire::login +
                                         "\x05\x01\x00\x01\xc0\x00\x02\x07\x04\x39"s +
                                         "\x04\x01\x04\x3a\x00\x00\x00\x01\x00inner.example.net\x00"s +
                                         wire::greeting + wire::request);
        }
    }
    // hop() says which proxy failed.
    const size_t ends[] = {14, 22, 34};
    for (size_t n = 0; n < answers.size(); ++n) {
        const auto c = answered_with(answers.substr(0, n), route);
        CHECK(c.ec);
        CHECK(ends[c.result.handshake.hop()] > n);
        CHECK((c.result.handshake.hop() == 0 || ends[c.result.handshake.hop() - 1] <= n));
    }
    const auto refused =
        answered_with(wire::login_selected + wire::login_accepted + wire::reply + "\x00\x5b"s, route);
    CHECK(refused.ec == error_code_of(socks::code4::rejected));
    CHECK(refused.result.handshake.hop() == 1);
}

TEST_CASE("every failure has the same text and the same conditions in both libraries") {
    const auto same = [](const socks::outcome& o) {
        const error_code ec = error_code_of(o);
        const std::error_code original = socks::make_error_code(o);
#if defined(SOCKS_ASIO_BOOST) && !HAS_CANCELLATION  // its error codes cannot hold a std::error_code
        CHECK(ec.value() == original.value());
        CHECK(std::string(ec.category().name()) == original.category().name());
#else
        CHECK(ec == original);
#endif
        CHECK(ec.message() == original.message());
        CHECK(static_cast<bool>(ec) == static_cast<bool>(original));
        CHECK(socks_asio::outcome_of(ec).error() == o.error());
        CHECK((!ec || socks_asio::outcome_of(ec) == o));
        for (const std::errc e :
             {std::errc::connection_refused, std::errc::timed_out, std::errc::protocol_error,
              std::errc::permission_denied, std::errc::invalid_argument})
            CHECK((std::error_code(ec) == e) == (original == e));
    };
    for (unsigned n = 0; n < 256; ++n) {
        const auto byte = static_cast<uint8_t>(n);
        same(static_cast<socks::errc>(byte));
        same(socks::reply_code{socks::version::v5, byte});
        same(socks::reply_code{socks::version::v4, byte});
    }
    CHECK(socks_asio::outcome_of(net::error::eof) == socks::errc::stream_failed);
}
