// What must hold in a simulation, and what is counted meanwhile. The first demand that is not met ends it.

#ifndef SOCKS_TESTS_SIMULATION_INVARIANTS_HPP
#define SOCKS_TESTS_SIMULATION_INVARIANTS_HPP

#include <cstdint>
#include <cstdio>

namespace simulation {

struct invariants {
    bool trace = false;
    bool bad = false;
    uint64_t steps = 0;
    uint64_t bytes = 0;
    uint64_t chains = 0;      // handshakes done through four proxies
    uint64_t counts[4] = {};  // by the result of an honest side, or by what became of a datagram

    void demand(bool holds, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
        if (holds || bad) return;
        bad = true;
        std::fprintf(stderr, "%s:%d: this demand is not met\n", file, line);
    }
    void say(const char* who, const char* what, size_t n = 0) const {
        if (trace) std::printf("%s: %s %zu\n", who, what, n);
    }
};

}  // namespace simulation

#endif
