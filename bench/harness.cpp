// The harness: checks every row, then measures.
//
//     bench                 checks, then times all rows interleaved on one CPU: medians and ratios as a table
//     bench --json FILE     the same, and as JSON
//     bench --count         each row once and nine times, under callgrind: see counting.py
//     bench --run ROW N     one row N times, by its index in --list, under cachegrind
//     bench --list          the rows: operation, contender, and how often a call does the operation
//
// Nothing is folded away: a row whose result does not change when a byte of its input does is an error.

#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string_view>

#include "bench.hpp"

namespace bench {

std::string unhex(const char* spelled) {
    std::string made;
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
    for (const char* p = spelled; *p != '\0'; ++p) {
        if (*p == ' ') continue;
        if (*p == '\'') {
            for (++p; *p != '\''; ++p) made += *p;
        } else {
            made += static_cast<char>(digit(p[0]) * 16 + digit(p[1]));
            ++p;
        }
    }
    return made;
}

char* apart(const std::string& text) {
    constexpr size_t line = 64;
    auto* const to = static_cast<char*>(std::aligned_alloc(line, (text.size() / line + 1) * line));
    if (to == nullptr) std::abort();
    std::memcpy(to, text.c_str(), text.size() + 1);
    return to;
}

outcome copy(const sample& s) {
    const auto& m = *static_cast<const moved*>(s.with);
    char taken[1024];
    std::memcpy(taken, s.in, s.size);
    char* kept = taken;
    opaque(kept);
    std::memcpy(s.out, m.out, m.size);
    return {m.size, m.digest};
}

void add_floor(std::vector<row>& rows, const std::string& name, operation floor, const std::string& in,
               const void* with, const std::string& out, size_t digest) {
    const auto* const made = keep(out);
    rows.push_back({name, "floor", floor, in, 0, with, out, digest});
    rows.push_back(
        {name, "memcpy", copy, in, 0, keep(moved{made->data(), made->size(), digest}), out, digest});
}

namespace {

// A row with the memory that it works in. Input has a copy of its own, so that nothing is known about it.
class course {
  public:
    explicit course(const row& r) : row_(&r), in_(apart(r.in)) {
        sample_ = {in_, r.in.size(), r.chunk == 0 ? r.in.size() : r.chunk, out_, r.with};
    }
    course(const course&) = delete;
    course(course&&) = delete;

    // What is measured: one call through a pointer, of which the optimiser knows neither the target nor the
    // sample.
    outcome run() const {
        const sample* s = &sample_;
        opaque(s);
        outcome made = row_->run(*s);
        opaque(made.made);
        opaque(made.digest);
        return made;
    }

    [[nodiscard]] bool right() {
        std::memset(out_, 0, sizeof out_);
        const outcome made = run();
        return made.digest == row_->digest && std::string_view(out_, made.made) == row_->out;
    }

    // Whether another byte of the input can change what comes out.
    [[nodiscard]] bool listens() {
        if (row_->contender == "memcpy" || row_->contender == "stubs" || sample_.size == 0) return true;
        for (size_t i = 0; i < sample_.size; ++i) {
            char& byte = in_[i];
            const char kept = byte;
            bool same = true;
            for (int other = 0; other < 256 && same; ++other) {
                byte = static_cast<char>(other);
                same = right();
            }
            byte = kept;
            if (!same) return true;
        }
        return false;
    }

    [[nodiscard]] const row& what() const { return *row_; }

