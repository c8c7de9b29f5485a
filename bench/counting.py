"""Counts the rows of a harness by valgrind. A row is run once and nine times, and the difference is divided by eight,
so that a count repeats to the instruction. The call of an empty row (5 or 6) is inside."""
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


def valgrind(*arguments):
    # Symbols bound before the first call; the stack and the environment always the same.
    subprocess.run(['valgrind', *arguments], check=True, capture_output=True, env={'LD_BIND_NOW': '1'})


def events(file):
    """The totals of an output file."""
    with open(file) as text:
        content = text.read()
    names = re.search(r'^events: (.*)', content, re.M).group(1).split()
    figures = re.search(r'^(?:totals|summary): (.*)', content, re.M).group(1).split()
    return dict(zip_longest(names, map(int, figures), fillvalue=0))  # zeros at the end are left out


def count(bench):
    """The instructions of each row, by callgrind."""
    rows = rows_of(bench)
    with tempfile.TemporaryDirectory() as scratch:
        out = os.path.join(scratch, 'out')
        valgrind('--tool=callgrind', '--callgrind-out-file=' + out, '--collect-atstart=no',
                 '--toggle-collect=measured', '--dump-after=measured', bench, '--count')
        totals = [events(f'{out}.{i + 1}')['Ir'] for i in range(2 * len(rows))]
    counts = {}
    for row, once, nine in zip(rows, totals[0::2], totals[1::2]):
        each, rest = divmod(nine - once, 8)
        if rest:
            sys.exit(f'{bench}: {row.operation}, {row.contender} does not cost the same each time')
        counts[row.operation, row.contender] = round(each / row.times)
    return counts


def simulate(bench):
    """Mispredictions and misses of the first data cache, by cachegrind, for one operation of each row that does many."""
    found = {}
    with tempfile.TemporaryDirectory() as scratch:
        def run(row, times):
            out = os.path.join(scratch, 'out')
            valgrind('--tool=cachegrind', '--cachegrind-out-file=' + out, *SIMULATED, bench, '--run', str(row), str(times))
            return events(out)
        for i, row in enumerate(rows_of(bench)):
            if row.times > 1 and row.contender != 'stubs':
                once, nine = run(i, 1), run(i, 9)
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
