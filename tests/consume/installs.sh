#!/bin/sh
# installs.sh CMAKE BUILD PREFIX COMPONENT FILE...
# To install BUILD, or one COMPONENT of it unless that is "all", into an empty PREFIX makes exactly these files.
set -eu
cmake=$1
build=$2
prefix=$3
component=$4
shift 4
rm -rf "$prefix"
if [ "$component" = all ]; then
    "$cmake" --install "$build" --prefix "$prefix" >/dev/null
else
    "$cmake" --install "$build" --prefix "$prefix" --component "$component" >/dev/null
fi
(cd "$prefix" && find . ! -type d | sort) >"$prefix.files"
printf './%s\n' "$@" | sort | diff - "$prefix.files"
