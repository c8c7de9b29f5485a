#!/bin/sh
# pages_are_indexed.sh TREE
# docs/README.md links to each page below docs, and its links to what is there lead to something.
set -u
. "$(dirname "$0")/page.sh"
cd "$1/docs" || exit 1

links=$(grep -o '](\([^)#]*\)' README.md | sed 's/^](//' | grep -v -e '^$' -e '://' -e '^\.\./' | sort -u)
[ -n "$links" ] || complain 'docs/README.md has no link'
for page in $(find . -name '*.md' ! -path ./README.md | sed 's|^\./||' | sort); do
    printf '%s\n' "$links" | grep -qxF "$page" || complain "docs/README.md has no link to $page"
done
for link in $links; do
    [ -e "$link" ] || complain "docs/README.md has a link to $link, which is not there"
done
exit $bad
