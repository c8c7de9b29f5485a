#!/bin/sh
# server.sh TEST SOCKS_CHECK PROXY WELL_FORMED FOREIGN_PEER
# Tests "socks-check server" against the example proxy. Each test is a function of its name.
set -eu
test=$1 socks_check=$2 proxy=$3 well_formed=${4:-} foreign_peer=${5:-}
scratch=$(mktemp -d)
started=
trap 'test -z "$started" || kill $started 2>/dev/null; rm -rf "$scratch"' EXIT

. "$(dirname "$0")/common.sh"

# Starts a server on a port that the system chooses. $address is where it listens.
wait_for() {
    : >"$scratch/listening"
    "$@" >"$scratch/listening" &
    started="$started $!"
    for _ in $(seq 300); do
        address=$(sed -n 's/^listening on //p' "$scratch/listening")
        test -z "$address" || return 0
        sleep 0.1
    done
    fail "$1 does not listen"
}
start() { wait_for "$proxy" --listen 127.0.0.1:0 --quiet "$@"; }

# The run found no fault in at least 100 cases. Those that were skipped say why.
every_case_passed() {
    tail -n 1 "$scratch/out"
    grep '^[0-9]* skipped: ' "$scratch/out" || true
    ! grep -q '^  FAIL' "$scratch/out" || { cat "$scratch/out" >&2; fail "a case failed"; }
    cases=$(sed -n 's/^0 failed, .* of \([0-9]*\) cases in .*/\1/p' "$scratch/out")
    test "${cases:-0}" -ge 100 || fail "only ${cases:-0} cases"
    ! grep -q '^[0-9]* skipped: .*BIND\|^[0-9]* skipped: .*UDP' "$scratch/out" || fail "BIND or UDP was skipped"
}

the_proxy_passes_every_case() {
    start --forbid 192.0.2.0/24
    exits 0 server "$address" --forbidden 192.0.2.1:80 --patience 30
    every_case_passed
}

the_proxy_with_passwords_passes_every_case() {
    start --user ivy --password 'open sesame'
    exits 0 server "$address" --user ivy --password 'open sesame' --patience 30
    every_case_passed
}

# BIND and UDP ASSOCIATE too, of which the rules forbid only the destinations.
a_proxy_whose_rules_forbid_this_machine_fails_no_case() {
    start --forbid 127.0.0.0/8 --forbid ::1/128
    exits 0 server "$address" --patience 30
    grep -q '^0 failed, ' "$scratch/out" || fail "a case failed"
    grep -q '^[0-9]* skipped: the proxy does not connect to 127.0.0.1 (reply 02 ' "$scratch/out" || fail "no reason"
}

# PROXY is built with ThreadSanitizer, which ends it with 66 after it has reported a race.
threads_of_the_proxy_do_not_race() {
    start --threads 4 2>"$scratch/races"
    exits 0 server "$address" --patience 30
    every_case_passed
    kill $started
    status=0
    wait $started || status=$?
    started=
    test "$status" -eq 0 && ! grep -q ThreadSanitizer "$scratch/races" && return
    cat "$scratch/races" >&2
    fail "the proxy ended with $status"
}

# The proxy has another password, so the right one is refused.
a_failed_case_is_reported() {
    start --user ivy --password 'open barley'
    exits 1 server "$address" --user ivy --password 'open sesame' --only password-right
    grep -q '^  FAIL  password-right' "$scratch/out" || fail "no failed case"
    grep -q 'expected the status 01 00; the proxy sent 01 01' "$scratch/out" || fail "no reason"
    grep -q 'client > 01 03 .* VER 1, ULEN 3' "$scratch/out" || fail "no transcript of the client"
    grep -q 'proxy  < 01 01 .* VER 1, STATUS 1 refused' "$scratch/out" || fail "no transcript of the proxy"
    grep -q '^1 failed (1 must), 0 passed, 0 skipped of 1 cases in ' "$scratch/out" || fail "no summary"
    exits 1 server "$address" --user ivy --password 'open sesame' --only requests --only password-right
    grep -q '^[0-9]* skipped: the proxy refuses this user name and password' "$scratch/out" || fail "no advice"
    grep -q '^1 failed' "$scratch/out" || fail "the wrong password fails other cases"
    exits 1 server "$address" --user ivy --password 'open sesame' --only password --quiet
    grep -q '^  FAIL  password-right' "$scratch/out" || fail "--quiet hides a failure"
    ! grep -q '^  ok\|^  skip' "$scratch/out" || fail "--quiet prints more than the failures"
}

