#!/bin/bash
# use_module.sh COMPILER_PACKAGE...
# The module as docs/packaging/README.md says, by each compiler. Prints the result of each run after the word RESULT.
set -eux
packages=("$@")
for package; do
    [[ $package != clang-* ]] || packages+=("${package/clang/clang-tools}")
done
apt-get update
apt-get install -y --no-install-recommends cmake ninja-build git python3 g++ "${packages[@]}"

ways=tests/consume/ways.py
scratch=build/ways
$ways prepare $scratch
for package; do
    compiler=${package/clang/clang++}
    $ways run $scratch "$compiler" "A C++20 module: ${package%-*}"
    $ways run $scratch "$compiler" 'A C++20 module: CMake'
done
set +x
sed 's/^/RESULT /' $scratch/results/*.json
