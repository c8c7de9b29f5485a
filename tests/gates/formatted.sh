#!/bin/sh
# formatted.sh TREE CLANG-FORMAT
set -eu
cd "$1"
find include tests fuzz bench docs/examples \( -name '*.hpp' -o -name '*.cpp' \) -exec "$2" --dry-run -Werror {} +
