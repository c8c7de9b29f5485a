#!/bin/sh
# headers_are_listed_and_tested.sh TREE
# Each header is in socks.hpp and has a test file of its name. The test file of transfer_cft/NAME.hpp is transfer_cft_NAME.cpp.
set -u
cd "$1" || exit 1
trouble=0

headers=$(cd include && find socks -name '*.hpp' | sort)
[ -n "$headers" ] || exit 1
for header in $headers; do
    case $header in
        socks/socks.hpp) continue ;;  # the list itself
        socks/transfer_cft/*) ;;      # not listed: for one application
        socks/system/*) ;;            # not listed: bare metal has no header of a system
        *)
            if ! grep -q "^#include <$header>\$" include/socks/socks.hpp; then
                echo "$header is not in socks.hpp"
                trouble=1
            fi
            ;;
    esac
    name=$(basename "$header" .hpp)
    case $header in socks/transfer_cft/*) name=transfer_cft_$name ;; esac
    test_file=tests/$name.cpp
    if [ ! -f "$test_file" ]; then
        echo "$header has no $test_file"
        trouble=1
    fi
done
exit $trouble
