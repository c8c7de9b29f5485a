#!/bin/sh
# conformance_is_tested.sh TREE TESTS
# Each known quirk has one line in docs/conformance.md, and each test that a line names exists, runs and passes.
set -eu
. "$(dirname "$0")/page.sh"
page=$1/docs/conformance.md
tests=$2

# every PREFIX LAST: the ids of one section.
every() { seq "$2" | sed "s/^/$1/"; }
known=$(every F 14; every V 10; every A 20; every D 20; every R 17; every S4- 14; every U 23; every B 6; every T 8
    every G 7; every X 7; every P 5)
found=$(sed -n 's/^| \([A-Z][0-9]*\(-[0-9]*\)\{0,1\}\) |.*/\1/p' "$page")
for id in $known; do
    lines=$(printf '%s\n' "$found" | grep -cx -e "$id") || true
    [ "$lines" -eq 1 ] || complain "$page has $lines lines for $id"
done
for id in $found; do
    printf '%s\n' "$known" | grep -qx -e "$id" || complain "$page has a line for $id, which is unknown"
done

# The last column holds the names of tests, or a reason that begins with "none:".
names=$(sed -n 's/^| [A-Z][0-9].*| \([^|]*\) |$/\1/p' "$page" | grep -v '^none: ' | tr -d '`,' | tr ' ' '\n' | sort -u)
lines=$(grep -c '^| [A-Z][0-9].*| \(none: [^|]*[a-z]\|`[^|]*`\) |$' "$page") || true
[ "$lines" -eq "$(printf '%s\n' "$found" | wc -l)" ] || complain "$page has a line that names neither a test nor a reason"

tests_pass "$page" "$tests" "$names"
exit $bad
