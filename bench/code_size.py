#!/usr/bin/env python3
"""What the machines and the codecs take on small processors with -Os: bytes of code with the constants, of data, and of
the largest stack frame; machines with fewer parts, and what each part costs. CLANG compiles for all of them, two more
compilers for the smallest one, if they are installed. Fails when docs/performance.md says otherwise by more than 2 %.

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

# Everything that a program calls of a machine with these parts, the loop and the application's own answers excluded.
def client(parts='feature::all'):
    return f'''using machine = basic_client<{parts}>;
        machine::action step(machine& c, const request& r, bytes in, buffer out) {{ return c.step(r, in, out); }}
        machine::completed result(const machine::action& a) {{ return a.result(); }}'''


def server(parts='feature::all'):
    return f'''using machine = basic_server<{parts}>;
        machine::action step(machine& s, bytes in, buffer out) {{ return s.step(in, out); }}
        encoded answer(machine& s, const reply& r, buffer out) {{ return s.answer(r, out); }}
        endpoint to(const machine::action& a) {{ return a.to(); }}''' + ('''
        encoded authenticated(machine& s, bool granted, buffer out) { return s.authenticated(granted, out); }
        bytes user(const machine::action& a) { return a.user(); }
        bytes password(const machine::action& a) { return a.password(); }''' if 'all' in parts or 'credentials' in parts else '')


# A client with the loop of docs/guides/loops.md, over plain views and the smallest buffers.
def client_loop(parts):
    return f'''using machine = basic_client<{parts}>;
        size_t receive(buffer);
        void send(bytes);
        bool connect(const request& r, client_completed& to) {{
            machine handshake;
            static char in[machine::max_input];
            static char out[machine::max_output];
            size_t n = 0;
            for (;;) {{
                const auto a = handshake.step(r, {{in, n}}, out);
                n -= a.consumed();
                for (size_t i = 0; i < n; ++i) in[i] = in[i + a.consumed()];
                switch (a.next()) {{
                    case client_next::send: send(a.data()); wipe(out); break;
                    case client_next::recv:
                        if (const size_t got = receive({{in + n, a.needed()}})) n += got; else handshake.end_of_stream();
                        break;
                    case client_next::done: to = a.result(); return true;
                    case client_next::negotiate:
                    case client_next::wait:
                    case client_next::bound:
                    case client_next::fail: return false;
                }}
            }}
        }}'''


LOGIN = 'feature::socks5 | feature::credentials'
SMALL = {
    'client': client(),
    'client, SOCKS5 with credentials': client(LOGIN),
    'client, SOCKS5 with credentials, and a loop over views': client_loop(LOGIN),
    'client, SOCKS5': client('feature::socks5'),
    'client, SOCKS4 and SOCKS4a': client('feature::socks4'),
    'server': server(),
    'server without SOCKS4': server('feature::all - feature::socks4'),
    'server, SOCKS5 with credentials': server(LOGIN),
    'server, SOCKS5': server('feature::socks5'),
    'server, SOCKS4 and SOCKS4a': server('feature::socks4'),
}

# What becomes smaller if a machine with all parts is built without one.
PARTS = ['socks4', 'socks5', 'credentials', 'other_methods', 'bind', 'udp_associate', 'pipelining', 'full_refusals',
         'after_greeting', 'tolerances', 'foreign_protocols']

# Each is everything that a program calls of it.
UNITS = {
    'client': client(),
    'server': server(),
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


def add_parts(table, targets, include, scratch):
    """The bytes that each part adds to a client and to a server with all others."""
    whole = {machine: [measure(compiler, include, machine(), scratch)[0] for _, compiler, _ in targets] for machine in (client, server)}
    for part in PARTS:
        without = f'feature::all - feature::{part}'
        cells = ''
        for machine, sizes in whole.items():
            cells += ''.join(f' {size - measure(compiler, include, machine(without), scratch)[0]} |'
                             for size, (_, compiler, _) in zip(sizes, targets))
        table.append(f'| `{part}` |{cells}')


def main(clang, source, *flags):
    targets = [(name, [shutil.which(compiler or clang), *options.split()], not compiler) for name, compiler, options in TARGETS]
    missing = [name for name, compiler, _ in targets if not compiler[0]]
    targets = [target for target in targets if target[0] not in missing]
    small = [target for target in targets if target[0].startswith(('M0+', 'RV32', 'x86'))]
    include = os.path.join(source, 'include')
    tables = {
        'small builds': ['| -Os |' + ''.join(f' {name} |' for name, _, _ in small), '| --- |' + ' ---: |' * len(small)],
        'code size': ['| -Os |' + ''.join(f' {name} |' + f' {name.split()[0]} frame |' * framed for name, _, framed in targets) + ' data |',
                      '| --- |' + ''.join(' ---: |' * (1 + framed) for _, _, framed in targets) + ' ---: |'],
    }
    smallest = [target for target in targets if target[0].startswith('M0+')]
    tables['parts'] = ['| part |' + ''.join(f' {m}, {name} |' for m in ('client', 'server') for name, _, _ in smallest),
                       '| --- |' + ' ---: |' * (2 * len(smallest))]
    with tempfile.TemporaryDirectory() as scratch:
        for unit, code in SMALL.items():
            tables['small builds'].append(
                f'| {unit} |' + ''.join(f' {measure(compiler, include, code, scratch)[0]} |' for _, compiler, _ in small))
        add_parts(tables['parts'], smallest, include, scratch)
        for unit, code in UNITS.items():
            figures = [(*measure(compiler, include, code, scratch), framed) for _, compiler, framed in targets]
            tables['code size'].append(
                f'| {unit} |' + ''.join(f' {text} |' + f' {frame} |' * framed for text, _, frame, framed in figures) +
                f' {sum(data for _, data, _, _ in figures)} |')
    drift = []
    for name, table in tables.items():
        print('\n'.join(table), '\n')
        drift += settle(os.path.join(source, 'docs/performance.md'), name, table, 0.02, '--update' in flags, columns=True)
    if missing:
        print('not installed:', *missing)
    sys.exit('\n'.join(drift) or 0)


main(*sys.argv[1:])
