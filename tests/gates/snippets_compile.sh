#!/bin/sh
# The loops of README.md compile as they stand, with the functions that a reader has to bring.
# usage: snippets_compile.sh SOURCE_DIR SCRATCH_FILE COMPILER [OPTION...]
set -eu
source=$1
scratch=$2
shift 2

{
    echo '#include <socks/socks.hpp>'
    echo 'void write_all(int, socks::bytes); size_t write_some(int, socks::bytes); size_t read_some(int, socks::buffer);'
    echo 'void tell_peer(const socks::endpoint&); bool known(socks::bytes, socks::bytes); void report(socks::errc);'
    echo 'template <size_t N> bool run(socks::method, socks::inbox<N>&); void until_negotiated(); void until_answered();'
    echo 'socks::reply dial(socks::command, socks::endpoint); void relay(int, socks::bytes);'
    echo 'void relay(int, const socks::reply&, socks::bytes);'
    awk '/^```cpp$/ {n++; inside = 1; print "void loop" n "(int fd) {"; next}
         /^```$/ && inside {inside = 0; print "}"; next}
         inside && !/^#include/ {print}' "$source/README.md"
} > "$scratch"
[ "$(grep -c '^void loop' "$scratch")" -eq 2 ] || { echo 'README.md no longer has its two loops'; exit 1; }
"$@" -Wno-undefined-internal -fsyntax-only -xc++ "$scratch"
