#!/bin/sh
# The programs of bench compile, with the loops of docs/guides among them. A measurement takes minutes, so only the preset
# bench makes it.
# usage: benches_compile.sh SOURCE_DIR SCRATCH_DIR COMPILER [OPTION...]
set -eu
source=$1
scratch=$2
shift 2

mkdir -p "$scratch"
python3 -B "$source/bench/users/guide_loops.py" "$source/docs/guides/loops.md" >"$scratch/guide_loops.inc"
status=0
for file in "$source"/bench/*.cpp "$source"/bench/users/*.cpp; do
    "$@" -I"$scratch" -I"$source/docs/examples/common" -fsyntax-only "$file" || status=1
done
exit "$status"
