#!/usr/bin/env python3
"""The first table of docs/performance.md: eight figures of its other tables, each with one sentence. Fails when the page
has others.

usage: summary.py DOCS [--update]
"""
import re
import sys

from document import settle, table_of


def figures(page, table, row):
    """The numbers of a row, one for each compiler."""
    head, rows = table_of(page, table)
    if row not in rows:
        sys.exit(f'{page}: {table} has no row {row}')
    return [float(re.match(r'[\d.]+', cell)[0]) for name, cell in zip(head, rows[row])
            if re.match(r'\d', cell) and not name.startswith('of the')]


def span(numbers, unit=''):
    """From the smallest to the largest; one number if they are equal."""
    low, high = f'{min(numbers):g}', f'{max(numbers):g}'
    return (low if low == high else f'{low} to {high}') + unit


def ratios(page, row):
    """In brackets behind the figures of the table of assertions."""
    _, rows = table_of(page, 'assertions')
    return [float(m[1]) for cell in rows[row] if (m := re.search(r'\(([\d.]+)\)', cell))]


def main(docs, *flags):
    page = f'{docs}/performance.md'
    server = figures(page, 'users', 'server, SOCKS5 username/password, ours, mailboxes')
    by_hand = figures(page, 'users', 'server, SOCKS5 username/password, hand-written')
    client = figures(page, 'users', 'client loop of the guides, ours, guides')
    connection = float(table_of(f'{docs}/end_to_end.md', None)[1]['processor time of a connection, us'][0].split()[0])
    udp = figures(page, 'instructions', 'UDP header, decode, IPv4, ours, complete')
    _, sizes = table_of(page, 'sizes')
    _, small = table_of(page, 'small builds')
    m0 = {name: [float(c) for c in cells[:3]] for name, cells in small.items()}
    asserted = [r for role in ('server', 'client') for r in ratios(page, f'{role}, SOCKS5 username/password, ours, mailboxes')]
    _, included = table_of(page, 'include cost')
    library, string_view = (float(included[f'`<{h}>`'][0]) for h in ('socks/socks.hpp', 'string_view'))
    loop = '`inbox<server::max_input>`', '`outbox<server::max_pending>`'
    rows = [
        ('a server\'s handshake with credentials, with mailboxes', span(server, ' instructions'),
         f'A hand-written loop without mailboxes takes {span(by_hand)}. If an instruction takes a nanosecond, the handshake is '
         f'{max(server) / connection / 10:.2g} % of the processor time of a connection, which is {connection:g} us: the rest is the kernel and the forwarding.'),
        ('The guides\' client loop with credentials, name from text, wipe', span(client, ' instructions'),
         'It reads in four pieces and wipes three messages.'),
        ('the header of a UDP datagram, decode', span(udp, ' instructions'), 'It is read in place, without a copy.'),
        ('a handshake in memory', f'{sizes["`client`"][0]} bytes a client, {sizes["`server`"][0]} a server',
         f'The mailboxes of a server take {sizes[loop[0]][0]} and {sizes[loop[1]][0]} bytes until the handshake ends. There is no allocation.'),
        ('the smallest SOCKS5 client with credentials, Cortex-M0+', span(m0['client, SOCKS5 with credentials'], ' bytes'),
         'It lists its parts in its type. It has no data section.'),
        ('client and server with all parts, Cortex-M0+', f'{span(m0["client"])} and {span(m0["server"])} bytes',
         'The three compilers differ by this much.'),
        ('assertions on, at -O2', f'{min(asserted):g} to {max(asserted):g} times',
         'This is the price of a build without `NDEBUG` for a handshake with mailboxes.'),
        ('`#include <socks/socks.hpp>`', f'{library / string_view * 100:.0f} % of `<string_view>`', 'These are instructions of the front end of g++.'),
    ]
    table = ['| what | costs | |', '| --- | ---: | --- |', *(f'| {" | ".join(row)} |' for row in rows)]
    print('\n'.join(table))
    sys.exit('\n'.join(settle(page, 'summary', table, 0, '--update' in flags)) or 0)


main(*sys.argv[1:])
