// The options that both modes have, and what they do: choose cases, run them, and write the report.

#ifndef EXAMPLES_SOCKS_CHECK_RUN_OPTIONS_HPP
#define EXAMPLES_SOCKS_CHECK_RUN_OPTIONS_HPP

#include <sys/resource.h>

#include <fstream>
#include <iostream>
#include <mutex>
#include <optional>

#include "../common/options.hpp"
#include "formats.hpp"
#include "interruption.hpp"
#include "runner.hpp"
#include "table.hpp"

namespace example {

constexpr const char* run_options_help =
    R"(  --only ID            run this case, or all cases of a group; may be repeated
  --except ID          leave this case or group out; may be repeated
  --list               print the cases (id, level, source, rule) and run nothing
  --patience SECONDS   how long one case waits (server: 5, client: 10)
  --jobs N             how many cases run at the same time (default 8)
  --quiet              print only the failures and the summary
  --json FILE          write the results as JSON; "-" is standard output
  --junit FILE         the same as XML of JUnit, for CI
  --markdown FILE      the same as a page of Markdown
  --help               this text
)";

struct run_options {
    std::vector<std::string> only{}, except{};  ///< names of cases and groups
    bool list = false, quiet = false;
    std::chrono::seconds patience{5};
    unsigned jobs = 8;
    std::string json{}, junit{}, markdown{};  ///< names of files

    /// @returns false if the current argument is none of these options.
    bool take(arguments& args) {
        if (args.is("--only"))
            only.emplace_back(args.value());
        else if (args.is("--except"))
            except.emplace_back(args.value());
        else if (args.is("--list"))
            list = true;
        else if (args.is("--quiet"))
            quiet = true;
        else if (args.is("--patience"))
            patience = std::chrono::seconds(args.number(1, 600));
        else if (args.is("--jobs"))
            jobs = args.number(1, 64);
        else if (args.is("--json"))
            json = name_of_document(args);
        else if (args.is("--junit"))
            junit = name_of_document(args);
        else if (args.is("--markdown"))
            markdown = name_of_document(args);
        else
            return false;
        return true;
    }

    /// Those cases that --only chooses and --except does not. Throws if there is none, or a name is wrong.
    [[nodiscard]] std::vector<check> chosen(std::vector<check> cases) const {
        require_known("--only", only, cases);
        require_known("--except", except, cases);
        std::erase_if(cases, [this](const check& c) {
            return (!only.empty() && !is_named(c, only)) || is_named(c, except);
        });
        if (cases.empty()) throw bad_argument("--except leaves no case");
        return cases;
    }

    [[nodiscard]] bool document_on_standard_output() const {
        return json == "-" || junit == "-" || markdown == "-";
    }

  private:
    [[nodiscard]] std::string name_of_document(arguments& args) const {
        const std::string option(args.name()), name(args.value());
        if (name.empty()) throw bad_argument(option + " needs the name of a file, or \"-\"");
        if (name == json || name == junit || name == markdown)
            throw bad_argument(option + ": another document goes to \"" + name + "\" already");
        return name;
    }
    static bool matches(const check& c, const std::string& id) {
        return c.what.id == id || c.what.group() == id;
    }
    static bool is_named(const check& c, const std::vector<std::string>& ids) {
        return std::any_of(ids.begin(), ids.end(), [&](const auto& id) { return matches(c, id); });
    }
    static void require_known(const std::string& option, const std::vector<std::string>& ids,
                              const std::vector<check>& cases) {
        for (const std::string& id : ids)
            if (std::none_of(cases.begin(), cases.end(), [&](const check& c) { return matches(c, id); }))
                throw bad_argument(option + ": no case and no group has the name \"" + id + "\"; see --list");
    }
};

namespace detail {

// Opened before the run, so that a wrong path is an invalid argument and costs no run.
class document {
  public:
    document(const char* option, std::string name) : name_(std::move(name)) {
        if (name_.empty() || name_ == "-") return;
        file_.open(name_, std::ios::binary);
        if (!file_) throw bad_argument(std::string(option) + ": cannot write \"" + name_ + '"');
    }

    template <class Format>
    void write(const report& r, Format format) {
        if (name_.empty()) return;
        std::ostream& out = name_ == "-" ? std::cout : file_;
        out << format(r) << std::flush;
        if (!out)
            throw std::runtime_error("cannot write " +
                                     (name_ == "-" ? "standard output" : '"' + name_ + '"'));
    }

  private:
    std::string name_;
    std::ofstream file_;
};

}  // namespace detail

/// Throws if this process may open fewer files than the cases need. Otherwise a fault of this machine would
/// look as one of the peer. The limit of the shell is raised, but not far, because commands inherit it.
inline void require_descriptors() {
    constexpr rlim_t least = 512, enough = 4096;
    rlimit limit{};
    must(::getrlimit(RLIMIT_NOFILE, &limit), "getrlimit");
    if (limit.rlim_cur >= enough) return;
    limit.rlim_cur = std::min(limit.rlim_max, enough);
    if (limit.rlim_cur < least)
        throw bad_argument("the limit of open files is " + std::to_string(limit.rlim_cur) + ", and " +
                           std::to_string(least) + " are needed; see \"ulimit -Hn\"");
    must(::setrlimit(RLIMIT_NOFILE, &limit), "setrlimit");
}

/// Prints the rules of the cases.
inline int list_checks(const std::vector<check>& cases) {
    std::vector<rule> rules;
    for (const check& c : cases) rules.push_back(c.what);
    std::signal(SIGPIPE, SIG_DFL);  // "| head" ends the list without a message
    print_list(rules);
    flush_output();
    return 0;
}

/// Runs the cases, prints the table and writes the documents. A signal ends the run, but not without them.
/// @param about      the first line of the table.
/// @param kill_peer  ends what the cases have started, if a signal ends the run.
/// @returns the exit status.
inline int run_and_report(
    const run_options& options, const std::string& mode, const std::string& peer, const std::string& about,
    const std::vector<check>& cases, void (*kill_peer)() = [] {}) {
    detail::document json("--json", options.json), junit("--junit", options.junit),
        markdown("--markdown", options.markdown);
    std::FILE* const out = options.document_on_standard_output() ? stderr : stdout;
    std::vector<rule> rules;
    for (const check& c : cases) rules.push_back(c.what);
    table shown(out, rules, options.quiet);
    std::fprintf(out, "%s\n", about.c_str());
    const auto began = std::chrono::steady_clock::now();
    report found{mode, peer};
    found.results.resize(cases.size());
    std::vector<bool> known(cases.size());
    const auto write = [&] {
        found.took =
            std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
        shown.finish(found);
        json.write(found, to_json);
        junit.write(found, to_junit);
        markdown.write(found, to_markdown);
        flush_output();
    };
    std::mutex guard;
    {
        const interruption stop([&] {
            guard.lock();  // for ever: no case ends after this
            kill_peer();
            found.forget_unknown(known);
            shown.update(found.results, std::vector<bool>(found.results.size(), true));
            std::fprintf(stderr, "socks-check: stopped by a signal, after %zu of %zu cases\n",
                         found.results.size(), cases.size());
            write();
        });
        run_checks(cases, options.jobs, [&](size_t i, result r) {
            const std::lock_guard hold(guard);
            found.results[i] = std::move(r);
            known[i] = true;
            shown.update(found.results, known);
        });
    }
    write();
    return found.exit_status();
}

}  // namespace example

#endif
