#!/usr/bin/env python3
"""Writes the two loops of docs/guides/loops.md as a header, so that they are measured as they stand there.

usage: guide_loops.py PAGE > guide_loops.inc
"""
import re
import sys

with open(sys.argv[1]) as text:
    loops = re.findall(r'^struct session .*?^};\n', text.read(), re.M | re.S)
if len(loops) != 2:
    sys.exit(f'{sys.argv[1]} has {len(loops)} loops')
for name, loop in zip(('client_loop', 'server_loop'), loops):
    print(f'namespace {name} {{\n{loop}}}  // namespace {name}\n')
