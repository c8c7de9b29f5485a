// async_run(): servers that ask their questions, clients with BIND, and both sides over TLS and through three
// proxies.

#include <optional>

#include "streams.hpp"

namespace {

using socks_asio::async_run;
using socks_asio::error_code_of;

using next = socks::server::next;
using awaitable = net::awaitable<void>;

// What a server keeps as long as its connection.
template <class Stream>
struct session {
    Stream& stream;
    socks::server handshake{{.methods = {socks::method::username_password, socks::method::none}}};
    socks::inbox<socks::server::max_input> rx{};
    socks::outbox<socks::server::max_pending> tx{};
    std::string requested{};
    std::string early{};
    error_code ec{};
    bool ended = false;

    // A server in a coroutine: it answers in place.
    awaitable serve() {
        while (!ended) {
            const auto s =
                co_await async_run(stream, handshake, rx, tx, net::redirect_error(net::use_awaitable, ec));
            answer(s);
        }
    }

    // The same server with a callback: it answers later.
    void serve_with_callbacks() {
        async_run(stream, handshake, rx, tx, [this](error_code why, const socks::server::action& s) {
            ec = why;
            net::post(stream.get_executor(), [this, s] {
                answer(s);
                if (!ended) serve_with_callbacks();
            });
        });
    }

    void answer(const socks::server::action& s) {
        switch (s.next()) {
            case next::authenticate:
                handshake.authenticated(s.user() == "john" && s.password() == "secret", tx);
                break;
            case next::serve: {
                requested = s.to().host.name();
                const bool known = requested.ends_with(".example.com");
                handshake.answer(
                    {known ? socks::code5::succeeded : socks::code5::not_allowed, {"192.0.2.7", 1080}}, tx);
                break;
            }
            case next::done:
                early = s.result().early;
                ended = true;
                break;
            case next::fail:
            case next::send:
            case next::recv: ended = true; break;  // a failed stream leaves the last action
            case next::negotiate:
            case next::wait: FAIL("it is not expected"); ended = true;
        }
    }
};
template <class Stream>
session(Stream&) -> session<Stream>;

const std::string login_conversation = wire::greeting_with_login + wire::login + wire::request;
const std::string login_answers = wire::login_selected + wire::login_accepted + wire::reply;

}  // namespace

TEST_CASE("a server asks its questions and a coroutine answers them") {
    for (const size_t portion : {1u, 1000u}) {
        net::io_context io;
        scripted_stream stream(io, login_conversation + "EARLY", portion);
        session server{stream};
        net::co_spawn(io, server.serve(), net::detached);
        io.run();
        CHECK(server.ended);
        CHECK(!server.ec);
        CHECK(server.requested == "files.example.com");
        CHECK(stream.outgoing == login_answers);
        CHECK(server.early + stream.incoming == "EARLY");
    }
}

TEST_CASE("a server asks its questions and a callback answers them later") {
    for (const size_t portion : {1u, 1000u}) {
        net::io_context io;
        scripted_stream stream(io, login_conversation + "EARLY", portion);
        session server{stream};
        server.serve_with_callbacks();
        CHECK(!server.ended);
        io.run();
        CHECK(server.ended);
        CHECK(!server.ec);
        CHECK(server.requested == "files.example.com");
        CHECK(stream.outgoing == login_answers);
        CHECK(server.early + stream.incoming == "EARLY");
    }
}

TEST_CASE("a question in bytes that were received does not run the handler in the call") {
    net::io_context io;
    scripted_stream stream(io, login_conversation);
    session server{stream};
    size_t completions = 0;
    const auto count = [&](error_code ec, const socks::server::action& s) {
        CHECK(!ec);
        ++completions;
        server.answer(s);
    };
    async_run(stream, server.handshake, server.rx, server.tx, count);
    io.run();
    CHECK(completions == 1);
    server.tx.consume(2u);  // the status need not be sent for the next question
    async_run(stream, server.handshake, server.rx, server.tx, count);
    CHECK(completions == 1);
    io.restart();
    io.run();
    CHECK(completions == 2);
    CHECK(server.requested == "files.example.com");
}

