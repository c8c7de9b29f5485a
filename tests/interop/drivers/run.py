#!/usr/bin/env python3
"""Every driver of docs/examples through the same cases, on loopback in namespaces of its own. Needs root.

    run.py BUILD [--models a,b] [--cases PATTERN] [--fast] [--list]

BUILD is a build directory of the project, for example build/drivers. To test one driver by hand, name its command
lines instead of --models; a build directory is then needed only for its proxy:

    g++ -O1 -std=c++20 -Iinclude docs/examples/proxy/proxy.cpp -o /tmp/proxy -pthread
    tests/interop/drivers/run.py --proxy /tmp/proxy --client /tmp/mine/client --server /tmp/mine/server
    tests/interop/drivers/run.py --proxy /tmp/proxy --client "wine /tmp/mine/client.exe" --slow
    tests/interop/drivers/run.py --proxy /tmp/proxy --server /tmp/mine/server --cases 'curl|reset'

PATTERN is a regular expression, which is searched for in names such as `client/the_tunnel_is_reset`. setup.sh
installs what the suite needs. The exit status is 1 if a case fails.
"""

import argparse
import concurrent.futures
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import client_cases
import harness
import server_cases
import udp_cases
from models import CERTIFICATES, Model, models
from network import DATA, Network
from programs import Trial

LIMIT = 1500  # seconds for the complete run
AT_ONCE = 2 * os.cpu_count()  # cases that need the processor
WAITING_AT_ONCE = 48  # cases that wait for a deadline

PASSED, FAILED = "passed", "failed"


class Suite:
    """The cases whose names match a pattern, for some models."""

    def __init__(self, chosen, pattern=""):
        self.models, self.cases, self.topics = chosen, {}, {}
        for role, cases in (("client", client_cases), ("server", server_cases), ("udp", udp_cases)):
            for topic, table in cases.Cases().table().items():
                for name, case in table.items():
                    if re.search(pattern, f"{role}/{name}"):
                        self.cases[f"{role}/{name}"] = case
                        self.topics.setdefault((role, topic), []).append(f"{role}/{name}")
        self.results = {}  # by model and case
        self.reasons = {}  # why a case does not apply, by model and case

    def plan(self):
        """The pairs of a model and a case that are run."""
        for name, case in self.cases.items():
            role, short = name.split("/")
            for model in self.models:
                if not getattr(model, role) or case.for_tls and not model.tls:
                    continue
                if why := model.reason_not_to_run(short):
                    self.reasons[model.name, name] = why
                else:
                    yield model, name

    def one(self, model, name, network):
        """Runs a case; returns what to print about a failure."""
        case, trial, began = self.cases[name], Trial(model, network), time.monotonic()
        try:
            case.act(trial)
            trial.settle()
            self.results[model.name, name] = PASSED
            return ""
        except Exception as why:
            self.results[model.name, name] = FAILED
            trial.close()
            what = str(why) if isinstance(why, AssertionError) else "".join(traceback.format_exception(why))
            seconds = time.monotonic() - began
            return "\n    ".join([f"FAIL {model.name} {name}, after {seconds:.1f} seconds: {what}", *trial.tell()])
        finally:
            trial.close()

    def run(self, network, plan):
        """Runs many cases at once; yields the report of each failure."""
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as working, \
                concurrent.futures.ThreadPoolExecutor(WAITING_AT_ONCE) as waiting:
            pending = {(waiting if self.cases[name].waits else working).submit(self.one, model, name, network): (model, name)
                       for model, name in plan}
            try:
                for future in concurrent.futures.as_completed(pending, LIMIT):
                    if report := future.result():
                        yield report
            except TimeoutError:
                for future, (model, name) in pending.items():
                    if not future.done():
                        print(f"FAIL {model.name} {name}: the complete run took longer than {LIMIT} seconds")
                harness.stop_all()
                sys.stdout.flush()
                os._exit(1)  # ends the namespace, with every process in it

    def page(self):
        """The results in Markdown: for each topic and model the number of cases that passed, then each case."""
        yield from self.table({f"{role}: {topic}": names for (role, topic), names in self.topics.items()})
        yield ""
        yield from self.table({name: [name] for name in self.cases})
        for number, why in enumerate(self.distinct_reasons(), 1):
            pairs = [pair for pair in self.reasons if self.reasons[pair] == why]
            yield ""
            yield f"({number}) {', '.join(sorted({name for _, name in pairs}))}: {why}."

        for model in self.models:
            if model.at_most < len(DATA):
                yield ""
                yield f"In the cases with 2 MiB, {model.name} sends {model.at_most} bytes each way, because it is slow."

    def table(self, rows):
        """A row for each text, with the results of its cases by model."""
        yield f"| cases | {' | '.join(model.name for model in self.models)} |"
        yield "| --- |" + " --- |" * len(self.models)
        for text, names in rows.items():
            cells = [self.cell([(model.name, name) for name in names]) for model in self.models]
            if set(cells) != {"-"}:
                yield f"| {text} | {' | '.join(cells)} |"

    def distinct_reasons(self):
        return list(dict.fromkeys(self.reasons.values()))

    def cell(self, pairs):
        results = [self.results[pair] for pair in pairs if pair in self.results]
        passed = results.count(PASSED)
        text = f"**{passed} of {len(results)}**" if passed < len(results) else str(passed) if passed else "-"
        notes = sorted({self.distinct_reasons().index(self.reasons[pair]) + 1 for pair in pairs if pair in self.reasons})
        return " ".join([text, *(f"({note})" for note in notes)])

    def count(self, result):
        return sum(found == result for found in self.results.values())


