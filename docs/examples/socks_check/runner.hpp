// Runs cases, several at a time, and judges each by how its function ends.

#ifndef EXAMPLES_SOCKS_CHECK_RUNNER_HPP
#define EXAMPLES_SOCKS_CHECK_RUNNER_HPP

#include <atomic>
#include <functional>
#include <thread>

#include "evidence.hpp"
#include "report.hpp"

namespace example {

/// Ends a case that found a fault.
class failed : public std::runtime_error {
  public:
    failed(const std::string& expected, const std::string& came)
        : std::runtime_error("expected " + expected + "; " + came) {}
};

/// Ends a case that the peer, or this machine, does not allow to run.
class skipped : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A case: data, and a function that returns if the rule holds.
struct check {
    rule what;
    std::function<void(evidence&)> run;
    bool alone = false;  ///< it loads the peer, so no other case runs beside it
};

/// Runs one case.
inline result judge(const check& c) {
    using clock = std::chrono::steady_clock;
    result r{.what = c.what};
    evidence record;
    const auto began = clock::now();
    try {
        c.run(record);
    } catch (const skipped& why) {
        r.outcome = verdict::skipped;
        r.reason = why.what();
    } catch (const std::exception& why) {
        r.outcome = verdict::failed;
        r.reason = why.what();
        r.transcript = record.text();
    }
    r.took = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - began);
    return r;
}

/// Runs all cases, at most `jobs` at a time. Those that must run alone follow the others.
/// @param done  called after each case, from several threads, with the index of the case and its result.
template <class Done>
void run_checks(const std::vector<check>& cases, unsigned jobs, Done done) {
    for (const bool alone : {false, true}) {
        std::atomic<size_t> next = 0;
        const auto work = [&] {
            for (size_t i = next++; i < cases.size(); i = next++)
                if (cases[i].alone == alone) done(i, judge(cases[i]));
        };
        std::vector<std::jthread> others;
        for (unsigned i = 1; i < jobs && !alone; ++i) others.emplace_back(work);
        work();
    }
}

}  // namespace example

#endif
