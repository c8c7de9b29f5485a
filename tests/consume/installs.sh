#!/bin/sh
# installs.sh CMAKE BUILD PREFIX FILE...
# To install BUILD into an empty PREFIX makes exactly these files.
set -eu
cmake=$1
build=$2
prefix=$3
shift 3
rm -rf "$prefix"
"$cmake" --install "$build" --prefix "$prefix" >/dev/null
printf './%s\n' "$@" | sort >"$build/expected"
(cd "$prefix" && find . ! -type d | sort) | diff "$build/expected" -
