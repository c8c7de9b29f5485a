#!/bin/sh
# Builds Dante with GSSAPI, which Debian's package is built without, from the source of the same package.
# usage: dante_gssapi.sh DIRECTORY
# DIRECTORY/sockd is the result, and is kept: a second run does nothing. Nothing is installed, and the lists of apt
# are read and written in DIRECTORY only. What can not be had or built fails the run.
set -eu
mkdir -p "$1"
cd "$1"
here=$(pwd)

if [ -x sockd ]; then
    echo "$here/sockd was built before"
    exit 0
fi

# The machine's own sources, as sources of source packages.
mkdir -p apt/parts apt/lists/partial
rm -f apt/parts/*
for list in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
    [ -e "$list" ] && sed -n 's/^deb /deb-src /p' "$list" >"apt/parts/$(basename "$list" .list).list"
done
for list in /etc/apt/sources.list.d/*.sources; do
    [ -e "$list" ] && sed 's/^Types:.*/Types: deb-src/' "$list" >"apt/parts/$(basename "$list")"
done
apt() {
    apt-get -q -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$here/apt/parts" \
        -o Dir::State::lists="$here/apt/lists" -o APT::Sandbox::User=root "$@"
}
apt update
rm -rf dante-* ./*.dsc ./*.tar.*
apt source --only-source dante
cd dante-*/

# In this order, so that make does not find them outdated and look for the automake that made them.
for made in aclocal.m4 configure include/autoconf.h.in Makefile.in; do
    find . -path "*/$made" -o -name "$made" | xargs -r touch
    sleep 1
done
./configure -q --with-gssapi-path=/usr --disable-client >"$here/configure.log" 2>&1 ||
    { tail -n 40 "$here/configure.log"; exit 1; }
make -s -j "$(nproc)" >"$here/make.log" 2>&1 || { tail -n 40 "$here/make.log"; exit 1; }

built=$(find . -type f -name sockd -perm -u+x | head -n 1)
[ -n "$built" ] || { echo 'Dante was built without a server' >&2; exit 1; }
ldd "$built" | grep -q libgssapi || { echo 'Dante was built without GSSAPI' >&2; exit 1; }
cp "$built" "$here/sockd"
cd "$here"
rm -rf dante-* apt ./*.dsc ./*.tar.*
echo "built $here/sockd"
