// Thousands of clients and servers at once, honest and malicious, over a network that delays, splits, merges,
// resets and floods as its seed says. No byte is lost or invented, both sides agree, work and memory of each
// are bounded, and every handshake ends. A connection that breaks an invariant prints the command that
// replays it alone.
//
//     simulation [--handshakes N] [--at-once N] [--seed N]
//     simulation --replay SEED       one connection, told step by step
//     simulation --associations N [--seed N]    datagrams of UDP, many of which get lost or change places
//     simulation --replay-association SEED
//     simulation --soak N            N handshakes, and how the cost grows from 1000 to 1000000 at once

#include "association.hpp"
#include "connection.hpp"

#include <sys/resource.h>

#include <cinttypes>
#include <cstdlib>
#include <ctime>

namespace {

using namespace simulation;

struct figures {
    uint64_t handshakes = 0;
    double seconds = 0;  // of this process, however busy the machine is
    invariants checks{};
};

uint64_t seed_of(uint64_t seed, uint64_t i) { return dice(seed ^ dice(i).draw()).draw(); }

// Runs `n` connections, `at_once` at a time.
figures simulate(uint64_t n, uint32_t at_once, uint64_t seed, const char* program) {
    figures f;
    if (at_once > n) at_once = static_cast<uint32_t>(n);
    calendar time;
    std::vector<connection> all(at_once);
    std::vector<event> due;
    uint64_t begun = 0;
    const clock_t start = std::clock();
    for (uint32_t i = 0; i < at_once; ++i) all[i].start(seed_of(seed, begun++), i, time, f.checks);
    while (f.handshakes < n && !f.checks.bad) {
        time.next(due);
        for (const event& e : due) {
            connection& c = all[e.connection];
            if (!c.awaits(e)) continue;
            const bool goes_on = c.handle(e.what, time, f.checks);
            if (f.checks.bad) {
                std::fprintf(stderr, "replay it with: %s --replay %" PRIu64 "\n", program, c.seed());
                break;
            }
            if (goes_on) continue;
            ++f.handshakes;
            if (begun < n) c.start(seed_of(seed, begun++), e.connection, time, f.checks);
        }
    }
    f.seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    return f;
}

int replay(uint64_t seed) {
    invariants checks{.trace = true};
    calendar time;
    std::vector<event> due;
    const auto c = std::make_unique<connection>();
    c->start(seed, 0, time, checks);
    for (bool goes_on = true; goes_on && !checks.bad;) {
        time.next(due);
        for (const event& e : due)
            if (goes_on && !checks.bad) goes_on = c->handle(e.what, time, checks);
    }
    std::printf("%s\n", checks.bad ? "an invariant is broken" : "every invariant holds");
    return checks.bad ? 1 : 0;
}

long peak_mebibytes() {
    rusage u{};
    getrusage(RUSAGE_SELF, &u);
    return u.ru_maxrss / 1024;
}

void report(uint32_t at_once, const figures& f) {
    const auto n = static_cast<double>(f.handshakes);
    std::printf("%10" PRIu64 " %10" PRIu32 " %12.0f %10.0f %8.1f %8ld\n", f.handshakes, at_once,
                n / f.seconds, f.seconds * 1e9 / n, static_cast<double>(f.checks.steps) / n,
                peak_mebibytes());
    std::fflush(stdout);
}

// The draws reach every ending, or the simulation shows less than it says.
bool enough(bool reached) {
    if (!reached) std::fprintf(stderr, "too few of some ending: so short a run shows little; run more\n");
    return reached;
}

bool run(uint64_t n, uint32_t at_once, uint64_t seed, const char* program) {
    const figures f = simulate(n, at_once, seed, program);
    report(at_once, f);
    if (f.checks.bad) return false;
    std::printf("    honest sides: %" PRIu64 " done, %" PRIu64 " failed, %" PRIu64 " timed out; %" PRIu64
                " bytes read; %" PRIu64 " handshakes done through four proxies\n",
                f.checks.counts[1], f.checks.counts[2], f.checks.counts[3], f.checks.bytes, f.checks.chains);
    return enough(f.checks.counts[1] * 4 > n && f.checks.counts[2] * 8 > n && f.checks.counts[3] != 0 &&
                  f.checks.chains * 250 > n);
}

int replay_association(uint64_t seed) {
    invariants checks{.trace = true};
    association::run(seed, checks);
    std::printf("%s\n", checks.bad ? "an invariant is broken" : "every invariant holds");
    return checks.bad ? 1 : 0;
}

bool associate(uint64_t n, uint64_t seed, const char* program) {
    invariants checks;
    for (uint64_t i = 0; i < n; ++i) {
        association::run(seed_of(seed, i), checks);
        if (!checks.bad) continue;
        std::fprintf(stderr, "replay it with: %s --replay-association %" PRIu64 "\n", program,
                     seed_of(seed, i));
        return false;
    }
    const uint64_t whole = checks.counts[association::whole];
    const uint64_t put_together = checks.counts[association::put_together];
    std::printf("%" PRIu64 " associations: %" PRIu64 " datagrams; %" PRIu64 " messages complete, %" PRIu64
                " put together, %" PRIu64 " lost\n",
                n, checks.steps, whole, put_together, checks.counts[association::lost]);
    return enough(whole > n && put_together > n && checks.counts[association::lost] > n);
}

}  // namespace

int main(int argc, char** argv) {
    uint64_t handshakes = 100'000;
    uint32_t at_once = 2'000;
    uint64_t seed = 1;
    uint64_t associations = 0;
    bool soak = false;
    for (int i = 1; i < argc; i += 2) {
        const std::string option = argv[i];
        char* end = nullptr;
        const uint64_t value = i + 1 < argc ? std::strtoull(argv[i + 1], &end, 10) : 0;
        const bool number = end != nullptr && end != argv[i + 1] && *end == '\0';
        if (number && option == "--replay") return replay(value);
        if (number && option == "--replay-association") return replay_association(value);
        if (number && value != 0 && (option == "--handshakes" || option == "--soak")) {
            soak = option == "--soak";
            handshakes = value;
        } else if (number && value != 0 && value <= 1'000'000 && option == "--at-once") {
            at_once = static_cast<uint32_t>(value);
        } else if (number && value != 0 && option == "--associations") {
            associations = value;
        } else if (number && option == "--seed") {
            seed = value;
        } else {
            std::fprintf(stderr,
                         "usage: %s [--handshakes N] [--at-once N] [--seed N] | --replay SEED | --soak N\n"
                         "       | --associations N [--seed N] | --replay-association SEED\n",
                         argv[0]);
            return 2;
        }
    }
    if (associations != 0) return associate(associations, seed, argv[0]) ? 0 : 1;
    std::printf("%10s %10s %12s %10s %8s %8s\n", "handshakes", "at once", "per second", "ns each", "steps",
                "MiB");
    if (!soak) return run(handshakes, at_once, seed, argv[0]) ? 0 : 1;
    std::printf("one connection, both ends and the network between them: %zu bytes\n", sizeof(connection));
    bool good = true;
    for (const uint32_t crowd : {1'000U, 10'000U, 100'000U, 1'000'000U})
        good = good && run(handshakes / 4, crowd, seed++, argv[0]);
    return good ? 0 : 1;
}