def prepare(model):
    """Runs what the model wants before and during its cases."""
    environment = ["env", *(f"{name}={value}" for name, value in model.environment.items())]
    if model.before:
        for last in (False, False, True):
            done = subprocess.run([*environment, *model.before], check=last, timeout=300, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL)
            if done.returncode == 0:
                break
    if model.during:
        peer = harness.Peer(model.name, *environment, *model.during)
        peer.until(peer.log, "its first line")


def inside(act):
    """Calls `act` in the namespaces of the harness; returns the exit status."""
    harness.enter_namespaces()
    try:
        return act()
    except (AssertionError, OSError, subprocess.SubprocessError) as why:  # a proxy that did not start
        print(f"FAIL {why}")
        for peer in harness.running:
            peer.tell()
        return 1
    finally:
        harness.stop_all()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", nargs="?", help="a build directory of the project")
    parser.add_argument("--models", help="names with commas between them; default: all")
    parser.add_argument("--cases", default="", help="a regular expression; default: all")
    parser.add_argument("--fast", action="store_true", help="only the models that no emulator runs")
    parser.add_argument("--list", action="store_true", help="print the models and the cases")
    parser.add_argument("--proxy", help="our proxy; default: that of BUILD")
    parser.add_argument("--client", help="the command line of a client to test")
    parser.add_argument("--server", help="the command line of a server to test")
    parser.add_argument("--udp", help="the command line of a client of UDP ASSOCIATE to test")
    parser.add_argument("--slow", action="store_true", help="an emulator runs them")
    parser.add_argument("--tls", action="store_true", help="they speak SOCKS inside TLS")
    given = parser.parse_args()
    if not given.build and not given.list and not (given.proxy and (given.client or given.server or given.udp)):
        parser.error("name BUILD, or --proxy with --client, --server or --udp")
    return given


def chosen_models(given):
    if given.client or given.server or given.udp:
        words = [shlex.split(command) if command else None for command in (given.client, given.server, given.udp)]
        return [Model("mine", *words, environment=CERTIFICATES if given.tls else {}, slow=given.slow, tls=given.tls)]
    found = models(given.build or "build")
    if given.models:
        names = given.models.split(",")
        if unknown := set(names) - {model.name for model in found}:
            sys.exit(f"no such model: {', '.join(sorted(unknown))}")
        return [model for model in found if model.name in names]
    return [model for model in found if not (given.fast and model.slow)]


def our_proxy(given):
    if given.proxy:
        return given.proxy
    places = [pathlib.Path(given.build, "docs/examples", place) for place in ("proxy", "proxy/proxy")]
    return next((place for place in places if place.is_file()), places[0])


def main():
    given = arguments()
    suite = Suite(chosen_models(given), given.cases)
    if given.list:
        print("\n".join([*(model.name for model in suite.models), "", *suite.cases]))
        return 0
    proxy = our_proxy(given)
    missing = [f"{model.name}: {word}" for model in suite.models for word in model.missing()]
    if not pathlib.Path(proxy).is_file():
        missing.append(f"our proxy: {proxy}")
    plan = list(suite.plan())
    if missing or not plan:
        print("\n".join(f"FAIL there is no {what}" for what in missing or [f"case {given.cases}"]))
        return 1

    def act():
        network = Network(proxy)
        for model in suite.models:
            prepare(model)
        for report in suite.run(network, plan):
            print(report, flush=True)
        print("\n" + "\n".join(suite.page()) + "\n")
        print(f"{suite.count(PASSED)} passed, {suite.count(FAILED)} failed")
        return 1 if suite.count(FAILED) else 0
    return inside(act)


if __name__ == "__main__":
    sys.exit(main())
