#!/usr/bin/env python3
"""Runs the mutants of generate.py and reports those that no suite catches.

    systematic.py [--sample N] [--seed S] [--header TEXT] [--kind TEXT] [--jobs N] [--scratch DIR] [--compiler CXX]
                  [--clang CXX] [--output FILE] [--resume] [--from FILE] | --list

Without --sample it runs every mutant, which takes hours. The suites of a header are its own test file and those of its
family; those that find the most come first. equivalent.tsv lists the mutants that change nothing that a user could see,
each with the reason. The exit status is 1 if another mutant is alive, or if a line of that list fits no mutant (--list
checks only this).
"""

import argparse
import collections
import concurrent.futures
import contextlib
import itertools
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from bundle import Bundles  # noqa: E402
from generate import generate, mutated  # noqa: E402
from suites import TREE, Suite, run  # noqa: E402

EQUIVALENT = pathlib.Path(__file__).with_name("equivalent.tsv")
# No test can see these kinds; the gate functions_are_marked does. How the lines begin that it prints for a lost mark:
MARKS = {"noexcept": ("+not noexcept",), "nodiscard": ("+not nodiscard", "-nodiscard"), "lifetimebound": ("-lifetimebound",)}

# The suites that see a header beside its own test, by the beginning of its path; the longest that fits counts. Those that
# find the most come first, unless they are slow.
FAMILIES = {
    "core/": "bytes address decoded request stored literal endpoint5 socks5 socks4 client server",
    "core/address": "size/address optimised/work bytes ip decoded request stored literal endpoint5 socks5 socks4 client server",
    "core/conversion": "bytes errno io_result mailbox",
    "core/bytes": "conversion optimised/secrets address memory mailbox socks4 tor",
    "core/error": "error_code disposition client server",
    "core/memory": "size/memory optimised/work optimised/secrets bytes username_password socks4 invariants_overlap",
    "core/tolerance": "quirks_client quirks_server socks5 socks4 gssapi username_password",
    "wire/": "endpoint5 invariants_overlap tolerance invariants_wire client server quirks_client quirks_server",
    "wire/datagram": "invariants_datagram invariants_overlap reassembly tolerance fuzz/datagram",
    "wire/gssapi": "other_methods invariants_overlap tolerance fuzz/gssapi",
    "wire/chap": "invariants_overlap fuzz/chap",
    "wire/socks4": "invariants_overlap tolerance invariants_wire client server quirks_client quirks_server fuzz/socks4 "
                   "optimised/work",
    "wire/socks5": "endpoint5 invariants_overlap tolerance invariants_wire client server quirks_client quirks_server "
                   "fuzz/socks5",
    "wire/username_password": "size/username_password optimised/secrets optimised/work invariants_overlap tolerance client "
                              "server fuzz/username_password",
    "machine/": "client server feature chain pipelining stream_failed completion run answers_later other_methods "
                "private_method quirks_client quirks_server tolerance invariants_finality invariants_space "
                "invariants_precision invariants_purity invariants_end_of_stream invariants_pair release fuzz/client "
                "fuzz/server optimised/work fuzz/abuse simulation invariants_abuse invariants_chunking garbage "
                "invariants_small_builds misuse",
    "machine/chain": "invariants_chain stream_failed completion pipelining feature fuzz/chain client",
    "machine/mailbox": "completion pipelining action chain invariants_chain release run stream_failed guard_page client server "
                       "invariants_space fuzz/client",
    "machine/reassembly": "invariants_overlap fuzz/reassembly",
    "machine/run": "run_awaitable completion answers_later",
    "policy/": "",
    "policy/scope": "relay fuzz/relay",
    "policy/relay": "fuzz/relay",
    "policy/retry": "fuzz/retry transfer_cft_configuration",
    "policy/tor": "fuzz/tor",
    "policy/disposition": "dial_error transfer_cft_disposition fuzz/disposition",
    "policy/dial_error": "errno getaddrinfo disposition",
    "system/": "",
    "text/": "literal uri tor invariants_overlap transfer_cft_resolve fuzz/literal fuzz/uri",
    "transfer_cft/": "transfer_cft_lexer transfer_cft_parser transfer_cft_values transfer_cft_objects transfer_cft_finding "
                     "transfer_cft_configuration transfer_cft_resolve invariants_overlap fuzz/cftutil fuzz/transfer_cft "
                     "fuzz/configuration",
}


