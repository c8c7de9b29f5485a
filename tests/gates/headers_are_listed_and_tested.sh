#!/bin/sh
# headers_are_listed_and_tested.sh TREE
# Each header is in socks.hpp and has a test file of its name.
set -u
cd "$1" || exit 1
trouble=0

headers=$(cd include && find socks -name '*.hpp' | sort)
[ -n "$headers" ] || exit 1
for header in $headers; do
    case $header in
        socks/socks.hpp) continue ;;                  # the list itself
        socks/machine/client_states.hpp) continue ;;  # the second half of client.hpp
        socks/machine/server_states.hpp) continue ;;  # the second half of server.hpp
        socks/policy/*cft*.hpp | socks/text/cftutil*.hpp) ;;  # not listed: for one application
        socks/system/*) ;;                            # not listed: bare metal has no header of a system
        *)
            if ! grep -q "^#include <$header>\$" include/socks/socks.hpp; then
                echo "$header is not in socks.hpp"
                trouble=1
            fi
            ;;
    esac
    test_file=tests/$(basename "$header" .hpp).cpp
    if [ ! -f "$test_file" ]; then
        echo "$header has no $test_file"
        trouble=1
    fi
done
exit $trouble
