#!/usr/bin/env python3
"""The plots of docs/performance.md, drawn from the tables of that page and of docs/end_to_end.md, which are measured by
others. Fails when a file is not what the tables make.

usage: plots.py DOCS [--update]
"""
import os
import re
import sys

from document import table_of
from plot import Axis, Line, draw

ROLES = {'server': 0, 'client': 1}  # and the colour of each
COMPLETE = 38  # bytes that the client of the handshake sends


def chunk_size(docs):
    head, rows = table_of(f'{docs}/performance.md', 'chunk size')
    floors = [int(n) for n in rows.pop('floor')]
    sizes = [COMPLETE if size == 'complete' else int(size) for size in rows]
    lines = []
    for i, name in enumerate(head):
        role, compiler = name.split(', ')
        points = [(size, int(row[i])) for size, row in zip(sizes, rows.values())]
        lines.append(Line(name, points, ROLES[role], 'dashed' if compiler == 'clang++' else ''))
    lines += [Line('the floors, ' + f'{min(floors)} to {max(floors)}' if i == 0 else '', [(1, n), (COMPLETE, n)], 4, 'dotted')
              for i, n in enumerate(sorted(floors)[::len(floors) - 1])]
    most = max(b for line in lines for _, b in line.points)
    return draw('A SOCKS5 handshake with username/password, in pieces',
                Axis('bytes that each recv returns', list(zip(sizes, rows)), 0.94, 41, logarithmic=True),
                Axis('instructions of the complete handshake', [(n, n) for n in range(0, most + 100, 200)], 0, most + 100),
                lines)


def memory(docs):
    """MiB. Of the proxies what was measured; nothing is extended."""
    _, at_once = table_of(f'{docs}/performance.md', 'handshakes at once')
    lines = [Line('a client and a server', [(int(n), int(n) * float(of[0]) / 2**20) for n, of in at_once.items()], 0)]
    contenders, rows = table_of(f'{docs}/end_to_end.md', None)
    idle = {int(m[1]): row for name, row in rows.items()
            if (m := re.match(r'memory of an idle connection, (\d+) of them, KiB', name))}
    for i, name in enumerate(contenders):
        points = [(n, n * float(row[i].split()[0]) / 1024) for n, row in sorted(idle.items()) if row[i]]
        if points:
            lines.append(Line({'proxy': 'the example proxy'}.get(name, name), points, i + 1))
    decades = [(10**n, f'{10**n:,}'.replace(',', ' ')) for n in range(3, 7)]
    mebibytes = [(10.0**n, f'{10.0**n:g}') for n in range(-2, 5)]
    return draw('Handshakes in memory, and connections at rest in proxies',
                Axis('handshakes or connections at once', decades, 800, 1_250_000, logarithmic=True),
                Axis('MiB of the process, without the kernel', mebibytes, 0.01, 10_000, logarithmic=True), lines)


def main(docs, *flags):
    drift = []
    for name, make in ('cost_against_chunk_size.svg', chunk_size), ('memory_against_connections.svg', memory):
        path, drawn = os.path.join(docs, name), make(docs)
        if '--update' in flags:
            with open(path, 'w') as to:
                to.write(drawn)
        elif not os.path.exists(path) or open(path).read() != drawn:
            drift.append(f'{path} is not what the tables make: update it')
    print(*drift or ['The plots are those of the tables.'], sep='\n')
    sys.exit(1 if drift else 0)


main(*sys.argv[1:])
