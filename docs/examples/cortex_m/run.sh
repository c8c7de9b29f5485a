#!/bin/bash
# run.sh PROXY DESTINATION [USER PASSWORD]
# Runs uart_client on QEMU's LM3S6965. The build copies this script to `client`, beside the image client.elf.
if [ $# -ne 2 ] && [ $# -ne 4 ]; then
    echo "usage: $0 PROXY-ADDRESS:PORT DESTINATION:PORT [USER PASSWORD]" >&2
    exit 2
fi
image=${IMAGE:-$0.elf}
proxy=$1
shift

# The arguments of the image are lines. QEMU reads two commas as one, and writes a line of its own to stderr.
arguments=$(printf '%s\n' "$@" | sed 's/,/,,/g')
exec python3 "$(dirname "$0")/modem.py" "$proxy" qemu-system-arm -M lm3s6965evb -display none -monitor none \
    -semihosting-config "enable=on,target=native,arg=$arguments" -kernel "$image" \
    2> >(grep -v '^Timer with period zero, disabling$' >&2)
