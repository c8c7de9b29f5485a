// What a run of socks-check found: the rules, one result for each case, the summary, and the exit status.

#ifndef EXAMPLES_SOCKS_CHECK_REPORT_HPP
#define EXAMPLES_SOCKS_CHECK_REPORT_HPP

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace example {

/// How much a rule matters.
enum class level {
    must,        ///< a MUST of a document, or a stream that breaks
    should,      ///< a SHOULD of a document, or what all good peers do
    robustness,  ///< invalid, split or slow input
    security,    ///< what an attacker would use
};

inline const char* to_string(level l) noexcept {
    switch (l) {
        case level::must: return "must";
        case level::should: return "should";
        case level::robustness: return "robustness";
        case level::security: return "security";
    }
    return "";
}

enum class verdict { passed, failed, skipped };

inline const char* to_string(verdict v) noexcept {
    switch (v) {
        case verdict::passed: return "passed";
        case verdict::failed: return "failed";
        case verdict::skipped: return "skipped";
    }
    return "";
}

/// What a case checks.
struct rule {
    std::string_view id;  ///< stable; its first word is the group: "methods-none-acceptable"
    level importance = level::must;
    std::string_view text;    ///< one sentence
    std::string_view source;  ///< "RFC 1928 section 4", "SOCKS4 memo", "field"

    [[nodiscard]] std::string_view group() const noexcept { return id.substr(0, id.find('-')); }
};

/// The result of one case.
struct result {
    rule what;
    verdict outcome = verdict::passed;
    std::string reason{};      ///< what was expected and what came, or why the case was skipped
    std::string transcript{};  ///< of both directions; only if the case failed
    std::chrono::milliseconds took{};
};

/// Where the reader of a failure finds the rule: "must, RFC 1928 section 4".
inline std::string origin_of(const rule& r) {
    return to_string(r.importance) + (", " + std::string(r.source));
}

/// The results of a run, in the order of the list of cases.
struct report {
    std::string mode;  ///< "server" or "client"
    std::string peer;  ///< the address of the proxy, or the command
    std::vector<result> results{};
    std::chrono::milliseconds took{};
    bool complete = true;  ///< whether each case has a result

    /// Removes the results of cases that did not end.
    void forget_unknown(const std::vector<bool>& known) {
        std::vector<result> kept;
        for (size_t i = 0; i < results.size(); ++i)
            if (known[i]) kept.push_back(std::move(results[i]));
        results = std::move(kept);
        complete = results.size() == known.size();
    }

    [[nodiscard]] size_t count(verdict v) const {
        return static_cast<size_t>(
            std::count_if(results.begin(), results.end(), [v](const result& r) { return r.outcome == v; }));
    }
    [[nodiscard]] size_t failures(level l) const {
        return static_cast<size_t>(std::count_if(results.begin(), results.end(), [l](const result& r) {
            return r.outcome == verdict::failed && r.what.importance == l;
        }));
    }

    /// The groups in the order of the list.
    [[nodiscard]] std::vector<std::string_view> groups() const {
        std::vector<std::string_view> list;
        for (const result& r : results)
            if (std::find(list.begin(), list.end(), r.what.group()) == list.end())
                list.push_back(r.what.group());
        return list;
    }

    /// Why cases were skipped, and how many of them: what the peer does not offer.
    [[nodiscard]] std::vector<std::pair<std::string, size_t>> skip_reasons() const {
        std::vector<std::pair<std::string, size_t>> list;
        for (const result& r : results) {
            if (r.outcome != verdict::skipped) continue;
            const auto same = [&r](const auto& entry) { return entry.first == r.reason; };
            const auto known = std::find_if(list.begin(), list.end(), same);
            if (known == list.end())
                list.emplace_back(r.reason, 1);
            else
                ++known->second;
        }
        return list;
    }

    /// "3 failed (2 must, 1 should), 110 passed, 5 skipped of 118 cases in 12.3 s"
    [[nodiscard]] std::string summary() const {
        std::string text = std::to_string(count(verdict::failed)) + " failed";
        std::string levels;
        for (const level l : {level::must, level::security, level::should, level::robustness})
            if (const size_t n = failures(l); n != 0)
                levels += (levels.empty() ? "" : ", ") + std::to_string(n) + ' ' + to_string(l);
        if (!levels.empty()) text += " (" + levels + ')';
        const auto tenths = took.count() / 100;
        return text + ", " + std::to_string(count(verdict::passed)) + " passed, " +
               std::to_string(count(verdict::skipped)) + " skipped of " + std::to_string(results.size()) +
               " cases in " + std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " s";
    }

    /// 1 if a must or a security case failed, otherwise 0.
    [[nodiscard]] int exit_status() const {
        return failures(level::must) + failures(level::security) == 0 ? 0 : 1;
    }
};

}  // namespace example

#endif
