#!/bin/bash
# run.sh [--archive FILE] SUITE...
# What README.md tells a newcomer to do, on machines that have nothing: each is a minimal root of a Debian or Ubuntu
# release, into which the last commit of this checkout is cloned, or the release archive FILE unpacked. Prints a line for
# each: PASS, FAIL, or NOT RUN if Ubuntu cannot be reached. Needs root on Debian or Ubuntu.
set -u
umask 022
directory=$PWD
cd "$(dirname "$0")/../.." || exit 1
scratch=$(realpath -m "${SOCKS_SCRATCH:-build}/fresh_machine")
work=$scratch/run.$$  # all that this run makes and removes

# suite | system | which section of README is tried: "Try it", or "Use it" where CMake is too old for the presets. For
# RELEASE-module: those of docs/packaging/README.md that need a newer compiler than Debian 12 has.
suites='
bookworm      | Debian | try_it
trixie        | Debian | try_it
noble         | Ubuntu | try_it
jammy         | Ubuntu | use_it g++
focal         | Ubuntu | use_it clang-12
trixie-module | Debian | use_module g++-14 clang-19
sid-module    | Debian | use_module clang-22
'

# Mounts and processes of a root end with the command that began them. A container may refuse; then there is no /proc.
apart=(unshare --mount --pid --fork --kill-child)
enter='mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'
"${apart[@]}" true 2>/dev/null || { apart=() && enter='exec chroot "$0" "$@"'; }

# await COMMAND...: a trap acts at once only while the shell waits, and a session of its own can be killed with all that
# it began. The shell has a background command ignore SIGINT, which programs under test may need.
await() {
    env --default-signal=INT,QUIT setsid "$@" </dev/null &
    wait $!
}

# clean_up: what runs is killed before its files are removed.
clean_up() {
    local running
    running=$(jobs -p)
    [ -z "$running" ] || { kill -KILL -- "-$running"; wait; } 2>/dev/null
    rm -rf --one-file-system "$work"
}

# own_git ARGUMENT...: git for a checkout of any owner; git believes only a configuration file about that.
own_git() { HOME=$work git "$@"; }

# find_mirror: where this machine gets the system from, if debootstrap can use it, or where everybody does.
find_mirror() {
    mirror=$(apt-get indextargets --format '$(ORIGIN) $(LABEL) $(REPO_URI)' |
        sed -nE "s,^$system $system (https?://),\\1,p" | head -n 1)
    case $system in
        Debian) mirror=${mirror:-http://deb.debian.org/debian} ;;
        Ubuntu) mirror=${mirror:-https://archive.ubuntu.com/ubuntu} ;;
    esac
}

# make_root: what debootstrap makes is kept for the next time.
make_root() {
    local release=${suite%-module} script=sid options=()
    local kept=$scratch/$release.tar
    if [ "$system" = Ubuntu ]; then
        script=gutsy
        options=('--components=main,universe')
        # Debian has no keys of Ubuntu. Without them the mirror is trusted for its certificate.
        [ -e /usr/share/keyrings/ubuntu-archive-keyring.gpg ] || options+=(--no-check-gpg)
    fi
    if [ -e "$kept" ]; then
        await tar -C "$root" --numeric-owner -xpf "$kept" || return 1
    else
        await "${apart[@]}" debootstrap --variant=minbase "${options[@]}" "$release" "$root" "$mirror" \
            "/usr/share/debootstrap/scripts/$script" >"$scratch/$release.log" ||
            { tail "$scratch/$release.log" "$root/debootstrap/debootstrap.log"; return 1; }
        await tar -C "$root" --numeric-owner -cf "$work/$release.tar" . && mv "$work/$release.tar" "$kept" || return 1
    fi
    # What an installer or a container image has besides. apt in the root checks signatures, and has no certificates.
    printf '%s\n' '127.0.0.1 localhost' '::1 localhost' >"$root/etc/hosts" || return 1
    cp -L /etc/resolv.conf "$root/etc/resolv.conf" || return 1
    apt-config dump | sed -nE '/^Acquire::https?::Proxy(::[^ ]*)? /p' >"$root/etc/apt/apt.conf.d/90proxy" || return 1
    sed -i 's|https://|http://|' "$root/etc/apt/sources.list" || return 1
    if [ "$release" = sid ]; then  # it is updated in its place, and a mirror may be some weeks late
        echo 'Acquire::Check-Valid-Until "false";' >"$root/etc/apt/apt.conf.d/90late" || return 1
    else
        sed -i "p; s| $release | $release-updates |" "$root/etc/apt/sources.list" || return 1
    fi
    cp -a "$work/src" "$root/src"
}

# inside COMMAND: in the clone, with an environment of its own.
inside() {
    printf '\n== %s: %s\n' "$suite" "$1"
    await "${apart[@]}" sh -c "$enter" "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        http_proxy="${http_proxy-}" https_proxy="${https_proxy-}" bash -euc "cd /src && $1"
}

# README's two commands, word for word.
try_it() {
    local commands command
    mapfile -t commands < <(grep -E '^apt-get update && .*cmake --workflow --preset (demo|test)$' "$root/src/README.md")
    [ "${#commands[@]}" -eq 2 ] || { echo 'README.md no longer has its two commands'; return 1; }
    for command in "${commands[@]}"; do
        inside "$command" || return 1
    done
}

# use_it COMPILER: the package of the one of that release that takes C++20.
use_it() { inside "tests/fresh_machine/use_it.sh $1"; }

# use_module COMPILER_PACKAGE...
use_module() { inside "tests/fresh_machine/use_module.sh $*"; }

archive=
[ "${1-}" != --archive ] || { archive=$(cd "$directory" && realpath -e "${2-}") && shift 2 || exit 2; }
[ $# -ne 0 ] || { sed -n '2p' "$0"; exit 2; }
if [[ $scratch == *[[:space:]]* ]]; then
    echo "debootstrap takes no path with spaces, such as $scratch: set SOCKS_SCRATCH to a path without them"
    exit 2
fi
command -v debootstrap >/dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    -o DPkg::Lock::Timeout=900 debootstrap >/dev/null || exit 1
# debootstrap hears of a proxy from its environment only.
eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
export http_proxy https_proxy

# Runs that were killed too hard to clean up left their directories.
for left in "$scratch"/*.[0-9]*/; do
    left=${left%/}
    [ -e "/proc/${left##*.}" ] || rm -rf --one-file-system "$left"
done
trap clean_up EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work" || exit 1

if [ -n "$archive" ]; then
    mkdir "$work/src" && tar -C "$work/src" --strip-components=1 -xf "$archive" || exit 1
else
    printf '[safe]\n\tdirectory = *\n' >"$work/.gitconfig"
    own_git clone --quiet . "$work/src" || exit 1
    [ -z "$(own_git --no-optional-locks status --porcelain)" ] ||
        echo 'NOTE only the last commit is tried, without the changes since'
fi

ran=0
failed=0
for suite; do
    IFS='| ' read -r _ system section <<<"$(grep "^$suite " <<<"$suites")"
    [ -n "$section" ] || { echo "no such suite: $suite"; exit 2; }
    find_mirror
    if [ "$system" = Ubuntu ] && ! wget -q --spider --timeout=20 --tries=2 "$mirror/dists/$suite/Release"; then
        echo "NOT RUN $suite: $mirror cannot be reached"
        continue
    fi
    ran=$((ran + 1))
    root=$work/$suite
    mkdir "$root" || exit 1
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