def own_of(header):
    """The name of the test of a header."""
    name = pathlib.PurePosixPath(header).stem
    return f"transfer_cft_{name}" if header.startswith("transfer_cft/") else name


def suites_for(mutant):
    """The names of the suites that could see a mutant, the most likely first."""
    family = max((f for f in FAMILIES if mutant.header.startswith(f)), key=len)
    names = list(dict.fromkeys([own_of(mutant.header), *FAMILIES[family].split()]))
    if mutant.kind == "text":
        names = [names[0], "texts", *(n for n in names if n.startswith("transfer_cft_"))]
    return ["misuse", *names] if "SOCKS_ASSERT" in mutant.line else names


def is_bundled(suite):
    """Whether a bundle can be built for a suite. Those that count instructions or bytes need the library as it is built by
    its users. The others have almost nothing to run, only proofs."""
    return suite not in ("conversion", "misuse") and not suite.startswith(("optimised/", "size/"))


def key_of(mutant):
    return mutant.header, mutant.line, str(mutant.nth), mutant.kind, mutant.old, mutant.new


def described(mutant):
    return "\t".join(part.replace("\t", " ").replace("\n", "\\n") for part in key_of(mutant))


def equivalents():
    """The mutants that are judged equivalent: their keys, as described() writes them, and the reasons."""
    rows = [line.rsplit("\t", 1) for line in EQUIVALENT.read_text().splitlines() if line and not line.startswith("#")]
    return {key: reason for key, reason in rows}


def reported(output, without=""):
    """The keys of the mutants in a file that --output wrote, without those of one verdict."""
    lines = [line.split("\t", 2) for line in output.read_text().splitlines()]
    return {key for verdict, _, key in lines if verdict != without}


