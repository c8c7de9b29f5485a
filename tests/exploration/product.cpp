// Explores pairs of a client and a server.

#include "product.hpp"
#include "report.hpp"

namespace {

using namespace exploration;
using socks::command;
using socks::credentials;
using socks::request;

constexpr auto private_method = static_cast<method>(0x80);
constexpr socks::endpoint address{socks::ipv4{192, 0, 2, 7}, 80};
constexpr socks::endpoint name{"ab", 80};

// What the server is told of a request.
std::string asks(version v, const request& r, method m = method::none) {
    std::string made = v == version::v5 ? "5" : "4";
    made += static_cast<char>(r.command);
    made += static_cast<char>(m);
    return made + told(r.to) + (v == version::v5 ? "" : text(r.credentials.user));
}

// The server asks its application.
pair served(const std::string& name_of_pair, const request& r, client_options c = {}, server_options s = {},
            method m = method::none) {
    return {name_of_pair, client_of(name_of_pair, r, c), server_of(name_of_pair, s), asks(r.version, r, m),
            c.pipelined};
}

// The server never asks.
pair refused(const std::string& name_of_pair, const request& r, client_options c, server_options s) {
    return {name_of_pair, client_of(name_of_pair, r, c), server_of(name_of_pair, s), "", c.pipelined};
}

std::vector<pair> pairs() {
    constexpr request plain4{.version = version::v4, .to = address, .credentials = {"u"}};
    constexpr request plain4a{.version = version::v4a, .to = name};
    constexpr request bind4{.version = version::v4, .command = command::bind, .to = address};
    constexpr request plain5{.to = name};
    constexpr request login5{.to = address, .credentials = {"u", "p"}};
    constexpr request private5{.to = name, .methods = {private_method, method::none}};
    constexpr request bind5{.command = command::bind, .to = address};
    constexpr request udp5{.command = command::udp_associate, .to = {socks::ipv4{}, 0}};
    constexpr server_options logs_in{.methods = method::username_password};
    constexpr auto password = method::username_password;
    return {
        served("SOCKS4", plain4),
        served("SOCKS4a", plain4a),
        served("SOCKS4 BIND", bind4),
        served("SOCKS5", plain5),
        served("SOCKS5 BIND", bind5),
        served("SOCKS5 UDP ASSOCIATE", udp5),
        served("username/password", login5, {}, logs_in, password),
        served("private method", private5, {}, {.methods = private_method}, private_method),
        served("full refusals", plain5, {.wait_for_full_refusal = true}),
        served("strict", login5, {.tolerance = socks::strict},
               {.methods = password, .tolerance = socks::strict}, password),
        served("pipelined", plain5, {.pipelined = true}),
        served("pipelined username/password", login5, {.pipelined = true}, logs_in, password),
        refused("SOCKS5 refused", plain5, {}, {.v5 = false}),
        refused("SOCKS4 refused", plain4, {}, logs_in),
        refused("no method in common", plain5, {}, logs_in),
        refused("no method in common, pipelined", login5, {.pipelined = true}, {}),
    };
}

}  // namespace

int main(int argc, char** argv) {
    const arguments a = arguments::parse(argc, argv);
    report r("pair");
    for (const pair& p : pairs()) {
        product walk(p, a.more ? 5 : 3);
        try {
            walk.run();
        } catch (const broken& b) {
            r.add(p.name, b, walk.trail());
            return 1;
        }
        r.add(p.name, walk.states(), walk.edges());
    }
    return r.finish(a) ? 0 : 1;
}
