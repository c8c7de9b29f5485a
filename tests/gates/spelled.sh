#!/bin/sh
# spelled.sh TREE CODESPELL
# No common misspelling in the documents, the comments and the names. words.txt has the words that only look like one.
set -eu
cd "$1"
"$2" --ignore-words tests/gates/words.txt --skip './build,./.git,./fuzz/corpus' --quiet-level 3 --check-filenames
