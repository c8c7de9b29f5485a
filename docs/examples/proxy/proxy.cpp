// A SOCKS4, SOCKS4a and SOCKS5 proxy for Linux with one or more threads. server.hpp does the work.

#include <net/if.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <climits>
#include <csignal>
#include <list>
#include <thread>

#include "server.hpp"

namespace {

constexpr const char* help =
    R"(usage: proxy [options]

A SOCKS4, SOCKS4a and SOCKS5 proxy: CONNECT, BIND and UDP ASSOCIATE, with or
without username/password. It runs until SIGTERM, SIGINT or SIGHUP and writes one line
per connection to stderr.

  --listen ADDRESS:PORT   where to listen, [::1]:1080 or [fe80::1%eth0]:1080 too;
                          port 0 lets the system choose (default 127.0.0.1:1080)
  --allow NETWORK         accept clients of this network, for example 10.0.0.0/8;
                          may be repeated (default 127.0.0.0/8 and ::1). ::/0 means
                          IPv6 only, so add 0.0.0.0/0 to allow everybody
  --forbid NETWORK        refuse destinations in this network; may be repeated
                          (default none)
  --reach NETWORK         let clients of other machines reach destinations in this
                          network, although they are loopback or link-local
                          addresses or the port of this proxy; may be repeated
                          (default none; clients at 127.0.0.0/8 and ::1 reach them
                          anyway). Other addresses of this machine are open: close
                          them with --forbid
  --relay-address ADDRESS
                          the address that clients are told for UDP and for BIND,
                          for a proxy behind a NAT that keeps the ports; once for
                          each family. Most clients read 0.0.0.0 as the address of
                          the proxy itself (default: the real address)
  --relay-ports FIRST-LAST
                          the ports to which clients send their datagrams (default:
                          the system chooses)
  --answers-from WHOM     who may answer datagrams: "destination", "host" (every port
                          of the destination, for TFTP) or "any" (default destination)
  --user NAME             require this user name and the --password that follows;
  --password PASSWORD     may be repeated. Other users of this machine can see
                          both, so --users is better
  --users FILE            require a user name and password of FILE, which has one
                          user:password per line. Blank lines and lines that begin
                          with # are ignored. SOCKS4 has no passwords and is refused
                          then
  --any-password          accept clients that cannot do without a password (Qt, Ruby,
                          OpenVPN) with every user name and password
  --socks4-only           serve SOCKS4 and SOCKS4a. The answer to a SOCKS5 greeting
                          makes java.net.Socket continue with SOCKS4. All other
                          SOCKS5 clients fail
  --tell-bound            put the local address of the connection into the reply to
                          CONNECT, as RFC 1928 says (default 0.0.0.0:0, because
                          old Java clients misread an IPv6 address)
  --connections N         the most connections at once (default 1000). Above it, a
                          new client waits, or takes the place of the oldest
                          handshake that has waited for its client for a second
  --per-client N          the most connections of one client at once. A client is an
                          IPv4 address or the /64 network of an IPv6 address (default
                          half of --connections)
  --threads N             the number of threads; each serves its share of the
                          connections (default 1)
  --handshake SECONDS     the time limit of a complete handshake (default 30)
  --idle SECONDS          the time limit of a connection without data (default 3600).
                          A peer that has vanished is noticed within four minutes
  --quiet                 no log
  --help                  this text

As soon as it listens, it prints "listening on ADDRESS:PORT". A line of the log is:
time (UTC), client, user name or SOCKS4 user ID (- if none), version, command,
destination: outcome, bytes each way, duration, address of the destination.
)";

struct settings {
    example::proxy_options proxy;
    unsigned threads = 1;
    size_t per_client = 0;  // 0: half of all connections
    bool help = false;
};

// Writes the log to standard error. The proxy never waits for the reader of the log. If the reader stalls,
// lines are lost, and a later line reports how many.
class log_writer {
  public:
    void operator()(std::string_view lines) {
        while (!lines.empty()) {
            const size_t last = lines.rfind('\n', PIPE_BUF - 1);
            const std::string_view part = lines.substr(0, last == lines.npos ? PIPE_BUF : last + 1);
            lines.remove_prefix(part.size());
            if (!tell_loss() || !write(part)) lost_ += std::count(part.begin(), part.end(), '\n');
        }
    }

  private:
    bool tell_loss() {
        if (lost_ != 0 &&
            write(example::utc_now() + " the log lost " + std::to_string(lost_) + " lines here\n"))
            lost_ = 0;
        return lost_ == 0;
    }

