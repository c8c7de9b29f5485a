#!/usr/bin/env python3
"""Runs memory, which prints what a handshake occupies, and fails when it found an allocation or when a table of
docs/performance.md says otherwise by more than 2 %.

usage: memory.py MEMORY PAGE [--update]
"""
import subprocess
import sys

from document import settle

run = subprocess.run([sys.argv[1]], stdout=subprocess.PIPE, text=True)
print(run.stdout, flush=True)
if run.returncode:
    sys.exit(f'{sys.argv[1]} ended with {run.returncode}')
drift = []
for name, part in zip(('sizes', 'handshakes at once'), run.stdout.split('\n\n')):
    drift += settle(sys.argv[2], name, part.splitlines(), 0.02, '--update' in sys.argv)
sys.exit('\n'.join(drift) or 0)
