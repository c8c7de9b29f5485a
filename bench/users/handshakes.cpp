// Handshakes as programs have them: options, credentials, destinations and answers are read at run time. Each
// contender has a file of its own.

#include "peer.hpp"

namespace bench {

// The reads and writes of the loops above, without a machine.

outcome stubs(const sample& s) {
    const auto& m = *static_cast<const messages*>(s.with);
    const int fd = open_peer(s);
    char in[socks::server::max_input];
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