reports_are_well_formed() {
    start --user ivy --password 'open barley'
    exits 1 server "$address" --user ivy --password 'open sesame' --only versions --only password \
        --only udp-ipv4 --json "$scratch/json" --junit "$scratch/xml" --markdown "$scratch/md"
    "$well_formed" json "$scratch/json" || fail "the JSON is not well formed"
    "$well_formed" xml "$scratch/xml" || fail "the XML is not well formed"
    for result in passed failed skipped; do
        grep -q "\"result\": \"$result\"" "$scratch/json" || fail "the JSON has no case that $result"
    done
    grep -q '"id": "password-right", "group": "password", "level": "must", "rule": "' "$scratch/json" || fail "JSON"
    grep -q '<testcase classname="socks-check.server.password" name="password-right" time="' "$scratch/xml" || fail "XML"
    failures=$(grep -c '<failure message=' "$scratch/xml")
    grep -q " failures=\"$failures\" " "$scratch/xml" || fail "the XML does not count its failures"
    grep -q '^| versions | 9 | 0 | 1 |$' "$scratch/md" || fail "the Markdown has no row for a group"
    grep -q '^## password-right$' "$scratch/md" || fail "the Markdown does not explain the failure"
    exits 1 server "$address" --user ivy --password 'open sesame' --only password-right --json -
    "$well_formed" json "$scratch/out" || fail "standard output is not JSON alone"
    grep -q 'FAIL  password-right' "$scratch/err" || fail "the table is not on standard error"
    test -w /dev/full || return 0
    exits 1 server "$address" --only versions-selection --json /dev/full
    grep -q 'cannot write "/dev/full"' "$scratch/err" || fail "a full disk is not reported"
}

reports_show_no_password() {
    start --user ivy --password 'open barley'
    exits 1 server "$address" --user ivy --password 'open sesame' --only password --only requests --only framing \
        --json "$scratch/json" --junit "$scratch/xml" --markdown "$scratch/md"
    outputs_hide 'sesame\|73 65 73 61 6d 65'
}

# The peer selects username/password, and sends back what follows. Cases send the password in capitals too,
# and with the lowest bit of each byte changed.
a_password_that_comes_back_is_not_shown() {
    wait_for "$foreign_peer" "$(printf '\005\002')" echo
    exits 1 server "$address" --user ivy --password 'open sesame' --only password --patience 1 --jobs 1 \
        --json "$scratch/json" --junit "$scratch/xml" --markdown "$scratch/md"
    outputs_hide 'sesam\|6f 70 65 6e 20\|4f 50 45 4e 20\|6e 71 64 6f 21'
    exits 2 server socks5h://ivy:sesame@127.0.0.1:1080
    ! grep sesame "$scratch/err" || fail "the message shows the password"
}

cases_can_be_listed_and_chosen() {
    lists server 100 '[0-9]*'
    exits 0 server --list --only bind-data --only versions
    test "$(grep -c '^versions-' "$scratch/out")" -ge 8 || fail "--only does not choose a group"
    test "$(grep -vc '^versions-' "$scratch/out")" -eq 1 || fail "--only does not choose a case"
    exits 0 server --list --only versions --except versions-tls --except bind
    grep -q '^versions-http' "$scratch/out" || fail "--except takes too much"
    ! grep -q '^versions-tls' "$scratch/out" || fail "--except leaves the case"
    (sleep 0.5; exec "$socks_check" server --list 2>"$scratch/err") | true
    test ! -s "$scratch/err" || fail "the list complains about its reader: $(cat "$scratch/err")"
    start
    exits 0 server "$address" --only replies-version
    grep -q '^0 failed, 1 passed, 0 skipped of 1 cases in ' "$scratch/out" || fail "--only runs other cases"
}

# docs/socks_check.md says how many cases there are, also in each group.
the_page_counts_the_cases() {
    page=$(dirname "$0")/../../docs/socks_check.md
    exits 0 server --list
    grep -q "runs $(wc -l <"$scratch/out") cases against a proxy" "$page" || fail "there are $(wc -l <"$scratch/out")"
    for group in $(cut -d - -f 1 "$scratch/out" | uniq); do
        cases=$(grep -c "^$group-" "$scratch/out")
        grep -q "^| \`$group\` | $cases | " "$page" || fail "$group has $cases cases"
    done
}

