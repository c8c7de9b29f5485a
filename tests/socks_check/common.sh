# Sourced by the scripts beside it, which set $socks_check and $scratch.

fail() { echo "$*" >&2; exit 1; }

# exits STATUS ARGUMENT...: runs socks-check, and keeps its output in $scratch/out and $scratch/err.
exits() {
    expected=$1 status=0
    shift
    "$socks_check" "$@" >"$scratch/out" 2>"$scratch/err" || status=$?
    test "$status" -eq "$expected" && return
    cat "$scratch/out" "$scratch/err" >&2
    fail "socks-check $*: exit status $status, not $expected"
}

# lists MODE LEAST SECTION: at least so many cases, each with its own id, a level, a source and a sentence. SECTION is a
# pattern for the number of a section.
lists() {
    exits 0 "$1" --list
    ids=$(cut -f 1 "$scratch/out" | sort)
    test "$(echo "$ids" | wc -l)" -ge "$2" || fail "fewer than $2 cases"
    test "$(echo "$ids" | uniq -d)" = "" || fail "two cases have one id: $(echo "$ids" | uniq -d)"
    ! cut -f 2 "$scratch/out" | grep -qvx 'must\|should\|robustness\|security' || fail "an unknown level"
    ! cut -f 3 "$scratch/out" | grep -qvx "RFC [0-9]*\( section $3\)\{0,1\}\|SOCKS4a\{0,1\} memo\|field" ||
        fail "an unknown source"
    ! cut -f 4 "$scratch/out" | grep -qv '^[A-Z0-9"].*\.$' || fail "a rule that is no sentence"
}

# outputs_hide PATTERN: the last run shows a login, and none of its outputs has the password.
outputs_hide() {
    grep -q 'PASSWD \*\*\*' "$scratch/out" || fail "no transcript of a login"
    for report in out err json xml md; do
        ! grep -q "$1" "$scratch/$report" || fail "$report shows the password"
    done
}

# ends_by_a_signal_after CONDITION...: SIGTERM ends the run $run as soon as the condition holds. Shells add 128 to the number.
ends_by_a_signal_after() {
    for _ in $(seq 300); do
        ! "$@" || break
        sleep 0.1
    done
    kill -TERM $run
    status=0
    wait $run || status=$?
    test "$status" -eq 143 || fail "exit status $status"
}
