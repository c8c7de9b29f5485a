#!/bin/sh
# Installs whatever the interop tests need and this machine lacks. A peer that cannot be had fails the run.
# No service is started by it: the tests start their own peers, with configurations of their own.
set -eu
PATH=$PATH:/usr/sbin:/sbin
export PATH DEBIAN_FRONTEND=noninteractive

# command:package
needed='danted:dante-server sshd:openssh-server ssh:openssh-client ssh-keygen:openssh-client curl:curl
    ip:iproute2 unshare:util-linux mount:mount openssl:openssl proxychains4:proxychains4 nc.openbsd:netcat-openbsd
    ncat:ncat socat:socat connect-proxy:connect-proxy torsocks:torsocks microsocks:microsocks
    ss-local:shadowsocks-libev ss-server:shadowsocks-libev tor:tor node:nodejs tshark:tshark go:golang-go perl:perl'
policy=/usr/sbin/policy-rc.d

missing() {
    for pair in $needed; do
        command -v "${pair%%:*}" >/dev/null || echo "${pair#*:}"
    done
    python3 -c 'import http.server, ssl' 2>/dev/null || echo python3
    test -e /usr/lib/python3/dist-packages/socks.py || echo python3-socks
    test -e /usr/lib/python3/dist-packages/socksio || echo python3-socksio
    test -e /usr/share/nodejs/socks/package.json || echo node-socks
    test -e /usr/share/gocode/src/golang.org/x/net/proxy || echo golang-golang-x-net-dev
    perl -MIO::Socket::Socks -e 1 2>/dev/null || echo libio-socket-socks-perl
}

packages=$(missing | sort -u)
if [ -z "$packages" ]; then
    echo 'every peer is installed'
    exit 0
fi
echo "installing:" $packages

if [ "$(id -u)" -ne 0 ]; then
    echo 'only root can install them' >&2
    exit 1
fi
if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
fi
apt-get update -o DPkg::Lock::Timeout=900
# shellcheck disable=SC2086
apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=900 $packages

packages=$(missing | sort -u)
if [ -n "$packages" ]; then
    echo "still missing:" $packages >&2
    exit 1
fi
