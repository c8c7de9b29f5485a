#!/bin/sh
# setup.sh FOLDER: installs what the peers need and ../setup.sh does not bring; into FOLDER those of npm. A peer that
# cannot be had fails the run.
set -eu
here=$(dirname "$0")
. "$here/../install.sh"

# command:package
needed='v2ray:v2ray mitmdump:mitmproxy i2pd:i2pd twistd3:python3-twisted sslh:sslh stunnel4:stunnel4 plink:putty-tools
    puttygen:putty-tools privoxy:privoxy tinyproxy:tinyproxy haproxy:haproxy socksify:dante-client
    redsocks:redsocks iptables:iptables tsocks:tsocks git:git ruby:ruby npm:npm gcc:gcc g++:g++ pkg-config:pkg-config
    chromium:chromium'
# file:package
files='/usr/lib/python3/dist-packages/asyncssh:python3-asyncssh /usr/lib/python3/dist-packages/python_socks:python3-python-socks
    /usr/share/gocode/src/github.com/armon/go-socks5:golang-github-armon-go-socks5-dev
    /usr/share/gocode/src/h12.io/socks:golang-h12-socks-dev /usr/lib/ruby/vendor_ruby/socksify.rb:ruby-socksify
    /usr/include/glib-2.0/gio/gio.h:libglib2.0-dev'

missing() {
    for pair in $needed; do
        command -v "${pair%%:*}" >/dev/null || echo "${pair#*:}"
    done
    for pair in $files; do
        test -e "${pair%%:*}" || echo "${pair#*:}"
    done
    pkg-config --exists Qt5Network 2>/dev/null || echo qtbase5-dev
}

install_missing
mkdir -p "$1"
npm install --prefix "$1" --ignore-scripts --no-audit --no-fund \
    simple-socks@3.6.0 @mongodb-js/socksv5@0.0.11 socks-proxy-agent@10.1.0
echo 'every peer is installed'
