#!/bin/sh
# a_page_that_is_wrong_is_seen.sh SCRATCH SOURCE COMPILER [OPTION...]
# Writes pages with one fault each, and checks that run.py names the fault.
set -eu
scratch=$1
source=$2
shift 2
run=$(dirname "$0")/run.py
rm -rf "$scratch"
mkdir -p "$scratch"
status=0

# page COMMAND OUTPUT PROGRAM: a page with a program, and a command with its output.
page() { printf '```cpp\n// hello.cpp\n%s\n```\n```sh\n%s\n```\n```\n%s\n```\n' "$3" "$1" "$2" >"$scratch/page.md"; }

# says WORDS COMPILER...: run.py fails, and prints the words. If they are empty, it passes.
says() {
    words=$1
    shift
    if said=$(python3 -B "$run" "$scratch/page.md" "$source" "$source" "$scratch/run" "$@"); then said=; fi
    case $said in
        *"$words"*) [ -n "$words" ] || [ -z "$said" ] && return ;;
    esac
    echo "expected: $words; said: $said"
    status=1
}

program='#include <cstdio>
int main() { std::puts("hello"); }'
page 'g++ hello.cpp -o hello && ./hello' hello "$program"
says '' "$@"
page 'g++ hello.cpp -o hello && ./hello' goodbye "$program"
says 'instead of' "$@"
page 'echo hello' hello "$program"
says 'hello.cpp is not run' "$@"
page 'g++ hello.cpp -o hello && ./hello' hello "$program
static int unused;"
says 'instead of' "$@"
exit $status
