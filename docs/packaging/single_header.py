#!/usr/bin/env python3
"""Writes the library as one header, from the headers in include/.

    single_header.py [HEADER...] >socks.hpp

Each HEADER is a name such as socks/system/errno.hpp. Without one, it is socks/socks.hpp. Each header follows those that it
includes, and keeps its include guard, so it can be included from include/ too.
"""

import pathlib
import re
import sys

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"
OF_THE_LIBRARY = re.compile(r"# *include <(socks/[^>]+)>\n")
CONDITION = re.compile(r"# *if")


def split(name):
    """The text of a header without the library's own includes, and the names of these."""
    includes = []
    text = []
    depth = 0
    for line in (INCLUDE / name).read_text().splitlines(keepends=True):
        depth += bool(CONDITION.match(line)) - line.startswith("#endif")
        include = OF_THE_LIBRARY.match(line)
        if not include:
            text.append(line)
            continue
        if depth != 1:
            sys.exit(f"{name}: an include of the library under a condition cannot be moved")
        includes.append(include[1])
    return re.sub(r"\n{3,}", "\n\n", "".join(text)), includes


def write(name, written):
    if name in written:
        return
    written.add(name)
    text, includes = split(name)
    for include in includes:
        write(include, written)
    print(f"\n// From <{name}>:\n{text}", end="")


def version():
    config = (INCLUDE / "socks/config.hpp").read_text()
    return ".".join(re.findall(r"SOCKS_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", config))


def main():
    names = sys.argv[1:] or ["socks/socks.hpp"]
    print(f"// socks {version()} as one header: {', '.join(names)}")
    print("// docs/packaging/single_header.py of the library has written it.")
    written = set()
    for name in names:
        write(name, written)


main()
