#!/usr/bin/env python3
"""What programs pay: the rows of the program `users`, by every compiler that is installed.

Three tables. `users` has the instructions of each row. The reads and writes of a loop are the row "stubs"; they are
subtracted from the rows that call them, and the figure in brackets is that of the hand-written loop, as a ratio.
`interleaved` has the mispredictions and the misses of the first data cache too. `reach` compares both with bounds.

usage: users.py [--twice] [--page PAGE [--update]] NAME=PROGRAM... NAME=
       each PROGRAM is built by the compiler NAME; without a program the compiler is not installed
"""
import sys

from counting import in_parallel, instructions, rows_of, simulate
from document import settle

INTERLEAVED = '10000 different handshakes'
BY_HAND = 'hand-written'
CALLS_STUBS = 'ours, mailboxes', 'ours, another unit', 'ours, coroutine', 'ours, guides'

# At most so many times the hand-written loop of the same operation.
RATIOS = {'ours, views': 1.5, 'ours, mailboxes': 2, 'ours, another unit': 3}

# At most so many instructions.
BOUNDS = {
    ('client loop of the guides', 'ours, guides'): 600,
    ('wipe() of 520 bytes', 'ours'): 80,
    ('constant_time_equal() of 40 bytes', 'ours'): 120,
    ('host of a name of 17 bytes', 'ours'): 150,
}


def without_stubs(counts):
    """The instructions of each row, without those of the reads and writes that it calls."""
    return {(operation, contender): n - (counts[operation, 'stubs'] if contender in CALLS_STUBS else 0)
            for (operation, contender), n in counts.items()}


def table(head, names, rows):
    """The first cells of a row are in one text, as those of the head are."""
    return ['| ' + head + ' |' + ''.join(f' {n} |' for n in names),
            '| --- |' + ' ---: |' * (head.count('|') + len(names)),
            *(f'| {row} |' + ''.join(f' {c} |' for c in cells) for row, cells in rows)]


def all_rows(order, names, costs):
    def cell(name, operation, contender):
        n, by_hand = costs[name].get((operation, contender)), costs[name].get((operation, BY_HAND))
        if n is None:
            return ''
        return f'{n} ({n / by_hand:.2f})' if by_hand and contender.startswith('ours') else str(n)
    return table('operation, contender', names,
                 [(f'{o}, {c}', [cell(name, o, c) for name in names]) for o, c in order])


def interleaved(order, names, costs, simulated):
    rows = []
    for contender in (c for o, c in order if o == INTERLEAVED and c != 'stubs'):
        row = INTERLEAVED, contender
        rows.append((f'{contender}: instructions', [str(costs[n][row]) for n in names]))
        for event in 'mispredictions', 'D1 misses':
            rows.append((f'{contender}: {event}', [f'{simulated[n][row][event]:.2f}' for n in names]))
    return table('of a handshake', names, rows)


def reach(order, names, costs, simulated):
    def verdict(figure, most):
        shown = figure if isinstance(figure, int) else f'{figure:.2f}'
        return f'{shown} {"met" if figure <= most else "missed"}'
    rows = []
    for operation, contender in order:
        if contender in RATIOS and (operation, BY_HAND) in costs[names[0]]:
            most = 1.5 if operation == INTERLEAVED else RATIOS[contender]
            if operation == INTERLEAVED and contender != 'ours, views':
                continue
            rows.append((f'{operation}, {contender} | {most} times',
                         [verdict(costs[n][operation, contender] / costs[n][operation, BY_HAND], most) for n in names]))
        elif (operation, contender) in BOUNDS:
            most = BOUNDS[operation, contender]
            rows.append((f'{operation} | {most}', [verdict(costs[n][operation, contender], most) for n in names]))
    views, by_hand = (INTERLEAVED, 'ours, views'), (INTERLEAVED, BY_HAND)
    rows.append((f'{INTERLEAVED}, ours, views, mispredictions more | 1',
                 [verdict(simulated[n][views]['mispredictions'] - simulated[n][by_hand]['mispredictions'], 1)
                  for n in names]))
    return table('bound | at most', names, rows)


def main(arguments):
    given = [a.split('=', 1) for a in arguments if '=' in a]
    contenders = [(name, program) for name, program in given if program]
    page = arguments[arguments.index('--page') + 1] if '--page' in arguments else None
    order = [(row.operation, row.contender) for row in rows_of(contenders[0][1])]
    counts = instructions(contenders, '--twice' in arguments)
    costs = {name: without_stubs(c) for name, c in counts.items()}
    simulated = in_parallel(simulate, contenders)
    names = list(costs)
    tables = {'users': all_rows(order, names, costs), 'interleaved': interleaved(order, names, costs, simulated),
              'reach': reach(order, names, costs, simulated)}
    for lines in tables.values():
        print('\n'.join(lines), '\n')
    for name, program in given:
        if not program:
            print(f'{name}: not installed')
    if page:
        sys.exit('\n'.join(line for name, lines in tables.items()
                           for line in settle(page, name, lines, 0.02, '--update' in arguments, columns=True)) or 0)


main(sys.argv[1:])
