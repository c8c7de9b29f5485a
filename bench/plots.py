#!/usr/bin/env python3
"""The plots of docs/performance.md, drawn from the tables of that page and of docs/end_to_end.md, which are measured by
others. Fails when a file is not what the tables make.

usage: plots.py DOCS [--update]
"""
import math
import os
import re
import sys

from document import table_of
from plot import Axis, Line, draw

ROLES = {'server': 0, 'client': 1}  # and the colour of each
CONTENDERS = 0, 1, 2, 3, 5, 6  # their colours
GREY = 4  # what is no contender
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
    lines += [Line('the floors, ' + f'{min(floors)} to {max(floors)}' if i == 0 else '', [(1, n), (COMPLETE, n)], GREY, 'dotted')
              for i, n in enumerate(sorted(floors)[::len(floors) - 1])]
    most = max(b for line in lines for _, b in line.points)
    return draw('A SOCKS5 handshake with username/password, in pieces',
                Axis('bytes that each recv returns', list(zip(sizes, rows)), 0.94, 41, logarithmic=True),
                Axis('instructions of the complete handshake', [(n, n) for n in range(0, most + 100, 200)], 0, most + 100),
                lines)


DECADES = [(10**n, f'{10**n:,}'.replace(',', ' ')) for n in range(3, 7)]


def memory_of_handshakes(docs):
    """Bytes of each handshake, and those of the objects that it consists of."""
    _, at_once = table_of(f'{docs}/performance.md', 'handshakes at once')
    _, sizes = table_of(f'{docs}/performance.md', 'sizes')
    points = [(int(n), float(of[0])) for n, of in at_once.items()]
    objects = sum(int(sizes[f'`{machine}`'][0]) for machine in ('client', 'server'))
    most = 10 * math.ceil(max(b for _, b in points) / 10)
    return draw('Memory of handshakes in progress',
                Axis('handshakes at once', DECADES, 800, 1_250_000, logarithmic=True),
                Axis('bytes of each handshake', [(n, n) for n in range(0, most + 1, 10)], 0, most),
                [Line('pages of the process', points, 0),
                 Line(f'client and server, {objects}', [(800, objects), (1_250_000, objects)], GREY, 'dotted')])


def memory_of_connections(docs):
    """KiB of each connection in each proxy. Nothing is extended beyond what was measured."""
    contenders, rows = table_of(f'{docs}/end_to_end.md', None)
    idle = [(int(m[1]), row, rows['kernel ' + name]) for name, row in rows.items()
            if (m := re.match(r'memory of an idle connection, (\d+) of them, KiB', name))]
    lines = []
    for i, name in enumerate(contenders):
        measured = [(n, *(float(row[i].split()[0]) for row in both)) for n, *both in sorted(idle) if both[0][i]]
        if measured:
            name = {'proxy': 'the example proxy'}.get(name, name)
            lines += [Line(name, [(n, own) for n, own, _ in measured], CONTENDERS[i]),
                      Line('', [(n, own + kernel) for n, own, kernel in measured], CONTENDERS[i], 'dashed')]
    lines.append(Line('with the kernel', [], GREY, 'dashed'))
    counts = sorted({n for line in lines for n, _ in line.points})
    decades = [math.log10(b) for line in lines for _, b in line.points]
    kibibytes = [(10.0**n, f'{10.0**n:g}') for n in range(math.floor(min(decades)), math.ceil(max(decades)) + 1)]
    return draw('Memory of connections at rest in proxies',
                Axis('connections at once', [(n, f'{n:,}'.replace(',', ' ')) for n in counts], 0.8 * counts[0], 1.25 * counts[-1],
                     logarithmic=True),
                Axis('KiB of each connection', kibibytes, kibibytes[0][0], kibibytes[-1][0], logarithmic=True), lines)


def main(docs, *flags):
    drift = []
    for name, make in (('cost_against_chunk_size.svg', chunk_size), ('memory_of_handshakes.svg', memory_of_handshakes),
                       ('memory_of_connections.svg', memory_of_connections)):
        path, drawn = os.path.join(docs, name), make(docs)
        if '--update' in flags:
            with open(path, 'w') as to:
                to.write(drawn)
        elif not os.path.exists(path) or open(path).read() != drawn:
            drift.append(f'{path} is not what the tables make: update it')
    print(*drift or ['The plots are those of the tables.'], sep='\n')
    sys.exit(1 if drift else 0)


main(*sys.argv[1:])
