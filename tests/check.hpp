// How a test is written: its body is an ordinary constexpr function that takes a recorder, named by the sentence
// it proves. PROVE_AND_RUN holds it against the compiler, where a constant evaluation is the strictest checker of
// undefined behaviour there is, and registers it to run under the sanitizers. RUN is for bodies that are too much
// for a constant evaluation, or that need the run time.

#ifndef SOCKS_TESTS_CHECK_HPP
#define SOCKS_TESTS_CHECK_HPP

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <socks/socks.hpp>

// Records the first line that failed.
struct check {
    int line = 0;
    int count = 0;

    constexpr bool ok(bool holds, int at = __builtin_LINE()) {
        ++count;
        if (!holds && line == 0) line = at;
        return holds;
    }
};

// 0, the line that failed, or -1 for a test that checked nothing.
template <class F>
constexpr int first_failure(F body) {
    check t;
    body(t);
    return t.count == 0 ? -1 : t.line;
}

// The same, at run time only: clang would fold a call of a constexpr function inside CHECK, and take minutes for it.
template <class F>
int first_failure_at_run_time(F body) {
    return first_failure(body);
}

#define RUN(sentence) \
    TEST_CASE(#sentence) { CHECK(first_failure_at_run_time(sentence) == 0); }

#define PROVE_AND_RUN(sentence)                             \
    static_assert(first_failure(sentence) == 0, #sentence); \
    RUN(sentence)

#endif
