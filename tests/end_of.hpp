// How a process ends that fails an assertion, and what it prints. The test runs it in a process of its own.
// It needs fork().

#ifndef SOCKS_TESTS_END_OF_HPP
#define SOCKS_TESTS_END_OF_HPP

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.hpp"

struct end {
    int signal = 0;
    char text[500] = {};
    size_t size = 0;

    [[nodiscard]] socks::bytes said() const { return {text, size}; }

    [[nodiscard]] bool says(socks::bytes part) const {
        for (size_t i = 0; i + part.size() <= size; ++i)
            if (said().subspan(i).first(part.size()) == part) return true;
        return false;
    }
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

// Whether `broken` fails an assertion of the library.
template <class F>
bool fails_an_assertion(F broken) {
    const end e = end_of(broken);
    return e.signal == SIGABRT && e.says("/socks/") && e.says(": SOCKS_ASSERT(");
}

#endif
