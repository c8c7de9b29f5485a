# Sourced by the gates of a page: what is wrong with it, and the tests that it names.
bad=0

complain() {
    echo "$*"
    bad=1
}

# tests_pass PAGE TESTS NAMES: each of the tests exists, runs and passes; one name a line.
tests_pass() {
    [ -n "$3" ] || complain "$1 names no test"
    ran=$("$2" --reporter junit "$(printf '%s\n' "$3" | paste -sd,)") || complain "a test that $1 names fails"
    for name in $3; do
        printf '%s\n' "$ran" | grep -q "<testcase .*name=\"$name\"" || complain "$1 names a test that did not run: $name"
    done
}
