#!/bin/bash
# run.sh SUITE...
# What README.md tells a newcomer to do, on machines that have nothing: each is a minimal root of a Debian or Ubuntu
# release, into which the last commit of this checkout is cloned. Prints a line for each: PASS, FAIL, or NOT RUN if Ubuntu
# cannot be reached. Needs root on Debian or Ubuntu.
set -u
cd "$(dirname "$0")/../.." || exit 1
scratch=${SOCKS_SCRATCH:-build}/fresh_machine

# suite | system | which section of README is tried: "Try it", or "Use it" where CMake is too old for the presets
suites='
bookworm | Debian | try_it
trixie   | Debian | try_it
noble    | Ubuntu | try_it
jammy    | Ubuntu | use_it g++
focal    | Ubuntu | use_it clang-12
'

# Mounts and processes of a root end with the command that began them. A container may refuse; then there is no /proc.
apart=(unshare --mount --pid --fork --kill-child)
enter='mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
"${apart[@]}" true 2>/dev/null || { apart=() && enter='exec chroot "$0" "$@"'; }

# find_mirror: where this machine gets the system from, or where everybody does.
find_mirror() {
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' | sed -n "s|^$system $system ||p" | head -n 1)
    case $system in
        Debian) mirror=${mirror:-http://deb.debian.org/debian} ;;
        Ubuntu) mirror=${mirror:-https://archive.ubuntu.com/ubuntu} ;;
    esac
}

# make_root: what debootstrap makes is kept for the next time.
make_root() {
    local kept=$scratch/$suite.tar script=sid options=()
    if [ "$system" = Ubuntu ]; then
        script=gutsy
        options=('--components=main,universe')
        # Debian has no keys of Ubuntu. Without them the mirror is trusted for its certificate.
        [ -e /usr/share/keyrings/ubuntu-archive-keyring.gpg ] || options+=(--no-check-gpg)
    fi
    if [ -e "$kept" ]; then
        tar -C "$root" -xpf "$kept" || return 1
    else
        "${apart[@]}" debootstrap --variant=minbase "${options[@]}" "$suite" "$root" "$mirror" \
            "/usr/share/debootstrap/scripts/$script" >"$scratch/$suite.log" ||
            { tail "$scratch/$suite.log" "$root/debootstrap/debootstrap.log" && return 1; }
        tar -C "$root" -cf "$kept.part" . && mv "$kept.part" "$kept" || return 1
    fi
    # What an installer or a container image has besides. apt in the root checks signatures, and has no certificates.
    printf '%s\n' '127.0.0.1 localhost' '::1 localhost' >"$root/etc/hosts"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    apt-config dump | grep -E '^Acquire::https?::Proxy(::[^ ]*)? ' >"$root/etc/apt/apt.conf.d/90proxy"
    sed -i "s|https://|http://|; p; s| $suite | $suite-updates |" "$root/etc/apt/sources.list"
    git clone --quiet . "$root/src"
}

# inside COMMAND: in the clone, with an environment of its own.
inside() {
    printf '\n== %s: %s\n' "$suite" "$1"
    "${apart[@]}" sh -c "$enter" "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        http_proxy="${http_proxy-}" https_proxy="${https_proxy-}" bash -euc "cd /src && $1"
}

# README's two commands, word for word.
try_it() {
    local commands command
    mapfile -t commands < <(grep -E '^apt-get update && .*cmake --workflow --preset (demo|test)$' "$root/src/README.md")
    [ "${#commands[@]}" -eq 2 ] || { echo 'README.md no longer has its two commands' && return 1; }
    for command in "${commands[@]}"; do
        inside "$command" || return 1
    done
}

# use_it COMPILER: the package of the one of that release that takes C++20.
use_it() { inside "tests/fresh_machine/use_it.sh $1"; }

[ $# -ne 0 ] || { sed -n '2p' "$0" && exit 2; }
command -v debootstrap >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    -o DPkg::Lock::Timeout=900 debootstrap >/dev/null || exit 1
# debootstrap hears of a proxy from its environment only.
eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
export http_proxy https_proxy
mkdir -p "$scratch"
trap 'rm -rf --one-file-system "${root-}"' EXIT
trap 'exit 1' HUP INT TERM

ran=0
failed=0
for suite; do
    IFS='| ' read -r _ system section <<<"$(grep "^$suite " <<<"$suites")"
    [ -n "$section" ] || { echo "no such suite: $suite" && exit 2; }
    find_mirror
    if [ "$system" = Ubuntu ] && ! wget -q --spider --timeout=20 --tries=2 "$mirror/dists/$suite/Release"; then
        echo "NOT RUN $suite: $mirror cannot be reached"
        continue
    fi
    ran=$((ran + 1))
    root=$scratch/$suite.$$
    mkdir "$root"
    # shellcheck disable=SC2086
    if make_root && $section; then
        echo "PASS $suite"
    else
        echo "FAIL $suite"
        failed=1
    fi
    rm -rf --one-file-system "$root"
done
[ "$ran" -ne 0 ] && exit $failed
