#!/usr/bin/env python3
"""Applies each mutation of mutations.py to a copy of its header and checks that a test catches it. Applies each fault
of faults.py too, which one oracle must see by itself: a fuzz target on its corpus, or the simulation.

    run.py [--compiler CXX] [--jobs N] [--scratch DIR] [--only TEXT] [--write | --list]

A test that is proved by constant evaluation catches a mutation by not compiling. The exit status is 1 if a mutation
survives, no longer applies or does not compile, if a suite fails without a mutation, or if docs/mutants.md lists other
mutations. --write writes that page. --only chooses by the description, or by the oracle: --only fuzz/client.
"""

import argparse
import concurrent.futures
import os
import pathlib
import shutil
import sys

sys.dont_write_bytecode = True
from faults import FAULTS  # noqa: E402
from mutations import MUTATIONS  # noqa: E402
from suites import TREE, Suite, run  # noqa: E402

PAGE = TREE / "docs" / "mutants.md"
SIMULATIONS = {"simulation": ["--handshakes", "5000"], "simulation/associations": ["--associations", "5000"]}


class Oracle(Suite):
    """A fuzz target or the simulation, which must see a fault by a demand of its own: a crash is not enough."""

    def __init__(self, name, options):
        super().__init__(name.partition("/")[0] if name in SIMULATIONS else name, options)
        self.arguments = SIMULATIONS.get(name) or [str(self.corpus)]

    def run(self, replaced, program):
        """The demand that is not met, or None."""
        done = self.compile(replaced, *self.level, "-o", str(program))
        if done.returncode != 0:
            return f"does not compile: {done.stderr.strip().splitlines()[0]}"
        ran = run([str(program), *self.arguments])
        program.unlink()
        if ran.returncode == 0:
            return None
        said = ran.stderr.splitlines()
        demands = [pathlib.PurePath(line).name for line in said if line.endswith(": this demand is not met")]
        return demands[0] if demands else f"does not break a demand: {said[-1] if said else ran.returncode}"


ORACLES = [f"fuzz/{corpus.name}" for corpus in sorted((TREE / "fuzz" / "corpus").iterdir())] + list(SIMULATIONS)
ENOUGH = 5  # faults that each oracle must see


def misplaced(mutation):
    """Why a mutation cannot be applied, or None."""
    _, header, old, _, _ = mutation
    times = (TREE / "include" / "socks" / header).read_text().count(old)
    return None if times == 1 else f"no longer applies: {times} times in {header}: {old}"


def apply(number, mutation, options):
    """The result of one mutation: (caught, by which suite, by which test or why not)."""
    _, header, old, new, suites = mutation
    kind = Oracle if mutation in FAULTS else Suite
    text = (TREE / "include" / "socks" / header).read_text()
    if why := misplaced(mutation):
        return False, "", why
    replaced = options.scratch / str(number)
    shutil.rmtree(replaced, ignore_errors=True)  # the header of another mutation, which had this number
    (replaced / "socks" / header).parent.mkdir(parents=True, exist_ok=True)
    (replaced / "socks" / header).write_text(text.replace(old, new))
    bare = run([options.compiler, "-std=c++20", "-w", "-fsyntax-only", f"-I{replaced}", f"-I{TREE / 'include'}",
                           "-include", "socks/socks.hpp", "-xc++", "/dev/null"])
    if bare.returncode != 0:
        return False, "", f"does not compile: {bare.stderr.strip().splitlines()[0]}"
    for name in suites:
        by = kind(name, options).proof(replaced)
        if by:
            return not by.startswith("does not "), name, by
    for name in suites:
        by = kind(name, options).run(replaced, replaced / "program")
        if by:
            return not by.startswith("does not "), name.partition(":")[0], by
    return False, "", "survives " + ", ".join(suites)


