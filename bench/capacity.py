#!/usr/bin/env python3
"""What one node and a fleet would carry, on paper: computed from what docs/end_to_end.md measured of the example proxy,
and from the assumptions below. Prints the two tables of docs/performance.md and fails when the page has others.

usage: capacity.py DOCS [--update]
"""
import re
import sys

from document import settle, table_of

GIB = 2**30

# What is assumed and not measured: value, unit, why.
ASSUMED = {
    'processors': (16, '', 'each is assumed to add as much as the first one (`--threads`); two processors cannot show this'),
    'busy': (50, '%', 'of the processor time; the rest is for peaks and for network cards, which loopback does not use'),
    'memory': (32, 'GiB', 'of the node, only for connections'),
    'buffers': (16, 'KiB', 'average of the data in both sockets of a connection that was sent and not yet received'),
    'network': (25, 'Gbit/s', 'in each direction at the same time: every byte arrives once and leaves once'),
    'headers': (6, '%', 'of the network, for the headers of Ethernet, IP and TCP'),
    'descriptors': (1048576, '', 'the maximum of a process on Linux (`fs.nr_open`); a connection uses two'),
    'addresses': (1, '', 'of the node, for its outgoing connections'),
    'ports': (28232, '', 'from 32768 to 60999, for each pair of an address and a destination'),
    'closing': (60, 's', 'until a port can be used again (TIME_WAIT), as if the proxy always closed first'),
}

# Of a connection: how long it lasts, and what it carries both ways together.
WORKLOADS = {
    'web pages: 2 s, 200 KiB': (2, 200 * 1024),
    'file transfers: 60 s, 100 MiB': (60, 100 * 2**20),
    'sessions at rest: 1 h, 1 MiB': (3600, 2**20),
}
FLEET = 1_000_000  # connections at once


def measured(docs):
    """Of the example proxy, which has the first column."""
    _, rows = table_of(f'{docs}/end_to_end.md', None)

    def median(name):
        return float(rows[name][0].split()[0])
    idle = max((int(m[1]), name) for name in rows if (m := re.match(r'memory of an idle connection, (\d+) of them', name)))
    return {'connection': median('processor time of a connection, us') / 1e6,
            'byte': median('processor time of a GiB, 8 streams, ms') / 1e3 / GIB,
            'idle': median(idle[1]) * 1024,
            'kernel': median(re.sub('^memory', 'kernel memory', idle[1])) * 1024}


def limits(cost, seconds, size):
    """Connections a second, as far as each resource goes."""
    a = {name: value for name, (value, _, _) in ASSUMED.items()}
    processor = a['processors'] * a['busy'] / 100 / (cost['connection'] + size * cost['byte'])
    network = a['network'] * 1e9 / 8 * (1 - a['headers'] / 100) / size
    memory = a['memory'] * GIB / (cost['idle'] + cost['kernel'] + a['buffers'] * 1024) / seconds
    descriptors = a['descriptors'] / 2 / seconds
    one_destination = a['addresses'] * a['ports'] / (seconds + a['closing'])
    return processor, network, memory, descriptors, one_destination


def rounded(n):
    return f'{n:.3g}' if n < 1000 else f'{round(n, 3 - len(str(int(n)))):.0f}'


def main(docs, *flags):
    cost = measured(docs)
    names = ['processors', 'network', 'memory', 'descriptors']
    assumed = ['| assumed | | |', '| --- | ---: | --- |']
    assumed += [f'| {name} | {value} {unit}'.rstrip() + f' | {why} |' for name, (value, unit, why) in ASSUMED.items()]
    carried = ['| a connection | ' + ' | '.join(names) + ' | one destination | the node | at once | Gbit/s | nodes for a million |',
               '| --- |' + ' ---: |' * 9]
    for name, (seconds, size) in WORKLOADS.items():
        *by_resource, one_destination = limits(cost, seconds, size)
        least = min(by_resource)
        cells = [*map(rounded, by_resource), rounded(one_destination),
                 f'{rounded(least)}/s, {names[by_resource.index(least)]}', rounded(least * seconds),
                 rounded(least * size * 8 / 1e9), f'{-(-FLEET // (least * seconds)):.0f}']
        carried.append(f'| {name} | ' + ' | '.join(cells) + ' |')
    print('\n'.join(assumed), '\n\n' + '\n'.join(carried))
    drift = [line for table, lines in (('assumed', assumed), ('carried', carried))
             for line in settle(f'{docs}/performance.md', table, lines, 0, '--update' in flags)]
    sys.exit('\n'.join(drift) or 0)


main(*sys.argv[1:])
