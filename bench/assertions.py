#!/usr/bin/env python3
"""What assertions cost where NDEBUG is not defined: the instructions of a build with them, and in brackets how many
times those of a build without them. Fails when docs/performance.md says otherwise by more than 2 %.

usage: assertions.py [--page PAGE [--update]] NAME=PROGRAM... NAME=
       each PROGRAM, `users` or `bench`, is built by the compiler NAME, and PROGRAM-assertions is built without NDEBUG;
       without a program the compiler is not installed
"""
import sys

from counting import instructions
from document import settle

# The reads and writes of a loop are the row "stubs", which is subtracted.
ROWS = [(f'{role}, SOCKS5 username/password', contender, stubs)
        for role in ('server', 'client') for contender, stubs in (('ours, views', None), ('ours, mailboxes', 'stubs'))]
ROWS += [('UDP header, decode, IPv4', 'ours, complete', None)]
KINDS = '', '-assertions'


def cost(counts, operation, contender, stubs):
    n = counts.get((operation, contender))
    return n - counts[operation, stubs] if n and stubs else n


def main(arguments):
    given = [a.split('=', 1) for a in arguments if '=' in a]
    page = arguments[arguments.index('--page') + 1] if '--page' in arguments else None
    programs = [(name, program) for name, program in given if program]
    names = list(dict.fromkeys(name for name, _ in programs))
    counted = instructions([(program + kind, program + kind) for _, program in programs for kind in KINDS], False)
    counts = {(name, kind): {} for name in names for kind in KINDS}
    for name, program in programs:
        for kind in KINDS:
            counts[name, kind].update(counted[program + kind])
    table = ['| with assertions |' + ''.join(f' {n} |' for n in names), '| --- |' + ' ---: |' * len(names)]
    for row in ROWS:
        pairs = [[cost(counts[n, kind], *row) for kind in KINDS] for n in names]
        table.append(f'| {row[0]}, {row[1]} |' + ''.join(f' {b} ({b / a:.2f}) |' if a else ' |' for a, b in pairs))
    print('\n'.join(table), '\n')
    for name, program in given:
        if not program:
            print(f'{name}: not installed')
    if page:
        sys.exit('\n'.join(settle(page, 'assertions', table, 0.02, '--update' in arguments, columns=True)) or 0)


main(sys.argv[1:])
