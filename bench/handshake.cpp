// Complete handshakes: our machines in a drive loop over plain views, the floor, and memcpy of the same
// bytes. The floor is straight-line code that assumes valid and complete messages. The floor and ours do the
// same work: choose a method, compare user name and password, hand over the name and the port, and write the
// replies.

#include <cstring>

#include "bench.hpp"
#include "floor.hpp"

namespace bench {
namespace {

using socks::bytes;

constexpr uint16_t bound_port = 4242;

// What the application knows and answers, out of the optimiser's sight. Which methods a server accepts and
// that it grants a request stands in its code, as it does in that of the floor.
struct service {
    bytes user;
    bytes password;
    socks::ipv4 address;
    uint16_t port;
};

bool known(const service& s, bytes user, bytes password) { return user == s.user && password == s.password; }

template <socks::method Accepted, auto Granted>
outcome serve(const sample& s) {
    const service& app = *static_cast<const service*>(s.with);
    socks::server handshake({.methods = Accepted});
    const char* in = s.in;
    const char* const end = s.in + s.size;
    const char* visible = in + s.chunk;
    char* out = s.out;
    size_t digest = 0;
    for (;;) {
        const auto a =
            handshake.step({in, static_cast<size_t>(visible - in)}, {out, socks::server::max_output});
        in += a.consumed();
        switch (a.next()) {
            case socks::server::next::send: out += a.data().size(); break;
            case socks::server::next::recv:
                visible = static_cast<size_t>(end - visible) > s.chunk ? visible + s.chunk : end;
                break;
            case socks::server::next::authenticate:
                out +=
                    handshake
                        .authenticated(known(app, a.user(), a.password()), {out, socks::server::max_output})
                        .size();
                break;
            case socks::server::next::serve: {
                const socks::endpoint to = a.to();
                digest = mix(to.host.name().size(), to.port);
                out += handshake.answer({Granted, {app.address, app.port}}, {out, socks::server::max_output})
                           .size();
                break;
            }
            case socks::server::next::done: return {static_cast<size_t>(out - s.out), digest};
            case socks::server::next::negotiate:
            case socks::server::next::wait:
            case socks::server::next::fail: return {};
        }
    }
}

// What a client is asked for, out of the optimiser's sight; with which version and methods stands in its
// code.
struct inputs {
    socks::endpoint to;
    bytes user;
    bytes password;
};

template <socks::version Via, socks::method... Offered>
socks::request ask_for(const inputs& w) {
    return {.version = Via, .to = w.to, .credentials = {w.user, w.password}, .methods = {Offered...}};
}

template <bool Pipelined, socks::version Via, socks::method... Offered>
outcome connect(const sample& s) {
    const socks::request request = ask_for<Via, Offered...>(*static_cast<const inputs*>(s.with));
    socks::client handshake({.pipelined = Pipelined});
    const char* in = s.in;
    const char* const end = s.in + s.size;
    const char* visible = in + s.chunk;
    char* out = s.out;
    for (;;) {
        const auto a = handshake.step(request, {in, static_cast<size_t>(visible - in)},
                                      {out, socks::client::max_output});
        in += a.consumed();
        switch (a.next()) {
            case socks::client::next::send: out += a.data().size(); break;
            case socks::client::next::recv:
                visible = static_cast<size_t>(end - visible) > s.chunk ? visible + s.chunk : end;
                break;
            case socks::client::next::done: {
                const auto [reply, early] = a.result();
                const socks::ipv4 at = reply.bound.host.v4();
                return {static_cast<size_t>(out - s.out), mix(at.bytes[3], reply.bound.port)};
            }
            case socks::client::next::negotiate:
            case socks::client::next::wait:
            case socks::client::next::bound:
            case socks::client::next::fail: return {};
        }
    }
}

// The same work by the wire layer alone: each message decoded and encoded by its own call.
template <socks::method Accepted>
outcome wire_serve5(const sample& s) {
    const service& app = *static_cast<const service*>(s.with);
    bytes in{s.in, s.size};
    char* out = s.out;
    const auto room = [&] { return socks::buffer{out, socks::server::max_output}; };
    const auto offer = socks::decode_greeting(in);
    if (!offer) return {};
    in = in.subspan(offer.consumed());
    if (!offer->offers(Accepted)) return {};
    out += socks::encode_method_selection(Accepted, room()).size();
    if (Accepted == socks::method::username_password) {
        const auto who = socks::decode_credentials(in);
        if (!who || !known(app, who->user, who->password)) return {};
        in = in.subspan(who.consumed());
        out += socks::encode_auth_status(0, room()).size();
    }
    const auto asked = socks::decode_request5(in);
    if (!asked || asked->command != socks::command::connect) return {};
    const size_t digest = mix(asked->to.host.name().size(), asked->to.port);
    out += encode_reply5({socks::code5::succeeded, {app.address, app.port}}, room()).size();
    return {static_cast<size_t>(out - s.out), digest};
}

template <socks::method... Offered>
outcome wire_connect5(const sample& s) {
    const inputs& w = *static_cast<const inputs*>(s.with);
    constexpr socks::methods offered{Offered...};
    bytes in{s.in, s.size};
    char* out = s.out;
    const auto room = [&] { return socks::buffer{out, socks::client::max_output}; };
    out += encode_greeting({offered.as_bytes()}, room()).size();
    const auto chosen = socks::decode_method_selection(in);
    if (!chosen || !offered.contains(*chosen)) return {};
    in = in.subspan(chosen.consumed());
    if (*chosen == socks::method::username_password) {
        out += encode_credentials({w.user, w.password}, room()).size();
        const auto verdict = socks::decode_auth_status(in);
        if (!verdict || *verdict != 0) return {};
        in = in.subspan(verdict.consumed());
    }
    out += encode_request5({socks::command::connect, w.to}, room()).size();
    const auto answer = socks::decode_reply5(in);
    if (!answer || answer->code != socks::code5::succeeded) return {};
    const socks::ipv4 at = answer->bound.host.v4();
    return {static_cast<size_t>(out - s.out), mix(at.bytes[3], answer->bound.port)};
}

outcome wire_serve4(const sample& s) {
    const service& app = *static_cast<const service*>(s.with);
    const auto asked = socks::decode_request4({s.in, s.size});
    if (!asked || asked->command != socks::command::connect) return {};
    const size_t digest = mix(asked->to.host.name().size(), asked->to.port);
    const auto made = socks::encode_reply4({socks::code4::granted, {app.address, app.port}},
                                           {s.out, socks::server::max_output});
    return {made.size(), digest};
}

outcome wire_connect4(const sample& s) {
    const inputs& w = *static_cast<const inputs*>(s.with);
    const auto made =
        socks::encode_request4({socks::command::connect, w.to, w.user}, {s.out, socks::client::max_output});
    const auto answer = socks::decode_reply4({s.in, s.size});
    if (!answer || answer->code != socks::code4::granted) return {};
    return {made.size(), mix(answer->bound.host.v4().bytes[3], answer->bound.port)};
}

struct handshake {
    const char* name;
    operation ours;
    operation wire;
    operation floor;
    const void* app;
    const void* plain;
    const char* in;
    const char* out;
    size_t digest;
    std::vector<size_t> chunks{};  // ascending, for the plot
};

void add(std::vector<row>& rows, const handshake& h) {
    const std::string in = unhex(h.in);
    const std::string out = unhex(h.out);
    rows.push_back({h.name, "ours, complete", h.ours, in, 0, h.app, out, h.digest});
    rows.push_back({h.name, "ours, three chunks", h.ours, in, (in.size() + 2) / 3, h.app, out, h.digest});
    rows.push_back({h.name, "ours, byte by byte", h.ours, in, 1, h.app, out, h.digest});
    for (const size_t chunk : h.chunks) {
        if (chunk >= in.size()) break;
        rows.push_back(
            {h.name, "ours, chunks of " + std::to_string(chunk), h.ours, in, chunk, h.app, out, h.digest});
    }
    rows.push_back({h.name, "wire layer", h.wire, in, 0, h.app, out, h.digest});
    add_floor(rows, h.name, h.floor, in, h.plain, out, h.digest);
}

}  // namespace

void add_handshakes(std::vector<row>& rows) {
    using namespace socks;
    const char* const user = apart("john");
    const char* const password = apart("foo");
    const auto* const app = keep(service{bytes(user, 4), bytes(password, 3), {192, 168, 0, 7}, bound_port});
    const auto* const plain = keep(plain_service{user, password, {'\xc0', '\xa8', 0, 7}, bound_port});
    const auto* const named = keep(inputs{{"files.example.com", 443}, bytes(user, 4), bytes(password, 3)});
    const auto* const numbered =
        keep(inputs{{ipv4{198, 51, 100, 9}, 443}, bytes(user, 4), bytes(password, 3)});
    const auto plain_client = [&](const char* host, const char* bytes4) {
        return keep(plain_request{user, 4, password, 3, host, std::strlen(host), bytes4, 443});
    };
    const auto* const plain_named = plain_client("files.example.com", "\0\0\0\1");
    const auto* const plain_numbered = plain_client("", "\xc6\x33\x64\x09");
    const size_t asked_name = mix(17, 443);
    const size_t asked_address = mix(0, 443);
    const size_t replied = mix(7, bound_port);

    const std::vector<size_t> sweep{2, 3, 4, 6, 8, 12, 16, 24};
    const char* const reply_none = "0500 05000001c0a800071092";
    const char* const reply_login = "0502 0100 05000001c0a800071092";
    const char* const reply_4 = "005a1092c0a80007";
    const char* const ask_none = "050100 05010003 11 'files.example.com' 01bb";
    const char* const ask_login = "05020002 0104'john'03'foo' 05010003 11 'files.example.com' 01bb";
    const char* const ask_4 = "040101bb c6336409 'john' 00";
    const char* const ask_4a = "040101bb 00000001 'john' 00 'files.example.com' 00";

    add(rows, {"server, SOCKS5", serve<method::none, code5::succeeded>, wire_serve5<method::none>,
               floor_serve5<0>, app, plain, ask_none, reply_none, asked_name});
    add(rows, {"server, SOCKS5 username/password", serve<method::username_password, code5::succeeded>,
               wire_serve5<method::username_password>, floor_serve5<2>, app, plain, ask_login, reply_login,
               asked_name, sweep});
    add(rows, {"server, SOCKS4", serve<method::none, code4::granted>, wire_serve4, floor_serve4, app, plain,
               ask_4, reply_4, asked_address});
    add(rows, {"server, SOCKS4a", serve<method::none, code4::granted>, wire_serve4, floor_serve4, app, plain,
               ask_4a, reply_4, asked_name});
    constexpr auto none = method::none;
    constexpr auto login = method::username_password;
    add(rows, {"client, SOCKS5", connect<false, version::v5, none>, wire_connect5<none>, floor_connect5<0>,
               named, plain_named, reply_none, ask_none, replied});
    add(rows, {"client, SOCKS5 username/password", connect<false, version::v5, none, login>,
               wire_connect5<none, login>, floor_connect5<0, 2>, named, plain_named, reply_login, ask_login,
               replied, sweep});
    add(rows, {"client, SOCKS5 username/password, pipelined", connect<true, version::v5, login>,
               wire_connect5<login>, floor_connect5<2>, named, plain_named, reply_login,
               "050102 0104'john'03'foo' 05010003 11 'files.example.com' 01bb", replied});
    add(rows, {"client, SOCKS4", connect<false, version::v4>, wire_connect4, floor_connect4, numbered,
               plain_numbered, reply_4, ask_4, replied});
    add(rows, {"client, SOCKS4a", connect<false, version::v4a>, wire_connect4, floor_connect4, named,
               plain_named, reply_4, ask_4a, replied});
}

}  // namespace bench
