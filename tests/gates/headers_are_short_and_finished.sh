#!/bin/sh
# headers_are_short_and_finished.sh TREE
# No header is longer than 300 lines, and none promises work.
set -u
cd "$1/include" || exit 1
trouble=0

for header in $(find . -type f); do
    lines=$(wc -l <"$header")
    if [ "$lines" -gt 300 ]; then
        echo "$header has $lines lines"
        trouble=1
    fi
done
if grep -rnwE 'TODO|FIXME|XXX|HACK' .; then
    trouble=1
fi
exit $trouble
