// Draws a handshake of each version on the wire as SVG: every field of every message, with its bytes and its
// width.
//
//     handshakes FOLDER           writes FOLDER/handshake_*.svg
//     handshakes --check FOLDER   fails if a file differs
//
// A client and a server of the library talk to each other. The annotator of the examples names the fields.

#include "message.hpp"
#include "svg.hpp"

#include <socks/socks.hpp>

#include <cstdio>
#include <fstream>
#include <iterator>

namespace {

using namespace drawings;

constexpr socks::endpoint bound{socks::ipv4{192, 0, 2, 7}, 50000};

// What both send until the request is granted.
std::vector<message> play(const socks::request& request, const socks::server_options& options) {
    example::annotator annotator;
    std::vector<message> all;
    socks::client client;
    socks::server server{options};
    socks::inbox<socks::client::max_input> to_client;
    socks::inbox<socks::server::max_input> to_server;
    char room[socks::client::max_output];
    const auto deliver = [&](bool by_client, socks::bytes data, auto& in) {
        all.push_back(message_of(annotator, by_client, data));
        socks::detail::copy(in.prepare().data(), data.data(), data.size());
        in.commit(data.size());
    };
    for (;;) {
        const auto c = client.step(request, to_client, room);
        if (c.next() == socks::client::next::send) deliver(true, c.data(), to_server);
        if (c.next() == socks::client::next::done) return all;
        if (c.next() == socks::client::next::fail) throw std::runtime_error("the handshake has failed");
        if (c.next() != socks::client::next::recv) continue;
        char reply[socks::server::max_output];
        const auto s = server.step(to_server, reply);
        using next = socks::server::next;
        if (s.next() == next::send) deliver(false, s.data(), to_client);
        if (s.next() == next::authenticate)
            deliver(false, server.authenticated(true, reply).data(), to_client);
        if (s.next() == next::serve)
            deliver(false, server.answer({socks::code5::succeeded, bound}, reply).data(), to_client);
        if (s.next() == next::fail) throw std::runtime_error("the server has refused");
    }
}

std::vector<message> udp() {
    std::vector<message> all =
        play({.command = socks::command::udp_associate, .to = socks::unspecified_ipv4}, {});
    char room[socks::max_datagram_header + 16];
    const auto query = socks::encode_datagram({"example.com", 53}, "query", room);
    all.push_back(datagram_of(true, query.data()));
    const auto answer = socks::encode_datagram({socks::ipv4{203, 0, 113, 5}, 53}, "answer", room);
    all.push_back(datagram_of(false, answer.data()));
    return all;
}

struct drawing {
    const char* name;
    const char* title;
    std::vector<message> messages;
};

std::vector<drawing> drawings_of_all() {
    const socks::endpoint address{socks::ipv4{203, 0, 113, 5}, 443}, name{"example.com", 443};
    using socks::version;
    return {
        {"socks4", "SOCKS4: CONNECT to an address",
         play({.version = version::v4, .to = address, .credentials = {"john"}}, {})},
        {"socks4a", "SOCKS4a: CONNECT to a name",
         play({.version = version::v4a, .to = name, .credentials = {"john"}}, {})},
        {"socks5", "SOCKS5: CONNECT to a name, no authentication", play({.to = name}, {})},
        {"socks5_credentials", "SOCKS5: CONNECT with username and password",
         play({.to = address, .credentials = {"john", "foo"}},
              {.methods = socks::method::username_password})},
        {"udp", "SOCKS5: UDP ASSOCIATE, and one datagram in each direction", udp()},
    };
}

}  // namespace

int main(int argc, char** argv) {
    const bool only_compare = argc == 3 && std::string_view(argv[1]) == "--check";
    if (argc != (only_compare ? 3 : 2)) {
        fputs("usage: handshakes [--check] FOLDER\n", stderr);
        return 2;
    }
    int trouble = 0;
    for (const drawing& d : drawings_of_all()) {
        const std::string path = std::string(argv[argc - 1]) + "/handshake_" + d.name + ".svg";
        const std::string made = svg_of(d.title, d.messages);
        if (!only_compare) {
            std::ofstream(path) << made;
            continue;
        }
        std::ifstream in(path);
        if (std::string(std::istreambuf_iterator<char>(in), {}) == made) continue;
        fprintf(stderr, "%s is not what the library sends; write it again: tests/drawings/handshakes docs\n",
                path.c_str());
        trouble = 1;
    }
    return trouble;
}
