// What a walk saw of the changes of state, for the diagrams.

#ifndef SOCKS_TESTS_EXPLORATION_OBSERVATIONS_HPP
#define SOCKS_TESTS_EXPLORATION_OBSERVATIONS_HPP

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace exploration {

// What a change of state came with. A text is empty if there was none.
struct event {
    std::string read;  // the message
    std::string call;
    std::string sent;  // the message
    friend auto operator<=>(const event&, const event&) = default;
};

struct transition {
    std::set<event> events;
    std::set<std::string> options;  // it was seen with; "" is none
};

struct observations {
    std::map<std::pair<uint8_t, uint8_t>, transition> transitions;  // by the states at both ends
    std::set<uint8_t> initial;
    std::set<uint8_t> visited;
    std::set<uint8_t> can_fail;
};

}  // namespace exploration

#endif
