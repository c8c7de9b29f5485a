"""The programs beside this file, which show a library as a server or a client, and how they are built."""

import pathlib
import subprocess

from harness import scratch

PROGRAMS = pathlib.Path(__file__).parent


def python(module):
    """A command that tells the version of a module of Debian's."""
    return ("/usr/bin/python3", "-c", f"import {module}; print({module}.__version__)")


def c_program(name, compiler, package, *options):
    """A program in C or C++ with a library that pkg-config knows."""
    source, program = PROGRAMS / name, scratch / pathlib.Path(name).stem
    found = subprocess.run(["pkg-config", "--cflags", "--libs", package], check=True, capture_output=True, text=True)
    subprocess.run([compiler, *options, source, "-o", program, *found.stdout.split()], check=True)
    return str(program)
