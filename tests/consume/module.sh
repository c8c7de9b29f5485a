#!/bin/sh
# module.sh TREE CLANG
# docs/packaging/socks.cppm is what make_module.py makes: every public name of the library is in the module.
set -eu
"$1/docs/packaging/make_module.py" "$2" | diff "$1/docs/packaging/socks.cppm" - && exit
echo "socks.cppm has other names than the library: docs/packaging/make_module.py $2 >docs/packaging/socks.cppm"
exit 1
