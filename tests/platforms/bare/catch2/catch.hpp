// As much of Catch2 as the tests use, for a machine without a C++ library: each test is an entry of a table
// that the linker gathers.

#ifndef SOCKS_TESTS_BARE_CATCH_HPP
#define SOCKS_TESTS_BARE_CATCH_HPP

struct bare_test {
    const char* name;
    void (*run)();
};

inline bool bare_failed = false;

#define BARE_JOIN_(a, b) a##b
#define BARE_JOIN(a, b) BARE_JOIN_(a, b)
#define TEST_CASE(text)                                                                             \
    static void BARE_JOIN(bare_run_, __LINE__)();                                                   \
    [[gnu::section(".tests"), gnu::used]] static constexpr bare_test BARE_JOIN(bare_, __LINE__) = { \
        text, BARE_JOIN(bare_run_, __LINE__)};                                                      \
    static void BARE_JOIN(bare_run_, __LINE__)()

#define INFO(text)
#define CHECK(holds)                      \
    do {                                  \
        if (!(holds)) bare_failed = true; \
    } while (false)

#endif
