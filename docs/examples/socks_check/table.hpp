// The report for a terminal: a line for each case, a failure with its transcript, and the summary.

#ifndef EXAMPLES_SOCKS_CHECK_TABLE_HPP
#define EXAMPLES_SOCKS_CHECK_TABLE_HPP

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "report.hpp"

namespace example {

/// Prints results in the order of the list, each as soon as it and all before it are known.
class table {
  public:
    /// @param out    standard output, or standard error if a document goes to standard output.
    /// @param quiet  whether to print failures only.
    table(std::FILE* out, const std::vector<rule>& rules, bool quiet) noexcept
        : out_(out), quiet_(quiet), total_(rules.size()), terminal_(::isatty(::fileno(out)) == 1) {
        const char* const no_colour = std::getenv("NO_COLOR");
        colours_ = terminal_ && (no_colour == nullptr || *no_colour == '\0');
        for (const rule& r : rules) width_ = std::max(width_, r.id.size());
    }

    /// Call it after each case.
    void update(const std::vector<result>& results, const std::vector<bool>& known) {
        erase_progress();
        while (printed_ < known.size() && known[printed_]) print(results[printed_++]);
        show_progress(static_cast<size_t>(std::count(known.begin(), known.end(), true)));
        std::fflush(out_);
    }

    void finish(const report& r) {
        erase_progress();
        std::fprintf(out_, "\n");
        for (const auto& [reason, cases] : r.skip_reasons())
            std::fprintf(out_, "%zu skipped: %s\n", cases, reason.c_str());
        for (const level l : {level::must, level::security, level::should, level::robustness})
            for (const result& each : r.results)
                if (each.outcome == verdict::failed && each.what.importance == l)
                    std::fprintf(out_, "failed, %s: %s\n", to_string(l), std::string(each.what.id).c_str());
        std::fprintf(out_, "%s\n", r.summary().c_str());
        std::fflush(out_);
    }

  private:
    void print(const result& r) {
        const bool bad = r.outcome == verdict::failed;
        if (quiet_ && !bad) return;
        if (r.what.group() != group_) {
            group_ = r.what.group();
            std::fprintf(out_, "\n%s\n", std::string(group_).c_str());
        }
        const char* word = bad ? "FAIL" : r.outcome == verdict::skipped ? "skip" : "ok";
        const char* colour = bad ? "\033[31m" : r.outcome == verdict::skipped ? "\033[33m" : "\033[32m";
        std::string id(r.what.id);
        id.resize(std::max(width_, id.size()), ' ');
        std::fprintf(out_, "  %s%-4s%s  %s  %s\n", colours_ ? colour : "", word, colours_ ? "\033[0m" : "",
                     id.c_str(),
                     r.outcome == verdict::skipped ? r.reason.c_str() : std::string(r.what.text).c_str());
        if (!bad) return;
        std::fprintf(out_, "        (%s)\n", origin_of(r.what).c_str());
        std::fprintf(out_, "        %s\n", r.reason.c_str());
        for (std::string_view rest = r.transcript; !rest.empty();) {
            const size_t end = std::min(rest.find('\n'), rest.size());
            std::fprintf(out_, "      %s\n", std::string(rest.substr(0, end)).c_str());
            rest.remove_prefix(std::min(end + 1, rest.size()));
        }
    }

    // Only a terminal can take the line back. If another program gets the table, it writes when it wants.
    void show_progress(size_t done) {
        if (!terminal_ || ::isatty(STDERR_FILENO) != 1 || done == total_) return;
        std::fprintf(stderr, "%zu of %zu cases", done, total_);
        shown_ = true;
    }
    void erase_progress() {
        if (std::exchange(shown_, false)) std::fprintf(stderr, "\r\033[K");
    }

    std::FILE* out_;
    bool quiet_;
    size_t total_;
    bool terminal_;
    bool colours_ = false;
    size_t width_ = 0;
    size_t printed_ = 0;
    std::string_view group_;
    bool shown_ = false;
};

/// --list: one line for each case, with tabs between id, level, source and rule.
inline void print_list(const std::vector<rule>& rules) {
    for (const rule& r : rules)
        std::printf("%s\t%s\t%s\t%s\n", std::string(r.id).c_str(), to_string(r.importance),
                    std::string(r.source).c_str(), std::string(r.text).c_str());
}

}  // namespace example

#endif
