#!/bin/sh
# Each id of docs/conformance.md has one line, and each test that it names is registered in tests/.
# usage: conformance_is_tested.sh SOURCE_DIR
set -eu
cd "$1"
page=docs/conformance.md
bad=0

for id in $(sed -n 's/^| \([A-Z][0-9]*\(-[0-9]*\)\{0,1\}\) |.*/\1/p' "$page" | sort | uniq -d); do
    echo "$page has more than one line for $id"
    bad=1
done
# The last column holds the names of tests, or a reason that begins with "none:".
for name in $(sed -n 's/^| [A-Z][0-9].*| \([^|]*\) |$/\1/p' "$page" | grep -v '^none:' | tr -d '`,'); do
    grep -qE "^(PROVE_AND_RUN|RUN)\($name\)" tests/*.cpp || grep -qE "\b$name\b" tests/interop/*.py ||
        { echo "$page names a test that is not there: $name"; bad=1; }
done
exit $bad
