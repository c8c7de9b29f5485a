#!/bin/sh
# headers_are_short_and_finished.sh TREE
# No header is longer than 300 lines, and none promises work. A class stands in one file, its definitions included, even if
# that takes up to 600 lines.
set -u
cd "$1/include" || exit 1
trouble=0

for header in $(find . -type f); do
    lines=$(wc -l <"$header")
    most=300
    for class in $(sed -n 's/^class \([a-z0-9_]*\) {$/\1/p' "$header"); do
        # Five member functions that are defined after the class make it one of these.
        [ "$(grep -cE "[ *&]$class::[a-z0-9_]+\(" "$header")" -lt 5 ] || most=600
    done
    if [ "$lines" -gt "$most" ]; then
        echo "$header has $lines lines"
        trouble=1
    fi
done
if grep -rnwE 'TODO|FIXME|XXX|HACK' .; then
    trouble=1
fi
exit $trouble
