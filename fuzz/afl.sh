#!/bin/sh
# afl.sh [SECONDS [TARGET...]]
# Every target, or those that are named, under AFL++ for a minute, or so many seconds, each, from its corpus. Ends with
# 1 if a target does not build or run, or if an input made it fail or hang. SOCKS_SCRATCH: where that is kept.
set -eu
cd "$(dirname "$0")/.."
scratch=${SOCKS_SCRATCH:-build/afl}
seconds=${1:-60}
[ $# -eq 0 ] || shift
for tool in afl-clang-fast++ afl-fuzz; do
    command -v $tool >/dev/null || { echo "there is no $tool: install AFL++, of which it is a part" >&2 && exit 2; }
done
# Neither the pattern for core dumps, nor the governor of a processor, nor a processor of its own is ours to ask for.
export AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_AFFINITY=1 AFL_NO_UI=1 AFL_QUIET=1
mkdir -p "$scratch"

figure() { sed -n "s/^$1 *: //p" "$scratch/$target/default/fuzzer_stats"; }

failed=0
for target in ${*:-$(ls fuzz/corpus)}; do
    rm -rf "${scratch:?}/$target"
    if afl-clang-fast++ -std=c++20 -Iinclude -O1 -fsanitize=fuzzer "fuzz/$target.cpp" -o "$scratch/fuzz_$target" &&
        afl-fuzz -V "$seconds" -i "fuzz/corpus/$target" -o "$scratch/$target" -x fuzz/socks.dict \
            -- "$scratch/fuzz_$target" >"$scratch/$target.log" 2>&1; then
        echo "$target: $(figure execs_done) runs, $(figure saved_crashes) failed, $(figure saved_hangs) hung"
        [ "$(figure execs_done)" -gt 0 ] && [ "$(figure saved_crashes)$(figure saved_hangs)" = 00 ] && continue
        echo "see $scratch/$target/default"
    else
        echo "$target: AFL++ does not run it: see $scratch/$target.log"
    fi
    failed=1
done
exit $failed
