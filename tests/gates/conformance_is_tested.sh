#!/bin/sh
# conformance_is_tested.sh TREE TESTS
# The ids of each section of docs/conformance.md are numbered from 1 without a gap, and there are as many as the page
# says. Each test that a row names exists, runs and passes. Each id that code or another page cites in parentheses has a row.
set -eu
. "$(dirname "$0")/page.sh"
page=$1/docs/conformance.md
tests=$2

# The section "## F: framing" has the ids F1, F2, ...; "## S4: ..." has S4-1, S4-2, ...
ids=$(awk '/^## / { series = $2; sub(/:$/, "", series); sub(/[0-9]$/, "&-", series); n = 0 }
    /^\| / && !/^\| (---|id) / { print $2, series (++n) }' "$page")
found=$(printf '%s\n' "$ids" | cut -d' ' -f1)
misplaced=$(printf '%s\n' "$ids" | awk '$1 != $2 { print $1 " where " $2 " is due" }')
[ -z "$misplaced" ] || complain "$page has rows out of order: $misplaced"
rows=$(printf '%s\n' "$found" | wc -l)
grep -q "^$rows cases" "$page" || complain "$page has $rows rows, which is not what it says"

id='[A-Z]([0-9]-)?[0-9]+'
cited=$(grep -rhoE "\\($id(, $id)*\\)" "$1/include" "$1/tests" "$1/docs" --include='*.hpp' --include='*.cpp' --include='*.md' |
    tr -d '() ' | tr ',' '\n' | sort -u)
for id in $cited; do
    printf '%s\n' "$found" | grep -qx -e "$id" || complain "$page has no row for $id, which is cited"
done

# The last column holds the names of tests, or a reason that begins with "none:".
names=$(sed -n 's/^| [A-Z][0-9].*| \([^|]*\) |$/\1/p' "$page" | grep -v '^none: ' | tr -d '`,' | tr ' ' '\n' | sort -u)
lines=$(grep -c '^| [A-Z][0-9].*| \(none: [^|]*[a-z]\|`[^|]*`\) |$' "$page") || true
[ "$lines" -eq "$rows" ] || complain "$page has a row that names neither a test nor a reason"

tests_pass "$page" "$tests" "$names"
exit $bad
