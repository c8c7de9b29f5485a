#!/usr/bin/env python3
"""Compares the machines with the models of this folder, row by row.

    compare.py MACHINES [--rows N] [--seed N | --fresh] [--show ROW]

MACHINES is the program that is built from machines.cpp. The first row about which they disagree is printed with both
traces, and the exit status is 1. It is also 1 if a run of 100,000 rows or more does not reach each error. --fresh takes
a seed that nobody has used yet. --show prints both traces of one row. docs/oracle.md explains all of it.
"""

import argparse
import collections
import random
import re
import subprocess
import sys

sys.dont_write_bytecode = True
from client import Client  # noqa: E402
from predict import predicted  # noqa: E402
from protocol import Error  # noqa: E402
from rows import Rows  # noqa: E402
from server import Server  # noqa: E402

BATCH = 20000
ROLES = ("client", "server", "decode")


def real(machines, rows):
    """The lines of the machines about these rows."""
    done = subprocess.run([machines], input="\n".join(rows) + "\n", capture_output=True, text=True)
    lines = done.stdout.splitlines()
    if done.returncode != 0:
        sys.exit(f"{machines} ended with {done.returncode} at one of these rows, or after them: {done.stderr}\n"
                 + "\n".join(rows[len(lines):len(lines) + 1]))
    return lines


def error_name(number):
    return Error(int(number)).name if int(number) in set(Error) else number


def named(trace, role):
    """A trace with the names of its numbers, an event on each line."""
    trace = re.sub(r"fail (\d+)", lambda found: "fail " + error_name(found.group(1)), trace)
    machine = {"client": Client, "server": Server}.get(role)
    if machine:
        states = {value: name.lower() for name, value in vars(machine).items() if name.isupper()}
        trace = re.sub(r"@(\d+)", lambda found: "@" + states[int(found.group(1))], trace)
    return "\n    ".join(["", *trace.split(" ; ")])


def disagreement(row, ours, theirs):
    role = row.partition(" ")[0]
    return f"{row}\n  the model says{named(ours, role)}\n  the machine says{named(theirs, role)}"


def outcome(row, trace):
    """Where a row ends: its role, and the first error that is final, or how far it came without one."""
    role = row.partition(" ")[0]
    if role == "decode":
        first, second, *_ = trace.split(" ")
        return role, error_name(second) if first == "fail" else {"need": "incomplete"}.get(first, first)
    for number in re.findall(r"fail (\d+)", trace):
        if int(number) not in (Error.no_space, Error.finished):
            return role, error_name(number)
    return role, "done" if "done " in trace else "unfinished"


def table(title, counts):
    """Counts by (role, key) as a table of Markdown: numbers in order, words by how frequent they are."""
    keys = collections.Counter()
    for (_, key), times in counts.items():
        keys[key] += times
    columns = [role for role in ROLES if any(role == r for r, _ in counts)]
    lines = [f"| {title} | {' | '.join(columns)} |", f"| --- |{' ---: |' * len(columns)}"]
    for key in sorted(keys, key=lambda key: key if isinstance(key, int) else -keys[key]):
        lines.append(f"| {key} | {' | '.join(str(counts[role, key] or '') for role in columns)} |")
    return "\n".join(lines)


def compare(machines, count, seed):
    supply = Rows(random.Random(seed))
    outcomes, depths = collections.Counter(), collections.Counter()
    reached = set()
    for begin in range(0, count, BATCH):
        rows = [supply.next() for _ in range(min(BATCH, count - begin))]
        for row, theirs in zip(rows, real(machines, rows)):
            ours = predicted(row)
            if ours != theirs:
                print(disagreement(row, ours, theirs))
                print(f"{sum(outcomes.values())} rows before agree")
                return 1
            role, how = outcome(row, ours)
            outcomes[role, how] += 1
            if role != "decode":
                depths[role, len(re.findall(r"\+[1-9]", ours))] += 1
            reached.update(re.findall(r"fail (\d+)", ours))
    print(table("outcome", outcomes), "", table("messages that were read", depths), "", sep="\n")
    print(f"{count} rows: the models and the machines agree")
    missed = [error.name for error in Error if str(int(error)) not in reached]
    if missed and count >= 100000:
        print("no row reached", *missed)
        return 1
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("machines")
    parser.add_argument("--rows", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--show", metavar="ROW")
    options = parser.parse_args()
    if options.show:
        ours, theirs = predicted(options.show), real(options.machines, [options.show])[0]
        print(disagreement(options.show, ours, theirs))
        print("they agree" if ours == theirs else "they disagree")
        return 0 if ours == theirs else 1
    seed = random.SystemRandom().randrange(2 ** 32) if options.fresh else options.seed
    print(f"seed {seed}", flush=True)
    return compare(options.machines, options.rows, seed)


if __name__ == "__main__":
    sys.exit(main())
