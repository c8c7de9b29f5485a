"""The suites that a mutated header is tried on: test files, replayed corpora and the simulation."""

import os
import pathlib
import re
import resource
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TREE = HERE.parent.parent
LIMITS = {"g++": ["-fconstexpr-ops-limit=268435456", "-fconstexpr-loop-limit=16777216"],
          "clang": ["-fconstexpr-steps=16777216"]}


def run(command, text=None, seconds=60, **environment):
    """A process that is ended after so many seconds of its own time, however busy the machine is. `text` is its input."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return subprocess.run(command, input=text, capture_output=True, text=True, errors="replace", preexec_fn=limit,
                          env={**os.environ, **environment})


class Suite:
    """One test file or program, built against a tree of headers in which one may be replaced."""

    def __init__(self, name, options):
        name, _, self.invariant = name.partition(":")
        self.name = name
        self.options = options
        kind, _, target = name.rpartition("/")
        self.corpus = None
        if kind == "fuzz":
            self.sources = [TREE / "fuzz" / f"{target}.cpp", TREE / "fuzz" / "replay.cpp"]
            self.corpus = TREE / "fuzz" / "corpus" / target
        elif name == "simulation":
            self.sources = [TREE / "tests" / "simulation" / "simulation.cpp"]
        else:
            self.sources = [TREE / "tests" / f"{target if kind == 'size' else name}.cpp"]
        self.proves = kind in ("", "size") and name != "simulation"
        self.runs = not self.proves or "RUN(" in self.sources[0].read_text()  # others are only compiled
        self.names_tests = self.proves or kind in ("optimised", "exploration")
        self.level = {"optimised": ["-O2", "-DNDEBUG"], "size": ["-Os"]}.get(kind, ["-O1"])

    def compile(self, replaced, *more):
        compiler = self.options.compiler
        limits = LIMITS["clang" if "clang" in compiler else "g++"]
        headers = [f"-I{replaced}"] if replaced else []
        command = [compiler, "-std=c++20", "-w", *limits, *headers, f"-I{TREE / 'include'}", f"-I{HERE}", f"-I{TREE / 'tests'}",
                   *more, *map(str, self.sources)]
        return run(command)

    def arguments(self):
        return [str(self.corpus)] if self.corpus else ["--handshakes", "5000"] if self.name == "simulation" else []

    def proof(self, replaced):
        """The sentence that does not hold in constant evaluation, or None."""
        if not self.proves:
            return None
        done = self.compile(replaced, "-fsyntax-only", "-Wfatal-errors", *self.level)
        return None if done.returncode == 0 else self.sentence(done.stderr)

    def sentence(self, said):
        broken = re.search(r"static.assert|constant.expression", said)
        for number in re.findall(rf"{re.escape(self.sources[0].name)}:(\d+)", said if broken else ""):
            line = self.sources[0].read_text().splitlines()[int(number) - 1]
            if found := re.match(r"PROVE_AND_RUN\((\w+)\)", line):
                return found.group(1)
        return f"does not compile: {said.strip().splitlines()[0] if said.strip() else '?'}"

    def run(self, replaced, program):
        """The test that fails when it runs, or None."""
        if not self.runs:
            return None
        unproved = ["-Dstatic_assert(...)="] if self.proves else []  # what proof() has evaluated takes half of the time
        done = self.compile(replaced, *unproved, *self.level, "-o", str(program))
        if done.returncode != 0:
            return self.sentence(done.stderr)
        ran = run([str(program), *self.arguments()])
        program.unlink()
        if ran.returncode == 0:
            return None
        by = ran.stdout.split()[-1] if self.names_tests and ran.stdout.split() else self.name
        return by if self.invariant in ("", by) else f"does not break {self.invariant} but {by}"

    def catches(self, replaced, program):
        return self.proof(replaced) or self.run(replaced, program)
