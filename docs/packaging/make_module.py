#!/usr/bin/env python3
"""Writes the C++20 module that exports every public name of <socks/socks.hpp>.

    make_module.py CLANG >socks.cppm

CLANG is clang 19 or later, which lists the names. The detail namespaces are not public.
"""

import json
import pathlib
import subprocess
import sys

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"

HEAD = """// The module socks: it exports every public name of <socks/socks.hpp>. A module exports no macros.
// docs/packaging/make_module.py has written this file.

module;
#include <socks/socks.hpp>
export module socks;
"""


def public_names(clang):
    """The names of each public namespace, in the order of their first declaration."""
    dump = subprocess.run(
        [clang, "-std=c++20", f"-I{INCLUDE}", "-fsyntax-only", "-Xclang", "-ast-dump=json", "-xc++",
         INCLUDE / "socks/socks.hpp"], check=True, capture_output=True)
    names = {}

    def visit(scope, path):
        for declaration in scope.get("inner", []):
            name = declaration.get("name")
            if declaration["kind"] == "NamespaceDecl":
                if name != "detail":
                    visit(declaration, path + [name])
            elif name and path[:1] == ["socks"]:
                names.setdefault("::".join(path), {})[name] = None

    visit(json.loads(dump.stdout), [])
    return names


def main():
    print(HEAD, end="")
    for namespace, names in public_names(sys.argv[1]).items():
        print(f"\nexport namespace {namespace} {{")
        for name in names:
            print(f"using {namespace}::{name};")
        print(f"}}  // namespace {namespace}")


main()