TEST_CASE("a refusal is sent before the server fails") {
    net::io_context io;
    const std::string elsewhere = "\x05\x01\x00\x03\x07"s + "example" + "\x01\xbb"s;
    scripted_stream stream(io, wire::greeting + elsewhere);
    session server{stream};
    net::co_spawn(io, server.serve(), net::detached);
    io.run();
    CHECK(server.ec == error_code_of(socks::code5::not_allowed));
    CHECK(stream.outgoing == wire::none_selected + "\x05\x02\x00\x01\xc0\x00\x02\x07\x04\x38"s);

    scripted_stream wrong(io, wire::greeting_with_login + "\x01\x04john\x05wrong"s);
    session other{wrong};
    io.restart();
    net::co_spawn(io, other.serve(), net::detached);
    io.run();
    CHECK(other.ec == error_code_of(socks::errc::credentials_refused));
    CHECK(wrong.outgoing == wire::login_selected + "\x01\x01"s);
}

TEST_CASE("the client may end the stream at every byte") {
    for (size_t n = 0; n < login_conversation.size(); ++n) {
        INFO(n);
        net::io_context io;
        scripted_stream stream(io, login_conversation.substr(0, n));
        session server{stream};
        net::co_spawn(io, server.serve(), net::detached);
        io.run();
        const bool between = n == 0 || n == wire::greeting_with_login.size() ||
                             n == wire::greeting_with_login.size() + wire::login.size();
        CHECK(server.ec == error_code_of(between ? socks::errc::closed : socks::errc::truncated));
    }
}

TEST_CASE("a server that is closed at every byte completes with operation_aborted") {
    for (size_t n = 0; n < login_conversation.size(); ++n) {
        INFO(n);
        connected_pair p;
        p.peer_writes(login_conversation.substr(0, n));
        session server{p.socket};
        net::co_spawn(p.io, server.serve(), net::detached);
        run_ready(p.io);
        CHECK(!server.ended);
        p.socket.close();
        run_ready(p.io);
        CHECK(server.ended);
        CHECK(server.ec == net::error::operation_aborted);
        const size_t greeted = wire::greeting_with_login.size();
        CHECK(server.handshake.state() == (n < greeted ? socks::server_state::start
                                           : n < greeted + wire::login.size()
                                               ? socks::server_state::credentials
                                               : socks::server_state::request));
    }
}

TEST_CASE("the operation of a server takes no memory but that of Asio") {
    net::io_context io;
    allocations counted;
    scripted_stream stream(io, wire::greeting + wire::request);
    session server{stream};
    bool asked = false;
    async_run(stream, server.handshake, server.rx, server.tx,
              allocated_handler{&counted, [&](error_code ec, const socks::server::action& s) {
                                    asked = !ec && s.next() == next::serve;
                                }});
    io.run();
    CHECK(asked);
    CHECK(counted.taken == stream.reads + stream.writes);
}

TEST_CASE("an outbox is wiped if the stream fails during a write") {
    connected_pair p;
    p.peer_writes(wire::login_selected);
    p.socket.non_blocking(true);
    socks::client handshake({.pipelined = true});
    socks::inbox<socks::client::max_input> rx;
    socks::outbox<socks::client::max_pipelined> tx;
    const std::string filler(1 << 16, 'x');
    error_code ec;
    while (!ec) p.socket.write_some(net::buffer(filler), ec);
    ec = {};
    async_run(p.socket, handshake, with_login, rx, tx, [&](error_code why, const socks::client::action& s) {
        CHECK(s.next() == socks::client::next::send);
        ec = why;
    });
    run_ready(p.io);
    const char* const first = tx.data().data();
    const std::string_view memory(first, tx.data().size());
    CHECK(memory.find("secret") != memory.npos);
    p.socket.close();
    run_ready(p.io);
    CHECK(ec == net::error::operation_aborted);
    CHECK(tx.empty());
    CHECK(memory.find("secret") == memory.npos);
}

TEST_CASE("a client with BIND learns both addresses") {
    net::io_context io;
    scripted_stream stream(io,
                           wire::none_selected + wire::reply + "\x05\x00\x00\x01\xc0\x00\x02\x09\x10\x00"s);
    const socks::request request{.command = socks::command::bind, .to = {"192.0.2.9", 0}};
    socks::client handshake;
    socks::inbox<socks::client::max_input> rx;
    socks::outbox<socks::client::max_output> tx;
    std::vector<socks::stored_endpoint> addresses;
    const auto use = [&]() -> awaitable {
        const auto first = co_await async_run(stream, handshake, request, rx, tx, net::use_awaitable);
        REQUIRE(first.next() == socks::client::next::bound);
        addresses.emplace_back(first.bound());
        const auto second = co_await async_run(stream, handshake, request, rx, tx, net::use_awaitable);
        REQUIRE(second.next() == socks::client::next::done);
        addresses.emplace_back(second.result().reply.bound);
    };
    net::co_spawn(io, use(), net::detached);
    io.run();
    REQUIRE(addresses.size() == 2);
    CHECK(addresses[0].view() == socks::endpoint{"192.0.2.7", 1080});
    CHECK(addresses[1].view() == socks::endpoint{"192.0.2.9", 4096});
}

