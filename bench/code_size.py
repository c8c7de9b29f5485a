#!/usr/bin/env python3
"""What the machines and the codecs take on small processors, built with clang -Os: bytes of text with the constants,
of data, and the largest stack frame. Fails when docs/performance.md says otherwise by more than 2 %.

usage: code_size.py CLANG SOURCE_DIR [--update]
"""
import os
import re
import subprocess
import sys
import tempfile

from document import settle

TARGETS = {
    'Cortex-M0+': '--target=armv6m-none-eabi -mcpu=cortex-m0plus',
    'Cortex-M4': '--target=armv7em-none-eabi -mcpu=cortex-m4',
    'RV32IMAC': '--target=riscv32-unknown-elf -march=rv32imac',
    'x86-64': '--target=x86_64-linux-gnu',
}

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

OPTIONS = ('-std=c++20 -Os -DNDEBUG -ffreestanding -nostdinc++ -fno-exceptions -fno-rtti -fno-unwind-tables '
           '-fno-asynchronous-unwind-tables -fstack-usage').split()


def measure(clang, include, target, unit, scratch):
    source, made = os.path.join(scratch, 'unit.cpp'), os.path.join(scratch, 'unit.o')
    with open(source, 'w') as to:
        to.write(f'#include <socks/socks.hpp>\nusing namespace socks;\n{unit}\n')
    subprocess.run([clang, *target.split(), *OPTIONS, f'-I{include}', '-c', source, '-o', made], check=True)
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
    names = list(TARGETS)
    table = ['| clang -Os |' + ''.join(f' {n}: text | frame |' for n in names) + ' data |',
             '| --- |' + ' ---: | ---: |' * len(names) + ' ---: |']
    with tempfile.TemporaryDirectory() as scratch:
        for unit, code in UNITS.items():
            figures = [measure(clang, os.path.join(source, 'include'), t, code, scratch) for t in TARGETS.values()]
            table.append(f'| {unit} |' + ''.join(f' {text} | {frame} |' for text, _, frame in figures) +
                         f' {sum(data for _, data, _ in figures)} |')
    print('\n'.join(table))
    drift = settle(os.path.join(source, 'docs/performance.md'), 'code size', table, 0.02, '--update' in flags)
    sys.exit('\n'.join(drift) or 0)


main(*sys.argv[1:])
