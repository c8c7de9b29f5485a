#!/bin/sh
# setup.sh [fast]: installs what the drivers of docs/examples need to be built and tested, and this machine lacks. With
# `fast` the emulators and their compilers are left out. What cannot be installed fails the run.
set -eu
here=$(dirname "$0")
. "$here/../install.sh"
selection=${1:-complete}

# command:package
needed='danted:dante-server microsocks:microsocks curl:curl ip:iproute2 unshare:util-linux mount:mount openssl:openssl'
emulators='x86_64-w64-mingw32-g++:g++-mingw-w64-x86-64-win32 wine:wine wine64:wine64 em++:emscripten node:nodejs
    arm-none-eabi-g++:gcc-arm-none-eabi qemu-system-arm:qemu-system-arm dpkg-source:dpkg-dev'
# file:package
headers='/usr/include/uv.h:libuv1-dev /usr/include/event2/event.h:libevent-dev /usr/include/liburing.h:liburing-dev
    /usr/include/asio.hpp:libasio-dev /usr/include/boost/asio.hpp:libboost-dev /usr/include/openssl/ssl.h:libssl-dev
    /usr/include/lwip/lwip/tcp.h:liblwip-dev /usr/include/slirp/libslirp.h:libslirp-dev'

missing() {
    [ "$selection" = fast ] || needed="$needed $emulators"
    for pair in $needed; do
        [ "$pair" = wine64:wine64 ] && [ -e /usr/lib/wine/wine64 ] && continue
        command -v "${pair%%:*}" >/dev/null || echo "${pair#*:}"
    done
    for pair in $headers; do
        [ -e "${pair%%:*}" ] || echo "${pair#*:}"
    done
    if [ "$selection" != fast ] && command -v arm-none-eabi-g++ >/dev/null; then
        echo '#include <stdint.h>' | arm-none-eabi-g++ -xc++ -fsyntax-only - 2>/dev/null ||
            echo 'libnewlib-arm-none-eabi libstdc++-arm-none-eabi-newlib'
    fi
    python3 -c 'import ssl' 2>/dev/null || echo python3
}

install_missing
if [ "$selection" != fast ] && ! [ -e "$here"/../../../build/lwip-*/src/core/tcp.c ]; then
    "$here/../../../docs/examples/cortex_m/lwip/fetch.sh" "$here/../../../build"
fi
echo 'everything that the drivers need is installed'
