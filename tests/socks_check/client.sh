#!/bin/sh
# client.sh TEST SOCKS_CHECK TUNNEL CARELESS_CLIENT WELL_FORMED
# Tests "socks-check client" with the example client tunnel, and with a client that has one fault.
set -eu
test=$1 socks_check=$2 tunnel=$3 careless=$4 well_formed=$5
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

. "$(dirname "$0")/common.sh"

# passes CASES SCHEME: the example client fails no case and is tried in so many.
passes() {
    exits 0 client --patience 40 --jobs 16 -- "$tunnel" --patience 10 --via "$2{host}:{port}" '{target_host}' '{target_port}'
    tail -n 1 "$scratch/out"
    ! grep -q '^  FAIL' "$scratch/out" || { cat "$scratch/out" >&2; fail "a case failed"; }
    passed=$(sed -n 's/^0 failed, \([0-9]*\) passed, .*/\1/p' "$scratch/out")
    test "${passed:-0}" -ge "$1" || fail "only ${passed:-0} cases passed"
}

the_tunnel_by_SOCKS5_passes_every_case() { passes 100 socks5h://; }
the_tunnel_by_SOCKS5_with_a_login_passes_every_case() { passes 120 'socks5h://{user}:{password}@'; }
the_tunnel_by_SOCKS4_passes_every_case() { passes 60 'socks4://{user}@'; }
the_tunnel_by_SOCKS4a_passes_every_case() { passes 60 'socks4a://{user}@'; }

# The careless client without a fault passes, so that a case which fails below is about the fault.
a_client_without_a_fault_passes() {
    for version in 4 5; do
        exits 0 client --patience 40 --jobs 16 -- "$careless" none "$version" '{host}' '{port}' \
            '{target_host}' '{target_port}' '{user}' '{password}'
        grep -q '^0 failed' "$scratch/out" || { cat "$scratch/out" >&2; fail "a case failed"; }
    done
}

# Each fault, the version, the case that is meant for it, and the must and security cases that may fail too.
faults='
takes_a_part_for_all 5 framing-byte-at-a-time framing-.*|login-byte-at-a-time
takes_a_part_for_all 4 framing-reply-cut-after-4 framing-.*
loses_early_data 5 framing-early-data framing-early-data.*
loses_early_data 4 framing-early-data framing-early-data.*
reads_10_bytes_as_reply 5 reply-bound-ipv6 reply-bound-.*|framing-early-data-after-.*
expects_a_bound_ipv4_address 5 reply-bound-name-1-byte reply-bound-.*|framing-early-data-after-.*
refuses_bound_names 5 reply-bound-name reply-bound-name.*|framing-early-data-after-a-name
crashes_on_long_names 5 reply-bound-name-255-bytes framing-early-data-after-a-name
ignores_the_reply 5 refusal-connection-refused refusal-.*
ignores_the_reply 4 refusal-socks4-rejected refusal-.*|foreign-zeros
takes_0_for_granted 4 refusal-socks4-code-of-socks5 foreign-zeros
exits_with_0_after_a_refusal 5 refusal-not-allowed refusal-.*
sends_after_a_refusal 5 refusal-host-unreachable refusal-.*
prints_what_follows_a_refusal 5 refusal-with-page refusal-.*
accepts_every_version 5 method-version-4 method-version-.*|reply-version-.*|foreign-zeros
accepts_every_version 4 reply-socks4-version-5 -
accepts_every_method 5 method-not-offered method-.*
ignores_the_login_status 5 login-refused login-refused.*
sends_the_login_unasked 5 login-unasked -
sends_the_login_early 5 login-waits -
sends_login_version_5 5 login-form login-.*-bytes?|login-one-byte
does_not_wait 5 greeting-waits login-.*
lets_lengths_wrap 5 request-name-256-bytes request-name-300-bytes|login-.*-256-bytes
counts_a_NUL 5 request-name request-name-.*
swaps_the_port 5 request-port-low -
sends_addresses_as_names 5 request-ipv4-as-address -
keeps_brackets 5 request-ipv6 -
sends_RSV_1 5 request-rsv -
asks_for_BIND 5 request-form -
offers_0xff 5 greeting-methods -
forgets_the_user_ID 4 request-user-id -
sends_its_request_twice 5 tunnel-upstream -
takes_a_reset_for_the_end 5 tunnel-reset -
exits_with_0_without_a_proxy 5 close-nobody-listens -
spins_at_the_end 5 close-after-request -
waits_for_ever 5 silence-after-request -
'

# catches FAULT VERSION CASE OTHERS
catches() {
    chosen="--patience 40 --only $3"
    case $1 in
        spins_at_the_end | waits_for_ever) chosen="--patience 8 --only $3" ;;
        *) for group in greeting method login request framing reply refusal foreign close tunnel; do
               chosen="$chosen --only $group"
           done ;;
    esac
    "$socks_check" client --jobs 16 $chosen -- "$careless" "$1" "$2" \
        '{host}' '{port}' '{target_host}' '{target_port}' '{user}' '{password}' >"$scratch/out" 2>&1 || true
    sed -n 's/^failed, [a-z]*: //p' "$scratch/out" >"$scratch/failed"
    sed -n -E 's/^failed, (must|security): //p' "$scratch/out" >"$scratch/serious"
    grep -qx -e "$3" "$scratch/failed" || { cat "$scratch/out" >&2; fail "$1: $3 does not fail"; }
    ! grep -vxE -e "$3|$4" "$scratch/serious" || { cat "$scratch/out" >&2; fail "$1: these fail too"; }
}

