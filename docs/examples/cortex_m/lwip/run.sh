#!/bin/bash
# run.sh PROXY DESTINATION [USER PASSWORD]
# Runs the client on QEMU's LM3S6965 with QEMU's user network. The build copies this script to `lwip_client`, beside
# the image lwip_client.elf.
if [ $# -ne 2 ] && [ $# -ne 4 ]; then
    echo "usage: $0 PROXY-ADDRESS:PORT DESTINATION:PORT [USER PASSWORD]" >&2
    exit 2
fi
image=${IMAGE:-$0.elf}

# In the user network, the loopback addresses of the host have these addresses.
case $1 in
    127.0.0.1:*) proxy="10.0.2.2:${1##*:}" ;;
    '[::1]':*) proxy="[fec0::2]:${1##*:}" ;;
    *) proxy=$1 ;;
esac
shift

# The arguments of the image are lines. QEMU reads two commas as one, and writes a line of its own to stderr.
arguments=$(printf '%s\n' "$proxy" "$@" | sed 's/,/,,/g')
exec qemu-system-arm -M lm3s6965evb -display none -monitor none -serial null -nic user,model=stellaris \
    -semihosting-config "enable=on,target=native,arg=$arguments" -kernel "$image" \
    2> >(grep -v '^Timer with period zero, disabling$' >&2)
