// Explores servers with each option, and servers without some of their parts. Draws docs/server.svg from what
// it sees.

#include "diagrams.hpp"
#include "server_machine.hpp"
#include "walks.hpp"

namespace {

using namespace exploration;

constexpr auto private_method = static_cast<method>(0x80);

constexpr server_options with_login{.methods = method::username_password};

// A server without some of its parts.
template <feature Parts>
void add_small(std::vector<machine>& all, const std::string& parts) {
    all.push_back(server_of<Parts>(parts, {}));
    all.push_back(server_of<Parts>(parts + ", username/password", with_login));
}

std::vector<machine> servers() {
    constexpr socks::tolerance version_5{.credentials_version_5 = true};
    std::vector<machine> all{
        server_of("username/password", with_login),
        server_of("private method", {.methods = private_method}),
        server_of("every version", {}),
        server_of("only SOCKS4", {.v4a = false, .v5 = false}),
        server_of("only SOCKS4a", {.v4 = false, .v5 = false}),
        server_of("only SOCKS5", {.v4 = false, .v4a = false}),
        server_of("SOCKS4 after a greeting", {.v5 = false, .v4_after_greeting = true}),
        server_of("username/password or none", {.methods = {method::username_password, method::none}}),
        server_of("none or username/password", {.methods = {method::none, method::username_password}}),
        server_of("private method or username/password",
                  {.methods = {private_method, method::username_password}}),
        server_of("no method", {.methods = socks::methods()}),
        server_of("strict", {.tolerance = socks::strict}),
        server_of("username/password strict",
                  {.methods = method::username_password, .tolerance = socks::strict}),
        server_of("username/password version 5",
                  {.methods = method::username_password, .tolerance = version_5}),
    };
    add_small<feature::socks4>(all, "only the part SOCKS4");
    add_small<feature::socks5>(all, "only the part SOCKS5");
    add_small<feature::all - feature::credentials>(all, "no credentials");
    add_small<feature::all - feature::other_methods>(all, "no other methods");
    add_small<feature::all - feature::bind>(all, "no BIND");
    add_small<feature::all - feature::after_greeting>(all, "no SOCKS4 after a greeting");
    add_small<feature::all - feature::foreign_protocols>(all, "no foreign protocols");
    return all;
}

}  // namespace

int main(int argc, char** argv) {
    const arguments a = arguments::parse(argc, argv);
    report r("server");
    observations seen;
    if (!walk_all(servers(), a.more, r, seen)) return 1;
    const bool counted = r.finish(a);
    return keep_diagram(a, diagram_of_server(), seen, "server.svg") && counted ? 0 : 1;
}
