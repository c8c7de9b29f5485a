#!/bin/sh
# readme_is_current.sh TREE
# README names exactly the platforms that tests/platforms and tests/fresh_machine try. It has at most 150 lines, and its
# program at most 25.
set -eu
source=$1
readme=$source/README.md

named=$(sed -n '/^## Compilers and platforms$/,/^## By task$/p' "$readme" | sed 's/`cmake --workflow[^`]*`//' |
    grep -o '`[^`]*`' | tr -d '`' | sort)
tested=$({
    sed -n "/^platforms='\$/,/^'\$/p" "$source/tests/platforms/run.sh"
    sed -n "/^suites='\$/,/^'\$/p" "$source/tests/fresh_machine/run.sh"
} | sed -n 's/^\([a-z][^ ]*\) *|.*/\1/p' | sort)
[ -n "$tested" ] || { echo 'the lists of tests/platforms and tests/fresh_machine are not found'; exit 1; }
if [ "$named" != "$tested" ]; then
    printf 'README names\n%s\nand the tests have\n%s\n' "$named" "$tested"
    exit 1
fi

[ "$(wc -l <"$readme")" -le 150 ] || { echo 'README has more than 150 lines'; exit 1; }
lines=$(sed -n '/^```cpp$/,/^```$/p' "$readme" | grep -vc '^```')
[ "$lines" -gt 0 ] && [ "$lines" -le 25 ] || { echo "the program of README has $lines lines"; exit 1; }
