"""Counts the rows of a harness by callgrind. A row is run once and nine times, and the difference is divided by
eight, so that a count repeats to the instruction. The call of an empty row (5 or 6) is inside."""
import os
import re
import subprocess
import sys
import tempfile
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest

# `times`: how often one call of the row does the operation.
Row = namedtuple('Row', 'operation contender times')

# The caches and the predictor of a simulated processor, so that they are the same on every machine.
SIMULATED = ['--cache-sim=yes', '--branch-sim=yes', '--I1=32768,8,64', '--D1=32768,8,64', '--LL=8388608,16,64']


def rows_of(bench):
    listed = subprocess.run([bench, '--list'], check=True, capture_output=True, text=True).stdout
    fields = [line.split('\t') for line in listed.splitlines()]
    return [Row(operation, contender, int(times)) for operation, contender, times in fields]


def dumps(bench, which=(), options=()):
    """The events of each dump: each row, or the row `which`, once and nine times."""
    with tempfile.TemporaryDirectory() as scratch:
        # Symbols bound before the first call; the stack and the environment always the same.
        subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=' + os.path.join(scratch, 'out'),
                        '--collect-atstart=no', '--toggle-collect=measured', '--dump-after=measured', *options,
                        bench, '--count', *map(str, which)], check=True, capture_output=True, env={'LD_BIND_NOW': '1'})
        found = []
        while os.path.exists(dump := os.path.join(scratch, f'out.{len(found) + 1}')):
            with open(dump) as text:
                content = text.read()
            names = re.search(r'^events: (.*)', content, re.M).group(1).split()
            figures = re.search(r'^(?:totals|summary): (.*)', content, re.M).group(1).split()
            # Zeros at the end of the line are left out.
            found.append(dict(zip_longest(names, map(int, figures), fillvalue=0)))
    return found


def count(bench):
    """The instructions of each row, in the order of --list."""
    rows, found = rows_of(bench), dumps(bench)
    if len(found) != 2 * len(rows):
        sys.exit(f'{bench}: {len(rows)} rows, {len(found)} counts')
    counts = []
    for row, once, nine in zip(rows, found[0::2], found[1::2]):
        each, rest = divmod(nine['Ir'] - once['Ir'], 8)
        if rest:
            sys.exit(f'{bench}: {row.operation}, {row.contender} does not cost the same each time')
        counts.append(round(each / row.times))
    return {(row.operation, row.contender): n for row, n in zip(rows, counts)}


def simulate(bench):
    """Mispredictions and misses of the first data cache for one operation of each row that does many."""
    found = {}
    for i, row in enumerate(rows_of(bench)):
        if row.times > 1 and row.contender != 'stubs':
            once, nine = dumps(bench, [i], SIMULATED)
            per = {event: (nine[event] - once[event]) / 8 / row.times for event in nine}
            found[row.operation, row.contender] = {
                'mispredictions': per['Bcm'] + per['Bim'], 'D1 misses': per['D1mr'] + per['D1mw']}
    return found


def in_parallel(function, contenders):
    """What `function` makes of each program, by the name of its compiler."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip([name for name, _ in contenders], pool.map(function, [bench for _, bench in contenders])))


def instructions(contenders, twice):
    counts = in_parallel(count, contenders)
    if twice:
        for name, again in in_parallel(count, contenders).items():
            if again != counts[name]:
                sys.exit(f'{name}: a second run counts otherwise')
    return counts