class Trial:
    """Tries one mutant: writes its header to a directory and shows it to one suite after another."""

    def __init__(self, options):
        self.options = options

    def compiles(self, replaced):
        command = [self.options.compiler, "-std=c++20", "-w", "-fsyntax-only", f"-I{replaced}", f"-I{TREE / 'include'}",
                   "-xc++", "-"]
        every = "".join(f"#include <socks/{p.relative_to(TREE / 'include' / 'socks')}>\n"
                        for p in sorted((TREE / "include" / "socks").rglob("*.hpp")))
        return run(command, every).returncode == 0

    def lost_marks(self, replaced, kind):
        """How many marks of a kind the gate misses."""
        tree = replaced / "tree"
        (tree / "tests").mkdir(parents=True)
        shutil.copytree(TREE / "include", tree / "include")
        shutil.copytree(TREE / "tests" / "gates", tree / "tests" / "gates")
        shutil.copytree(replaced / "socks", tree / "include" / "socks", dirs_exist_ok=True)
        gate = TREE / "tests" / "gates" / "functions_are_marked.sh"
        said = run([str(gate), str(tree), self.options.clang, "-std=c++20"]).stdout
        return sum(line.startswith(MARKS[kind]) for line in said.splitlines())

    @staticmethod
    def outcome(suite, replaced):
        return suite.run(replaced, replaced / "program")

    def result(self, mutant, was_bundled, number):
        """(verdict, by): killed, broken (does not compile), absent (in a part for another platform) or alive."""
        with self.replaced(number, mutant) as directory:
            return self.verdict(mutant, directory, was_bundled)

    def all_marks_are_seen(self, mutants, number):
        """Whether the gate reports every one of these marks of a header when all are removed."""
        with self.replaced(number, *mutants) as directory:
            return self.lost_marks(directory, mutants[0].kind) >= len(mutants)

    @contextlib.contextmanager
    def replaced(self, number, *mutants):
        """A directory with the mutated header."""
        directory = self.options.scratch / f"systematic-{number}"
        shutil.rmtree(directory, ignore_errors=True)
        header = directory / "socks" / mutants[0].header
        header.parent.mkdir(parents=True)
        header.write_text(mutated(TREE, *mutants))
        try:
            yield directory
        finally:
            shutil.rmtree(directory, ignore_errors=True)

    def sees(self, compiler, replaced, header):
        """Whether the preprocessor of a compiler leaves the mutated line in the header."""
        command = [compiler, "-std=c++20", "-E", "-P", "-DSOCKS_ASSERT(...)=asserted(__VA_ARGS__)", f"-I{TREE / 'include'}",
                   "-include", f"socks/{header}", "-xc++", "/dev/null"]  # an assertion contains the path of the header
        return run(command).stdout != run([*command[:1], f"-I{replaced}", *command[1:]]).stdout

    def verdict(self, mutant, replaced, was_bundled):
        if mutant.kind in MARKS:
            if self.lost_marks(replaced, mutant.kind):
                return "killed", "functions_are_marked"
            return ("alive" if self.compiles(replaced) else "broken"), ""
        if not self.sees(self.options.compiler, replaced, mutant.header):
            if self.options.compiler == self.options.clang or not self.sees(self.options.clang, replaced, mutant.header):
                return "absent", ""
            clang = argparse.Namespace(**{**vars(self.options), "compiler": self.options.clang})
            return Trial(clang).verdict(mutant, replaced, False)
        own, *family = [Suite(name, self.options) for name in suites_for(mutant)]
        checked = False
        for suites in ([own], family):
            # A bundle has run the family. It always evaluates the original, so its run of the own test is not enough: what a
            # constant evaluation made of the mutant may be seen at run time.
            runs = [s for s in suites if s is own or not (was_bundled and is_bundled(s.name))]
            for see, suite in [(Suite.proof, s) for s in suites] + [(self.outcome, s) for s in runs]:
                by = see(suite, replaced)
                if by and by.startswith("does not compile") and not checked:
                    checked = True
                    if not self.compiles(replaced):
                        return "broken", ""
                if by:
                    return "killed", suite.name
        return "alive", ""


def bundled(mutants, options, pool, report):
    """Reports those of the mutants that a bundle kills. Returns the others, each with whether it was in a bundle."""
    bundles = Bundles(options)
    waiting, alone = {}, []
    for number, mutant in enumerate(sorted(mutants, key=lambda m: (m.header, m.begin)), 1):  # those of a body in a row
        if mutant.kind not in MARKS and bundles.can_contain(mutant):
            waiting[number] = mutant
        else:
            alone.append((mutant, False))

    def tried(name, some):
        return name, bundles.killed(Suite(name, options), {n: m for n, m in some.items() if n in waiting})

    for choose in (lambda names: names[:1], lambda names: names[1:]):  # the own test of the header kills most of them
        by_suite = collections.defaultdict(dict)
        for number, mutant in waiting.items():
            for name in choose([n for n in suites_for(mutant) if is_bundled(n)]):
                by_suite[name][number] = mutant
        for done in concurrent.futures.as_completed([pool.submit(tried, *job) for job in by_suite.items()]):
            name, killed = done.result()
            for number in killed & waiting.keys():
                report(waiting.pop(number), "killed", name)
    return [(m, n not in bundles.refused) for n, m in waiting.items()] + alone


