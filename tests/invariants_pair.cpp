// A client and a server exchange bytes over two queues, with reads and writes of every small size. Both reach
// done in a bounded number of turns, and both get what the other sent. What an application sends after its
// last message arrives completely at the other.

#include "conversations.hpp"

namespace {

using namespace drive;

constexpr bytes from_client = "GET / HTTP/1.0\r\n\r\n";
constexpr bytes from_server = "SSH-2.0-x\r\n";

// One direction of the connection.
struct queue {
    tape carried{};
    size_t read = 0;

    [[nodiscard]] constexpr bytes rest() const { return carried.view().subspan(read); }
};

// What both sides have: mailboxes, their end of the two queues, and the size of their reads and writes.
struct side {
    queue& out;
    queue& in;
    size_t chunk;
    socks::inbox<socks::server::max_input> received{};
    socks::outbox<socks::server::max_pending> to_send{};
    tape told{};
    tape early{};
    bool done = false;
    bool failed = false;
    int toy_turn = 0;

    // Moves up to a chunk from the queue into the inbox.
    constexpr bool read() {
        const size_t n = chunk < in.rest().size() ? chunk : in.rest().size();
        if (n == 0) return false;
        const socks::buffer to = received.prepare(n);
        for (size_t i = 0; i < n; ++i) to.data()[i] = in.rest().data()[i];
        received.commit(n);
        in.read += n;
        return true;
    }

    constexpr bool write(bytes data) {
        const size_t n = chunk < data.size() ? chunk : data.size();
        out.carried.put(data.first(n));
        to_send.consume(n);
        return true;
    }