  private:
    const row* row_;
    char* in_;
    char out_[2048] = {};
    sample sample_;
};

double now() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
}

constexpr size_t calls = 2000;  // of one timing: long beside the clock's own cost
constexpr int rounds = 101;

double timed(const course& c) {
    const size_t times = c.what().times;
    const size_t n = times < calls ? calls / times : 1;
    const double begin = now();
    for (size_t i = 0; i < n; ++i) static_cast<void>(c.run());
    return (now() - begin) / static_cast<double>(n * times);
}

void pin() {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    if (sched_setaffinity(0, sizeof one, &one) != 0) std::puts("not pinned to one CPU");
}

struct figures {
    double least = 0;
    double median = 0;
};

// All rows take turns, so that what disturbs one disturbs all.
std::vector<figures> time_all(const std::vector<course*>& courses) {
    pin();
    std::vector<std::vector<double>> taken(courses.size());
    for (int round = 0; round < rounds; ++round)
        for (size_t i = 0; i < courses.size(); ++i) taken[i].push_back(timed(*courses[i]));
    std::vector<figures> all;
    for (auto& t : taken) {
        std::sort(t.begin(), t.end());
        all.push_back({t.front(), t[t.size() / 2]});
    }
    return all;
}

// The floor of the same operation, for the ratio.
double floor_of(const std::vector<course*>& courses, const std::vector<figures>& all, const row& of) {
    for (size_t i = 0; i < courses.size(); ++i)
        if (courses[i]->what().name == of.name && courses[i]->what().contender == "floor")
            return all[i].median;
    return 0;
}

void print(const std::vector<course*>& courses, const std::vector<figures>& all) {
    std::puts(
        "| operation | contender | min ns | median ns | of the floor |\n| --- | --- | --- | --- | --- |");
    for (size_t i = 0; i < courses.size(); ++i) {
        const row& r = courses[i]->what();
        std::printf("| %s | %s | %.1f | %.1f | ", r.name.c_str(), r.contender.c_str(), all[i].least,
                    all[i].median);
        const double base = floor_of(courses, all, r);
        if (base > 0)
            std::printf("%.2f |\n", all[i].median / base);
        else
            std::puts("|");
    }
}

void print_json(const std::vector<course*>& courses, const std::vector<figures>& all, const char* path) {
    FILE* const to = std::fopen(path, "w");
    if (to == nullptr) return std::perror(path);
    std::fputs("[\n", to);
    for (size_t i = 0; i < courses.size(); ++i) {
        const row& r = courses[i]->what();
        std::fprintf(to,
                     "  {\"operation\": \"%s\", \"contender\": \"%s\", \"min_ns\": %.2f, \"median_ns\": %.2f",
                     r.name.c_str(), r.contender.c_str(), all[i].least, all[i].median);
        const double base = floor_of(courses, all, r);
        if (base > 0) std::fprintf(to, ", \"of_the_floor\": %.2f", all[i].median / base);
        std::fputs(i + 1 == courses.size() ? "}\n" : "},\n", to);
    }
    std::fputs("]\n", to);
    std::fclose(to);
}

}  // namespace

// callgrind counts the calls of this function and dumps after each. extern "C" gives it a plain name.
extern "C" [[gnu::noinline]] void measured(const course& c, int n) {
    for (int i = 0; i < n; ++i) static_cast<void>(c.run());
}

}  // namespace bench

int main(int argc, char** argv) {
    using namespace bench;
    const std::string_view mode = argc > 1 ? argv[1] : "";
    std::vector<row> rows;
    add_rows(rows);
    if (mode == "--list") {
        for (const row& r : rows) std::printf("%s\t%s\t%zu\n", r.name.c_str(), r.contender.c_str(), r.times);
        return 0;
    }
    std::vector<course*> courses;
    for (const row& r : rows) courses.push_back(new course(r));
    if (mode == "--run" && argc > 3) {
        measured(*courses.at(std::strtoul(argv[2], nullptr, 10)), std::atoi(argv[3]));
        return 0;
    }
    for (course* c : courses) {
        const char* const fault = !c->right()     ? "gives a wrong result"
                                  : !c->listens() ? "is folded away"
                                                  : nullptr;
        if (fault == nullptr) continue;
        std::printf("%s, %s: %s\n", c->what().name.c_str(), c->what().contender.c_str(), fault);
        return 1;
    }
    if (mode == "--count") {
        for (const course* c : courses) {
            measured(*c, 1);
            measured(*c, 9);
        }
        return 0;
    }
    const std::vector<figures> all = time_all(courses);
    print(courses, all);
    if (mode == "--json" && argc > 2) print_json(courses, all, argv[2]);
    return 0;
}
