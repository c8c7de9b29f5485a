// A client against a server, over two queues that cut the bytes at random, through the smallest mailboxes.
// The handshake ends, and both agree on the result, which follows from their settings. The server gets the
// client's request, and the client the server's answer. What each application sends after its last message,
// or as soon as it may, arrives completely, and nothing else does. A cleared mailbox contains no byte of it.

#include "play.hpp"

using namespace fuzzing;

namespace {

// Longer than an inbox, so that what arrives with the last message can fill it. A shift by one shows.
std::string payload(char first) {
    std::string s;
    for (int i = 0; i < 600; ++i) s += static_cast<char>(first + i % 61);
    return s;
}

const std::string from_client = payload('0');
const std::string from_server = payload('A');

template <size_t Inbox, size_t Outbox>
struct side {
    std::string sent;  // all that was ever sent
    size_t heard = 0;  // of what the other side sent
    std::string told;
    std::string early;
    bool paid = false;  // the payload was sent
    ending how = ending::running;
    errc why = errc::none;
    socks::inbox<Inbox> in{};
    socks::outbox<Outbox> out{};

    // Moves bytes that the other side sent into the inbox.
    bool hear(const std::string& other, dice& chance) {
        const size_t left = other.size() - heard;
        if (left == 0 || in.full()) return false;
        const buffer to = in.prepare(1 + chance.below(static_cast<uint32_t>(left)));
        const size_t n = to.capacity() < left ? to.capacity() : left;
        std::memcpy(to.data(), other.data() + heard, n);
        in.commit(n);
        heard += n;
        return true;
    }
    bool say(bytes data, dice& chance) {
        const size_t n = chance.below(static_cast<uint32_t>(data.size()) + 1);
        sent += text(data.first(n));
        out.consume(n);
        return true;
    }
    void pay(const std::string& payload) {
        if (!paid) sent += payload;
        paid = true;
    }
    bool finish(bytes handed_over, const std::string& payload) {
        how = ending::done;
        early = text(handed_over);
        pay(payload);
        demand(in.empty());
        return true;
    }
    // Makes every byte of both mailboxes zero, so that later bytes show.
    void empty() {
        static_cast<void>(out.prepare());
        in.clear();
        out.clear();
    }
    // Whether a caller that clears the mailboxes leaves no secret behind.
    bool leaves_nothing() {
        in.clear();
        out.clear();
        for (const buffer all : {in.prepare(), out.prepare()})
            if (std::string(all.data(), all.capacity()).find_first_not_of('\0') != std::string::npos)
                return false;
        return true;
    }
    [[nodiscard]] std::string tunnel(const std::string& other) const { return early + other.substr(heard); }
    bool fail(errc e) {
        how = ending::failed;
        why = e;
        return true;
    }
};

using client_side = side<socks::client::max_input, socks::client::max_pipelined>;
using server_side = side<socks::server::max_input, socks::server::max_pending>;

bool turn(socks::client& m, client_side& s, const server_side& other, const socks::request& request,
          dice& chance) {
    using next = socks::client::next;
    if (s.how != ending::running) return false;
    const auto a = m.step(request, s.in, s.out);
    switch (a.next()) {
        case next::send: return s.say(a.data(), chance);
        case next::recv:
            if (m.may_send_early()) s.pay(from_client);
            if (s.hear(other.sent, chance)) return true;
            if (other.how == ending::failed) m.end_of_stream();
            return other.how == ending::failed;
        case next::negotiate: m.negotiated(true); return true;
        case next::wait: demand(false); return false;
        case next::bound: write_down(s.told, a.bound()); return true;
        case next::done:
            write_down(s.told, a.result().reply.bound);
            return s.finish(a.result().early, from_client);
        case next::fail: return s.fail(a.error());
    }
    return false;
}

bool turn(socks::server& m, server_side& s, const client_side& other, const answers& app, size_t& asked,
          dice& chance) {
    using next = socks::server::next;
    if (s.how != ending::running) return false;
    const auto a = m.step(s.in, s.out);
    switch (a.next()) {
        case next::send: return s.say(a.data(), chance);
        case next::recv:
            if (s.hear(other.sent, chance)) return true;
            if (other.how == ending::failed) m.end_of_stream();
            return other.how == ending::failed;
        case next::authenticate:
            write_down(s.told, a.user());
            write_down(s.told, a.password());
            m.authenticated(app.grants, s.out);
            return true;
        case next::negotiate: m.negotiated(app.negotiates); return true;
        case next::serve:
            s.told += static_cast<char>(a.command());
            write_down(s.told, a.to());
            write_down(s.told, a.user());
            m.answer(app.replies[0], s.out);
            return true;
        case next::wait:
            demand(++asked == 1);
            m.answer(app.replies[1], s.out);
            return true;
        case next::done: return s.finish(a.result().early, from_server);
        case next::fail: return s.fail(a.error());
    }
    return false;
}

std::string wanted(const socks::request& request, bool logs_in) {
    std::string s;
    if (logs_in) {
        write_down(s, request.credentials.user);
        write_down(s, request.credentials.password);
    }
    s += static_cast<char>(request.command);
    write_down(s, request.to.host.kind() == socks::host_kind::none
                      ? socks::endpoint{socks::ipv4{}, request.to.port}
                      : request.to);
    write_down(s, request.version == socks::version::v5 ? bytes() : request.credentials.user);
    return s;
}

// The bound addresses of the answers, as far as the version can carry them.
std::string answered(const socks::request& request, const answers& app) {
    std::string s;
    for (const socks::reply& r : app.replies) {
        const bool five = request.version == socks::version::v5;
        const socks::host_kind kind = r.bound.host.kind();
        const bool carried = kind == socks::host_kind::ipv4 || (five && kind != socks::host_kind::none);
        write_down(s, carried ? r.bound : socks::endpoint{socks::ipv4{}, r.bound.port});
        if (request.command != socks::command::bind) break;
    }
    return s;
}

// Whether the server lets the client in: by its first method that the client offers.
bool lets_in(const socks::server_options& o, const answers& app, const socks::request& request) {
    const bool empty = request.credentials.user.empty() || request.credentials.password.empty();
    for (size_t i = 0; o.methods.is_valid() && i < o.methods.size(); ++i) {
        const socks::method m = o.methods[i];
        if (!request.offer().contains(m)) continue;
        if (m == socks::method::none) return true;
        if (m != socks::method::username_password) return app.negotiates;
        return app.grants && (o.tolerance.empty_credentials || !empty);
    }
    return false;
}

bool must_succeed(const socks::server_options& o, const answers& app, const socks::request& request) {
    if (socks::validate(request) != errc::none) return false;
    for (const socks::reply& r : app.replies) {
        if (!r.code.succeeded() || !r.bound.host.is_sendable()) return false;
        if (request.command != socks::command::bind) break;
    }
    if (request.version == socks::version::v5) return o.v5 && lets_in(o, app, request);
    const bool named = request.to.host.kind() == socks::host_kind::name;
    return (named ? o.v4a : o.v4) && o.methods.contains(socks::method::none);
}

}  // namespace

