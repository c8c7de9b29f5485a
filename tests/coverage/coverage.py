#!/usr/bin/env python3
"""Runs test programs, and fails unless every region and every outcome of every condition in the headers was run.

usage: coverage.py LLVM_PROFDATA LLVM_COV INCLUDE_DIR SCRATCH_DIR PROGRAM...

The programs are built by clang with -fprofile-instr-generate -fcoverage-mapping, and with -DNDEBUG: an assertion
that holds has an outcome that nothing can reach. There is no list of exclusions. What counts:

- A region of the source, the finest unit that clang counts, has run in at least one program, in one instantiation
  of its template. No line can be missed without missing a region. The regions are those of the functions: in the view
  of a file, a branch that one instantiation discards hides the same branch of the others.
- A condition has been true and has been false. One that the compiler folds to a constant has neither outcome and
  is passed over; where a condition is a matter of the template's arguments, its instantiations are added up.
- Each case of a switch has been taken. That none was is an outcome too for clang, also where -Wswitch-enum has seen
  that every enumerator has its case. It is passed over: what is done only then is a region of its own, or no code.
  So is a case of a row that was taken and only leaves the switch: it stands there for -Wswitch-enum.
- A comparison that is `= default` has run. Its conditions are the compiler's own, and clang 14 does not count them.
- Code for constant evaluations only never runs in the ordinary tests, nor does what only a build for size has. A
  second program runs the same headers with both (at_run_time.hpp), and what it ran counts.
"""

import json
import os
import pathlib
import re
import subprocess
import sys

CODE = 0  # the kind of a region that is code


def measured(profdata, cov, include, scratch, program):
    """What one run of `program` has run, by file, as llvm-cov exports it."""
    raw = scratch / (program.name + ".profraw")
    merged = scratch / (program.name + ".profdata")
    run = subprocess.run([program], env=dict(os.environ, LLVM_PROFILE_FILE=str(raw)),
                         stdout=subprocess.PIPE, text=True, check=False)
    if run.returncode != 0:
        sys.exit(f"{run.stdout}\n{program} failed: what it ran proves nothing")
    subprocess.run([profdata, "merge", "-sparse", raw, "-o", merged], check=True)
    export = subprocess.run([cov, "export", program, f"-instr-profile={merged}", "-skip-expansions", include],
                            stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(export.stdout)["data"][0]


class Header:
    """The regions and conditions of one header, each with how often it ran in all programs together."""

    def __init__(self):
        self.regions = {}
        self.conditions = {}

    def add_region(self, line, column, count):
        self.regions[line, column] = self.regions.get((line, column), 0) + count

    def add_conditions(self, file):
        for line, column, line_end, column_end, true, false, *_ in file["branches"]:
            place = (line, column, line_end, column_end)
            before = self.conditions.get(place, (0, 0))
            self.conditions[place] = (before[0] + true, before[1] + false)

    def only_leaves(self, text, line, column):
        """Whether a case at this place is one of a row that ran and does nothing but leave its switch."""
        ran = False
        while label := re.match(r"case [\w:]+:\s*", text[line - 1][column - 1:]):
            ran = ran or self.regions.get((line, column), 0) != 0
            column += label.end()
            if column > len(text[line - 1]):
                line += 1
                column = len(text[line - 1]) - len(text[line - 1].lstrip()) + 1
        return ran and text[line - 1][column - 1:].startswith("break;")

    def missed(self, text):
        """Where `text`, the header line by line, lacks a run, and what it lacks."""
        for (line, column), count in self.regions.items():
            if count == 0 and not self.only_leaves(text, line, column):
                yield line, column, "never run"
        for (line, column, _, column_end), (true, false) in self.conditions.items():
            generated = text[line - 1][:column_end - 1].endswith("= default")
            no_case = not true and text[line - 1][:column - 1].endswith("switch (")
            # Never evaluated at all: folded, or in a region that was missed.
            if bool(true) == bool(false) or generated or no_case or self.only_leaves(text, line, column):
                continue
            yield line, column, "never " + ("false" if true else "true")


def main():
    profdata, cov = sys.argv[1:3]
    include, scratch = (pathlib.Path(p).resolve() for p in sys.argv[3:5])
    scratch.mkdir(parents=True, exist_ok=True)
    headers = {path: Header() for path in sorted(include.rglob("*.hpp"))}
    for program in sys.argv[5:]:
        run = measured(profdata, cov, include, scratch, pathlib.Path(program).resolve())
        for file in run["files"]:
            path = pathlib.Path(file["filename"]).resolve()
            if path in headers:
                headers[path].add_conditions(file)
        for function in run["functions"]:
            paths = [pathlib.Path(name).resolve() for name in function["filenames"]]
            for line, column, _, _, count, file, _, kind in function["regions"]:
                if kind == CODE and paths[file] in headers:
                    headers[paths[file]].add_region(line, column, count)

    trouble = 0
    for path, header in headers.items():
        text = path.read_text().splitlines()
        for line, column, what in sorted(header.missed(text)):
            print(f"{path}:{line}:{column}: {what}: {text[line - 1][column - 1:]}")
            trouble += 1
    regions = sum(len(h.regions) for h in headers.values())
    outcomes = sum(2 for h in headers.values() for counts in h.conditions.values() if any(counts))
    print(f"{regions} regions, {outcomes} outcomes of conditions: {trouble} missed")
    without = [str(path.relative_to(include)) for path, header in headers.items() if not header.regions]
    print("headers without code to run: " + " ".join(without))
    # A measurement that found nothing to measure has gone wrong.
    sys.exit(trouble != 0 or regions == 0)


main()
