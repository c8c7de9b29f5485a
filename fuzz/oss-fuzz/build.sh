#!/bin/bash -eu
# Builds every target the way OSS-Fuzz and ClusterFuzzLite ask for it: $CXX, $CXXFLAGS and $LIB_FUZZING_ENGINE are given,
# and each target goes to $OUT with its corpus and the dictionary. To try it by hand, from the top of the checkout:
#
#     OUT=/tmp/out CXX=clang++ CXXFLAGS=-fsanitize=address LIB_FUZZING_ENGINE=-fsanitize=fuzzer fuzz/oss-fuzz/build.sh
[ -z "${SRC:-}" ] || cd "$SRC/socks"
mkdir -p "$OUT"
for corpus in fuzz/corpus/*; do
    target=$(basename "$corpus")
    # shellcheck disable=SC2086
    $CXX $CXXFLAGS -std=c++20 -O1 -Iinclude "fuzz/$target.cpp" $LIB_FUZZING_ENGINE -o "$OUT/$target"
    (cd "$corpus" && zip -q "$OUT/${target}_seed_corpus.zip" ./*)
    cp fuzz/socks.dict "$OUT/$target.dict"
done
