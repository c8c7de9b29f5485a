#!/usr/bin/env python3
"""Runs a page of the documents as a reader would: its programs are compiled, and its commands print what it says.

usage: run.py PAGE SOURCE EXAMPLES SCRATCH COMPILER [OPTION...]

A block ```cpp that begins with "// NAME.cpp" is a program: it becomes the file NAME.cpp. A block ```sh that is followed
by a block without a language is run, and must print exactly that. If the second block is ```text, the commands print
more. All blocks of a page run in order in one directory, which has `include`, `docs`, `fuzz` and `build/demo` of a
checkout. Each program must be run.

The ports of a page become free ports. `g++` is COMPILER with OPTION, and `sleep` waits until the servers listen that
the block has started.
"""
import os
import pathlib
import random
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys

PORTS = 1080, 1081, 5300, 8000, 9050
PATIENCE = 300  # seconds for one block, which may compile on a slow machine

FENCES = re.compile(r'^```(\w*)\n(.*?)^```$', re.M | re.S)
NAMED = re.compile(r'// (\w+\.cpp)\b')
SHOWN = re.compile(r'^```sh\n((?:(?!```).*\n)*)```\n```(text)?\n((?:(?!```).*\n)*)```$', re.M)

# A listening TCP socket has the state 0A, and a UDP socket without a peer 07.
SLEEP = r'''#!/bin/sh
for port in PORTS; do
    tries=600
    until cat /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 2>/dev/null |
            grep -qE "^ *[0-9]+: [0-9A-F]+:$port [0-9A-F]+:0000 0[A7] "; do
        tries=$((tries - 1))
        [ $tries -ne 0 ] || { echo "nothing listens at 0x$port"; exit 1; }
        /bin/sleep 0.1
    done
done
'''


def free_ports():
    """A free port for each of PORTS, below those that the system gives to connections."""
    held = []
    while len(held) < len(PORTS):
        here = '127.0.0.1', random.randrange(10000, 32000)
        pair = socket.socket(), socket.socket(type=socket.SOCK_DGRAM)
        try:
            for each in pair:
                each.bind(here)
            held.append((here[1], pair))
        except OSError:
            pass
    return dict(zip(PORTS, (port for port, _ in held)))


def on_the_wire(port):
    """As the demo prints it."""
    return f'{port >> 8:02x} {port & 0xff:02x} '


def program(path, text):
    path.write_text(text)
    path.chmod(0o755)


class Page:
    def __init__(self, page, source, examples, scratch, compiler):
        self.ports = free_ports()
        self.text = page.read_text()
        for said, used in self.ports.items():
            self.text = re.sub(rf'\b{said}\b', str(used), self.text)
            self.text = self.text.replace(on_the_wire(said), on_the_wire(used))
        self.scratch = scratch
        shutil.rmtree(scratch, ignore_errors=True)
        (scratch / 'build/demo/docs').mkdir(parents=True)
        (scratch / 'bin').mkdir()
        for name in 'include', 'docs', 'fuzz':
            (scratch / name).symlink_to(source / name)
        (scratch / 'build/demo/docs/examples').symlink_to(examples)
        program(scratch / 'bin/g++', f'#!/bin/sh\nexec {shlex.join([shutil.which(compiler[0]), *compiler[1:]])} "$@"\n')
        self.shells = []

    def programs(self):
        """Writes the programs of the page, and returns their names."""
        names = []
        for language, text in FENCES.findall(self.text):
            named = NAMED.match(text)
            if language == 'cpp' and named:
                (self.scratch / named[1]).write_text(text)
                names.append(named[1])
        return names

    def run(self, commands):
        """What the commands print. The servers that they leave behind are in the process group of the shell."""
        started = [line for line in commands.splitlines() if line.endswith('&')]
        listening = [used for used in self.ports.values() if any(str(used) in line for line in started)]
        program(self.scratch / 'bin/sleep', SLEEP.replace('PORTS', ' '.join(f'{port:04X}' for port in listening)))
        path = f'{self.scratch / "bin"}:{os.environ["PATH"]}'
        with (self.scratch / 'said').open('wb') as said:
            shell = subprocess.Popen(['sh', '-c', commands], cwd=self.scratch, stdin=subprocess.DEVNULL, stdout=said,
                                     stderr=said, start_new_session=True, env={**os.environ, 'PATH': path})
            self.shells.append(shell)
            try:
                shell.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                said.write(b'and then nothing more\n')
        return (self.scratch / 'said').read_text()

    def end(self):
        for shell in self.shells:
            try:
                os.killpg(shell.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def main(name, source, examples, scratch, *compiler):
    page = Page(pathlib.Path(name), pathlib.Path(source), pathlib.Path(examples), pathlib.Path(scratch), compiler)
    faults = []
    shown = SHOWN.findall(page.text)
    for each in page.programs():
        if not any(each in commands for commands, *_ in shown):
            faults.append(f'{each} is not run')
    if not shown:
        faults.append('no commands with what they print')
    try:
        for commands, part, printed in shown:
            said = page.run(commands)
            if printed not in said if part else printed != said:
                faults.append(f'these commands\n{commands}print\n{said}instead of\n{printed}')
    finally:
        page.end()
    for fault in faults:
        print(f'{name}: {fault}')
    return 1 if faults else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
