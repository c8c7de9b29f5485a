#!/bin/sh
# Installs whatever the interop tests need and this machine lacks. A peer that cannot be had fails the run.
set -eu
. "$(dirname "$0")/install.sh"

# command:package
needed='danted:dante-server sshd:openssh-server ssh:openssh-client ssh-keygen:openssh-client curl:curl strace:strace
    ip:iproute2 unshare:util-linux mount:mount openssl:openssl proxychains4:proxychains4 nc.openbsd:netcat-openbsd
    ncat:ncat socat:socat connect-proxy:connect-proxy torsocks:torsocks microsocks:microsocks
    ss-local:shadowsocks-libev ss-server:shadowsocks-libev tor:tor node:nodejs tshark:tshark go:golang-go perl:perl plink:putty-tools javac:openjdk-17-jdk-headless'

missing() {
    for pair in $needed; do
        command -v "${pair%%:*}" >/dev/null || echo "${pair#*:}"
    done
    python3 -c 'import http.server, ssl' 2>/dev/null || echo python3
    test -e /usr/lib/python3/dist-packages/socks.py || echo python3-socks
    test -e /usr/lib/python3/dist-packages/socksio || echo python3-socksio
    test -e /usr/share/nodejs/socks/package.json || echo node-socks
    test -e /usr/share/gocode/src/golang.org/x/net/proxy || echo golang-golang-x-net-dev
    python3 -c 'import ctypes; ctypes.CDLL("libpurple.so.0")' 2>/dev/null || echo libpurple0
    perl -MIO::Socket::Socks -e 1 2>/dev/null || echo libio-socket-socks-perl
}

install_missing
echo 'every peer is installed'
