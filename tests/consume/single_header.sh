#!/bin/sh
# single_header.sh TREE SCRATCH COMPILER [FLAG...]
# The single header is what the preprocessor makes of include/, in the same order. It compiles alone, without a C++ library,
# by clang++ also for a Cortex-M0. The release archive in SCRATCH has it. All headers of the library together compile too.
set -eu
tree=$1
scratch=$2
shift 2
single=$scratch/single_header_$1
script=$tree/docs/packaging/single_header.py

rm -rf "$single"
mkdir -p "$single/socks"
"$script" >"$single/socks/socks.hpp"
tar -C "$single" --strip-components=1 --wildcards -xf "$scratch"/socks-*.tar.gz '*/single_header'
cmp "$single/socks/socks.hpp" "$single/single_header/socks/socks.hpp"
[ -z "$(grep '^// From ' "$single/socks/socks.hpp" | sort | uniq -d)" ]  # the guards would hide a second copy

# With assertions, the texts would name another file. The C headers are empty, because their place may be another.
mkdir "$single/empty"
touch "$single/empty/stddef.h" "$single/empty/stdint.h"
echo '#include <socks/socks.hpp>' >"$single/unit.cpp"
for output in '-P' '-dM'; do
    for from in "$tree/include" "$single"; do
        "$@" -E $output -DNDEBUG -nostdinc -I"$single/empty" -I"$from" "$single/unit.cpp" >"$single/all"
        sed '/^$/d' "$single/all" >"$single/from_${from##*/}"
    done
    diff "$single/from_include" "$single/from_${single##*/}"
done

for target in "" --target=armv6m-none-eabi; do
    [ -z "$target" ] || [ "$1" = clang++ ] || continue
    # shellcheck disable=SC2086
    "$@" $target -ffreestanding -nostdinc++ -fno-exceptions -fno-rtti -fsyntax-only -xc++ "$single/socks/socks.hpp"
done
# shellcheck disable=SC2046
"$script" $(cd "$tree/include" && find socks -name '*.hpp' | LC_ALL=C sort) >"$single/everything.hpp"
"$@" -fsyntax-only -xc++ "$single/everything.hpp"
