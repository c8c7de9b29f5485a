// Looks up names and addresses with the two commands that Tor adds to SOCKS. This host sends no DNS query.

#include <csignal>
#include <optional>

#include "../common/handshake.hpp"
#include "../common/via.hpp"

namespace {

constexpr const char* help =
    R"(usage: resolve --via PROXY [--via PROXY]... [options] HOST...

Asks Tor for an address of each HOST and prints one line for each address.

  --via PROXY   the address of Tor: socks5h://[USER:PASSWORD@]HOST[:PORT]. With
                several, the last is Tor, reached through the others. The
                schemes socks4 and socks5 are refused, because they would
                resolve HOST here. Other credentials use other circuits
  --reverse     each HOST is an address; print its name
  --patience SECONDS
                the time limit for each HOST: look-up of the proxy, connection and
                handshake together (default 30)
  --help        this text

Exit status: 0 all were found, 1 some were not, 2 invalid argument.
)";

struct settings {
    example::via via;
    socks::command command = socks::tor::resolve;
    std::chrono::seconds patience{30};
    std::vector<std::string_view> hosts;
};

// The views point into the arguments of main. @returns nothing if the user asked for help.
std::optional<settings> parse(example::arguments args) {
    settings s;
    while (args.next()) {
        if (args.is("--help")) return {};
        if (args.is("--via"))
            s.via.add(args);
        else if (args.is("--reverse"))
            s.command = socks::tor::resolve_ptr;
        else if (args.is("--patience"))
            s.patience = std::chrono::seconds(args.number(1, 86'400));
        else if (args.is_operand())
            s.hosts.push_back(args.name());
        else
            args.unknown();
    }
    if (s.via.size() == 0) throw example::bad_argument("--via is missing");
    if (s.via.resolves_here())
        throw example::bad_argument("names are for Tor to look up: --via needs socks4a or socks5h");
    if (s.hosts.empty()) throw example::bad_argument("HOST is missing");
    return s;
}

// Uses one connection for each question, because the reply ends it.
bool look_up(settings& s, const socks::host& host) {
    try {
        const example::deadline until(s.patience);
        const socks::route route = s.via.route(s.command, {host, 0}, until);
        const example::unique_fd fd = example::connect_to_any(s.via.first(), until, "the proxy at ");
        example::handshake handshake(route, socks::tor::format);
        const socks::host found = socks::tor::found(s.command, handshake.run(fd.get(), until).reply);
        if (found.kind() == socks::host_kind::none) throw std::runtime_error("no answer in the reply");
        std::printf("%s\n", example::text(found).c_str());
        return true;
    } catch (const std::runtime_error& e) {
        std::fprintf(stderr, "resolve: %s: %s\n", example::text(host).c_str(), e.what());
        return false;
    }
}

int resolve(example::arguments args) {
    std::optional<settings> s = parse(args);
    if (!s) {
        std::fputs(help, stdout);
        return 0;
    }
    std::signal(SIGPIPE, SIG_IGN);
    bool all = true;
    for (const std::string_view host : s->hosts) all &= look_up(*s, socks::host(host));
    example::flush_output();
    return all ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("resolve", [&] { return resolve({argc, argv}); });
}
