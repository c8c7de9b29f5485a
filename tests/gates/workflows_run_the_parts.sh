#!/bin/sh
# workflows_run_the_parts.sh TREE
# The workflows of .github/ run README's two commands, each part of .ci/run and nothing else. The one for ClusterFuzzLite has
# the language and the sanitizers of fuzz/oss-fuzz. Needs the module yaml of python3.
set -eu
cd "$1"
exec python3 - <<'PYTHON'
import pathlib
import re
import sys

import yaml

GIT = ("apt-get update && apt-get install -y --no-install-recommends ca-certificates git "
       "&& git config --global safe.directory '*'")
PART = ".ci/run ${{ matrix.part }}"
faults = []


def expect(what, found, expected):
    if found != expected:
        faults.append(f"{what}: {found}, not {expected}")


def read(path):
    """A workflow, whose key `on` YAML 1.1 reads as true."""
    workflow = yaml.safe_load(pathlib.Path(path).read_text())
    if not workflow.get(True) or not workflow.get("permissions"):
        faults.append(f"{path} does not say when it runs, or what it may do")
    return workflow


def steps(job, key):
    return [step[key] for step in job["steps"] if key in step]


ci = read(".github/workflows/ci.yml")
commands = re.findall(r"^apt-get update && .*cmake --workflow --preset (?:demo|test)$", pathlib.Path("README.md").read_text(),
                      flags=re.M)
run = pathlib.Path(".ci/run").read_text()
parts = re.search(r"^parts='(.*)'$", run, flags=re.M)[1].split()
expect(".ci/run has no function for", [part for part in parts if f"\n{part}() {{" not in run], [])
expect("ci.yml runs for README", steps(ci["jobs"]["readme"], "run"), commands)
expect("ci.yml runs for a part", steps(ci["jobs"]["part"], "run"), [GIT, PART])
expect("ci.yml has the parts", ci["jobs"]["part"]["strategy"]["matrix"]["part"], parts)
expect("ci.yml has the jobs", list(ci["jobs"]), ["readme", "part"])

project = yaml.safe_load(pathlib.Path(".clusterfuzzlite/project.yaml").read_text())
fuzz = read(".github/workflows/clusterfuzzlite.yml")["jobs"]["fuzz"]
expect("clusterfuzzlite.yml has the sanitizers", fuzz["strategy"]["matrix"]["sanitizer"], project["sanitizers"])
expect("clusterfuzzlite.yml has the language", fuzz["steps"][0]["with"]["language"], project["language"])
expect("clusterfuzzlite.yml uses", steps(fuzz, "uses"),
       [f"google/clusterfuzzlite/actions/{action}_fuzzers@v1" for action in ("build", "run")])
for name in ("Dockerfile", "build.sh"):
    expect(f".clusterfuzzlite/{name} is there", pathlib.Path(".clusterfuzzlite", name).is_file(), True)

sys.exit("\n".join(faults) or None)
PYTHON