def page(results):
    lines = ["# Mutants", "",
             "Each mutation changes one place in one header, and a test must fail. The table names the first test that catches it.",
             "Some mutations restore a known defect of other SOCKS software; its id is in parentheses. The others are mistakes that",
             "a change of the code could introduce. Ids like A16 and S4-5 are rows of [conformance.md](conformance.md).", "",
             "`cmake --workflow --preset mutants` applies every mutation to a copy of its header. It fails when a mutation survives.",
             "[tests/mutants/mutations.py](../tests/mutants/mutations.py) holds the mutations. `tests/mutants/run.py --write` writes this page.",
             "",
             "[generate.py](../tests/mutants/generate.py) makes 15,000 more mutants by rules that know nothing of SOCKS, and",
             "[systematic.py](../tests/mutants/systematic.py) tries them. The preset tries 300 of these, others each time. The file",
             "[equivalent.tsv](../tests/mutants/equivalent.tsv) lists those that change nothing that a user could see, with the reasons.",
             "",
             "| mutation | header | caught by |", "| --- | --- | --- |"]
    for mutation, (_, suite, by) in zip(MUTATIONS, results):
        where = f"`{by}`" if by == suite else f"`{by.split()[0]}`{by[len(by.split()[0]):]} in {suite}"
        lines.append(f"| {mutation[0]} | {mutation[1]} | {where} |")
    return "\n".join(lines + oracles()) + "\n"


def oracles():
    """The section of the faults. It needs no run, because a fault has one catcher."""
    lines = ["", "## What each fuzz target and the simulation see", "",
             "A user would notice each of these faults. The oracle in the row sees the fault alone, by a demand of its own: a",
             "fuzz target replays its committed corpus, the simulation runs 5000 handshakes or UDP associations. A crash",
             "does not count. [tests/mutants/faults.py](../tests/mutants/faults.py) holds the faults.", "",
             "| oracle | fault | header |", "| --- | --- | --- |"]
    return lines + [f"| `{oracle}` | {what} | {header} |" for what, header, _, _, (oracle,) in FAULTS]


def listed(page_text):
    """The mutations of a page. The first of several tests may differ from compiler to compiler."""
    return [line.rpartition(" | ")[0] for line in page_text.splitlines() if line.startswith("| ")]


def rows(mutations):
    """What listed() returns for a page of these mutations and the faults."""
    return [f"| {f[0]} | {f[1]}" for f in mutations] + listed("\n".join(oracles()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1))
    parser.add_argument("--scratch", type=pathlib.Path, default=pathlib.Path("/tmp/socks-mutants"))
    parser.add_argument("--only", default="", help="mutations whose text contains this")
    parser.add_argument("--write", action="store_true", help="write docs/mutants.md")
    parser.add_argument("--list", action="store_true", help="only check that every mutation still applies and is on the page")
    options = parser.parse_args()
    if options.list:
        strays = [f"{f[0]} {why}" for f in MUTATIONS + FAULTS if (why := misplaced(f))]
        if listed(PAGE.read_text())[2:] != rows(MUTATIONS):
            strays.append("docs/mutants.md does not list these mutations: run.py --write")
        seen = [f[4][0] for f in FAULTS]
        strays += [f"{o} has fewer than {ENOUGH} faults" for o in ORACLES if seen.count(o) < ENOUGH]
        print("\n".join(strays) or f"{len(MUTATIONS)} mutations and {len(FAULTS)} faults apply")
        return 1 if strays else 0
    chosen = [(i, f) for i, f in enumerate(MUTATIONS + FAULTS) if options.only in f[0] or [options.only] == [*f[4]]]
    if not chosen:
        print(f"no mutation has {options.only!r} in its text")
        return 2
    options.scratch.mkdir(parents=True, exist_ok=True)

    suites = sorted({name.partition(":")[0] for _, f in chosen for name in f[4]})
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        def sound(name):
            kind = Oracle if name in ORACLES else Suite
            return kind(name, options).catches(None, options.scratch / f"sound-{name.replace('/', '-')}")
        for name, by in zip(suites, pool.map(sound, suites)):
            if by:
                print(f"{name} fails without a mutation: {by}")
                bad += 1
        if bad:
            return 1
        results = []
        for (_, mutation), result in zip(chosen, pool.map(lambda c: apply(c[0], c[1], options), chosen)):
            caught, suite, by = result
            print(f"{'caught' if caught else 'SURVIVES':9}{mutation[0]}: {by}{f' ({suite})' if suite else ''}", flush=True)
            bad += not caught
            results.append(result)
    print(f"{len(chosen)} mutations, {len(chosen) - bad} caught")
    if bad or options.only:
        return 1 if bad else 0
    made = page(results)
    if options.write:
        PAGE.write_text(made)
    if not PAGE.exists() or listed(PAGE.read_text()) != listed(made):
        print("docs/mutants.md does not list these mutations: run.py --write")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
