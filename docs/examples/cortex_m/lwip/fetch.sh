#!/bin/sh
# fetch.sh DIRECTORY
# Unpacks Debian's source of lwIP in DIRECTORY, with the mirrors of apt but without a change of its configuration.
# It needs dpkg-dev.
set -eu
mkdir -p "$1/lists/partial"
cd "$1"
apt-get indextargets --format 'deb-src $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' |
    grep ' main$' >sources.list
set -- -o Dir::Etc::SourceList="$PWD/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$PWD/lists"
apt-get "$@" update
apt-get "$@" source lwip
rm -r lists sources.list