    // A pipe that poll() reports as ready accepts PIPE_BUF bytes without blocking. O_NONBLOCK would also
    // change the pipe for every program that shares it.
    static bool write(std::string_view part) {
        pollfd ready{STDERR_FILENO, POLLOUT, 0};
        if (::poll(&ready, 1, 0) != 1) return false;
        return example::uninterrupted([&] { return ::write(STDERR_FILENO, part.data(), part.size()); }) >= 0;
    }

    std::ptrdiff_t lost_ = 0;
};

// A link-local address needs its network interface: [fe80::1%eth0]:1080.
void parse_listen(std::string_view text, example::proxy_options& options) {
    const size_t zone = text.find('%');
    const size_t bracket = text.find(']');
    if (zone != text.npos && bracket == text.npos)
        throw example::bad_argument("--listen needs brackets, for example [fe80::1%eth0]:1080");
    if (zone >= bracket) {
        options.listen = example::parse_listen(text);
        options.listen_scope = 0;
        return;
    }
    const std::string interface(text.substr(zone + 1, bracket - zone - 1));
    options.listen = example::parse_listen(std::string(text.substr(0, zone)).append(text.substr(bracket)));
    options.listen_scope = ::if_nametoindex(interface.c_str());
    if (options.listen_scope == 0) throw example::bad_argument("no network interface \"" + interface + '"');
}

// As --listen has it.
std::string listening_on(const example::proxy_options& options) {
    std::string where = example::text(options.listen);
    char interface[IF_NAMESIZE];
    if (::if_indextoname(options.listen_scope, interface) != nullptr)
        where.insert(where.find(']'), std::string("%") + interface);
    return where;
}

void add_relay_address(std::string_view where, std::vector<socks::host>& list) {
    const socks::host h(where);
    if (h.kind() != socks::host_kind::ipv4 && h.kind() != socks::host_kind::ipv6)
        throw example::bad_argument("--relay-address needs an address, not \"" + std::string(where) + '"');
    for (const socks::host& other : list)
        if (other.kind() == h.kind()) throw example::bad_argument("two --relay-address of one family");
    list.push_back(h);
}

std::pair<uint16_t, uint16_t> parse_ports(std::string_view range) {
    const size_t dash = range.find('-');
    const auto first = socks::parse_port(range.substr(0, dash));
    const auto last = dash == range.npos ? first : socks::parse_port(range.substr(dash + 1));
    if (!first || !last || *first == 0 || *first > *last)
        throw example::bad_argument("--relay-ports needs FIRST-LAST, not \"" + std::string(range) + '"');
    return {*first, *last};
}

example::answers_from parse_answers(std::string_view whom) {
    using example::answers_from;
    if (whom == "destination") return answers_from::destination;
    if (whom == "host") return answers_from::host;
    if (whom == "any") return answers_from::any;
    throw example::bad_argument("--answers-from needs destination, host or any, not \"" + std::string(whom) +
                                '"');
}

