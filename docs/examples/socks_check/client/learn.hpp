// The first runs of the command, with a proxy that does everything right. They show which version the client
// speaks, what it offers, and what its output looks like.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_LEARN_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_LEARN_HPP

#include <memory>

#include "trial.hpp"

namespace example::client_mode {

struct first_runs {
    bool worked = false;
    std::string words{};                     ///< what is known of the client
    std::function<void(evidence&)> judge{};  ///< of the run that failed, or of the last one
};

namespace detail {

// The second run waits before its answers, so it sees a client that does not wait.
inline const std::array<scenario, 2>& good_proxies() {
    static const std::array<scenario, 2> list{{{{},
                                                ending::delivered,
                                                [](conversation& c) {
                                                    c.until_request();
                                                    c.answer(c.granting_reply());
                                                    c.serve();
                                                }},
                                               {{}, ending::delivered, [](conversation& c) {
                                                    c.read_first();
                                                    c.pipelined =
                                                        !c.listen_for(std::chrono::milliseconds(200)).empty();
                                                    c.go_on_to_request();
                                                    c.pipelined |=
                                                        !c.listen_for(std::chrono::milliseconds(200)).empty();
                                                    c.answer(c.granting_reply());
                                                    c.serve();
                                                }}}};
    return list;
}

inline std::string described(const facts& client, const std::string& greeting) {
    std::string words = client.version == 4 ? "SOCKS4" : "SOCKS5, methods " + hexadecimal(greeting.substr(2));
    if (client.pipelines) words += ", sends messages before the answers";
    return words;
}

}  // namespace detail

/// Runs the command twice and adds to `client`. Throws cannot_start.
inline first_runs learn(facts& client, const std::vector<std::string>& words, std::chrono::seconds patience) {
    first_runs result;
    client.repeats_itself = false;  // until both runs are known
    std::string printed, upstream;
    for (const scenario& s : detail::good_proxies()) {
        const auto run = std::make_shared<trial>(s, client, words, patience);
        result.judge = [run](evidence& record) {
            run->record(record);
            run->judge();
        };
        try {
            run->judge();
        } catch (const std::exception&) {
            return result;
        }
        const played& connection = run->first_complete();
        std::string output = run->end().output;
        const size_t token = output.find(run->token());
        client.before = output.substr(0, token);
        client.after = output.substr(token + run->token().size());
        client.prints_all = output == make_page(run->token());
        client.version = connection.greeting.empty() ? 4 : 5;
        client.offers_login = connection.greeting.find('\x02', 2) != std::string::npos;
        client.pipelines = connection.pipelined;
        result.words = detail::described(client, connection.greeting);
        const bool again = &s == &detail::good_proxies().back();
        output.erase(token, run->token().size());
        if (again && output != printed) result.words += ", output differs from run to run";
        if (again) client.repeats_itself = output == printed;
        client.waits_for_data = connection.upstream.empty();
        const bool same = run->connections().size() == 1 && (!again || connection.upstream == upstream);
        client.upstream = same ? connection.upstream : "";
        printed = std::move(output);
        upstream = connection.upstream;
    }
    client.is_known = result.worked = true;
    return result;
}

}  // namespace example::client_mode

#endif
