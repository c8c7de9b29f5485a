// Explores clients with each option and each kind of request, and clients without some of their parts. Draws
// docs/client.svg from what it sees.

#include "client_machine.hpp"
#include "diagrams.hpp"
#include "walks.hpp"

namespace {

using namespace exploration;
using socks::command;
using socks::credentials;
using socks::ipv4;

constexpr auto private_method = static_cast<method>(0x80);
constexpr socks::tolerance any_version{.reply4_version = socks::leeway::any,
                                       .auth_status_version = socks::leeway::any};

constexpr socks::endpoint address{ipv4{192, 0, 2, 7}, 80};
constexpr socks::endpoint address6{socks::ipv6{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7}, 80};
constexpr socks::endpoint name{"a.example", 80};

constexpr socks::request plain4{.version = version::v4, .to = address, .credentials = {"me"}};
constexpr socks::request plain4a{.version = version::v4a, .to = name};
constexpr socks::request bind4{.version = version::v4, .command = command::bind, .to = address};
constexpr socks::request plain5{.to = address};
constexpr socks::request plain6{.to = address6};
constexpr socks::request login5{.to = name, .credentials = {"me", "pw"}};
constexpr socks::request either5{
    .to = name, .credentials = {"me", "pw"}, .methods = {method::none, method::username_password}};
constexpr socks::request private5{.to = name, .methods = {private_method, method::none}};
constexpr socks::request bind5{.command = command::bind, .to = address};
constexpr socks::request udp5{.command = command::udp_associate};

// A client without some of its parts.
template <feature Parts>
void add_small(std::vector<machine>& all, const std::string& parts) {
    all.push_back(client_of<Parts>(parts + ", SOCKS4", plain4));
    all.push_back(client_of<Parts>(parts + ", SOCKS5 BIND with two methods",
                                   {.command = command::bind,
                                    .to = address,
                                    .credentials = {"me", "pw"},
                                    .methods = {method::username_password, private_method}}));
    all.push_back(client_of<Parts>(parts + ", SOCKS5 pipelined", login5, {.pipelined = true}));
}

std::vector<machine> clients() {
    std::vector<machine> all{
        client_of("SOCKS4", plain4),
        client_of("SOCKS4a", plain4a),
        client_of("SOCKS4 BIND", bind4),
        client_of("SOCKS4 strict", plain4, {.tolerance = socks::strict}),
        client_of("SOCKS4 any version", plain4, {.tolerance = any_version}),
        client_of("SOCKS4 full refusals", plain4, {.wait_for_full_refusal = true}),
        client_of("SOCKS4 after a greeting", plain4, {.after_greeting = true}),
        client_of("SOCKS5", plain5),
        client_of("SOCKS5 IPv6", plain6),
        client_of("SOCKS5 UDP ASSOCIATE", udp5),
        client_of("SOCKS5 BIND", bind5),
        client_of("SOCKS5 username/password", login5),
        client_of("SOCKS5 two methods", either5),
        client_of("SOCKS5 private method", private5),
        client_of("SOCKS5 strict", login5, {.tolerance = socks::strict}),
        client_of("SOCKS5 any version", login5, {.tolerance = any_version}),
        client_of("SOCKS5 full refusals", plain5, {.wait_for_full_refusal = true}),
        client_of("SOCKS5 BIND full refusals", bind5, {.wait_for_full_refusal = true}),
        client_of("SOCKS5 after a greeting", plain5, {.after_greeting = true}),
        client_of("SOCKS5 pipelined", plain5, {.pipelined = true}),
        client_of("SOCKS5 pipelined username/password", login5, {.pipelined = true}),
        client_of("SOCKS5 pipelined two methods", either5, {.pipelined = true}),
        client_of("SOCKS5 pipelined BIND", bind5, {.pipelined = true}),
        client_of("SOCKS5 pipelined full refusals", login5,
                  {.wait_for_full_refusal = true, .pipelined = true}),
        client_of("SOCKS5 without a host", {}),
        client_of("SOCKS5 without credentials", {.to = name, .methods = method::username_password}),
        client_of("SOCKS4 with a name", {.version = version::v4, .to = name}),
    };
    add_small<feature::socks4>(all, "only SOCKS4");
    add_small<feature::socks5>(all, "only SOCKS5");
    add_small<feature::socks5 | feature::credentials>(all, "only SOCKS5 and credentials");
    add_small<feature::all - feature::credentials>(all, "no credentials");
    add_small<feature::all - feature::other_methods>(all, "no other methods");
    add_small<feature::all - feature::bind>(all, "no BIND");
    add_small<feature::all - feature::pipelining>(all, "no pipelining");
    add_small<feature::all - feature::foreign_protocols>(all, "no foreign protocols");
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    const arguments a = arguments::parse(argc, argv);
    report r("client");
    observations seen;
    if (!walk_all(clients(), a.more, r, seen)) return 1;
    const bool counted = r.finish(a);
    return keep_diagram(a, diagram_of_client(), seen, "client.svg") && counted ? 0 : 1;
}
