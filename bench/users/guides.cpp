// The two loops of docs/guides/loops.md: guide_loops.py writes them into the header that is included below.
// The functions that the page leaves to you work over memory. The row "stubs" calls them in the same order
// without a machine.

#include <string_view>

#include "peer.hpp"

namespace bench {
namespace {

#include "guide_loops.inc"

// What the program is told at run time.
struct asked {
    std::string_view host;
    std::string_view user;
    std::string_view password;
};

outcome client_of_guides(const sample& s) {
    const auto& a = *static_cast<const asked*>(s.with);
    const int fd = open_peer(s);
    client_loop::session c{fd, {.to = {a.host, 443}, .credentials = {a.user, a.password}}};
    c.drive();
    return close_peer(fd);
}

outcome server_of_guides(const sample& s) {
    const int fd = open_peer(s, static_cast<const service*>(s.with));
    server_loop::session c{fd};
    c.drive();
    return close_peer(fd);
}

// The messages of the rows.
constexpr const char* greeting = "050102";
constexpr const char* credentials = "0104'john'03'foo'";
constexpr const char* request = "05010003 11 'files.example.com' 01bb";
constexpr const char* selection = "0502";
constexpr const char* status = "0100";
constexpr const char* reply = "05000001c0a800071092";

// What the stubs are called with.
struct said {
    socks::bytes greeting, credentials, request, selection, status, reply;
    socks::endpoint to;
    socks::reply answer;
    service app;
};

// The client reads exactly what it needs. A reply takes two reads: its fifth byte says how long it is.
outcome client_stubs(const sample& s) {
    const auto& said = *static_cast<const struct said*>(s.with);
    const int fd = open_peer(s);
    char in[socks::client::max_input];
    write_all(fd, said.greeting);
    size_t n = read_some(fd, {in, 2});
    write_all(fd, said.credentials);
    n += read_some(fd, {in, 2});
    write_all(fd, said.request);
    n += read_some(fd, {in, 7});
    n += read_some(fd, {in, 3});
    relay(fd, said.answer, {in, n - s.size});
    return close_peer(fd);
}

outcome server_stubs(const sample& s) {
    const auto& said = *static_cast<const struct said*>(s.with);
    const int fd = open_peer(s, &said.app);
    char in[socks::server::max_input];
    size_t n = read_some(fd, in);
    write_some(fd, said.selection);
    n += known(said.app.let_in.name, said.app.let_in.password) ? 0 : 1;
    write_some(fd, said.status);
    const socks::reply answer = dial(socks::command::connect, said.to);
    n += answer.bound.port == said.answer.bound.port ? 0 : 1;
    write_some(fd, said.reply);
    relay(fd, {in, n - s.size});
    return close_peer(fd);
}

}  // namespace

void add_guides(std::vector<row>& rows) {
    const auto text = [](const char* spelled) {
        const std::string message = unhex(spelled);
        return socks::bytes(apart(message), message.size());
    };
    const socks::bytes john(apart("john"), 4);
    const socks::bytes foo(apart("foo"), 3);
    const socks::bytes host(apart("files.example.com"), 17);
    const socks::reply granted{socks::code5::succeeded, {socks::ipv4{192, 168, 0, 7}, 4242}};
    const auto* const m = keep(said{text(greeting),
                                    text(credentials),
                                    text(request),
                                    text(selection),
                                    text(status),
                                    text(reply),
                                    {host, 443},
                                    granted,
                                    {{}, {john, foo}, granted}});
    const std::string of_client = unhex(greeting) + unhex(credentials) + unhex(request);
    const std::string of_server = unhex(selection) + unhex(status) + unhex(reply);

    const auto add = [&](const char* name, const char* contender, operation run, const void* with,
                         const std::string& in, const std::string& out, size_t digest) {
        rows.push_back({name, contender, run, in, 0, with, out, digest});
    };
    const size_t replied = mix(mix(7, 4242), 0);
    const size_t to = mix(17, 443);
    add("client loop of the guides", "ours, guides", client_of_guides, keep(asked{host, john, foo}),
        of_server, of_client, replied);
    add("client loop of the guides", "stubs", client_stubs, m, of_server, of_client, replied);
    add("server loop of the guides", "ours, guides", server_of_guides, &m->app, of_client, of_server, to);
    add("server loop of the guides", "stubs", server_stubs, m, of_client, of_server, to);
}

}  // namespace bench
