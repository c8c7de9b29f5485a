// A failed assertion ends the program, and its last words on stderr are the file, the line and the condition.
// Each case fails in a process of its own.

#if !defined(NDEBUG) && (defined(__unix__) || defined(__APPLE__))

// Around the first header of the library, NDEBUG turns the assert of this unit off. This must not matter.
#define NDEBUG
#include <assert.h>
#undef NDEBUG
#include <socks/config.hpp>
#define NDEBUG
#include <assert.h>
#undef NDEBUG

#include "end_of.hpp"

namespace {

using ::check;

void a_failed_assertion_prints_its_file_and_its_condition(check& t) {
    const end e = end_of([] { return socks::bytes("abc")[3]; });
    t.ok(e.signal == SIGABRT);
    t.ok(e.says("socks/core/bytes.hpp:"));
    t.ok(e.says(": SOCKS_ASSERT(i < size_) failed\n"));
}
RUN(a_failed_assertion_prints_its_file_and_its_condition)

template <int A, int B>
bool is_between(int n) {
    return A < n && n < B;
}

void a_failed_assertion_prints_its_line_and_a_condition_with_a_comma(check& t) {
    const end e = end_of([] { SOCKS_ASSERT(is_between<3, 9>(11)); });
    t.ok(e.signal == SIGABRT);
    t.ok(e.says("assertion.cpp:35: SOCKS_ASSERT(is_between<3, 9>(11)) failed\n"));
}
RUN(a_failed_assertion_prints_its_line_and_a_condition_with_a_comma)

// The text is not a format.
void a_condition_is_printed_as_it_is_written(check& t) {
    const end e = end_of([] { SOCKS_ASSERT(getpid() % 1 == UINT8_MAX && "%s"); });
    t.ok(e.says(": SOCKS_ASSERT(getpid() % 1 == UINT8_MAX && \"%s\") failed\n"));
}
RUN(a_condition_is_printed_as_it_is_written)

void an_assertion_that_holds_prints_nothing(check& t) {
    const end e = end_of([] { SOCKS_ASSERT(is_between<3, 9>(5)); });
    t.ok(e.signal == 0);
    t.ok(e.said().empty());
}
RUN(an_assertion_that_holds_prints_nothing)

}  // namespace

#endif
