#!/bin/sh
# release.sh DIRECTORY [COMMIT]
# Writes socks-VERSION.tar.gz into DIRECTORY: the files of COMMIT, by default the last one, and the single header. The same
# commit gives the same bytes. Needs git and python3.
set -eu
directory=$(realpath "$1")
cd "$(dirname "$0")/../.."
commit=$(git rev-parse "${2:-HEAD}^{commit}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

git archive "$commit" include/socks/config.hpp | tar -xC "$scratch"
version=$(sed -n 's/^#define SOCKS_VERSION_[MP][A-Z]* \([0-9]*\).*/\1/p' "$scratch/include/socks/config.hpp" | paste -sd.)
root=socks-$version
git archive --prefix="$root/" "$commit" | tar -xC "$scratch"
mkdir -p "$scratch/$root/single_header/socks"
"$scratch/$root/docs/packaging/single_header.py" >"$scratch/$root/single_header/socks/socks.hpp"
tar -C "$scratch" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$(git log -1 --format=%ct "$commit")" \
    --mode='u=rwX,go=rX' -cf - "$root" | gzip -9n >"$directory/$root.tar.gz"
echo "$directory/$root.tar.gz"
