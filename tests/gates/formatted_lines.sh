#!/bin/sh
# formatted_lines.sh TREE
# What clang-format lets pass. A line has at most 110 columns, its comment included, and no string is exempt. These
# oddities of release 14 are to be written in another way:
#   requires(a<T>&& b<T>)     taken for a reference: give the conjunction a name
#   if (c) do {               indented twice: write a for loop
#   size_t n =                broken for the sake of the comment: shorten it, or put it above
#       0;  // why
#   requires(a<T>)  //        an empty comment that keeps two lines apart: constrain the parameter instead
set -u
cd "$1" || exit 1

# Bytes are what every awk counts, so those that continue a character of UTF-8 are taken out first.
LC_ALL=C find include tests fuzz bench docs/examples -path '*/build' -prune -o \( -name '*.hpp' -o -name '*.cpp' \) \
    -exec awk '
    function odd(what) { print FILENAME ":" FNR ": " what; trouble = 1 }
    FNR == 1 { before = "" }
    { columns = $0; gsub(/[\200-\277]/, "", columns) }
    length(columns) > 110 { odd(length(columns) " columns") }
    /^ *\/\// { before = ""; next }
    /(requires|concept).*[>)]&& / { odd("a conjunction without its first space") }
    /^ *(if|for|while) \(.*\) do \{|else do \{/ { odd("a loop on the line of its condition") }
    /^ +[A-Za-z0-9_]+;  \/\// && before ~ /[A-Za-z0-9_>&*=]$/ { odd("a declaration broken for its comment") }
    / \/\/$/ { odd("an empty comment") }
    { before = $0 }
    END { exit trouble }' {} +
