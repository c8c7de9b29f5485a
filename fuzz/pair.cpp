// A client against a server, over two queues that cut the bytes at random, through both mailboxes. The
// handshake ends, and both agree on the result. The server gets the client's request. What each application
// sends after its last message arrives completely.

#include "play.hpp"

using namespace fuzzing;

namespace {

constexpr char from_client[] = "GET / HTTP/1.0\r\n\r\n";
constexpr char from_server[] = "SSH-2.0-x\r\n";

struct side {
    std::string sent;  // all that was ever sent
    size_t heard = 0;  // of what the other side sent
    std::string told;
    std::string early;
    ending how = ending::running;
    errc why = errc::none;
    socks::inbox<socks::server::max_input> in{};
    socks::outbox<socks::client::max_pipelined> out{};

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
    bool finish(bytes handed_over, const char* payload) {
        how = ending::done;
        early = text(handed_over);
        sent += payload;
        demand(in.empty());
        return true;
    }
    [[nodiscard]] std::string tunnel(const std::string& other) const { return early + other.substr(heard); }
    bool fail(errc e) {
        how = ending::failed;
        why = e;
        return true;
    }
};

bool turn(socks::client& m, side& s, const side& other, const socks::request& request, dice& chance) {
    using next = socks::client::next;
    if (s.how != ending::running) return false;
    const auto a = m.step(request, s.in, s.out);
    switch (a.next()) {
        case next::send: return s.say(a.data(), chance);
        case next::recv:
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

bool turn(socks::server& m, side& s, const side& other, const answers& app, size_t& asked, dice& chance) {
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
    side a;
    side b;
    size_t asked = 0;
    size_t turns = 0;
    for (bool alive = true; alive; ++turns) {
        demand(turns < 40 + 8 * (a.sent.size() + b.sent.size() + 1100));
        const bool one = turn(near, a, b, request, chance);
        const bool other = turn(far, b, a, app, asked, chance);
        alive = one || other;
    }
    if (b.how == ending::done) {
        demand(b.told == wanted(request, far.method() == socks::method::username_password));
        // Only a bound name that no server should send can come between.
        demand(a.how == ending::done || a.why == errc::nul_in_name || a.why == errc::empty_name);
        if (a.how != ending::done) return;
        demand(a.tunnel(b.sent) == from_server && b.tunnel(a.sent) == from_client);
    } else {
        demand(a.how != ending::done && a.how != ending::running);
    }
}