# faults_are_caught PART: the table is divided, so that several tests run at the same time.
faults_are_caught() {
    printf '%s' "$faults" | awk -v part="$1" 'NF == 4 && NR % 4 == part' >"$scratch/part"
    while read -r fault version meant others; do
        catches "$fault" "$version" "$meant" "$others" </dev/null
        echo "$fault: $meant"
    done <"$scratch/part"
}
faults_of_the_first_part_are_caught() { faults_are_caught 0; }
faults_of_the_second_part_are_caught() { faults_are_caught 1; }
faults_of_the_third_part_are_caught() { faults_are_caught 2; }
faults_of_the_fourth_part_are_caught() { faults_are_caught 3; }

# A client whose greeting is malformed does not work with any proxy. The first case says so, and no other runs.
a_client_that_does_not_work_exits_with_3() {
    exits 3 client -- "$careless" miscounts_its_methods 5 '{host}' '{port}' '{target_host}' '{target_port}' '{user}' '{password}'
    grep -q '^  FAIL  baseline-works' "$scratch/out" || fail "the first case does not fail"
    grep -q 'client > 05 01 00' "$scratch/out" || fail "no transcript"
    grep -q 'so no other case ran' "$scratch/err" || fail "no reason"
    exits 3 client --patience 5 -- sh -c 'echo "not a {port}"; exit 7'
    grep -q 'expected a connection to the proxy; .* ended with exit status 7' "$scratch/out" || fail "no exit status"
    grep -q 'output: not a [0-9]' "$scratch/out" || fail "no output"
    exits 3 client --patience 1 -- sh -c 'sleep 60 & wait; echo {port}'
    grep -q 'expected an end of the command within 1 s' "$scratch/out" || fail "a command that hangs"
}

a_command_that_cannot_be_started_exits_with_3() {
    exits 3 client -- "$scratch/no-such-command" '{port}'
    grep -q 'cannot start .*no-such-command: No such file or directory' "$scratch/err" || fail "no reason"
    exits 3 client -- "$scratch" '{port}'
    grep -q 'cannot start .*: Permission denied' "$scratch/err" || fail "no reason"
}

# The command writes the number of a process that would live much longer than the run. The first signal comes during the
# runs with a good proxy.
a_signal_kills_the_commands() {
    "$socks_check" client --patience 60 --jobs 4 -- sh -c 'echo $$ >>"$0"; sleep 300; true {port}' "$scratch/started" \
        >"$scratch/out" 2>"$scratch/err" &
    run=$!
    ends_by_a_signal_after test -s "$scratch/started"
    sleep 0.5
    ! grep '^State:.[^Z]' "/proc/$(cat "$scratch/started")/status" 2>/dev/null || fail "the command is still running"
}

client_reports_are_well_formed_and_show_no_password() {
    exits 1 client --jobs 16 --only login --only refusal-not-allowed --json "$scratch/json" --junit "$scratch/xml" \
        --markdown "$scratch/md" -- "$careless" ignores_the_login_status 5 '{host}' '{port}' '{target_host}' \
        '{target_port}' '{user}' '{password}'
    "$well_formed" json "$scratch/json" || fail "the JSON is not well formed"
    "$well_formed" xml "$scratch/xml" || fail "the XML is not well formed"
    outputs_hide 'open-sesame\|6f 70 65 6e 2d'
}

client_cases_can_be_listed() {
    lists client 140 '[0-9.]*'
    listed=$(cat "$scratch/out")
    exits 0 client --scenarios
    test "$listed" = "$(cat "$scratch/out")" || fail "--scenarios is not --list"
}

the_page_counts_the_client_cases() {
    page=$(dirname "$0")/../../docs/socks_check.md
    exits 0 client --list
    grep -q "once for each of $(wc -l <"$scratch/out") cases" "$page" || fail "there are $(wc -l <"$scratch/out") cases"
    for group in $(cut -d - -f 1 "$scratch/out" | uniq); do
        cases=$(grep -c "^$group-" "$scratch/out")
        grep -q "^| \`$group\` | $cases | " "$page" || fail "$group has $cases cases"
    done
}

invalid_arguments_of_the_client_mode_exit_with_2() {
    exits 2 client
    exits 2 client --
    exits 2 client curl '{port}'
    grep -q '"--" is missing' "$scratch/err" || fail "no advice"
    exits 2 client -- curl
    exits 2 client --jobs 0 -- curl '{port}'
    exits 2 client --no-such-option -- curl '{port}'
    exits 2 client --only no-such-case -- curl '{port}'
}

"$test"