namespace {

// Three servers, one after the other in the same stream, as a client of three proxies meets them.
template <class Stream>
awaitable serve_three(Stream& stream, std::vector<std::string>& requested) {
    for (int i = 0; i < 3; ++i) {
        session server{stream};
        co_await server.serve();
        CHECK(!server.ec);
        CHECK(server.early.empty());
        requested.push_back(server.requested);
    }
}

const socks::hop three_proxies[] = {
    {.proxy = {"one.example.com", 1080}, .credentials = {"john", "secret"}},
    {.proxy = {"two.example.com", 1080}, .version = socks::version::v4a},
    {.proxy = {"three.example.com", 1080}},
};
const socks::route through_three{.through = three_proxies, .to = {"files.example.com", 443}};

template <class Stream>
awaitable connect_three(Stream& stream, bool pipelined, error_code& ec) {
    const auto r = co_await socks_asio::async_connect(stream, through_three, {.pipelined = pipelined},
                                                      net::redirect_error(net::use_awaitable, ec));
    CHECK(r.handshake.hop() == 2);
    CHECK(r.reply.code == socks::code5::succeeded);
}

}  // namespace

TEST_CASE("a client and three servers agree") {
    for (const bool pipelined : {false, true}) {
        connected_pair p;
        std::vector<std::string> requested;
        error_code ec = net::error::would_block;
        net::co_spawn(p.io, serve_three(p.peer, requested), net::detached);
        net::co_spawn(p.io, connect_three(p.socket, pipelined, ec), net::detached);
        p.io.run();
        CHECK(!ec);
        CHECK(requested ==
              std::vector<std::string>{"two.example.com", "three.example.com", "files.example.com"});
    }
}

namespace {

// Two connected streams of TLS, without certificates, because TLS itself is not tested.
struct tls_pair : connected_pair {
    using stream = net::ssl::stream<local::socket&>;

    net::ssl::context client_context = anonymous(net::ssl::context::tls_client);
    net::ssl::context server_context = anonymous(net::ssl::context::tls_server);
    stream client{socket, client_context};
    stream server{peer, server_context};

    tls_pair() {
        client.async_handshake(net::ssl::stream_base::client, [](error_code ec) { CHECK(!ec); });
        server.async_handshake(net::ssl::stream_base::server, [](error_code ec) { CHECK(!ec); });
        io.run();
        io.restart();
    }

    static net::ssl::context anonymous(net::ssl::context::method role) {
        net::ssl::context context(role);
        SSL_CTX_set_max_proto_version(context.native_handle(), TLS1_2_VERSION);
        REQUIRE(SSL_CTX_set_cipher_list(context.native_handle(), "AECDH:@SECLEVEL=0") == 1);
        return context;
    }
};

}  // namespace

TEST_CASE("a client and three servers agree over TLS") {
    tls_pair p;
    std::vector<std::string> requested;
    error_code ec = net::error::would_block;
    std::string received(5, '\0');
    const auto serve = [&]() -> awaitable {
        co_await serve_three(p.server, requested);
        co_await net::async_write(p.server, net::buffer("hello", 5), net::use_awaitable);
    };
    const auto use = [&]() -> awaitable {
        co_await connect_three(p.client, true, ec);
        co_await net::async_read(p.client, net::buffer(received), net::use_awaitable);
    };
    net::co_spawn(p.io, serve(), net::detached);
    net::co_spawn(p.io, use(), net::detached);
    p.io.run();
    CHECK(!ec);
    CHECK(requested.size() == 3);
    CHECK(received == "hello");
}

#if HAS_CANCELLATION
TEST_CASE("a cancellation over TLS completes with operation_aborted") {
    tls_pair p;
    net::cancellation_signal signal;
    std::optional<error_code> ec;
    const auto handler = [&](error_code why, const connect_result&) { ec = why; };
    socks_asio::async_connect(p.client, to_files, net::bind_cancellation_slot(signal.slot(), handler));
    run_ready(p.io);
    CHECK(!ec);
    signal.emit(net::cancellation_type::terminal);
    run_ready(p.io);
    REQUIRE(ec);
    CHECK(*ec == net::error::operation_aborted);
}
#endif
