#!/usr/bin/env python3
"""socks-check against the servers and the clients that the field uses. Needs root; setup.sh installs them.

    run.py SOCKS_CHECK PROXY PAGE [--quick] [--npm FOLDER] [--keep FOLDER] [PEER...]

PROXY is our own. The complete run writes PAGE, docs/peers.md, and fails if the results of a peer are others than
before. A new version alone is not a failure. With --quick, or with names of peers, it runs those and compares them with
PAGE. FOLDER of --npm has the packages that setup.sh puts there. FOLDER of --keep receives each report of socks-check and
what was found of each peer; a run that did not end goes on from there, and leaves out the peers that it has.
"""

import argparse
import collections
import functools
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import harness
import page
from servers import PASSWORD, USER

JOBS = 8  # runs of a client at the same time: most of their time is spent waiting
GONE = "cannot connect: Connection refused"  # the reason of a case whose server has ended
KILLED = "so it was killed"  # the reason of a case whose client had its time and did not end
LIMITS = {True: 600, False: 7200}  # seconds for the quick run, and for the complete one


def only(ids):
    return [word for id in ids for word in ("--only", id)]


class Run:
    """`found` has the cases of each peer, in the order of the list, each with the worst result of all its forms."""

    def __init__(self, check, keep):
        self.check, self.keep = check, keep
        self.found = collections.defaultdict(dict)

    def socks_check(self, name, *words):
        """Runs socks-check, and adds what it found to the results of the peer; returns the new cases by their ids."""
        report = harness.scratch / "report.json"
        report.unlink(missing_ok=True)
        done = subprocess.run([self.check, words[0], "--json", report, *[str(word) for word in words[1:]]],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if done.returncode not in (0, 1) or not report.exists():
            raise AssertionError(f"socks-check ended with {done.returncode}: {done.stderr[-1000:]}")
        if self.keep:
            number = len(list(self.keep.glob("*.json")))
            (self.keep / f"{number:03}_{re.sub(r'[^a-zA-Z0-9]+', '_', name)}.json").write_text(report.read_text())
        return {case["id"]: case for case in json.loads(report.read_text())["cases"]}

    def add(self, role, name, cases):
        known, worse = self.found[role, name], ("skipped", "passed", "failed")
        for id, case in cases.items():
            if id not in known or worse.index(case["result"]) > worse.index(known[id]["result"]):
                known[id] = case

    def twice(self, check):
        """What fails runs once more, with less beside it; a case that passes then was only short of a moment."""
        cases = check()
        if failed := [id for id, case in cases.items() if case["result"] == "failed" and KILLED not in case["reason"]]:
            cases |= check(*only(failed))
        return cases

    def start_and_check(self, peer, start, *words):
        server = start()
        try:
            return self.socks_check(peer.name, "server", f"127.0.0.1:{server.port}", *words, *peer.options)
        finally:
            harness.stop_all()

    def checked(self, peer, start, login, *chosen):
        """A case that ends the server fails all those after it. They run again with a new server, one after the other."""
        cases = self.start_and_check(peer, start, *login, *chosen)
        final = set()
        while missed := [id for id, case in cases.items() if id not in final and GONE in case.get("reason", "")]:
            again = self.start_and_check(peer, start, *login, "--jobs", "1", *only(missed))
            cases |= again
            # The first of those that found no server had one when it began, or is after the one that ended it.
            if first := next((id for id, case in again.items() if GONE in case.get("reason", "")), None):
                cases |= self.start_and_check(peer, start, *login, "--only", first)
                final.add(first)
        return cases

    def once(self, role, act, peer):
        """Runs a peer, if what was found of it is not kept already."""
        kept = self.keep / f"{role} {peer.name.replace('/', ' ')}.found" if self.keep else None
        if kept and kept.exists():
            self.found[role, peer.name] = json.loads(kept.read_text())
            return
        act(peer)
        if kept:
            kept.write_text(json.dumps(self.found[role, peer.name]))

    def server(self, peer):
        for start, login in ((peer.start, ()), (peer.start_login, ("--user", USER, "--password", PASSWORD))):
            if not start:
                continue
            began = time.monotonic()
            self.add("server", peer.name, self.twice(lambda *words: self.checked(peer, start, login, *words)))
            print(f"  {peer.name}{' with a login' if login else ''}: {time.monotonic() - began:.1f} s")

    def client(self, peer):
        for command in peer.commands():
            began = time.monotonic()
            check = functools.partial(self.socks_check, peer.name, "client", "--patience", peer.patience, "--jobs", JOBS)
            self.add("client", peer.name, self.twice(lambda *words: check(*words, "--", *command)))
            print(f"  {' '.join(command)}: {time.monotonic() - began:.1f} s")


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("check", metavar="SOCKS_CHECK")
    parser.add_argument("proxy", metavar="PROXY")
    parser.add_argument("page", metavar="PAGE", type=pathlib.Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--npm", metavar="FOLDER", type=pathlib.Path)
    parser.add_argument("--keep", metavar="FOLDER", type=pathlib.Path)
    parser.add_argument("peers", metavar="PEER", nargs="*")
    return parser.parse_intermixed_args()


def main():
    given = parsed()
    harness.enter_namespaces()
    for address, *nodad in (("192.0.2.1/32",), ("2001:db8::1/128", "nodad")):  # of both families, as AI_ADDRCONFIG asks
        subprocess.run(["ip", "address", "add", address, "dev", "lo", *nodad], check=True)
    if given.npm:
        os.environ["PEERS_OF_NPM"] = str(given.npm.resolve())
    os.environ["TIME_LIMIT"] = "4"  # seconds that the proxy has to answer, for clients that can be told
    import client_peers  # these need the namespaces
    import server_peers
    from servers import add_user
    add_user()
    run = Run(given.check, given.keep)
    peers = [("server", peer, run.server) for peer in server_peers.servers(given.proxy)]
    peers += [("client", peer, run.client) for peer in client_peers.CLIENTS]
    complete = not given.quick and not given.peers
    chosen = [row for row in peers if complete or row[1].name in given.peers or given.quick and row[1].quick]
    harness.LIMIT = LIMITS[given.quick]
    signal.signal(signal.SIGALRM, harness.give_up)
    signal.alarm(harness.LIMIT)
    began = time.monotonic()
    try:
        status = harness.run({f"{role} {peer.name}": (run.once, role, act, peer) for role, peer, act in chosen}, [])
    finally:
        harness.stop_all()
    print(f"{time.monotonic() - began:.0f} seconds")
    if status:
        return status
    return page.compare(given.page, [(role, peer) for role, peer, _ in chosen], run.found, write=complete)


if __name__ == "__main__":
    sys.exit(main())
