#!/usr/bin/env python3
"""Runs what docs/packaging/README.md says, letter by letter, and prints for each way its compiler and whether it passed.

    ways.py prepare SCRATCH                  a checkout of the sources and the release archive, for all that follows
    ways.py run SCRATCH COMPILER HEADING     the way of this HEADING by this COMPILER
    ways.py table SCRATCH [--write] NAME...  the table of these runs; fails if one failed or left nothing, or if the page
                                             does not list the same ways; --write puts the table into the page

In a section, a block whose first line is a comment with the name of a file is this file. The block `sh` is what is run, by
a shell in which c++ is the COMPILER. It ends with the program, which makes a handshake.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[1]
PAGE = TOP / "docs/packaging/README.md"
WHAT_WAS_RUN = "## What was run\n"
TOOLS = ("cmake", "meson", "pkg-config", "vcpkg", "conan", "dpkg-buildpackage", "lintian")
IN_THE_PROGRAM = ("main.cpp", "handshake.cpp", "handshake.hpp")


def sections():
    """Heading: files and commands, of each section that has commands."""
    found = {}
    for part in re.split(r"^## ", PAGE.read_text(), flags=re.M)[1:]:
        heading, _, text = part.partition("\n")
        files, commands = {}, None
        for language, block in re.findall(r"^```(\w+)\n(.*?)^```$", text, flags=re.M | re.S):
            if language == "sh":
                commands = block
            else:
                name = re.match(r"# (\S+)\n", block)
                if not name:
                    sys.exit(f"{PAGE}: a block of {heading} does not begin with the name of a file")
                files[name[1]] = block
        if commands:
            found[heading] = files, commands
    return found


def name_of(heading, compiler):
    """What a run is called: in CTest, and for its directory and its result."""
    return re.sub(r"[^a-z0-9+]+", "_", f"{heading} {pathlib.Path(compiler).name}".lower())


def version_of(tool, path):
    """The name and version of a tool that is found on a path."""
    said = subprocess.run([tool, "--version"], capture_output=True, text=True, check=True, env={"PATH": path}).stdout
    if "stand-in for" in said:
        return said.strip()
    numbers = re.search(r"\d+(\.\d+)+", said.splitlines()[0].rpartition(")")[2] or said)
    name = ("clang" if "clang" in said else "g++") if tool == "c++" else tool
    return f"{name} {numbers[0]}"


def prepare(scratch):
    """The files of this tree become a repository of their own, so what is not committed yet is tried too."""
    shutil.rmtree(scratch, ignore_errors=True)
    checkout = scratch / "socks"
    subprocess.run(["git", "init", "--quiet", checkout], check=True)
    git = ["git", "-c", "user.name=consume", "-c", "user.email=consume@localhost", f"--git-dir={checkout / '.git'}"]
    subprocess.run([*git, f"--work-tree={TOP}", "add", "--all", "."], check=True, cwd=TOP)
    subprocess.run([*git, "commit", "--quiet", "--message=The sources"], check=True)
    subprocess.run([*git, f"--work-tree={checkout}", "checkout", "--quiet", "--", "."], check=True, cwd=checkout)
    subprocess.run([checkout / "docs/packaging/release.sh", scratch], check=True)


def set_up(scratch, directory, heading, files):
    """What a reader has beside the program before the first command."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    shutil.copytree(scratch / "socks", directory / "socks", ignore=shutil.ignore_patterns(".git"), symlinks=True)
    for archive in scratch.glob("socks-*.tar.gz"):
        shutil.copy(archive, directory)
    for name in IN_THE_PROGRAM:
        text = (HERE / name).read_text()
        if "module" in heading:
            text = text.replace("#include <socks/socks.hpp>", "import socks;")
        (directory / name).write_text(text)
    for name, text in files.items():
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(text)


def run(scratch, compiler, heading):
    files, commands = sections()[heading]
    if not commands.endswith("yours\n"):
        sys.exit(f"{PAGE}: the commands of {heading} do not end with the program")
    name = name_of(heading, compiler)
    directory = scratch / "ways" / name
    set_up(scratch, directory, heading, files)

    programs = scratch / "programs" / name
    shutil.rmtree(programs, ignore_errors=True)
    programs.mkdir(parents=True)
    (programs / "c++").symlink_to(shutil.which(compiler))
    path = f"{programs}:{HERE}/stand_in:/usr/sbin:/usr/bin:/sbin:/bin"
    used = [tool for tool in TOOLS if re.search(rf"(^|[ (]){tool} ", commands, flags=re.M)]
    result = {"way": heading, "compiler": version_of("c++", path), "tools": ", ".join(version_of(tool, path) for tool in used)}

    # No way may need a network, or a package of this machine's user.
    surroundings = {"PATH": path, "HOME": str(directory), "VCPKG_ROOT": str(directory / "vcpkg"), "LC_ALL": "C.UTF-8",
                    "http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(["sh", "-euxc", commands], cwd=directory, env=surroundings, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    result["passed"] = done.returncode == 0
    results = scratch / "results"
    results.mkdir(exist_ok=True)
    (results / f"{name}.json").write_text(json.dumps(result) + "\n")
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\n{heading}, {result['compiler']}: exit status {done.returncode}")


def aligned(head, rows):
    """A table of Markdown that can be read as it is."""
    widths = [max(map(len, column)) for column in zip(head, *rows)]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in (head, *rows)]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def table(scratch, write, names):
    rows = []
    missing = []
    for name in names:
        result = scratch / "results" / f"{name}.json"
        if result.exists():
            rows += [json.loads(line) for line in result.read_text().splitlines()]
        else:
            missing.append(name)
    order = list(sections())
    rows.sort(key=lambda row: (order.index(row["way"]), row["compiler"]))
    print(aligned(("way", "compiler", "tools", "result"), [
        (row["way"], row["compiler"], row["tools"] or "none", "passed" if row["passed"] else "FAILED") for row in rows]))

    before, heading, last = PAGE.read_text().partition(WHAT_WAS_RUN)
    if write:
        text = last.partition("\n| ")[0].rstrip()
        of_way = {way: [row for row in rows if row["way"] == way] for way in order}
        last = f"{text}\n\n" + aligned(("way", "compilers", "tools"), [
            (way, *(", ".join(dict.fromkeys(row[key] for row in ran if row[key])) or "none" for key in ("compiler", "tools")))
            for way, ran in of_way.items()]) + "\n"
        PAGE.write_text(before + heading + last)
    listed = set(re.findall(r"^\| (\w[^|]*?) +\|", last, flags=re.M)) - {"way"}
    faults = [f"{name} did not run" for name in missing]
    faults += [f"{r['way']}, {r['compiler']}: failed" for r in rows if not r["passed"]]
    faults += [f"{PAGE}: {way} is not among what was run, or was not run" for way in listed ^ set(order)]
    sys.exit("\n".join(faults) or None)


def main():
    verb, scratch, *rest = sys.argv[1:]
    scratch = pathlib.Path(scratch).resolve()
    if verb == "prepare":
        prepare(scratch)
    elif verb == "run":
        run(scratch, *rest)
    elif verb == "table":
        table(scratch, "--write" in rest, [name for name in rest if name != "--write"])
    else:
        sys.exit(__doc__)


main()