settings parse(example::arguments args) {
    settings s;
    bool default_clients = true;
    bool password_due = false;
    s.proxy.log = log_writer{};
    while (args.next()) {
        if (args.is("--listen")) {
            parse_listen(args.value(), s.proxy);
        } else if (args.is("--allow")) {
            if (std::exchange(default_clients, false)) s.proxy.rules.clients.clear();
            s.proxy.rules.clients.push_back(example::network::parse(args.value()));
        } else if (args.is("--forbid")) {
            s.proxy.rules.forbidden.push_back(example::network::parse(args.value()));
        } else if (args.is("--reach")) {
            s.proxy.rules.reachable.push_back(example::network::parse(args.value()));
        } else if (args.is("--relay-address")) {
            add_relay_address(args.value(), s.proxy.relay_addresses);
        } else if (args.is("--relay-ports")) {
            s.proxy.relay_ports = parse_ports(args.value());
        } else if (args.is("--answers-from")) {
            s.proxy.answers = parse_answers(args.value());
        } else if (args.is("--user")) {
            if (std::exchange(password_due, true)) throw example::bad_argument("--user without --password");
            s.proxy.users.push_back({std::string(args.value()), {}});
        } else if (args.is("--password")) {
            if (!std::exchange(password_due, false)) throw example::bad_argument("--password without --user");
            s.proxy.users.back().password = args.value();
        } else if (args.is("--users")) {
            const auto more = example::read_credentials(std::string(args.value()));
            s.proxy.users.insert(s.proxy.users.begin(), more.begin(), more.end());
        } else if (args.is("--any-password")) {
            s.proxy.any_password = true;
        } else if (args.is("--socks4-only")) {
            s.proxy.socks4_only = true;
        } else if (args.is("--tell-bound")) {
            s.proxy.tell_bound = true;
        } else if (args.is("--connections")) {
            s.proxy.connections = args.number(1, 1'000'000);
        } else if (args.is("--per-client")) {
            s.per_client = args.number(1, 1'000'000);
        } else if (args.is("--threads")) {
            s.threads = args.number(1, 1000);
        } else if (args.is("--handshake")) {
            s.proxy.handshake_limit = example::seconds(args.number(1, 3600));
        } else if (args.is("--idle")) {
            s.proxy.idle_limit = example::seconds(args.number(1, 1'000'000));
        } else if (args.is("--quiet")) {
            s.proxy.log = [](std::string_view) {};
        } else if (args.is("--help")) {
            s.help = true;
        } else {
            args.unknown();
        }
    }
    if (password_due) throw example::bad_argument("--user without --password");
    if (s.proxy.socks4_only && !s.proxy.users.empty())
        throw example::bad_argument("--socks4-only cannot have passwords, because SOCKS4 has none");
    if (s.proxy.any_password && !s.proxy.users.empty())
        throw example::bad_argument("--any-password contradicts --user and --users");
    if (s.proxy.any_password && s.proxy.socks4_only)
        throw example::bad_argument("--any-password contradicts --socks4-only, because SOCKS4 has none");
    s.proxy.shared = s.threads > 1;
    s.proxy.connections = (s.proxy.connections + s.threads - 1) / s.threads;
    return s;
}

// A connection takes two descriptors, or four with datagrams. If the system grants too few, the proxy serves
// fewer connections at once. The others wait, which is better than a refusal.
void fit_into_descriptor_limit(settings& s) {
    const rlim_t base = 16 + 8 * s.threads;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur =
        std::clamp<rlim_t>(base + 4 * s.threads * s.proxy.connections, limit.rlim_cur, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0 || ::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const size_t room = (std::max(limit.rlim_cur, base + 2 * s.threads) - base) / (2 * s.threads);
    if (room >= s.proxy.connections) return;
    s.proxy.connections = room;
    s.proxy.log(example::utc_now() + " at most " + std::to_string(room * s.threads) +
                " connections at once, because of the limit of descriptors (ulimit -n)\n");
}

// Turns the signals that end the program into bytes to read. Threads inherit this, so call it before them.
example::unique_fd stop_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGHUP);  // the terminal is closed
    example::must(::sigprocmask(SIG_BLOCK, &set, nullptr), "sigprocmask");
    return example::unique_fd(example::must(::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC), "signalfd"));
}

int serve(example::arguments args) {
    settings s = parse(args);
    if (s.help) {
        std::fputs(help, stdout);
        return 0;
    }
    fit_into_descriptor_limit(s);
    if (s.per_client == 0) s.per_client = std::max(s.threads * s.proxy.connections / 2, size_t{1});
    s.proxy.per_client = s.per_client;
    const example::unique_fd stop = stop_signals();
    std::signal(SIGPIPE, SIG_IGN);  // the end of the log reader must not end the proxy
    // The proxies share only the port. The system may choose it for the first one.
    std::list<example::proxy_server> proxies;
    while (proxies.size() < s.threads) s.proxy.listen = proxies.emplace_back(s.proxy).address();
    std::printf("listening on %s\n", listening_on(s.proxy).c_str());
    std::fflush(stdout);
    std::exception_ptr failure;
    std::mutex failing;
    // No proxy consumes the signal, so it stops all of them. A failure of one of them stops the others like
    // the signal, so that they can reset their connections.
    const auto run = [&](example::proxy_server& p) noexcept {
        try {
            p.run(stop.get());
        } catch (...) {
            const std::lock_guard hold(failing);
            failure = std::current_exception();
            ::kill(::getpid(), SIGTERM);
        }
    };
    std::vector<std::jthread> others;
    for (auto p = std::next(proxies.begin()); p != proxies.end(); ++p)
        others.emplace_back([&run, p] { run(*p); });
    run(proxies.front());
    others.clear();
    if (failure) std::rethrow_exception(failure);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("proxy", [&] { return serve({argc, argv}); });
}