//     tolerance  seed  what is served  its answers  request
void fuzz(input in) {
    const uint8_t tolerance = in.byte();
    dice chance(in.byte());
    const socks::server_options server_options = any_server_options(in);
    const answers app = any_answers(in);
    const socks::request request = any_request(in);
    socks::client near({.tolerance = any_tolerance(tolerance), .pipelined = (tolerance & 1) != 0});
    socks::server far(server_options);
    client_side a;
    server_side b;
    a.empty();
    b.empty();
    size_t asked = 0;
    size_t turns = 0;
    for (bool alive = true; alive; ++turns) {
        demand(turns < 40 + 8 * (a.sent.size() + b.sent.size() + 1100));
        const bool one = turn(near, a, b, request, chance);
        const bool other = turn(far, b, a, app, asked, chance);
        alive = one || other;
    }
    const bool good = must_succeed(server_options, app, request);
    demand((a.how == ending::done) == good && (b.how == ending::done) == good && a.how != ending::running);
    demand(a.leaves_nothing() && b.leaves_nothing());
    if (!good) return;
    demand(b.told == wanted(request, far.method() == socks::method::username_password));
    demand(a.told == answered(request, app));
    demand(a.tunnel(b.sent) == from_server && b.tunnel(a.sent) == from_client);
}
