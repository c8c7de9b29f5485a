// Stands in for the test framework where hundreds of test programs are built to be thrown away: the macros
// that tests/check.hpp uses, what the framework's header brings along, and a main that stops at the first
// test that fails and names it.

#ifndef SOCKS_TESTS_MUTANTS_CATCH_TEST_MACROS_HPP
#define SOCKS_TESTS_MUTANTS_CATCH_TEST_MACROS_HPP

#include <cstdio>
#include <initializer_list>

namespace mutants {

struct test {
    const char* name;
    void (*body)();
    test* before;
    static inline test* last = nullptr;
    static inline bool failed = false;

    test(const char* n, void (*b)()) : name(n), body(b), before(last) { last = this; }
};

}  // namespace mutants

#define MUTANTS_TEST(name, line)                                                \
    static void test_of_line_##line();                                          \
    static const mutants::test test_##line##_listed(name, test_of_line_##line); \
    static void test_of_line_##line()
#define MUTANTS_TEST_AT(name, line) MUTANTS_TEST(name, line)
#define TEST_CASE(name) MUTANTS_TEST_AT(name, __LINE__)
#define INFO(text)
#define CHECK(holds) mutants::test::failed = mutants::test::failed || !(holds)

int main() {
    for (const mutants::test* t = mutants::test::last; t != nullptr; t = t->before) {
        std::printf("%s\n", t->name);
        std::fflush(stdout);
        t->body();
        if (mutants::test::failed) return 1;
    }
    return 0;
}

#endif
