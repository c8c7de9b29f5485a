#!/usr/bin/env python3
"""Compares the machines with the models of this folder, row by row.

    compare.py MACHINES [--rows N] [--seed N | --fresh] [--show ROW]

MACHINES is the program that is built from machines.cpp. Each row goes to it and to the models. The first row about
which they disagree is printed with both traces, and the exit status is 1. It is also 1 if a run of 20,000 rows or more
does not reach each error. --show prints both traces of one row.
"""

import argparse
import collections
import random
import re
import subprocess
import sys

sys.dont_write_bytecode = True
import protocol  # noqa: E402
from client import Client, Request  # noqa: E402
from protocol import Error, Incomplete, Malformed  # noqa: E402
from rows import Rows  # noqa: E402
from server import Server  # noqa: E402

BATCH = 20000
TOO_MANY_STEPS = 40


def unhex(word):
    return b"" if word == "-" else bytes.fromhex(word)


def host_of(word):
    kind, _, value = word.partition("=")
    return kind, unhex(value)


def options_of(word):
    return frozenset(word.split(",")) - {"-"}


def client_of(fields):
    version, command, host, port, login, methods, options = fields
    pair = None if login == "-" else tuple(map(unhex, login.split(":")))
    return Client(Request(version, int(command, 16), host_of(host), int(port), pair, unhex(methods)), options_of(options))


def happen(event, machine):
    """One event, and what the trace says about it before the next step."""
    name, _, value = event.partition("=")
    if event == "-":
        return ""
    if event == "end":
        machine.end_of_stream()
    elif name == "failed":
        machine.fail_stream(int(value))
    elif name == "room":
        machine.room = int(value)
    elif name == "shrink":
        machine.shrink(int(value))
    elif name == "negotiated":
        machine.negotiated(value == "yes")
    elif name == "authenticated":
        return machine.authenticated(value == "yes") + ", "
    elif name == "answer":
        version, code, host, port = value.split("/")
        return machine.answer(version, int(code, 16), host_of(host), int(port)) + ", "
    else:
        machine.input += unhex(event)
    return ""


def conversation(machine, events):
    parts = []
    for event in events:
        steps = []
        said = happen(event, machine)
        while len(steps) < TOO_MANY_STEPS:
            text, again = machine.step()
            steps.append(text)
            if not again:
                break
            if text.startswith("fail"):
                machine.room = int(text.split()[3])
        parts.append(f"{said}{', '.join(steps)} @{machine.status()}")
    return " ; ".join(parts)


def shown(what, value):
    """The value of a decoder."""
    if what in ("method_selection", "auth_status"):
        return f"{value:02x}"
    if what == "greeting":
        return value.hex() or "-"
    if what == "credentials":
        return ":".join(part.hex() or "-" for part in value)
    code, host, port, *rest = value
    return " ".join([f"{code:02x}", protocol.shown(host, port), *(part.hex() or "-" for part in rest)])


def decoded(what, options, data):
    try:
        value, size = getattr(protocol, what)(unhex(data), options_of(options))
    except Incomplete as short:
        return f"need {short.needed}"
    except Malformed as wrong:
        return f"fail {wrong.error}"
    return f"value {shown(what, value)} +{size}"


def predicted(row):
    role, *words = row.split(" ")
    if role == "client":
        return conversation(client_of(words[:7]), words[7:])
    if role == "server":
        return conversation(Server(unhex(words[0]), options_of(words[1])), words[2:])
    return decoded(*words)


def real(machines, rows):
    done = subprocess.run([machines], input="\n".join(rows) + "\n", capture_output=True, text=True)
    if done.returncode != 0:
        lines = done.stdout.count("\n")
        sys.exit(f"{machines} ended with {done.returncode}: {done.stderr}\nat the row {rows[min(lines, len(rows) - 1)]}")
    return done.stdout.splitlines()


def named(trace, role):
    """A trace with the names of its numbers, an event on each line."""
    machine = {"client": Client, "server": Server}.get(role)
    trace = re.sub(r"fail (\d+)", lambda found: "fail " + error_name(found.group(1)), trace)
    if machine:
        states = {value: name.lower() for name, value in vars(machine).items() if name.isupper() and isinstance(value, int)}
        trace = re.sub(r"@(\d+)", lambda found: "@" + states.get(int(found.group(1)), found.group(1)), trace)
    return "\n    ".join(["", *trace.split(" ; ")])


def error_name(number):
    return Error(int(number)).name if int(number) in set(Error) else number


def disagreement(row, ours, theirs):
    role = row.partition(" ")[0]
    return f"{row}\n  the model says{named(ours, role)}\n  the machine says{named(theirs, role)}"


def outcome(row, trace):
    """Where a row ends: the role, and the last action or the first failure that is final."""
    role = row.partition(" ")[0]
    if role == "decode":
        first, second, *_ = trace.split(" ")
        return "decode", error_name(second) if first == "fail" else first
    for number in re.findall(r"fail (\d+)", trace):
        if int(number) not in (Error.no_space, Error.finished):
            return role, error_name(number)
    return role, "done" if "done " in trace else "in the middle"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("machines")
    parser.add_argument("--rows", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="a seed that nobody has used yet")
    parser.add_argument("--show", help="a row")
    options = parser.parse_args()
    if options.show:
        ours, theirs = predicted(options.show), real(options.machines, [options.show])[0]
        print(disagreement(options.show, ours, theirs), "\nthey agree" if ours == theirs else "\nthey disagree")
        return 0 if ours == theirs else 1
    seed = random.SystemRandom().randrange(2 ** 32) if options.fresh else options.seed
    print(f"seed {seed}", flush=True)
    return compare(options.machines, options.rows, seed)


def compare(machines, count, seed):
    supply = Rows(random.Random(seed))
    outcomes = collections.Counter()
    errors = set()
    for begin in range(0, count, BATCH):
        rows = [supply.next() for _ in range(min(BATCH, count - begin))]
        traces = real(machines, rows)
        for row, theirs in zip(rows, traces):
            ours = predicted(row)
            if ours != theirs:
                print(disagreement(row, ours, theirs))
                print(f"after {sum(outcomes.values())} rows on which they agree")
                return 1
            outcomes[outcome(row, ours)] += 1
            errors.update(re.findall(r"fail (\d+)", ours))
    for (role, how), times in sorted(outcomes.items(), key=lambda item: (item[0][0], -item[1])):
        print(f"{role:7}{how:25}{times:8}")
    missed = [error.name for error in Error if str(int(error)) not in errors]
    print(f"{count} rows: the models and the machines agree")
    if missed and count >= BATCH:
        print("no row reached", *missed)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
