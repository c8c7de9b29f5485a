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

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.hpp"

namespace {

using ::check;
using socks::bytes;

struct end {
    int signal = 0;
    char text[500] = {};
    size_t size = 0;

    [[nodiscard]] bytes said() const { return {text, size}; }
};

// How a process ends that calls `broken`, and what it prints on stderr.
template <class F>
end end_of(F broken) {
    end made;
    int ends[2] = {};
    if (pipe(ends) != 0) return made;
    const pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);  // Catch2 has a handler that prints a report of its own
        dup2(ends[1], STDERR_FILENO);
        broken();
        _exit(0);
    }
    close(ends[1]);
    for (ssize_t n = 1; n > 0; made.size += static_cast<size_t>(n))
        n = read(ends[0], made.text + made.size, sizeof made.text - made.size);
    close(ends[0]);
    int status = 0;
    if (waitpid(child, &status, 0) == child && WIFSIGNALED(status)) made.signal = WTERMSIG(status);
    return made;
}

bool contains(bytes text, bytes part) {
    for (size_t i = 0; i + part.size() <= text.size(); ++i)
        if (text.subspan(i).first(part.size()) == part) return true;
    return false;
}

void a_failed_assertion_prints_its_file_and_its_condition(check& t) {
    const end e = end_of([] { return socks::bytes("abc")[3]; });
    t.ok(e.signal == SIGABRT);
    t.ok(contains(e.said(), "socks/core/bytes.hpp:"));
    t.ok(contains(e.said(), ": SOCKS_ASSERT(i < size_) failed\n"));
}
RUN(a_failed_assertion_prints_its_file_and_its_condition)

template <int A, int B>
bool is_between(int n) {
    return A < n && n < B;
}

void a_failed_assertion_prints_its_line_and_a_condition_with_a_comma(check& t) {
    const end e = end_of([] { SOCKS_ASSERT(is_between<3, 9>(11)); });
    t.ok(e.signal == SIGABRT);
    t.ok(contains(e.said(), "assertion.cpp:76: SOCKS_ASSERT(is_between<3, 9>(11)) failed\n"));
}
RUN(a_failed_assertion_prints_its_line_and_a_condition_with_a_comma)

// The text is not a format.
void a_condition_is_printed_as_it_is_written(check& t) {
    const end e = end_of([] { SOCKS_ASSERT(getpid() % 1 == UINT8_MAX && "%s"); });
    t.ok(contains(e.said(), ": SOCKS_ASSERT(getpid() % 1 == UINT8_MAX && \"%s\") failed\n"));
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