invalid_arguments_exit_with_2() {
    exits 2
    exits 2 serve 127.0.0.1:1
    exits 2 server
    exits 2 server 127.0.0.1
    exits 2 server 127.0.0.1:0
    exits 2 server 127.0.0.1:65536
    exits 2 server ::1:1080
    grep -q 'an IPv6 address needs brackets' "$scratch/err" || fail "no advice"
    exits 2 server 127.0.0.1:1 127.0.0.1:2
    exits 2 server 127.0.0.1:1 --only no-such-case
    exits 2 server 127.0.0.1:1 --except no-such-case
    exits 2 server 127.0.0.1:1 --only bind --except bind
    exits 2 server 127.0.0.1:1 --user ivy
    exits 2 server 127.0.0.1:1 --user '' --password x
    exits 2 server 127.0.0.1:1 --patience 0
    exits 2 server 127.0.0.1:1 --jobs many
    exits 2 server 127.0.0.1:1 --json ''
    exits 2 server 127.0.0.1:1 --json - --junit -
    exits 2 server 127.0.0.1:1 --here www.example.com
    exits 2 server 127.0.0.1:1 --here 0.0.0.0
    exits 2 server 127.0.0.1:1 --here 127.0.0.1 --here 127.0.0.2
    start
    exits 2 server "$address" --here 192.0.2.77
    exits 2 server "$address" --json "$scratch/no/such/folder"
    grep -q 'Try "socks-check server --help"' "$scratch/err" || fail "it refers to the wrong help"
}

# The second case takes three seconds, so the signal comes while it runs.
a_signal_ends_the_run_with_a_report() {
    start
    "$socks_check" server "$address" --only versions-selection --only relaying-pause --jobs 1 --json "$scratch/json" \
        >"$scratch/out" 2>"$scratch/err" &
    run=$!
    ends_by_a_signal_after grep -q '^  ok' "$scratch/out"
    grep -q 'stopped by a signal, after 1 of 2 cases' "$scratch/err" || fail "no message"
    grep -q '^0 failed, 1 passed, 0 skipped of 1 cases in ' "$scratch/out" || fail "no summary"
    "$well_formed" json "$scratch/json" || fail "the JSON is not well formed"
    grep -q '"complete": false' "$scratch/json" || fail "the JSON looks complete"
}

# Too few descriptors are a fault of this machine, and no case may blame the proxy for it.
a_low_limit_of_open_files_fails_no_case() {
    start
    exits_with_limit() { (ulimit "$1" "$2" && exits "$3" server "$address" --only resources --only requests) }
    exits_with_limit -Sn 32 0
    exits_with_limit -n 32 2
    grep -q 'the limit of open files is 32' "$scratch/err" || fail "no reason"
}

help_and_version_exit_with_0() {
    for arguments in -h --help --version 'server -h' 'server --help' 'client -h' 'client --help'; do
        exits 0 $arguments
    done
    exits 0 --version
    grep -qx 'socks-check [0-9]*\.[0-9]*\.[0-9]*' "$scratch/out" || fail "no version"
}

# Most systems give localhost an address of each family. The proxy listens at the second one.
every_address_of_a_name_is_tried() {
    printf '::1 localhost\n127.0.0.1 localhost\n' >"$scratch/hosts"
    start
    both='mount --bind "$1" /etc/hosts && exec "$2" server "localhost:$3" --only replies-version'
    unshare -rm true 2>/dev/null || { echo "NOT RUN: this machine allows no namespaces"; return; }
    unshare -rm sh -c "$both" sh "$scratch/hosts" "$socks_check" "${address##*:}" ||
        fail "the second address was not tried"
}

# Nobody listens, the answer is not SOCKS, and there is no answer.
without_a_proxy_it_exits_with_3() {
    exits 3 server 127.0.0.1:1
    grep -q 'cannot connect to the proxy at 127.0.0.1:1: .*refused' "$scratch/err" || fail "no reason"
    wait_for "$foreign_peer" 'HTTP/1.1 400 Bad Request'
    exits 3 server "$address"
    grep -q "no SOCKS proxy answers at $address: .*it answers 48 54 54 50.*HTTP, not SOCKS" "$scratch/err" ||
        fail "no reason"
    wait_for "$foreign_peer" ''
    exits 3 server "$address" --patience 1
    grep -q "no SOCKS proxy answers at $address: .*it does not answer" "$scratch/err" || fail "no reason"
}

"$test"
