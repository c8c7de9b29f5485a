#!/bin/bash
# use_it.sh COMPILER_PACKAGE
# README's "Use it" with an old CMake: the library is installed and found, and taken as a subproject, by programs that make
# a handshake.
set -eux
apt-get update
apt-get install -y --no-install-recommends "$1" cmake make
export CXX=${1/clang/clang++}
built=$PWD/build/use_it

cmake -S . -B "$built/socks"
cmake --install "$built/socks" --prefix "$built/prefix"
version=$(sed -n 's/^set(PACKAGE_VERSION "\(.*\)")$/\1/p' "$built/socks/socksConfigVersion.cmake")
cmake -S tests/consume/package -B "$built/package" -DCMAKE_PREFIX_PATH="$built/prefix" -DVERSION="$version"
cmake --build "$built/package"
"$built/package/consumer"

for fetch in OFF ON; do
    cmake -S tests/consume/subproject -B "$built/subproject-$fetch" -DSOCKS_SOURCE="$PWD" -DFETCH=$fetch
    cmake --build "$built/subproject-$fetch"
    "$built/subproject-$fetch/consumer"
done
