#!/bin/sh
# setup.sh: installs what the ways of docs/packaging/README.md need, and this machine lacks. What cannot be installed fails
# the run.
set -eu
. "$(dirname "$0")/../interop/install.sh"

# command:package
needed='g++:g++ clang++:clang clang++-19:clang-19 cmake:cmake make:make ninja:ninja-build git:git python3:python3
    meson:meson pkg-config:pkg-config dpkg-buildpackage:dpkg-dev dh:debhelper lintian:lintian debootstrap:debootstrap'

missing() {
    for pair in $needed; do
        command -v "${pair%%:*}" >/dev/null || echo "${pair#*:}"
    done
    [ -d /usr/include/catch2 ] || echo catch2
}

install_missing
