#!/usr/bin/env python3
"""What the machines and the codecs take on small processors with -Os: bytes of code with the constants, of data, and of
the largest stack frame. CLANG compiles for all of them, two more compilers for the smallest one, if they are installed.
Fails when docs/performance.md says otherwise by more than 2 %.

usage: code_size.py CLANG SOURCE_DIR [--update]
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile

from document import settle

OPTIONS = ('-std=c++20 -Os -DNDEBUG -ffreestanding -fno-exceptions -fno-rtti -fno-unwind-tables '
           '-fno-asynchronous-unwind-tables -fstack-usage')
CLANG = OPTIONS + ' -nostdinc++ --target='
M0 = 'armv6m-none-eabi -mcpu=cortex-m0plus'

# A column, its compiler or None for the one of the command line, and its options. The frames are those of the latter.
TARGETS = [
    ('M0+ clang++', None, CLANG + M0),
    ('M0+ clang++-22', 'clang++-22', CLANG + M0),
    ('M0+ arm-none-eabi-g++', 'arm-none-eabi-g++', OPTIONS + ' -mcpu=cortex-m0plus -mthumb'),
    ('M4', None, CLANG + 'armv7em-none-eabi -mcpu=cortex-m4'),
    ('RV32IMAC', None, CLANG + 'riscv32-unknown-elf -march=rv32imac'),
    ('x86-64', None, CLANG + 'x86_64-linux-gnu'),
]

# Each is everything that a program calls of it, the loop and the application's own answers excluded.
UNITS = {
    'client': '''client::action step(client& c, const request& r, bytes in, buffer out) { return c.step(r, in, out); }
        client::completed result(const client::action& a) { return a.result(); }''',
    'server': '''server::action step(server& s, bytes in, buffer out) { return s.step(in, out); }
        encoded authenticated(server& s, bool granted, buffer out) { return s.authenticated(granted, out); }
        encoded answer(server& s, const reply& r, buffer out) { return s.answer(r, out); }
        endpoint to(const server::action& a) { return a.to(); }
        bytes user(const server::action& a) { return a.user(); }
        bytes password(const server::action& a) { return a.password(); }''',
    'chain': '''chain::action step(chain& c, const route& r, bytes in, buffer out) { return c.step(r, in, out); }''',
    'greeting and method selection': '''decoded<greeting> a(bytes in) { return decode_greeting(in); }
        encoded b(const greeting& g, buffer out) { return encode_greeting(g, out); }
        decoded<method> c(bytes in) { return decode_method_selection(in); }
        encoded d(method m, buffer out) { return encode_method_selection(m, out); }''',
    'credentials and auth status': '''decoded<credentials> a(bytes in) { return decode_credentials(in); }
        encoded b(const credentials& c, buffer out) { return encode_credentials(c, out); }
        decoded<uint8_t> c(bytes in) { return decode_auth_status(in); }
        encoded d(uint8_t s, buffer out) { return encode_auth_status(s, out); }''',
    'SOCKS5 request and reply': '''decoded<request5> a(bytes in) { return decode_request5(in); }
        encoded b(const request5& r, buffer out) { return encode_request5(r, out); }
        decoded<reply5> c(bytes in) { return decode_reply5(in); }
        encoded d(const reply5& r, buffer out) { return encode_reply5(r, out); }''',
    'SOCKS4 request and reply': '''decoded<request4> a(bytes in) { return decode_request4(in); }
        encoded b(const request4& r, buffer out) { return encode_request4(r, out); }
        decoded<reply4> c(bytes in) { return decode_reply4(in); }
        encoded d(const reply4& r, buffer out) { return encode_reply4(r, out); }''',
    'UDP header': '''decoded<datagram> a(bytes in) { return decode_datagram(in); }
        endpoint b(const datagram& d) { return d.remote(); }
        encoded c(const endpoint& e, buffer out, size_t n) { return encode_datagram_in_place(e, out, n); }''',
    'GSSAPI framing': '''decoded<gssapi_message> a(bytes in, gssapi_type t, size_t n) { return decode_gssapi(in, t, n); }
        encoded b(const gssapi_message& m, buffer out) { return encode_gssapi(m, out); }''',
}

def measure(compiler, include, unit, scratch):
    """Bytes of code, of data, and of the largest frame. An inline function has a section of its own."""
    source, made = os.path.join(scratch, 'unit.cpp'), os.path.join(scratch, 'unit.o')
    with open(source, 'w') as to:
        to.write(f'#include <socks/socks.hpp>\nusing namespace socks;\n{unit}\n')
    subprocess.run([*compiler, f'-I{include}', '-c', source, '-o', made], check=True)
    sections = subprocess.run(['size', '-A', made], check=True, capture_output=True, text=True).stdout
    sizes = {'text': 0, 'data': 0}
    for name, size in re.findall(r'^\.(\S+) +(\d+)', sections, re.M):
        if re.match(r'text|rodata', name):
            sizes['text'] += int(size)
        elif re.match(r'data|bss|sdata|sbss|init_array', name):
            sizes['data'] += int(size)
    with open(os.path.join(scratch, 'unit.su')) as usage:
        frames = [int(line.split('\t')[1]) for line in usage]
    return sizes['text'], sizes['data'], max(frames)


def main(clang, source, *flags):
    targets = [(name, [shutil.which(compiler or clang), *options.split()], not compiler) for name, compiler, options in TARGETS]
    missing = [name for name, compiler, _ in targets if not compiler[0]]
    targets = [target for target in targets if target[0] not in missing]
    table = ['| -Os |' + ''.join(f' {name} |' + f' {name.split()[0]} frame |' * framed for name, _, framed in targets) + ' data |',
             '| --- |' + ''.join(' ---: |' * (1 + framed) for _, _, framed in targets) + ' ---: |']
    with tempfile.TemporaryDirectory() as scratch:
        for unit, code in UNITS.items():
            figures = [(*measure(compiler, os.path.join(source, 'include'), code, scratch), framed)
                       for _, compiler, framed in targets]
            table.append(f'| {unit} |' + ''.join(f' {text} |' + f' {frame} |' * framed for text, _, frame, framed in figures) +
                         f' {sum(data for _, data, _, _ in figures)} |')
    print('\n'.join(table))
    if missing:
        print('not installed:', *missing)
    drift = settle(os.path.join(source, 'docs/performance.md'), 'code size', table, 0.02, '--update' in flags, columns=True)
    sys.exit('\n'.join(drift) or 0)


main(*sys.argv[1:])
