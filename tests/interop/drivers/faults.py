#!/usr/bin/env python3
"""Shows that the suite can fail: programs without a fault pass every case, and each fault is found.

    faults.py PROXY [FAULT...]

PROXY is our proxy of docs/examples. FAULT is a word such as client/drops_early_data; without one, everything is run.
"""

import pathlib
import re
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import fake_client
import fake_server
import fake_udp
from models import CERTIFICATES, WIPED, Model
from network import Network
from run import FAILED, PASSED, Suite, inside

FAKES = {"client": fake_client, "server": fake_server, "udp": fake_udp}
FAULTS = {f"{role}/{fault}": f"{role}/{case}" for role, fake in FAKES.items() for fault, case in fake.FAULTS.items()}


def model(fault, role):
    """A fake as a model, which has the name of its fault."""
    environment = CERTIFICATES if fault in fake_client.TLS_FAULTS else {}
    argv = [sys.executable, "-B", str(pathlib.Path(__file__).resolve().with_name(f"fake_{role}.py")), fault]
    return Model(f"{role}/{fault}", **{role: argv}, environment=environment, tls=bool(environment))


def main():
    if len(sys.argv) < 2:
        print(__doc__.split("\n\n")[1])
        return 2
    proxy, *chosen = sys.argv[1:]
    if unknown := set(chosen) - set(FAULTS):
        print(f"no such fault: {', '.join(sorted(unknown))}")
        return 2
    faultless = [] if chosen else [model("none", role) for role in FAKES]
    for one in faultless:
        one.not_applicable = {WIPED: "Python keeps copies of its arguments"}
    faulty = [model(*reversed(fault.split("/"))) for fault in chosen or FAULTS]
    suite = Suite([*faultless, *faulty])

    def act():
        plan = [pair for pair in suite.plan() if pair[0] in faultless]
        plan += [(one, FAULTS[one.name]) for one in faulty]
        wrong = 0
        for report in suite.run(Network(proxy), plan):
            broken = re.search(r'fake_\w+\.py", line', report)
            if broken or re.match(r"FAIL \w+/none ", report):
                print(f"{report}\n    The fake is broken, or the case is.", flush=True)
                wrong += 1
        for one in faulty:
            if suite.results[one.name, FAULTS[one.name]] == PASSED:
                print(f"FAIL {one.name} is not found by {FAULTS[one.name]}")
                wrong += 1
        print(f"{suite.count(PASSED)} cases passed, {suite.count(FAILED)} faults found, {wrong} wrong results")
        return 1 if wrong else 0
    return inside(act)


if __name__ == "__main__":
    sys.exit(main())
