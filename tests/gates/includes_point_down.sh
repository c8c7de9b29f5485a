#!/bin/sh
# includes_point_down.sh TREE COMPILER [FLAG...]
# Each layer includes the layers it may know and two C headers; nothing else, and never upwards. Assertions that print
# need a third C header, so config.hpp includes it only for them.
set -u
cd "$1/include/socks" || exit 1
compiler=$2
shift 2
trouble=0

# allow LAYER REGEX: what the headers of LAYER include must match REGEX.
allow() {
    unexpected=$(grep -rn '^[[:space:]]*#[[:space:]]*include' "$1" | grep -v -E "include ($2)\$")
    if [ -n "$unexpected" ]; then
        echo "$unexpected"
        echo "$1 may include only: $2"
        trouble=1
    fi
}

c='<stddef\.h>|<stdint\.h>'
core='<socks/config\.hpp>|<socks/core/[a-z0-9_]+\.hpp>'
wire='<socks/wire/[a-z0-9_]+\.hpp>'
machine='<socks/machine/[a-z0-9_]+\.hpp>'
text='<socks/text/[a-z0-9_]+\.hpp>'
policy='<socks/policy/[a-z0-9_]+\.hpp>'

allow config.hpp '<stdio\.h>'
allow socks.hpp "<socks/config\.hpp>|$core|$wire|$machine|$text|$policy"
allow core "$c|$core"
allow wire "$c|$core|$wire"
allow machine "$c|$core|$wire|$machine"
allow text "$c|$core|$text"
allow policy "$c|$core|$wire|$text|$policy"

# Each header of system has headers of a platform or of the C++ library, and no header includes another one of system,
# except that getaddrinfo passes a number of errno on. run_awaitable is the loop of a machine.
system() { allow "system/$1.hpp" "$c|$core|$policy|$2"; }
system errno '<errno\.h>'
system error_code '<string>|<system_error>'
system getaddrinfo '<netdb\.h>|<socks/system/errno\.hpp>'
system run_awaitable '<coroutine>|<socks/machine/run\.hpp>'
system sockaddr '<string\.h>|<netinet/in\.h>|<sys/socket\.h>|<winsock2\.h>|<ws2tcpip\.h>'
for header in system/*; do
    case $header in
        'system/*' | system/errno.hpp | system/error_code.hpp | system/getaddrinfo.hpp | system/run_awaitable.hpp | \
            system/sockaddr.hpp) ;;
        *)
            echo "$header has no line here that says which headers of a platform it may include"
            trouble=1
            ;;
    esac
done

allow transfer_cft "$c|$core|$text|$policy|<socks/transfer_cft/[a-z0-9_]+\.hpp>"

# Without assertions, without an operating system, or with the user's own assertion.
for without in -DNDEBUG -ffreestanding '-DSOCKS_ASSERT(condition)=static_cast<void>(0)'; do
    if ! included=$("$compiler" -I.. "$@" "$without" -M -xc++ socks.hpp); then
        trouble=1
    elif echo "$included" | grep -E '(^|[ /])stdio\.h'; then
        echo "with $without, no header may include <stdio.h>"
        trouble=1
    fi
done

known=$(ls -d config.hpp socks.hpp core wire machine text policy system transfer_cft 2>/dev/null | sort)
if [ "$(ls | sort)" != "$known" ]; then
    echo "include/socks holds what belongs to no layer:"
    ls
    trouble=1
fi
exit $trouble
