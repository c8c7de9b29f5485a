// The mode "client": plays a scripted proxy, runs a command as its client, and judges what the command does.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_CLIENT_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_CLIENT_HPP

#include "../run_options.hpp"
#include "all_scenarios.hpp"
#include "learn.hpp"

namespace example {

namespace client_mode {

constexpr const char* client_help =
    R"(usage: socks-check client [options] -- COMMAND...

Plays a SOCKS proxy and the destination behind it, runs COMMAND once for each case, and
judges the bytes that it sends, its exit status, its output and its time.
These words stand for values in each argument of COMMAND:

  {host} {port}                 the proxy: 127.0.0.1 and a port that changes with each run
  {user} {password}             a login; without them its cases are skipped
  {target_host} {target_port}   the destination: an address or a name

COMMAND must print what the destination sends, and exit with 0 if all went well and
with another status if not. Its input is "GET / HTTP/1.0" and an empty line. If it has
a time limit of its own, set that below --patience. Example:

  socks-check client -- curl -sS -m 5 --socks5-hostname {host}:{port}
                        --proxy-user {user}:{password} http://{target_host}:{target_port}/

  --pipelining         COMMAND may send messages before it has the answers
  --scenarios          the same as --list
)";

constexpr const char* client_help_end =
    R"(
Exit status: 0 no case of the levels must and security failed, 1 one failed, 2 invalid
argument, 3 COMMAND cannot be started or does not work with a good proxy.
)";

inline facts facts_of(const std::vector<std::string>& words) {
    const auto has = [&words](const char* placeholder) {
        return std::any_of(words.begin(), words.end(),
                           [=](const std::string& w) { return w.find(placeholder) != w.npos; });
    };
    if (words.empty()) throw bad_argument("COMMAND is missing; \"--\" stands before it");
    if (!has("{port}")) throw bad_argument("COMMAND has no {port}, so it cannot find the proxy");
    facts known;
    known.has_user = has("{user}");
    known.has_login = known.has_user && has("{password}");
    known.has_target = has("{target_host}") && has("{target_port}");
    return known;
}

/// Throws `skipped` if the client does not have what the scenario needs.
inline void require(needs needed, const facts& client) {
    const bool five = client.version == 5;
    switch (needed) {
        case needs::socks: return;
        case needs::socks5:
            if (!five) throw skipped("the client speaks SOCKS4");
            return;
        case needs::socks4:
            if (five) throw skipped("the client speaks SOCKS5");
            return;
        case needs::login:
            if (!five) throw skipped("the client speaks SOCKS4");
            if (!client.has_login) throw skipped("the command has no {user} and {password}");
            if (!client.offers_login) throw skipped("the client does not offer username/password");
            return;
        case needs::target_of_socks5:
            if (!five) throw skipped("the client speaks SOCKS4");
            [[fallthrough]];
        case needs::target:
            if (!client.has_target) throw skipped("the command has no {target_host} and {target_port}");
    }
}

/// The first case stands for the runs by which the client became known.
inline std::vector<check> client_checks(const facts& client, const std::vector<std::string>& words,
                                        std::chrono::seconds patience, std::function<void(evidence&)> first) {
    std::vector<check> checks;
    checks.push_back({{"baseline-works", level::must,
                       "The command works with a proxy that does everything right.", "field"},
                      std::move(first)});
    for (const scenario& s : all_scenarios()) {
        const auto run = [&s, &client, &words, patience](evidence& record) {
            require(s.needed, client);
            auto t = std::make_unique<trial>(s, client, words, patience);
            // A machine with much work may stop any command for some time, so one late run proves nothing.
            if (t->is_late()) t = std::make_unique<trial>(s, client, words, patience);
            t->record(record);
            t->judge();
        };
        checks.push_back({s.what, run});
    }
    return checks;
}

}  // namespace client_mode

/// @param args  the current argument is the mode; the options of the mode follow.
inline int check_client(arguments args) {
    using namespace client_mode;
    run_options options;
    options.patience = std::chrono::seconds(10);
    std::vector<std::string> words;
    bool may_pipeline = false;
    bool command_follows = false;
    while (!command_follows && args.next()) {
        if (args.is_help()) {
            std::fputs(client_help, stdout);
            std::fputs(run_options_help, stdout);
            std::fputs(client_help_end, stdout);
            return 0;
        }
        if (args.is("--"))
            command_follows = true;
        else if (args.is("--pipelining"))
            may_pipeline = true;
        else if (args.is("--scenarios"))
            options.list = true;
        else if (args.is_operand())
            throw bad_argument("\"--\" is missing before COMMAND, or before \"" + std::string(args.name()) +
                               '"');
        else if (!options.take(args))
            args.unknown();
    }
    if (options.list) return list_checks(client_checks({}, {}, {}, {}));
    static_cast<void>(options.chosen(client_checks({}, {}, {}, {})));  // a wrong --only costs no run
    words = args.rest();
    facts client = facts_of(words);
    client.may_pipeline = may_pipeline;
    std::string command;
    for (const std::string& w : words) command += (command.empty() ? "" : " ") + readable(w);
    secret() = placeholders().password;
    require_descriptors();
    try {
        const auto kill_commands = [] { running_groups().kill_all(); };
        const first_runs first = [&] {
            const interruption stop(kill_commands);
            return learn(client, words, options.patience);
        }();
        std::vector<check> checks = client_checks(client, words, options.patience, first.judge);
        if (first.worked)
            return run_and_report(options, "client", command, command + ": " + first.words,
                                  options.chosen(std::move(checks)), kill_commands);
        checks.resize(1);
        run_and_report(options, "client", command, command, checks);
        std::fprintf(stderr,
                     "socks-check: the command does not work with a good proxy, so no other case ran\n");
    } catch (const cannot_start& e) {
        std::fprintf(stderr, "socks-check: %s\n", e.what());
    }
    return 3;
}

}  // namespace example

#endif
