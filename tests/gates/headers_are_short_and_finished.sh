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
    # A class of more than half of the header makes it one of these.
    largest=$(awk '/^class [a-z0-9_]+( .*)? \{$/ { begin = NR }
        /^};$/ && begin { if (NR - begin > most) most = NR - begin; begin = 0 }
        END { print most + 0 }' "$header")
    [ $((2 * largest)) -le "$lines" ] || most=600
    if [ "$lines" -gt "$most" ]; then
        echo "$header has $lines lines"
        trouble=1
    fi
done
if grep -rnwE 'TODO|FIXME|XXX|HACK' .; then
    trouble=1
fi
exit $trouble
