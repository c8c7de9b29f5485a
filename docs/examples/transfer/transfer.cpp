// Sends a file to a partner of a Transfer CFT configuration through its SOCKS proxy, with the attempts of its
// schedule. The program prints what the operator of such a transfer sees.

#include <socks/transfer_cft/disposition.hpp>

#include <optional>

#include "../common/two_ways.hpp"
#include "attempt.hpp"
#include "configuration.hpp"
#include "file.hpp"
#include "operator.hpp"

namespace {

constexpr const char* help =
    R"(usage: transfer --config FILE --partner ID --send FILE [options]
       transfer --config FILE --partner ID --check | --relay [options]
       transfer --receive FILE [--listen ADDRESS:PORT]

Sends FILE to the partner ID of a Transfer CFT configuration, through the SOCKS
proxy that leads there. A refused connection is tried again by the schedule of CFTTCP.
A transfer that would fail again is put on hold (state K) until the operator
types START or sends SIGUSR1.

  --config FILE      CFTNET, CFTPROT, CFTPART and CFTTCP commands
  --check            only print the errors of the configuration, or its meaning
  --relay            relay standard input and output instead of a file, for a
                     protocol of your own; START is SIGUSR1 only. If either side is
                     cut off, there is no other attempt
  --clock virtual    skip all waiting times, and end where only the operator's
                     signal could continue
  --patience SECONDS  the time limit of a handshake, of each 64 KiB and of the
                     confirmation (default 30). --relay has no limit for its data
  --start            START without the operator, when the transfer is first held
  --copilot USER     do as Copilot: SOCKS5 without a password or with one; if the
                     proxy has no SOCKS5, SOCKS4 with this user ID on the same
                     connection; if that fails too, on a new connection
  --receive FILE     act as the partner: receive one file. It is FILE.part until it
                     is complete
  --listen ADDRESS:PORT  where the partner listens (default 127.0.0.1:1761)
  --help             this text

Exit status: 0 sent, 1 given up, or failed here or at the partner, 2 invalid argument
or configuration, 3 on hold.
)";

enum class task { none, send, check, relay, receive };

struct settings {
    task what = task::none;
    std::string file;
    std::string config;
    std::string_view partner;
    std::optional<std::string_view> copilot;
    std::chrono::seconds patience{30};
    bool virtual_clock = false;
    bool start = false;
    socks::endpoint listen{socks::ipv4{127, 0, 0, 1}, 1761};
};

std::string minutes(uint64_t seconds) { return "+" + std::to_string(seconds / 60) + " min"; }

// The request to the proxy. If the configuration names a service, the request has the port of that service.
socks::cft::attempt next_attempt(const socks::cft::targets& targets, const socks::retry_target& target,
                                 const settings& s) {
    socks::cft::attempt a = targets.attempt_for(target);
    if (!a.service.empty()) {
        const std::string service{std::string_view(a.service)};
        const servent* const entry = ::getservbyname(service.c_str(), "tcp");
        if (entry == nullptr)
            throw example::bad_argument("no port is known for the service " + example::escaped(service));
        a.request.to.port = ntohs(static_cast<uint16_t>(entry->s_port));
    }
    if (s.copilot) a.request = socks::first_try(a.request.to, a.request.credentials);
    return a;
}

int check(const socks::cft::targets& targets, const settings& s) {
    for (uint32_t p = 0; p < targets.protocols(); ++p)
        for (uint32_t h = 0; h < targets.hosts(); ++h) {
            const socks::cft::attempt a = next_attempt(targets, {h, p}, s);
            std::printf("%s by %s through %s, at most %u connections\n", example::text(a.request.to).c_str(),
                        to_string(a.request.version), example::text(a.proxy).c_str(), a.maxcnx);
        }
    if (targets.schedule().limit == 0) {
        std::printf("no retries\n");
        return 0;
    }
    std::printf("retries after");
    for (uint32_t failed = 1; is_tried_again(targets.schedule(), failed); ++failed)
        std::printf(" %u", minutes_until_next(targets.schedule(), failed));
    std::printf(" minutes\n");
    return 0;
}

// Uses an open connection. @returns the outcome of the transfer. If a relay is cut off, this throws, because
// another attempt could not repeat the input.
socks::outcome use(example::connection c, const settings& s) {
    if (s.what == task::relay) {
        example::relay(std::move(c.fd), std::move(c.early));
        return socks::errc::none;
    }
    try {
        const example::fingerprint sent = example::send_file(c.fd.get(), s.file, c.early, s.patience);
        std::printf("the partner confirms %llu bytes, checksum %016llx\n",
                    static_cast<unsigned long long>(sent.size),
                    static_cast<unsigned long long>(sent.checksum));
        return socks::errc::none;
    } catch (const std::system_error& e) {
        return e.code() == std::errc::timed_out ? socks::errc::timed_out : socks::errc::closed;
    }
}

std::string in_words(const socks::outcome& how) {
    char room[socks::max_text_outcome];
    const std::string reason(std::string_view(format(how, room).data()));
    if (!how.has_code()) return reason;
    return example::text(how.code()) + " (" +
           (how.code().version == socks::version::v5 ? "SOCKS5" : "SOCKS4") + " reply " +
           std::to_string(how.code().value) + "): " + reason;
}

