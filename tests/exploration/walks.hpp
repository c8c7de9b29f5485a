// The walks over all machines of one kind, and what becomes of them: rows of the page and a diagram.

#ifndef SOCKS_TESTS_EXPLORATION_WALKS_HPP
#define SOCKS_TESTS_EXPLORATION_WALKS_HPP

#include "report.hpp"
#include "walk.hpp"

namespace exploration {

// Whether each walk keeps every invariant.
inline bool walk_all(const std::vector<machine>& machines, bool more, report& r, observations& seen) {
    for (const machine& m : machines) {
        walk w(m, more, seen);
        try {
            w.run();
        } catch (const broken& b) {
            r.add(m.name, b, w.trail());
            return false;
        }
        r.add(m.name, w.states(), w.edges(), w.longest());
    }
    return true;
}

}  // namespace exploration

#endif
