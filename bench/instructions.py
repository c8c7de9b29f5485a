#!/usr/bin/env python3
"""Instructions of every row of bench, counted by callgrind; see counting.py.

The page has three tables: all rows, for the plot those of chunks of any size, and what was to be reached. They may
differ by 2 %, for the memcpy of a C library is not that of another.

usage: instructions.py [--twice] [--json FILE] [--page PAGE [--update]] NAME=BENCH...
       each BENCH is the harness, built by the compiler NAME
"""
import json
import re
import sys

from counting import instructions, rows_of
from document import settle

SWEEP = re.compile(r'ours, chunks of (\d+)$')
SWEPT = 'server, SOCKS5 username/password', 'client, SOCKS5 username/password'

# What was to be reached: the contender of an operation, and the most that it was to take.
GOALS = {
    ('server, SOCKS5 username/password', 'ours, complete'): 312,
    ('client, SOCKS5 username/password', 'ours, complete'): 307,
    ('server, SOCKS4a', 'ours, complete'): 256,
    ('server, SOCKS5 username/password', 'wire layer'): 188,
    ('client, SOCKS5 username/password', 'wire layer'): 185,
    ('server, SOCKS4a', 'wire layer'): 96,
    ('UDP header, decode, IPv4', 'ours, complete'): 30,
    ('UDP header, encode, IPv4', 'ours, complete'): 23,
}


def all_rows(rows, names, counts):
    """Beside the floor; a text, which has none, for each of its bytes."""
    table = ['| operation, contender |' + ''.join(f' {n} | of the floor |' for n in names),
             '| --- |' + ' ---: | ---: |' * len(names)]
    for operation, contender in rows:
        if SWEEP.match(contender):
            continue
        size = re.search(r'(\d+) bytes$', operation)
        cells = ''
        for name in names:
            n, floor = counts[name][operation, contender], counts[name].get((operation, 'floor'))
            beside = f' {n / floor:.2f}' if floor else f' {n / int(size[1]):.1f} a byte' if size else ''
            cells += f' {n} |{beside} |'
        table.append(f'| {operation}, {contender} |{cells}')
    return table


def by_chunk_size(rows, names, counts):
    """A handshake that is shorter than a chunk comes complete."""
    sizes = sorted({int(m[1]) for _, contender in rows if (m := SWEEP.match(contender))})
    lines = [('1', 'ours, byte by byte'), *((str(n), f'ours, chunks of {n}') for n in sizes),
             ('complete', 'ours, complete'), ('floor', 'floor')]
    columns = [(operation, name) for operation in SWEPT for name in names]
    table = ['| bytes at a time |' + ''.join(f' {o.replace(", SOCKS5 username/password", "")}, {n} |' for o, n in columns),
             '| --- |' + ' ---: |' * len(columns)]
    for head, contender in lines:
        cells = (counts[n].get((o, contender), counts[n][o, 'ours, complete']) for o, n in columns)
        table.append(f'| {head} |' + ''.join(f' {n} |' for n in cells))
    return table


def goals(names, counts):
    """A goal is missed if a row takes more than 1.00 of it."""
    table = ['| goal | at most |' + ''.join(f' {n} | of the goal |' for n in names), '| --- | ---: |' + ' ---: | ---: |' * len(names)]
    for (operation, contender), most in GOALS.items():
        cells = (f' {n} | {n / most:.2f} |' for n in (counts[name][operation, contender] for name in names))
        table.append(f'| {operation}, {contender} | {most} |' + ''.join(cells))
    return table


def main(arguments):
    twice = '--twice' in arguments
    report = arguments[arguments.index('--json') + 1] if '--json' in arguments else None
    page = arguments[arguments.index('--page') + 1] if '--page' in arguments else None
    contenders = [a.split('=', 1) for a in arguments if '=' in a]
    rows = [(row.operation, row.contender) for row in rows_of(contenders[0][1])]
    counts = instructions(contenders, twice)
    names = list(counts)
    tables = {'instructions': all_rows(rows, names, counts), 'chunk size': by_chunk_size(rows, names, counts),
              'goals': goals(names, counts)}
    for table in tables.values():
        print('\n'.join(table), '\n')
    if report:
        with open(report, 'w') as to:
            json.dump([{'operation': o, 'contender': c, **{n: counts[n][o, c] for n in names},
                        'of the floor': {n: round(counts[n][o, c] / counts[n][o, 'floor'], 3)
                                         for n in names if (o, 'floor') in counts[n]}} for o, c in rows], to, indent=1)
    if page:
        drift = [line for name, table in tables.items()
                 for line in settle(page, name, table, 0.02, '--update' in arguments)]
        sys.exit('\n'.join(drift) or 0)


main(sys.argv[1:])
