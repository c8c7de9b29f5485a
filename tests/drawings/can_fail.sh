#!/bin/sh
# can_fail.sh TREE SCRATCH HANDSHAKES LAYERS...
# Changes one diagram or one header after another in a copy, and sees that a check notices each.
set -u
tree=$1
scratch=$2
handshakes=$3
shift 3
trouble=0

afresh() {
    rm -rf "$scratch"
    mkdir -p "$scratch"
    cp -R "$tree/docs" "$tree/include" "$scratch"
}
passes() {
    "$@" || { echo "fails without a mutation: $*"; trouble=1; }
}
caught() {
    mutation=$1
    shift
    "$@" >/dev/null 2>&1 && { echo "not caught: $mutation"; trouble=1; }
    afresh
}

afresh
passes "$handshakes" --check "$scratch/docs"
for name in socks4 socks4a socks5 socks5_credentials udp; do
    sed -i 's/>2 bytes</>3 bytes</' "$scratch/docs/handshake_$name.svg"
    caught "a width that was changed in handshake_$name.svg" "$handshakes" --check "$scratch/docs"
    rm "$scratch/docs/handshake_$name.svg"
    caught "no handshake_$name.svg" "$handshakes" --check "$scratch/docs"
done

layers() { "$@" --check "$scratch/include/socks" "$scratch/docs/layers.svg"; }
passes layers "$@"
echo '#include <socks/text/code.hpp>' >>"$scratch/include/socks/machine/action.hpp"
caught 'a layer that includes another one' layers "$@"
echo '' >"$scratch/include/socks/core/fresh.hpp"
caught 'one header more' layers "$@"
sed -i '/<socks\/text\//d' "$scratch/include/socks/socks.hpp"
caught 'a layer that socks.hpp does not include' layers "$@"
rm "$scratch/docs/layers.svg"
caught 'no diagram of the layers' layers "$@"

rm -rf "$scratch"
exit $trouble
