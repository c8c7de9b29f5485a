// A scenario: what the scripted proxy does with the client, and how the client may end.

#ifndef EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIO_HPP
#define EXAMPLES_SOCKS_CHECK_CLIENT_SCENARIO_HPP

#include <deque>

#include "conversation.hpp"

namespace example::client_mode {

/// How the command must end. It never crashes, and it is never killed at the end of the time.
enum class ending {
    delivered,     ///< exit status 0, and exactly what the destination sent is printed
    refused,       ///< an exit status other than 0, and no byte of the proxy is printed
    unless_first,  ///< delivered; but a client that speaks first may refuse what comes before
    either,        ///< one of the two: strict and tolerant clients are both right
    cut,           ///< an exit status other than 0; a part of what the destination sent is printed
    any,           ///< with any exit status, and no message of the proxy is printed
};

/// What it means if the client ends before the script does.
enum class early_end {
    fails,
    passes,  ///< the client may refuse its arguments, but then its exit status is not 0
    skips,   ///< the same, and the case did not happen
};

/// What the client must speak or offer. Otherwise the scenario is skipped.
enum class needs { socks, socks5, socks4, login, target, target_of_socks5 };

struct scenario {
    rule what;
    ending expected;
    std::function<void(conversation&)> play;
    needs needed = needs::socks;
    early_end before_the_end = early_end::fails;
    placeholders values{};
    bool listens = true;  ///< whether somebody listens on the port of the proxy
};

using scenarios = std::vector<scenario>;

/// Literal bytes that may contain a NUL.
template <size_t Size>
std::string raw(const char (&literal)[Size]) {
    return {literal, Size - 1};
}

/// Keeps a text that is composed while the list of scenarios is made.
inline std::string_view keep(std::string text) {
    static std::deque<std::string> texts;
    return texts.emplace_back(std::move(text));
}

}  // namespace example::client_mode

#endif
