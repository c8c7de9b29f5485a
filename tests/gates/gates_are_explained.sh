#!/bin/sh
# gates_are_explained.sh TREE
# The table of gates in docs/contributing.md has one row for each script in tests/gates. page.sh is part of other scripts.
set -u
cd "$1" || exit 1
page=docs/contributing.md
trouble=0

scripts=$(cd tests/gates && ls *.sh | grep -vx page.sh | sed 's/\.sh$//')
rows=$(awk '/^## / { inside = $0 == "## Gates" } inside' "$page" | sed -n 's/^| `\([a-z_]*\)` | .*[a-z].* |$/\1/p')
[ -n "$scripts" ] && [ -n "$rows" ] || { echo "$page has no table of gates"; exit 1; }

for gate in $scripts; do
    if [ "$(printf '%s\n' "$rows" | grep -cx "$gate")" -ne 1 ]; then
        echo "$page does not have one row for $gate"
        trouble=1
    fi
done
for gate in $rows; do
    if [ ! -f "tests/gates/$gate.sh" ]; then
        echo "$page has a row for $gate, which is not in tests/gates"
        trouble=1
    fi
done
exit $trouble