    // Takes one message of the toy method, if it is there.
    constexpr bool take(bytes expected) {
        if (received.data().size() < expected.size()) return false;
        failed = failed || received.data().first(expected.size()) != expected;
        received.consume(expected.size());
        return true;
    }
};

constexpr bool turn(side& s, socks::client& m, const conversation& c) {
    using next = socks::client::next;
    if (s.done) return false;
    const auto a = m.step(c.request, s.received, s.to_send);
    switch (a.next()) {
        case next::send:
            s.write(a.data());
            if (s.out.carried.size() == c.client.all().size()) s.out.carried.put(from_client);
            return true;
        case next::recv: return s.read();
        case next::negotiate:
            s.told.put('N').put(static_cast<uint8_t>(a.method()));
            s.out.carried.put(toy_hello);
            return true;
        case next::wait:
            if (!s.take(toy_challenge)) return s.read();
            s.out.carried.put(toy_proof);
            m.negotiated(true);
            return true;
        case next::bound: s.told.put('B').put(a.bound()); return true;
        case next::done:
            s.told.put('D').put(a.result().reply.code.value).put(a.result().reply.bound);
            s.early.put(a.result().early);
            return s.done = true;
        case next::fail: s.failed = true; return false;
    }
    return false;
}

// Answers the second question of BIND at the third time of asking, and the toy method message by message.
constexpr bool wait(side& s, socks::server& m, const conversation& c, int& patience) {
    if (c.request.command == command::bind) {
        if (--patience == 0) m.answer(c.app.answers[1], s.to_send);
        return true;
    }
    if (s.toy_turn == 0 && s.take(toy_hello)) {
        s.out.carried.put(toy_challenge);
        s.toy_turn = 1;
        return true;
    }
    if (s.toy_turn == 1 && s.take(toy_proof)) {
        m.negotiated(true);
        return true;
    }
    return s.read();
}

constexpr bool turn(side& s, socks::server& m, const conversation& c, int& patience) {
    using next = socks::server::next;
    if (s.done) return false;
    const auto a = m.step(s.received, s.to_send);
    switch (a.next()) {
        case next::send: return s.write(a.data());
        case next::recv: return s.read();
        case next::authenticate:
            s.told.put('L').put(a.user()).put(':').put(a.password());
            m.authenticated(true, s.to_send);
            return true;
        case next::negotiate: s.told.put('N').put(static_cast<uint8_t>(a.method())); return true;
        case next::serve:
            s.told.put('S').put(static_cast<uint8_t>(a.version())).put(static_cast<uint8_t>(a.command()));
            s.told.put(a.to()).put(static_cast<uint8_t>(a.method())).put(a.user());
            m.answer(c.app.answers[0], s.to_send);
            return true;
        case next::wait: return wait(s, m, c, patience);
        case next::done:
            s.early.put(a.result().early);
            s.out.carried.put(from_server);
            return s.done = true;
        case next::fail: s.failed = true; return false;
    }
    return false;
}

constexpr void converse(check& t, const conversation& c, size_t chunk_a, size_t chunk_b) {
    queue up;
    queue down;
    side a{.out = up, .in = down, .chunk = chunk_a};
    side b{.out = down, .in = up, .chunk = chunk_b};
    socks::client near;
    socks::server far(c.server_options);
    int patience = 3;
    size_t turns = 0;
    const size_t limit = 4 * (c.client.all().size() + c.server.all().size()) + 40;
    for (bool alive = true; alive && turns != limit; ++turns) {
        const bool one = turn(a, near, c);
        const bool other = turn(b, far, c, patience);
        alive = one || other;
    }
    t.ok(turns < limit && !a.failed && !b.failed);
    t.ok(a.done && a.told == c.result);
    t.ok(b.done && b.told == c.asked);
    t.ok(up.carried == c.client.all().put(from_client));
    t.ok(down.carried == c.server.all().put(from_server));
    t.ok(a.early.put(down.rest()) == from_server && a.received.empty());
    t.ok(b.early.put(up.rest()) == from_client && b.received.empty());
}

constexpr void client_and_server_understand_each_other(check& t) {
    for (const conversation& c : conversations) converse(t, c, 600, 600);
}
PROVE_AND_RUN(client_and_server_understand_each_other)

constexpr void client_and_server_understand_each_other_byte_by_byte(check& t) {
    for (const conversation& c : conversations) converse(t, c, 1, 1);
}
PROVE_AND_RUN(client_and_server_understand_each_other_byte_by_byte)

void client_and_server_understand_each_other_at_every_pair_of_paces(check& t) {
    for (const conversation& c : conversations)
        for (size_t a = 1; a <= 8; ++a)
            for (size_t b = 1; b <= 8; ++b) converse(t, c, a, b);
}
RUN(client_and_server_understand_each_other_at_every_pair_of_paces)

// Every command over every version that has it, with every kind of address: the conversations made anew, and
// only compared with each other's ends, for what is on the wire is proved above.
void every_version_command_and_address_goes_through(check& t) {
    const socks::host hosts[] = {ipv4{66, 102, 7, 99}, documentation, "files.example.com", {}};
    for (const version via : {version::v4, version::v4a, version::v5})
        for (const command what : {command::connect, command::bind, command::udp_associate})
            for (const socks::host& to : hosts) {
                const auto entered = t.in();
                const socks::request request{
                    .version = via, .command = what, .to = {to, 443}, .credentials = {"john", "foo"}};
                if (socks::validate(request) != errc::none) continue;
                const bool five = via == version::v5;
                const socks::reply good = five ? socks::reply{code5::succeeded, {ipv4{192, 0, 2, 7}, 1080}}
                                               : socks::reply{code4::granted, {ipv4{192, 0, 2, 7}, 1080}};
                const application app{.answers = {good, good}};
                const outcome asked =
                    run<plain>(socks::client(), request, {.says = five ? "05 02  01 00"_bytes : bytes()});
                t.ok(asked.how == ending::starved);
                socks::server far({.methods = {method::username_password, method::none}});
                const outcome answered =
                    run<boxed>(far, app, {.says = asked.sent.view(), .how = in_pieces_of(5)});
                t.ok(answered.how == ending::done);
                const outcome heard =
                    run<posted<3>>(socks::client(), request, {.says = answered.sent.view()});
                t.ok(heard.how == ending::done && heard.sent == asked.sent);
                tape expected;
                if (what == command::bind) expected.put("'B' 01 c0000207 0438"_bytes);
                expected.put('D').put(good.code.value).put(good.bound);
                t.ok(heard.told == expected);
            }
}
RUN(every_version_command_and_address_goes_through)

}  // namespace
