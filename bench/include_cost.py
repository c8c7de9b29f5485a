#!/usr/bin/env python3
"""What including a header costs the compiler: instructions of g++'s front end over an empty file, counted by
cachegrind, which takes less time for it than callgrind, and milliseconds of processor time, the least of several runs; of
each of our headers, of some of the C++ library, and of Asio where it is installed. Fails when docs/performance.md,
which has the headers of WEIGHED, says otherwise by more than 2 % of the instructions.

usage: include_cost.py COMPILER SOURCE_DIR [--each] [--update]
       with --each, those that the page does not have are counted too, Asio as well, which takes minutes
"""
import os
import re
import resource
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from document import settle

WEIGHED = ['<socks/socks.hpp>', '<socks/machine/server.hpp>', '<string_view>', '<span>', '<variant>']
ASIO = '<asio.hpp>'  # Debian's libasio-dev
RUNS = 7


def command(compiler, include):
    """The front end itself, without the driver around it."""
    stand_in = os.path.abspath(__file__)
    shown = subprocess.run([compiler, '-std=c++20', '-fsyntax-only', f'-I{include}', '-xc++', '-###', stand_in],
                           check=True, capture_output=True, text=True).stderr
    line = next(l for l in shown.splitlines() if 'cc1plus' in l)
    return [w.strip('"') for w in line.split() if w.strip('"') != stand_in]


def unit(scratch, header):
    path = os.path.join(scratch, re.sub(r'\W', '_', header) + '.cpp')
    with open(path, 'w') as to:
        to.write(f'#include {header}\n' if header else '')
    return path


def count(front, path):
    said = subprocess.run(['valgrind', '--tool=cachegrind', '--cache-sim=no', '--cachegrind-out-file=/dev/null', *front, path],
                          check=True, capture_output=True, text=True).stderr
    return int(re.search(r'I +refs: +([\d,]+)', said).group(1).replace(',', ''))


def milliseconds(front, path):
    least = float('inf')
    for _ in range(RUNS):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*front, path], check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        least = min(least, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return least * 1000


def main(compiler, source, *flags):
    include = os.path.join(source, 'include')
    front = command(compiler, include)
    headers = sorted(f'<{os.path.relpath(os.path.join(d, f), include)}>'
                     for d, _, names in os.walk(os.path.join(include, 'socks')) for f in names)
    installed = subprocess.run([*front, '-'], input=f'#if !__has_include({ASIO})\n#error\n#endif\n', text=True,
                               stderr=subprocess.DEVNULL).returncode == 0
    each = '--each' in flags
    weighed = [*WEIGHED, ASIO] if installed and each else WEIGHED
    everything = [*weighed, *(h for h in headers if h not in weighed)]
    to_count = ['', *(everything if each else weighed)]
    with tempfile.TemporaryDirectory() as scratch:
        with ThreadPoolExecutor(2) as pool:
            counted = dict(zip(to_count, pool.map(lambda h: count(front, unit(scratch, h)), to_count)))
        base = milliseconds(front, unit(scratch, ''))
        times = {h: milliseconds(front, unit(scratch, h)) - base for h in everything}
    millions = {h: (counted[h] - counted['']) / 1e6 for h in to_count}
    table = ['| header | million instructions |', '| --- | ---: |']
    table += [f'| `{h}` | {millions[h]:.0f} |' for h in weighed]
    print('| header | million instructions | ms |\n| --- | ---: | ---: |')
    for h in everything:
        print(f'| `{h}` | ' + (f'{millions[h]:.0f}' if h in millions else '') + f' | {times[h]:.1f} |')
    if not installed:
        print(f'| `{ASIO}` | not installed | |')
    drift = settle(os.path.join(source, 'docs/performance.md'), 'include cost', table, 0.02, '--update' in flags,
                   optional=[f'`{ASIO}`'])
    share = millions['<socks/socks.hpp>'] / millions['<string_view>']
    print(f'\nAll of ours costs {100 * share:.0f} % of <string_view>.')
    sys.exit('\n'.join(drift) or 0)


main(*sys.argv[1:])