def marks(mutants, trial, pool, report):
    """Reports the lost marks that the gate sees, all those of a kind in a header at once. Returns the other mutants."""
    groups, rest = collections.defaultdict(list), []
    for mutant, was_bundled in mutants:
        if mutant.kind in MARKS and "class [[nodiscard]]" not in mutant.line:  # without it, many functions lose theirs
            groups[mutant.header, mutant.kind].append(mutant)
        else:
            rest.append((mutant, was_bundled))
    seen = pool.map(trial.all_marks_are_seen, groups.values(), itertools.count())
    for group, all_seen in zip(groups.values(), seen):
        for mutant in group:
            if all_seen:
                report(mutant, "killed", "functions_are_marked")
            else:
                rest.append((mutant, False))
    return rest


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=0, help="run this many, chosen at random")
    parser.add_argument("--seed", type=int, default=0, help="of the choice; 0: another one each time")
    parser.add_argument("--header", default="", help="only headers whose path begins so")
    parser.add_argument("--kind", default="", help="only kinds that contain this")
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--clang", default="clang++", help="of release 14, for the gate functions_are_marked")
    parser.add_argument("--jobs", type=int, default=min(4, os.cpu_count() or 1))
    parser.add_argument("--scratch", type=pathlib.Path, default=pathlib.Path("/tmp/socks-mutants"))
    parser.add_argument("--output", type=pathlib.Path, help="append each result to this file")
    parser.add_argument("--resume", action="store_true", help="leave out what --output has, but not what was alive")
    parser.add_argument("--from", type=pathlib.Path, dest="listed", help="only the mutants of these lines of --output")
    parser.add_argument("--list", action="store_true", help="only check that each line of equivalent.tsv fits a mutant")
    options = parser.parse_args()

    every = generate(TREE)
    known = equivalents()
    strays = set(known) - {described(m) for m in every}
    for stray in sorted(strays):
        print(f"fits no mutant: {stray}")
    if options.list:
        print(f"{len(every)} mutants, {len(known)} of them are judged equivalent")
        return 1 if strays else 0
    for compiler in (options.compiler, options.clang):
        if not shutil.which(compiler):
            parser.error(f"no {compiler}: apt-get install g++ clang")

    seed = options.seed or random.SystemRandom().randrange(1, 1 << 31)
    chosen = [m for m in every if m.header.startswith(options.header) and options.kind in m.kind]
    if options.listed:
        listed = reported(options.listed)
        chosen = [m for m in chosen if described(m) in listed]
    if options.sample:
        chosen = random.Random(seed).sample(chosen, min(options.sample, len(chosen)))
    if options.resume and options.output and options.output.exists():
        done = reported(options.output, without="alive")
        chosen = [m for m in chosen if described(m) not in done]
    options.scratch.mkdir(parents=True, exist_ok=True)
    options.scratch = pathlib.Path(tempfile.mkdtemp(dir=options.scratch))  # two runs at once do not meet
    print(f"{len(chosen)} of {len(every)} mutants, --seed {seed}", flush=True)

    began, log = time.monotonic(), options.output.open("a") if options.output else None
    verdicts = collections.Counter()
    by_suite, alive = collections.Counter(), []

    def report(mutant, verdict, by):
        verdicts[verdict] += 1
        by_suite[by] += verdict == "killed"
        if log:
            print(verdict, by, described(mutant), sep="\t", file=log, flush=True)
        if verdict == "alive":
            alive.append(mutant)
            print(f"ALIVE  {mutant.header}: {mutant.kind}: {mutant.old!r} -> {mutant.new!r} in: {mutant.line}", flush=True)

    rest = []
    for mutant in chosen:
        if described(mutant) in known:  # no suite sees an equivalent mutant, and to try all of them takes the longest
            report(mutant, "equivalent", "")
        else:
            rest.append(mutant)
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        rest = bundled(rest, options, pool, report)
        trial = Trial(options)
        rest = marks(rest, trial, pool, report)
        for (mutant, _), verdict in zip(rest, pool.map(lambda job, n: trial.result(*job, n), rest, itertools.count())):
            report(mutant, *verdict)
    shutil.rmtree(options.scratch)
    for name, number in by_suite.most_common():
        if number:
            print(f"{number:6} killed by {name}")
    print(f"{len(chosen)} mutants in {time.monotonic() - began:.0f} s: {verdicts['broken']} do not compile, "
          f"{verdicts['absent']} are for other platforms, "
          f"{verdicts['killed']} killed, {verdicts['equivalent']} equivalent, {verdicts['alive']} alive")
    return 1 if alive or strays else 0


if __name__ == "__main__":
    sys.exit(main())
