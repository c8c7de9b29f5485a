#!/bin/sh
# security_is_tested.sh TREE TESTS
# Each promise and each fault in docs/security.md names what checks it: tests that exist, run and pass, presets that
# exist, or a reason that begins with "none:". The tests of tests/optimised run by themselves, where they can.
set -eu
. "$(dirname "$0")/page.sh"
page=$1/docs/security.md
presets=$1/CMakePresets.json
tests=$2

rows=$(grep '^| ' "$page" | grep -v -e '^| --- ' -e '^| promise ' -e '^| id ')
incomplete=$(printf '%s\n' "$rows" | grep -vE '\| (none: [^|]*[a-z]|`[^|`]+`(, `[^|`]+`)*) \|$') || true
[ -z "$incomplete" ] || complain "$page has lines that name neither a check nor a reason:
$incomplete"

checks=$(printf '%s\n' "$rows" | sed 's/.*| \([^|]*\) |$/\1/' | grep -v '^none: ' | tr ',' '\n' | sed 's/^ *`//; s/`$//' |
    sort -u)
commands=$(printf '%s\n' "$checks" | grep ' ') || true
optimised=$(sed -n 's/^RUN(\(.*\))$/\1/p' "$1"/tests/optimised/*.cpp)
names=$(printf '%s\n' "$checks" | grep -v ' ' | grep -vxF "$optimised")

printf '%s\n' "$commands" | while IFS= read -r command; do
    preset=${command#cmake --workflow --preset }
    sed -n '/"workflowPresets"/,$p' "$presets" | grep -q "\"name\": \"$preset\"," ||
        { echo "$page names a command that is not there: $command"; exit 1; }
done || bad=1

tests_pass "$page" "$tests" "$names"
exit $bad
