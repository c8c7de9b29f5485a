// What the programs print: the number of states and edges of each walk. docs/exploration.md has the same
// rows.

#ifndef SOCKS_TESTS_EXPLORATION_REPORT_HPP
#define SOCKS_TESTS_EXPLORATION_REPORT_HPP

#include "invariants.hpp"

#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

namespace exploration {

// The arguments of each program. --more walks further and compares nothing.
struct arguments {
    bool more = false;
    bool writes = false;
    std::string docs;  // the folder to compare with, or to write to

    static arguments parse(int argc, char** argv) {
        arguments a;
        for (int i = 1; i < argc; ++i) {
            const std::string argument = argv[i];
            if (argument == "--more")
                a.more = true;
            else if ((argument == "--check" || argument == "--write") && i + 1 < argc)
                a.writes = argument == "--write", a.docs = argv[++i];
            else
                return usage(argv[0]);
        }
        return a;
    }

  private:
    [[noreturn]] static arguments usage(const char* program) {
        std::fprintf(stderr, "usage: %s [--more | --check DOCS | --write DOCS]\n", program);
        std::exit(2);
    }
};

inline std::string contents(const std::string& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline bool write(const std::string& text, const std::string& file) {
    std::ofstream out(file, std::ios::binary);
    out << text;
    return !out.flush().fail();
}

// Compares a text with a file, or writes it.
inline bool keep(const arguments& a, const std::string& text, const std::string& file) {
    if (a.writes && !write(text, file)) {
        std::fprintf(stderr, "%s cannot be written\n", file.c_str());
        return false;
    }
    if (!a.writes && text != contents(file)) {
        std::fprintf(stderr, "%s is out of date. Write it again with --write\n", file.c_str());
        return false;
    }
    return true;
}

class report {
  public:
    explicit report(const char* machine) : machine_(machine) {}

    // Prints a row as soon as its walk ends. A walk without reads has no run of steps.
    void add(const std::string& name, size_t states, size_t edges, size_t steps = 0) {
        const std::string run = steps == 0 ? "" : " " + std::to_string(steps);
        rows_ += begin() + name + " | " + std::to_string(states) + " | " + std::to_string(edges) + " |" +
                 run + " |\n";
        std::printf("%s: %s: %zu states, %zu edges\n", machine_, name.c_str(), states, edges);
        std::fflush(stdout);
        states_ += states;
        edges_ += edges;
    }

    // The name of the invariant is the last word, for tests/mutants/run.py.
    void add(const std::string& name, const broken& b, const std::string& trail) const {
        std::printf("%s: %s: after the moves\n%s  %s.\n  This is broken: %s\n", machine_, name.c_str(),
                    trail.c_str(), b.how.c_str(), b.invariant);
    }

    // Whether the page has these rows and no others of this machine.
    [[nodiscard]] bool finish(const arguments& a) const {
        std::printf("%s: all: %zu states, %zu edges\n", machine_, states_, edges_);
        if (a.docs.empty()) return true;
        const std::string file = a.docs + "/exploration.md";
        std::string page = contents(file), made;
        for (size_t at = 0, end = 0; at < page.size(); at = end) {
            end = std::min(page.find('\n', at), page.size() - 1) + 1;
            const std::string line = page.substr(at, end - at);
            const bool own = line.rfind(begin(), 0) == 0;
            if (own && made.find(rows_) == made.npos) made += rows_;
            if (!own) made += line;
        }
        return keep(a, made, file);
    }

  private:
    [[nodiscard]] std::string begin() const { return std::string("| ") + machine_ + " | "; }

    const char* machine_;
    std::string rows_;
    size_t states_ = 0, edges_ = 0;
};

}  // namespace exploration

#endif
