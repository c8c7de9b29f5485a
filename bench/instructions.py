#!/usr/bin/env python3
"""Instructions of every row of bench, counted by callgrind: a row is run once and nine times, and the difference is
divided by eight, so that it repeats to the instruction. The call of an empty row (5 or 6) is inside.

The page has the table of the whole rows; it may differ by 2 %, for the memcpy of a C library is not that of another.

usage: instructions.py [--twice] [--json FILE] [--page PAGE [--update]] NAME=BENCH...
       each BENCH is the harness, built by the compiler NAME
"""
import json
import os
import re
import subprocess
import sys
import tempfile

from document import settle


def rows_of(bench):
    listed = subprocess.run([bench, '--list'], check=True, capture_output=True, text=True).stdout
    return [tuple(line.split('\t')) for line in listed.splitlines()]


def count(bench):
    """The instructions of each row, in the order of --list."""
    with tempfile.TemporaryDirectory() as scratch:
        # Symbols bound before the first call; the stack and the environment always the same.
        subprocess.run(['valgrind', '--tool=callgrind', '--callgrind-out-file=' + os.path.join(scratch, 'out'),
                        '--collect-atstart=no', '--toggle-collect=measured', '--dump-after=measured',
                        bench, '--count'], check=True, capture_output=True, env={'LD_BIND_NOW': '1'})
        totals = []
        while os.path.exists(dump := os.path.join(scratch, f'out.{len(totals) + 1}')):
            with open(dump) as text:
                totals.append(int(re.search(r'^(?:totals|summary): (\d+)', text.read(), re.M).group(1)))
    counts = []
    for once, nine in zip(totals[0::2], totals[1::2]):
        each, rest = divmod(nine - once, 8)
        if rest:
            sys.exit(f'{bench}: row {len(counts)} does not cost the same each time')
        counts.append(each)
    return counts


def main(arguments):
    twice = '--twice' in arguments
    report = arguments[arguments.index('--json') + 1] if '--json' in arguments else None
    page = arguments[arguments.index('--page') + 1] if '--page' in arguments else None
    contenders = [a.split('=', 1) for a in arguments if '=' in a]
    rows = rows_of(contenders[0][1])
    counted = {}
    for name, bench in contenders:
        counted[name] = count(bench)
        if len(counted[name]) != len(rows):
            sys.exit(f'{bench}: {len(rows)} rows, {len(counted[name])} counts')
        if twice and count(bench) != counted[name]:
            sys.exit(f'{bench}: a second run counts otherwise')
    floors = {name: {row[0]: n for row, n in zip(rows, counts) if row[1] == 'floor'} for name, counts in counted.items()}
    names = [name for name, _ in contenders]
    table = ['| operation, contender |' + ''.join(f' {n} | of the floor |' for n in names),
             '| --- |' + ' ---: | ---: |' * len(names)]
    for i, (operation, contender) in enumerate(rows):
        cells = ''
        for name in names:
            n, floor = counted[name][i], floors[name].get(operation)
            cells += f' {n} | {n / floor:.2f} |' if floor else f' {n} | |'
        table.append(f'| {operation}, {contender} |{cells}')
    print('\n'.join(table))
    if report:
        with open(report, 'w') as to:
            json.dump([{'operation': o, 'contender': c, **{n: counted[n][i] for n in names}}
                       for i, (o, c) in enumerate(rows)], to, indent=1)
    if page:
        sys.exit('\n'.join(settle(page, 'instructions', table, 0.02, '--update' in arguments)) or 0)


main(sys.argv[1:])