// Runs attempts until the transfer is done, given up, or on hold without an operator who can restart it.
int transfer(example::configuration& configuration, const settings& s) {
    const socks::cft::targets& targets = configuration.targets();
    FILE* const log = s.what == task::relay ? stderr : stdout;  // the other stream may carry data
    example::transfer_operator desk(s.what != task::relay);
    example::transfer_clock clock(s.virtual_clock);
    const socks::retry_schedule schedule = targets.schedule();
    const auto sizes = [&targets] { return std::pair(targets.hosts(), targets.protocols()); };
    const auto planned = sizes();
    socks::retry attempts(schedule, planned.first, planned.second);
    bool starts_itself = s.start;
    const auto restart = [&] {
        std::fprintf(log, "%s: START\n", minutes(clock.now()).c_str());
        attempts.restart();
    };
    // A fault that would end a later attempt ends the program before the first one.
    if (s.what == task::send) example::must_be_a_file(s.file);
    for (uint32_t p = 0; p < targets.protocols(); ++p) static_cast<void>(next_attempt(targets, {0, p}, s));
    for (;;) {
        if (!configuration.load()) return 2;
        if (sizes() != planned) throw example::bad_argument("HOST or PROT has another number of values now");
        const socks::cft::attempt a = next_attempt(targets, attempts.target(), s);
        std::fprintf(log, "%s: to %s by %s through %s\n", minutes(clock.now()).c_str(),
                     example::text(a.request.to).c_str(), to_string(a.request.version),
                     example::text(a.proxy).c_str());
        example::connection c = example::connect_through(a.proxy, a.request, s.patience, s.copilot);
        configuration.forget();
        const socks::outcome how = c.how.succeeded() ? use(std::move(c), s) : c.how;
        const std::string now = minutes(clock.now());
        if (!how.succeeded()) std::fprintf(log, "%s: %s\n", now.c_str(), in_words(how).c_str());
        switch (attempts.ended(decide(how, socks::cft::dispositions), clock.now())) {
            case socks::retry::next::done: return 0;
            case socks::retry::next::give_up:
                std::fprintf(log, "%s: given up after %u attempts\n", now.c_str(), attempts.failed());
                return 1;
            case socks::retry::next::again:
                std::fprintf(log, "%s: retry in %u min, at %s\n", now.c_str(),
                             minutes_until_next(schedule, attempts.failed()),
                             minutes(attempts.due()).c_str());
                if (!clock.is_virtual() && desk.starts_within(clock.seconds_until(attempts.due()))) restart();
                clock.advance_to(attempts.due());
                break;
            case socks::retry::next::hold:
                std::fprintf(log, "%s: on hold (state K) until START\n", now.c_str());
                if (!std::exchange(starts_itself, false) && !desk.starts(clock.is_virtual())) return 3;
                restart();
                break;
        }
    }
}

int receive(const settings& s) {
    example::must_be_replaceable(s.file);
    const example::unique_fd listener = example::listen_on(s.listen, 1);
    example::must(listener.get(), "cannot listen");
    std::printf("listening on %s\n", example::text(example::local_endpoint(listener.get())).c_str());
    const example::unique_fd sender(example::must(
        example::uninterrupted([&] { return ::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC); }),
        "accept"));
    const example::fingerprint received = example::receive_file(sender.get(), s.file, s.patience);
    std::printf("received %llu bytes, checksum %016llx\n", static_cast<unsigned long long>(received.size),
                static_cast<unsigned long long>(received.checksum));
    return 0;
}

// The views point into the arguments of main. @returns nothing if the user asked for help.
std::optional<settings> parse(example::arguments args) {
    settings s;
    const auto set = [&s, &args](task what) {
        if (s.what != task::none)
            throw example::bad_argument(std::string(args.name()) +
                                        ": only one of --send, --check, --relay and --receive is possible");
        s.what = what;
    };
    while (args.next()) {
        if (args.is("--help")) return {};
        if (args.is("--config")) {
            s.config = args.value();
        } else if (args.is("--partner")) {
            s.partner = args.value();
        } else if (args.is("--send") || args.is("--receive")) {
            set(args.is("--send") ? task::send : task::receive);
            s.file = args.value();
        } else if (args.is("--check") || args.is("--relay")) {
            set(args.is("--check") ? task::check : task::relay);
        } else if (args.is("--clock")) {
            const std::string_view kind = args.value();
            if (kind != "virtual" && kind != "real")
                throw example::bad_argument("--clock is virtual or real");
            s.virtual_clock = kind == "virtual";
        } else if (args.is("--patience")) {
            s.patience = std::chrono::seconds(args.number(1, 86'400));
        } else if (args.is("--start")) {
            s.start = true;
        } else if (args.is("--copilot")) {
            s.copilot = args.value();
        } else if (args.is("--listen")) {
            s.listen = example::parse_listen(args.value());
        } else {
            args.unknown();
        }
    }
    if (s.what == task::none)
        throw example::bad_argument("one of --send, --check, --relay and --receive is needed");
    if (s.what != task::receive && (s.config.empty() || s.partner.empty()))
        throw example::bad_argument("--config and --partner are needed");
    return s;
}

int run(example::arguments args) {
    const std::optional<settings> s = parse(args);
    if (!s) {
        std::fputs(help, stdout);
        return 0;
    }
    std::setvbuf(stdout, nullptr, _IOLBF, 0);
    std::signal(SIGPIPE, SIG_IGN);  // a write to a closed connection is an error, not a signal
    if (s->what == task::receive) return receive(*s);
    example::configuration configuration(s->config, s->partner);
    if (!configuration.load()) return 2;
    return s->what == task::check ? check(configuration.targets(), *s) : transfer(configuration, *s);
}

}  // namespace

int main(int argc, char** argv) {
    return example::run("transfer", [&] { return run({argc, argv}); });
}
