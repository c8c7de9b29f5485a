"""Many mutants in one program: each function body has a copy for each of its mutants, and a number chooses the copy.

A program is built once for each suite, so a mutant costs one run instead of one build. A constant evaluation always uses
the original body. A bundle contains no mutants of what stands outside a body, and none that do not compile in it.
systematic.py builds these alone. Only "killed" is a verdict of a bundle.
"""

import collections
import re
import shutil
import time

from generate import Types, Generator
from suites import TREE, run

CHOICE = """#include <cstdlib>
inline const int socks_mutant = std::atoi(std::getenv("SOCKS_MUTANT"));
constexpr bool socks_mutant_is(int first, int last) {
    return !__builtin_is_constant_evaluated() && first <= socks_mutant && socks_mutant <= last;
}
"""
SCOPES = ("namespace", "class", "struct", "union", "extern")
BUILT_ALONE = ("policy/disposition.hpp",)  # its tables are built at compile time and read at run time by the same functions
WITHOUT_A_MUTANT = 0


def bodies(generator):
    """The function bodies of a header, as pairs of the tokens { and }. Lambdas in values and in lists of arguments have
    none of their own."""
    at, partner = generator.at, generator.partner
    result, i = [], 0
    has_parameters = has_value = has_initializers = opens_scope = False  # what the declaration has had so far
    while i < len(generator.tokens):
        t = at(i)
        if t in ("(", "[", "[["):
            has_parameters = has_parameters or (t == "(" and at(i - 1) != "alignas")
            i = partner[i] + 1
            continue
        if t in (";", "}") or (t == ":" and at(i - 1) in ("public", "private", "protected")):
            has_parameters = has_value = has_initializers = opens_scope = False
        elif t in SCOPES and at(i - 1) not in ("<", ","):
            opens_scope = True
        elif t == "enum":
            has_value = True  # its braces contain no function
        elif t == "=" and at(i - 1) != "operator":
            has_value = True
        elif t == ":" and has_parameters:
            has_initializers = True
        elif t == "{":
            initializes = has_initializers and generator.tokens[i - 1].kind == "word"
            if has_parameters and not has_value and not initializes:
                result.append((i, partner[i]))
                i = partner[i]
                has_parameters = has_value = has_initializers = opens_scope = False
            elif opens_scope and not has_value and not has_initializers:
                has_parameters = has_value = has_initializers = opens_scope = False
            else:
                i = partner[i]
        i += 1
    return result


class Header:
    """A header and the bodies in it that can have copies."""

    def __init__(self, path, types):
        self.path, self.text = path, (TREE / "include" / "socks" / path).read_text()
        made = Generator(path, self.text, types)
        self.bodies = [(made.tokens[a].end, made.tokens[b].begin) for a, b in bodies(made)]

    def body_of(self, mutant):
        return next(((a, b) for a, b in self.bodies if a <= mutant.begin and mutant.end <= b), None)

    def with_copies(self, mutants):
        """The text with a copy for each of these mutants, which are pairs of number and mutant, in order."""
        of_body = collections.defaultdict(list)
        for number, mutant in mutants:
            of_body[self.body_of(mutant)].append((number, mutant))
        text = self.text
        for (begin, end), variants in sorted(of_body.items(), reverse=True):
            # #line gives each copy its number in the messages of the compiler. Tests expect files in a directory socks.
            copies = "".join(
                f'\n#line 1 "/socks/mutant-{n}"\ncase {n}: {{{text[begin:m.begin]}{m.new}{text[m.end:end]}}} break;'
                for n, m in variants)
            first, last, line = variants[0][0], variants[-1][0], text.count("\n", 0, begin) + 1
            text = (f"{text[:begin]} if (socks_mutant_is({first}, {last})) switch (socks_mutant) {{{copies}\n"
                    f'}} else {{\n#line {line} "/socks/{self.path}"\n{text[begin:end]}}} {text[end:]}')
        return text


class Bundles:
    """Builds and runs the bundles. It knows mutants by numbers, which begin with 1."""

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
        return mutant.header not in BUILT_ALONE and self.header(mutant.header).body_of(mutant) is not None

    def write(self, tree, mutants):
        shutil.rmtree(tree, ignore_errors=True)
        by_header = collections.defaultdict(list)
        for number, mutant in sorted(mutants.items()):
            by_header[mutant.header].append((number, mutant))
        # A function that is always inlined would bring its copies to every caller, which takes hours to compile.
        config = (TREE / "include" / "socks" / "config.hpp").read_text()
        config = config.replace("[[gnu::always_inline]] inline", "inline").replace("__attribute__((always_inline))", "")
        texts = {path: self.header(path).with_copies(some) for path, some in by_header.items()}
        for path, text in [*texts.items(), ("config.hpp", config), ("choice.hpp", CHOICE)]:
            (tree / "socks" / path).parent.mkdir(parents=True, exist_ok=True)
            (tree / "socks" / path).write_text(text)

    def build(self, suite, mutants):
        """The program of a suite with these mutants, or None. Adds those that do not compile to refused."""
        tree = self.directory / suite.name.replace("/", "-")
        program = tree.with_suffix(".program")
        unproved = ["-Dstatic_assert(...)="] if suite.proves else []
        level = "-O0" if suite.proves else "-O1"  # a corpus takes longer to run than to compile
        while True:
            mutants = {n: m for n, m in mutants.items() if n not in self.refused}
            self.write(tree, mutants)
            done = suite.compile(tree, "-include", "socks/choice.hpp", level, "-fmax-errors=0", *unproved, "-o", str(program))
            if done.returncode == 0:
                return program
            bad = {int(n) for n in re.findall(r"/socks/mutant-(\d+)", done.stderr)}
            if not bad & mutants.keys():
                print(f"{suite.name} does not compile in a bundle: {done.stderr[:1000]}", flush=True)
                return None
            self.refused |= bad

    @staticmethod
    def passes(suite, program, number, seconds):
        return run([str(program), *suite.arguments()], seconds=seconds, SOCKS_MUTANT=str(number)).returncode == 0

    def killed(self, suite, mutants):
        """The numbers of the mutants that a suite kills."""
        mutants = {n: m for n, m in mutants.items() if n not in self.refused}
        if not mutants:
            return set()
        program = self.build(suite, mutants)
        began = time.monotonic()
        if program is None or not self.passes(suite, program, WITHOUT_A_MUTANT, 60):
            print(f"{suite.name} fails in a bundle without a mutant, so {len(mutants)} mutants are built alone", flush=True)
            self.refused |= mutants.keys()
            return set()
        seconds = 2 + int(10 * (time.monotonic() - began))  # a mutant may loop without end
        result = {n for n in mutants if n not in self.refused and not self.passes(suite, program, n, seconds)}
        program.unlink()
        print(f"{len(result)} of {len(mutants)} mutants killed by {suite.name}", flush=True)
        return result
