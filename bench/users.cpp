// Handshakes as programs have them: options, credentials, destinations and answers are read at run time. The
// contenders are a hand-written loop, our machine over plain views, over mailboxes, compiled in another unit,
// and driven by a coroutine.

#include "users.hpp"

#include <cstring>

#include "another_unit.hpp"
#include "coroutine.hpp"

namespace bench {
namespace {

using socks::bytes;
using socks::client;
using socks::server;
using hand_written::progress;

size_t digest_of_result(const client::completed& c) { return mix(digest_of(c.reply.bound), c.early.size()); }

// What was written, and what was decoded.
outcome made(int fd, size_t digest) { return {close_peer(fd).made, digest}; }

// One read more: the end of what was received.
const char* received(const sample& s, const char* end) {
    return static_cast<size_t>(s.in + s.size - end) > s.chunk ? end + s.chunk : s.in + s.size;
}

}  // namespace

// By hand.

outcome serve_by_hand(const sample& s) {
    const auto& app = *static_cast<const program*>(s.with);
    size_t digest = 0;
    const auto dial = [&](uint8_t, const hand_written::place& to) -> const hand_written::answer& {
        digest = digest_of(to);
        return app.answer;
    };
    hand_written::stream io{s.in, s.in + s.chunk, s.out, s.out + server::max_pending, false};
    hand_written::server handshake;
    progress now{};
    while ((now = handshake.advance(io, app, dial)) == progress::more) io.end = received(s, io.end);
    if (now != progress::done) return {};
    return {static_cast<size_t>(io.out - s.out), digest};
}

outcome connect_by_hand(const sample& s) {
    const auto& request = *static_cast<const hand_written::request*>(s.with);
    hand_written::stream io{s.in, s.in + s.chunk, s.out, s.out + client::max_pipelined, false};
    hand_written::client handshake;
    progress now{};
    while ((now = handshake.advance(io, request)) == progress::more) io.end = received(s, io.end);
    if (now != progress::done) return {};
    return {static_cast<size_t>(io.out - s.out),
            mix(digest_of(handshake.bound()), static_cast<size_t>(io.end - io.in))};
}

// Plain views.

outcome serve_views(const sample& s) {
    const service& app = *static_cast<const service*>(s.with);
    server handshake(app.options);
    const char* in = s.in;
    const char* end = s.in + s.chunk;
    char* out = s.out;
    size_t digest = 0;
    for (;;) {
        using next = server::next;
        const auto a = handshake.step({in, static_cast<size_t>(end - in)}, {out, server::max_output});
        in += a.consumed();
        switch (a.next()) {
            case next::send: out += a.data().size(); break;
            case next::recv: end = received(s, end); break;
            case next::authenticate:
                out += handshake
                           .authenticated(app.let_in.known(a.user(), a.password()), {out, server::max_output})
                           .size();
                break;
            case next::serve:
                digest = digest_of(a.to());
                out += handshake.answer(app.answer, {out, server::max_output}).size();
                break;
            case next::done: return {static_cast<size_t>(out - s.out), digest};
            case next::negotiate:
            case next::wait:
            case next::fail: return {};
        }
    }
}

outcome connect_views(const sample& s) {
    const auto& request = *static_cast<const socks::request*>(s.with);
    client handshake;
    const char* in = s.in;
    const char* end = s.in + s.chunk;
    char* out = s.out;
    for (;;) {
        using next = client::next;
        const auto a =
            handshake.step(request, {in, static_cast<size_t>(end - in)}, {out, client::max_output});
        in += a.consumed();
        switch (a.next()) {
            case next::send: out += a.data().size(); break;
            case next::recv: end = received(s, end); break;
            case next::done: return {static_cast<size_t>(out - s.out), digest_of_result(a.result())};
            case next::negotiate:
            case next::wait:
            case next::bound:
            case next::fail: return {};
        }
    }
}

// Mailboxes. read_some and write_some are the row "stubs" of the same operation.

outcome serve_mailboxes(const sample& s) {
    const service& app = *static_cast<const service*>(s.with);
    const int fd = open_peer(s);
    server handshake(app.options);
    socks::inbox<server::max_input> rx;
    socks::outbox<server::max_pending> tx;
    size_t digest = 0;
    for (;;) {
        using next = server::next;
        const auto a = handshake.step(rx, tx);
        switch (a.next()) {
            case next::send: tx.consume(write_some(fd, a.data())); break;
            case next::recv:
                if (const size_t n = read_some(fd, rx.prepare()))
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::authenticate:
                handshake.authenticated(app.let_in.known(a.user(), a.password()), tx);
                break;
            case next::serve:
                digest = digest_of(a.to());
                handshake.answer(app.answer, tx);
                break;
            case next::done: return made(fd, digest);
            case next::negotiate:
            case next::wait:
            case next::fail: return {};
        }
    }
}

outcome connect_mailboxes(const sample& s) {
    const auto& request = *static_cast<const socks::request*>(s.with);
    const int fd = open_peer(s);
    client handshake;
    socks::inbox<client::max_input> rx;
    socks::outbox<client::max_output> tx;
    for (;;) {
        using next = client::next;
        const auto a = handshake.step(request, rx, tx);
        switch (a.next()) {
            case next::send: tx.consume(write_some(fd, a.data())); break;
            case next::recv:
                if (const size_t n = read_some(fd, rx.prepare()))
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::done: return made(fd, digest_of_result(a.result()));
            case next::negotiate:
            case next::wait:
            case next::bound:
            case next::fail: return {};
        }
    }
}

// Mailboxes, and the machine compiled in another unit.

outcome serve_another_unit(const sample& s) {
    const service& app = *static_cast<const service*>(s.with);
    const int fd = open_peer(s);
    server handshake(app.options);
    another_unit::server_inbox rx;
    another_unit::server_outbox tx;
    size_t digest = 0;
    for (;;) {
        using next = server::next;
        const auto a = another_unit::step(handshake, rx, tx);
        switch (a.next()) {
            case next::send: tx.consume(write_some(fd, a.data())); break;
            case next::recv:
                if (const size_t n = read_some(fd, rx.prepare()))
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::authenticate:
                another_unit::authenticated(handshake, app.let_in.known(a.user(), a.password()), tx);
                break;
            case next::serve:
                digest = digest_of(a.to());
                another_unit::answer(handshake, app.answer, tx);
                break;
            case next::done: return made(fd, digest);
            case next::negotiate:
            case next::wait:
            case next::fail: return {};
        }
    }
}

outcome connect_another_unit(const sample& s) {
    const auto& request = *static_cast<const socks::request*>(s.with);
    const int fd = open_peer(s);
    client handshake;
    another_unit::client_inbox rx;
    another_unit::client_outbox tx;
    for (;;) {
        using next = client::next;
        const auto a = another_unit::step(handshake, request, rx, tx);
        switch (a.next()) {
            case next::send: tx.consume(write_some(fd, a.data())); break;
            case next::recv:
                if (const size_t n = read_some(fd, rx.prepare()))
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::done: return made(fd, digest_of_result(a.result()));
            case next::negotiate:
            case next::wait:
            case next::bound:
            case next::fail: return {};
        }
    }
}

// A coroutine.

#if defined(__cpp_impl_coroutine)

namespace {

task serve(const sample& s, const service& app) {
    const int fd = open_peer(s);
    server handshake(app.options);
    socks::inbox<server::max_input> rx;
    socks::outbox<server::max_pending> tx;
    size_t digest = 0;
    for (;;) {
        using next = server::next;
        const auto a = handshake.step(rx, tx);
        switch (a.next()) {
            case next::send: tx.consume(co_await writing{fd, a.data()}); break;
            case next::recv:
                if (const size_t n = co_await reading{fd, rx.prepare()})
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::authenticate:
                handshake.authenticated(app.let_in.known(a.user(), a.password()), tx);
                break;
            case next::serve:
                digest = digest_of(a.to());
                handshake.answer(app.answer, tx);
                break;
            case next::done: co_return made(fd, digest);
            case next::negotiate:
            case next::wait:
            case next::fail: co_return {};
        }
    }
}

task connect(const sample& s, const socks::request& request) {
    const int fd = open_peer(s);
    client handshake;
    socks::inbox<client::max_input> rx;
    socks::outbox<client::max_output> tx;
    for (;;) {
        using next = client::next;
        const auto a = handshake.step(request, rx, tx);
        switch (a.next()) {
            case next::send: tx.consume(co_await writing{fd, a.data()}); break;
            case next::recv:
                if (const size_t n = co_await reading{fd, rx.prepare()})
                    rx.commit(n);
                else
                    handshake.end_of_stream();
                break;
            case next::done: co_return made(fd, digest_of_result(a.result()));
            case next::negotiate:
            case next::wait:
            case next::bound:
            case next::fail: co_return {};
        }
    }
}

}  // namespace

outcome serve_coroutine(const sample& s) { return serve(s, *static_cast<const service*>(s.with)).finish(); }

outcome connect_coroutine(const sample& s) {
    return connect(s, *static_cast<const socks::request*>(s.with)).finish();
}

#endif

// The reads and writes of the loops above, without a machine.

outcome stubs(const sample& s) {
    const auto& m = *static_cast<const messages*>(s.with);
    const int fd = open_peer(s);
    char in[server::max_input];
    const size_t n = read_some(fd, in);
    const char* from = m.data;
    for (size_t i = 0; i < m.count; ++i) from += write_some(fd, {from, m.sizes[i]});
    return made(fd, n == s.size ? m.digest : 0);
}

namespace {

struct handshake {
    const char* name;
    bool client;
    const void* with;
    const void* plain;
    const char* in;
    std::vector<const char*> out;
    size_t digest;
};

void add(std::vector<row>& rows, const handshake& h) {
    std::vector<std::string> sent;
    for (const char* const spelled : h.out) sent.push_back(unhex(spelled));
    const auto* const m = keep(messages(sent, h.digest));
    const std::string out(m->data, m->size());
    const auto contender = [&](const char* name, operation serve, operation connect, const void* with) {
        rows.push_back({h.name, name, h.client ? connect : serve, unhex(h.in), 0, with, out, h.digest});
    };
    contender("hand-written", serve_by_hand, connect_by_hand, h.plain);
    contender("ours, views", serve_views, connect_views, h.with);
    contender("ours, mailboxes", serve_mailboxes, connect_mailboxes, h.with);
    contender("ours, another unit", serve_another_unit, connect_another_unit, h.with);
#if defined(__cpp_impl_coroutine)
    contender("ours, coroutine", serve_coroutine, connect_coroutine, h.with);
#endif
    contender("stubs", stubs, stubs, m);
}

}  // namespace

void add_users(std::vector<row>& rows) {
    using namespace socks;
    using text = hand_written::text;
    const char* const john = apart("john");
    const char* const foo = apart("foo");
    const char* const host = apart("files.example.com");
    const char* const lists = apart(std::string("\2\0", 2));  // username/password, none
    const char* const address = apart(std::string("\xc0\xa8\0\7", 4));

    const auto served = [&](methods accepted) {
        return keep(service{
            {.methods = accepted}, {{john, 4}, {foo, 3}}, {code5::succeeded, {ipv4{192, 168, 0, 7}, 4242}}});
    };
    const auto served_plain = [&](text accepted) {
        return keep(program{true,
                            true,
                            true,
                            accepted,
                            {{john, 4}, {foo, 3}},
                            {0, {hand_written::ipv4, {address, 4}, 4242}}});
    };
    const auto asked = [&](version v, methods offered) {
        return keep(request{.version = v,
                            .to = {bytes(host, 17), 443},
                            .credentials = {bytes(john, 4), bytes(foo, 3)},
                            .methods = offered});
    };
    const auto asked_plain = [&](bool socks5, text offered) {
        return keep(hand_written::request{
            socks5, true, 1, {hand_written::name, {host, 17}, 443}, {john, 4}, {foo, 3}, offered});
    };
    const auto* const login = served(method::username_password);
    const auto* const open = served(method::none);
    const auto* const plain_login = served_plain({lists, 1});
    const auto* const plain_open = served_plain({lists + 1, 1});

    const char* const greeting = "05020200";
    const char* const credentials = "0104'john'03'foo'";
    const char* const request5 = "05010003 11 'files.example.com' 01bb";
    const char* const request4 = "040101bb 00000001 'john' 00 'files.example.com' 00";
    const char* const reply5 = "05000001c0a800071092";
    const char* const reply4 = "005a1092c0a80007";
    const size_t to = mix(17, 443);
    const size_t replied = mix(mix(7, 4242), 0);

    add(rows, {"server, SOCKS5 username/password",
               false,
               login,
               plain_login,
               "05020002 0104'john'03'foo' 05010003 11 'files.example.com' 01bb",
               {"0502", "0100", reply5},
               to});
    add(rows, {"server, SOCKS5",
               false,
               open,
               plain_open,
               "050100 05010003 11 'files.example.com' 01bb",
               {"0500", reply5},
               to});
    add(rows, {"server, SOCKS4a", false, open, plain_open, request4, {reply4}, to});
    add(rows, {"client, SOCKS5 username/password",
               true,
               asked(version::v5, {method::username_password, method::none}),
               asked_plain(true, {lists, 2}),
               "0502 0100 05000001c0a800071092",
               {greeting, credentials, request5},
               replied});
    add(rows, {"client, SOCKS5",
               true,
               asked(version::v5, method::none),
               asked_plain(true, {lists + 1, 1}),
               "0500 05000001c0a800071092",
               {"050100", request5},
               replied});
    add(rows, {"client, SOCKS4a",
               true,
               asked(version::v4a, {}),
               asked_plain(false, {}),
               reply4,
               {request4},
               replied});
}

}  // namespace bench
