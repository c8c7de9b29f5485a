#!/bin/sh
# formatted.sh TREE CLANG-FORMAT
set -eu
cd "$1"
find . -path ./build -prune -o \( -name '*.hpp' -o -name '*.cpp' \) -exec "$2" --dry-run -Werror {} +
