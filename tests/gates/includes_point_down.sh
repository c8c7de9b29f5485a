#!/bin/sh
# includes_point_down.sh TREE
# Each layer includes the layers it may know and two C headers; nothing else, and never upwards.
set -u
cd "$1/include/socks" || exit 1
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

allow config.hpp 'nothing'
allow socks.hpp "<socks/config\.hpp>|$core|$wire|$machine|$text|$policy"
allow core "$c|$core"
allow wire "$c|$core|$wire"
allow machine "$c|$core|$wire|$machine"
allow text "$c|$core|$text"
for header in policy/*; do
    case $header in
        'policy/*') ;;
        policy/errno.hpp) allow "$header" "$c|<errno\.h>|$core|$policy" ;;
        *) allow "$header" "$c|$core|$wire|$text|$policy" ;;
    esac
done

allow system "$c|<netdb\.h>|$core|$policy"

known=$(ls -d config.hpp socks.hpp core wire machine text policy system 2>/dev/null | sort)
if [ "$(ls | sort)" != "$known" ]; then
    echo "include/socks holds what belongs to no layer:"
    ls
    trouble=1
fi
exit $trouble
