#!/bin/bash
# run.sh [PLATFORM...]
# The tests on other processors, compilers and C++ libraries; on a bare Cortex-M each test file is an image of its
# own. Without arguments all of them. What is missing is installed, by root, and by the names that Debian 12 has for it;
# what cannot be had fails the run. Only wine may be missing where no package has it: the programs for Windows are then
# compiled and linked, and a line says so.
set -u
cd "$(dirname "$0")/../.."
scratch=$(realpath -m "${SOCKS_SCRATCH:-build/platforms}")
jobs=$(nproc)
flags="-std=c++20 -Iinclude -Itests -Wall -Wextra -Werror -O1"
gnu_room="-fconstexpr-ops-limit=268435456 -fconstexpr-loop-limit=16777216"
clang_room="-fconstexpr-steps=16777216 -fconstexpr-backtrace-limit=1"

# platform | packages | compiler and its flags | what runs its programs
platforms='
s390x      | g++-s390x-linux-gnu qemu-user      | s390x-linux-gnu-g++ -static GNU        | qemu-s390x
aarch64    | g++-aarch64-linux-gnu qemu-user    | aarch64-linux-gnu-g++ -static GNU      | qemu-aarch64
armhf      | g++-arm-linux-gnueabihf qemu-user  | arm-linux-gnueabihf-g++ -static GNU    | qemu-arm
i686       | g++-i686-linux-gnu                 | i686-linux-gnu-g++ -static GNU         |
g++-11     | g++-11                             | g++-11 GNU                             |
g++-12     | g++-12                             | g++-12 GNU                             |
clang-14   | clang-14                           | clang++-14 CLANG                       |
clang-16   | clang-16 libc++-16-dev libc++abi-16-dev | clang++-16 -stdlib=libc++ CLANG   |
clang-19   | clang-19                           | clang++-19 CLANG                       |
windows    | g++-mingw-w64-x86-64-win32 wine wine64 | x86_64-w64-mingw32-g++ -static GNU | wine
cortex-m0  | gcc-arm-none-eabi qemu-system-arm  | -mcpu=cortex-m0 -Wl,--defsym=ram=0x100000 | -M microbit -global nrf51-soc.sram-size=1048576
cortex-m3  | gcc-arm-none-eabi qemu-system-arm  | -mcpu=cortex-m3 -Wl,--defsym=ram=0x400000 | -M mps2-an385
'

install_missing() {
    local package missing=()
    for package in catch2 "$@"; do
        dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return 0
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends -o DPkg::Lock::Timeout=900 \
        "${missing[@]}" >/dev/null
}

# hosted NAME RUNNER COMPILER...: one program of all tests; on Windows, of those that need no header of POSIX.
hosted() {
    local name=$1 runner=$2 objects=$scratch/$1 sources libraries=
    shift 2
    rm -rf "${objects:?}"
    mkdir -p "$objects/catch"
    ln -sfn /usr/include/catch2 "$objects/catch/catch2"
    printf '#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n' >"$objects/main.cpp"
    sources=$(ls "$objects"/main.cpp tests/*.cpp)
    if [ "$name" = windows ]; then
        # shellcheck disable=SC2086
        sources=$(grep -L '^#include <sys/mman.h>' $sources)
        libraries=-lws2_32
    fi
    echo "$sources" |
        xargs -P "$jobs" -I{} sh -c 'object=$1/$(basename "$2" .cpp).o; shift; source=$1; shift
            exec "$@" -c "$source" -o "$object"' _ "$objects" {} "$@" $flags -I"$objects/catch" || return 1
    # shellcheck disable=SC2086
    "$@" "$objects"/*.o -o "$objects/tests.exe" $libraries && $runner "$objects/tests.exe"
}

# bare NAME BOARD FLAG...: an image of each test file that needs neither a C++ library nor an operating system.
bare() {
    local name=$1 board=$2 images=$scratch/$1 source image code ran=0 bad=0
    shift 2
    local build=(arm-none-eabi-g++ -std=c++20 -mthumb "$@" -Os -ffreestanding -fno-exceptions -fno-rtti
        -fno-threadsafe-statics -ffunction-sections $gnu_room -Wall -Wextra -Werror -Iinclude -Itests/platforms/bare)
    mkdir -p "$images"
    "${build[@]}" -c tests/platforms/bare/start.cpp -o "$images/start.o" || return 1
    for source in tests/*.cpp; do
        grep -qE '^#include <([a-z_]+|sys/.*|socks/system/.*)>' "$source" && continue
        echo "$source"
    done >"$images/sources"
    xargs -P "$jobs" -I{} sh -c 'image=$1/$(basename "$2" .cpp).elf; shift; source=$1; shift
        exec "$@" "$source" -lgcc -o "$image"' _ "$images" {} "${build[@]}" -include initializer_list -nostdlib \
        -Wl,--gc-sections -T tests/platforms/bare/image.ld "$images/start.o" <"$images/sources" || return 1
    while read -r source; do
        image=$images/$(basename "$source" .cpp).elf
        timeout 300 qemu-system-arm $board -nographic -monitor none -serial none \
            -semihosting-config enable=on,target=native -kernel "$image" </dev/null
        code=$?
        ran=$((ran + 1))
        [ "$code" -eq 0 ] || { echo "$source: $code" && bad=1; }
    done <"$images/sources"
    echo "$ran images ran"
    [ "$ran" -ne 0 ] && return $bad
}

run() {
    local name=$1 packages=$2 build=$3 runner=$4
    if [ "$runner" = wine ]; then
        export WINEPREFIX=$scratch/wine WINEDEBUG=-all DISPLAY=
        if ! command -v wine >/dev/null && ! apt-cache show wine >/dev/null 2>&1; then
            echo "$name: there is no package of wine, so its tests are compiled and linked, but do not run"
            packages=${packages%% wine*} runner=true
        fi
    fi
    # shellcheck disable=SC2086
    install_missing $packages || { echo "cannot be installed: $packages" && return 1; }
    build=${build/GNU/$gnu_room}
    build=${build/CLANG/$clang_room}
    # shellcheck disable=SC2086
    case $name in
        cortex*) bare "$name" "$runner" $build ;;
        *) hosted "$name" "$runner" $build ;;
    esac
}

trim() { sed 's/^ *//; s/ *$//'; }
names=$(echo "$platforms" | sed -n 's/^\([a-z][^ ]*\).*/\1/p')
failed=0
for name in ${*:-$names}; do
    line=$(echo "$platforms" | grep "^$name ") || { echo "no such platform: $name" && exit 2; }
    if run "$name" "$(echo "$line" | cut -d'|' -f2 | trim)" "$(echo "$line" | cut -d'|' -f3 | trim)" \
        "$(echo "$line" | cut -d'|' -f4 | trim)"; then
        echo "PASS $name"
    else
        echo "FAIL $name"
        failed=1
    fi
done
exit $failed
