// Explores chains of one to three proxies.

#include "client_machine.hpp"
#include "walks.hpp"

namespace {

using namespace exploration;
using socks::command;
using socks::hop;
using socks::ipv4;

constexpr auto private_method = static_cast<method>(0x80);

constexpr hop plain{.proxy = {ipv4{192, 0, 2, 1}, 1080}};
constexpr hop login{.proxy = {"b.example", 1081}, .credentials = {"me", "pw"}};
constexpr hop other{.proxy = {"c.example", 1082}, .methods = {private_method, method::none}};
constexpr hop old{.proxy = {ipv4{192, 0, 2, 4}, 1083}, .version = version::v4};
constexpr hop named{.proxy = {ipv4{192, 0, 2, 5}, 1084}, .version = version::v4a};

constexpr hop one[] = {plain};
constexpr hop two[] = {plain, login};
constexpr hop mixed[] = {old, plain};
constexpr hop last4a[] = {login, named};
constexpr hop three[] = {plain, named, login};
constexpr hop third_of_another_method[] = {old, plain, other};
constexpr hop unreachable[] = {old, login};  // SOCKS4 cannot ask for a name

constexpr socks::endpoint to{"a.example", 80};

template <feature Parts = feature::all>
machine chain_of(const std::string& name, const socks::route& asked, client_options options = {}) {
    using chain = socks::basic_chain<Parts>;
    machine m = client_machine<chain>(name, asked, options, [asked](const chain& of) {
        if (of.hop() >= asked.through.size()) return socks::request();
        const hop& proxy = asked.through[of.hop()];
        return socks::request{
            .version = proxy.version, .credentials = proxy.credentials, .methods = proxy.methods};
    });
    m.hop = [](image i) { return with<chain>(i, [](chain& of) { return of.hop(); }); };
    return m;
}

std::vector<machine> chains() {
    using socks::hops;
    return {
        chain_of("one proxy", {.through = one, .to = to}),
        chain_of("two proxies", {.through = two, .to = to}),
        chain_of("SOCKS4, then SOCKS5", {.through = mixed, .to = to}),
        chain_of("SOCKS5, then SOCKS4a", {.through = last4a, .to = to}),
        chain_of("three proxies", {.through = three, .to = to}),
        chain_of("three proxies, the last with a private method",
                 {.through = third_of_another_method, .to = to}),
        chain_of("BIND at the second proxy", {.through = two, .command = command::bind, .to = to}),
        chain_of("two proxies, full refusals", {.through = two, .to = to}, {.wait_for_full_refusal = true}),
        chain_of("two proxies, strict", {.through = two, .to = to}, {.tolerance = socks::strict}),
        chain_of("two proxies, pipelined", {.through = two, .to = to}, {.pipelined = true}),
        chain_of("three proxies, pipelined", {.through = three, .to = to}, {.pipelined = true}),
        chain_of("SOCKS4 after a greeting, then SOCKS5", {.through = mixed, .to = to},
                 {.after_greeting = true}),
        chain_of("no proxy", {.through = hops(), .to = to}),
        chain_of("a name over SOCKS4", {.through = unreachable, .to = to}),
        chain_of<feature::socks5>("only SOCKS5", {.through = one, .to = to}),
        chain_of<feature::socks5>("only SOCKS5, a login", {.through = two, .to = to}),
        chain_of<feature::all - feature::pipelining>("no pipelining", {.through = mixed, .to = to}),
    };
}

}  // namespace

int main(int argc, char** argv) {
    const arguments a = arguments::parse(argc, argv);
    report r("chain");
    observations seen;
    return walk_all(chains(), a.more, r, seen) && r.finish(a) ? 0 : 1;
}
