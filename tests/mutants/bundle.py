"""Many mutants in one program: each mutated function has a copy for each of its mutants, and a number chooses one.

A bundle is built once for each suite, so a mutant costs one run of a program instead of a build. It cannot contain what
stands outside the body of a function, nor what only constant evaluation sees: systematic.py builds these one by one. Only
"killed" is a verdict of a bundle. A mutant that the bundle does not kill, or that does not compile, is built alone.
"""

import collections
import os
import re
import resource
import shutil
import subprocess
import time

from generate import Types, Generator
from suites import TREE

CHOICE = """#include <cstdlib>
inline const int socks_mutant = std::atoi(std::getenv("SOCKS_MUTANT"));
constexpr bool socks_mutant_is(int first, int last) {
    return !__builtin_is_constant_evaluated() && first <= socks_mutant && socks_mutant <= last;
}
"""
SCOPES = ("namespace", "class", "struct", "union", "extern")


def bodies(generator):
    """The function bodies of a header, as pairs of the tokens { and }."""
    at, partner = generator.at, generator.partner
    result, i = [], 0
    has_parameters = has_value = has_members = False
    scope = False
    while i < len(generator.tokens):
        t = at(i)
        if t in ("(", "[", "[["):
            has_parameters = has_parameters or (t == "(" and at(i - 1) != "alignas")
            i = partner[i] + 1
            continue
        if t in (";", "}") or (t == ":" and at(i - 1) in ("public", "private", "protected")):
            has_parameters = has_value = has_members = scope = False
        elif t in SCOPES and at(i - 1) not in ("<", ","):
            scope = True
        elif t == "enum":
            has_value = True  # its braces contain no function
        elif t == "=" and at(i - 1) != "operator":
            has_value = True
        elif t == ":" and has_parameters:
            has_members = True
        elif t == "{":
            is_member = has_members and generator.tokens[i - 1].kind == "word"
            if has_parameters and not has_value and not is_member:
                result.append((i, partner[i]))
                i = partner[i]
                has_parameters = has_value = has_members = scope = False
            elif scope and not has_value and not has_members:
                has_parameters = has_value = has_members = scope = False
            else:
                i = partner[i]
        i += 1
    return result


class Header:
    """A header, with the mutants of its bodies by their number."""

    def __init__(self, path, types):
        self.path, self.text = path, (TREE / "include" / "socks" / path).read_text()
        generator = Generator(path, self.text, types)
        self.bodies = [(generator.tokens[a].end, generator.tokens[b].begin) for a, b in bodies(generator)
                       if "consteval" not in (generator.at(j) for j in range(max(0, a - 40), a))]

    def body_of(self, mutant):
        return next((b for b in self.bodies if b[0] <= mutant.begin and mutant.end <= b[1]), None)

    def bundled(self, mutants):
        """The text with these mutants, given as pairs of number and mutant in order."""
        of_body = collections.defaultdict(list)
        for number, mutant in mutants:
            of_body[self.body_of(mutant)].append((number, mutant))
        text = self.text
        for (begin, end), variants in sorted(of_body.items(), reverse=True):
            copies = "".join(f'\n#line 1 "/socks/mutant-{number}"\ncase {number}: {{{text[begin:m.begin]}{m.new}{text[m.end:end]}}} break;'
                             for number, m in variants)
            line = text.count("\n", 0, begin) + 1
            text = (f"{text[:begin]} if (socks_mutant_is({variants[0][0]}, {variants[-1][0]})) switch (socks_mutant) {{{copies}\n"
                    f'}} else {{\n#line {line} "/socks/{self.path}"\n{text[begin:end]}}} {text[end:]}')
        return text


class Bundles:
    def __init__(self, options):
        self.options = options
        self.types = Types(TREE)
        self.headers = {}
        self.refused = set()  # the numbers of mutants that do not compile in a bundle
        self.directory = options.scratch / "bundles"
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)

    def header(self, path):
        if path not in self.headers:
            self.headers[path] = Header(path, self.types)
        return self.headers[path]

    def can_contain(self, mutant):
        return self.header(mutant.header).body_of(mutant) is not None

    def write(self, tree, mutants):
        shutil.rmtree(tree, ignore_errors=True)
        by_header = collections.defaultdict(list)
        for number, mutant in sorted(mutants.items()):
            if number not in self.refused:
                by_header[mutant.header].append((number, mutant))
        for path, some in by_header.items():
            (tree / "socks" / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / "socks" / path).write_text(self.header(path).bundled(some))
        config = (TREE / "include" / "socks" / "config.hpp").read_text()
        (tree / "socks").mkdir(exist_ok=True, parents=True)
        (tree / "socks" / "config.hpp").write_text(  # copies of every mutant in every caller would take hours to compile
            config.replace("[[gnu::always_inline]] inline", "inline").replace("__attribute__((always_inline))", ""))
        (tree / "choice.hpp").write_text(CHOICE)

    def build(self, suite, mutants):
        """The program of a suite with these mutants, or None. Adds those that do not compile to refused."""
        tree = self.directory / suite.name.replace("/", "-")
        program = tree.with_suffix(".program")
        while True:
            self.write(tree, mutants)
            done = suite.compile(tree, "-include", str(tree / "choice.hpp"), "-O0" if suite.proves else "-O1", "-fmax-errors=0",
                                 *(["-Dstatic_assert(...)="] if suite.proves else []), "-o", str(program))
            if done.returncode == 0:
                return program
            bad = {int(n) for n in re.findall(r"mutant-(\d+)", done.stderr)} - self.refused
            if not bad:
                print(f"{suite.name} does not compile in a bundle: {done.stderr[:1000]}", flush=True)
                return None
            self.refused |= bad

    @staticmethod
    def passes(suite, program, number, seconds):
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        return subprocess.run([str(program), *suite.arguments()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              env={**os.environ, "SOCKS_MUTANT": str(number)}, preexec_fn=limit).returncode == 0

    def killed(self, suite, mutants):
        """The numbers of the mutants that a suite kills."""
        began = time.monotonic()
        if not mutants:
            return set()
        program = self.build(suite, mutants)
        if program is None:
            return set()
        built, clock = time.monotonic() - began, time.monotonic()
        if not self.passes(suite, program, 0, 60):
            print(f"{suite.name} fails in a bundle without a mutant", flush=True)
            return set()
        took = time.monotonic() - clock
        seconds = 2 + int(10 * took)
        result = {n for n in mutants if n not in self.refused and not self.passes(suite, program, n, seconds)}
        program.unlink()
        print(f"{suite.name}: {len(mutants)} mutants, built in {built:.1f} s, {took:.2f} s a run, {len(result)} killed, "
              f"{time.monotonic() - began:.0f} s", flush=True)
        return result
