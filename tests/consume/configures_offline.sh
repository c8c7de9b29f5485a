#!/bin/sh
# configures_offline.sh CMAKE SOURCE BUILD [OPTION...]
# SOURCE is configured without Catch2 and without a network. By default the tests are left out; when they are asked for,
# that is an error. Both times the reader is told what to install.
set -eu
cmake=$1
source=$2
build=$3
shift 3
rm -rf "$build"
mkdir -p "$build/offline"
for program in git curl wget; do
    printf '#!/bin/sh\necho "%s is called"\nexit 1\n' "$program" >"$build/offline/$program"
    chmod +x "$build/offline/$program"
done
export PATH="$build/offline:$PATH" http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9

# configure OPTION...: afresh, and the reader is told.
configure() {
    rm -rf "$build/CMakeCache.txt" "$build/CMakeFiles"
    ended=0
    "$cmake" -S "$source" -B "$build" -DCMAKE_DISABLE_FIND_PACKAGE_Catch2=ON "$@" >"$build/said" 2>&1 || ended=$?
    grep -qF 'apt-get install catch2' "$build/said" && return $ended
    cat "$build/said"
    exit 1
}

if configure "$@" -DSOCKS_TESTS=ON; then
    echo 'the tests were asked for and left out, and nothing failed'
    exit 1
fi
configure "$@" || { cat "$build/said"; exit 1; }
