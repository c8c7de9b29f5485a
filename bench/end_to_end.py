#!/usr/bin/env python3
"""The example proxy beside microsocks, Dante and `ssh -D`, on loopback, all started in one run and measured in turn:
the servers on one processor, their clients and the origin on another. Prints the table of docs/end_to_end.md. Needs
root and what tests/interop/setup.sh installs; strace for the system calls.

usage: end_to_end.py PROXY LOAD [--rounds N] [--share N]
       --rounds 0 measures memory alone; --share: an N-th part of the connections and bytes, for a trial
"""
import os
import pathlib
import re
import resource
import signal
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / 'tests/interop'))
import harness  # noqa: E402
import servers  # noqa: E402

SERVERS, CLIENTS = {0}, {1}
TICK = os.sysconf('SC_CLK_TCK')
TIMEOUT = 60
HELD = 9000  # connections of one process of the load


class Contender:
    """Processes, and all that they start."""

    def __init__(self, name, port, *peers):
        self.name, self.port, self.peers = name, port, peers
        self.at_first = self.memory()

    def tree(self):
        parents = {}
        for stat in pathlib.Path('/proc').glob('[0-9]*/stat'):
            try:
                parents[int(stat.parent.name)] = int(stat.read_text().rsplit(')', 1)[1].split()[1])
            except OSError:
                pass
        found = [p.process.pid for p in self.peers]
        for pid in found:
            found += [child for child, parent in parents.items() if parent == pid]
        return found

    def cpu(self):
        """Seconds of processor time, of ended children too."""
        ticks = 0
        for pid in self.tree():
            with open(f'/proc/{pid}/stat') as stat:
                ticks += sum(map(int, stat.read().rsplit(')', 1)[1].split()[11:15]))
        return ticks / TICK

    def memory(self):
        """KiB, a page that several share divided among them."""
        return sum(int(re.search(r'^Pss: +(\d+)', pathlib.Path(f'/proc/{pid}/smaps_rollup').read_text(), re.M).group(1))
                   for pid in self.tree())


class Load:
    def __init__(self, program, share):
        self.program, self.share = program, share
        self.echo, self.sink = self.start('origin').stdout.readline().split()
        self.prompt_echo, _ = self.start('origin', prompt=True).stdout.readline().split()

    def start(self, *words, prompt=False):
        """A prompt one does not wait for the processor that it shares with the others."""
        def prepare():
            os.sched_setaffinity(0, CLIENTS)
            os.nice(-15 if prompt else 0)
        return subprocess.Popen([self.program, *map(str, words)], text=True, preexec_fn=prepare,
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def run(self, *words, prompt=False):
        process = self.start(*words, prompt=prompt)
        try:
            return [float(w) for w in process.communicate(timeout=TIMEOUT)[0].split()]
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return None

    def handshakes(self, port, concurrent, total):
        return self.run('handshakes', port, self.echo, concurrent, max(total // self.share, 100))

    def bulk(self, port, streams):
        return self.run('bulk', port, self.sink, streams, max(1024 // self.share, 64))


def measured(contender, act):
    before = contender.cpu()
    figures = act()
    return figures and [*figures, contender.cpu() - before]


def handshakes(contender, load):
    """Connections/s, p99 in ms, us of processor time each, errors."""
    total = max(20000 // load.share, 100)
    m = measured(contender, lambda: load.handshakes(contender.port, 64, 20000))
    return m and {'connections/s, 64 at once': m[0], 'p99 of these, ms': m[2] / 1e3,
                  'processor time of a connection, us': m[5] * 1e6 / total, 'failed': m[4]}


def bulk(contender, load, streams):
    size = max(1024 // load.share, 64)
    m = measured(contender, lambda: load.bulk(contender.port, streams))
    return m and {f'MB/s, {streams} stream{"s" * (streams > 1)}': m[0],
                  f'processor time of a GiB, {streams} stream{"s" * (streams > 1)}, ms': m[2] * 1e3 * 1024 / size}


def tail(contender, load):
    """A handshake at a time while 8 streams are busy."""
    busy = load.start('bulk', contender.port, load.sink, 8, 0)
    time.sleep(0.5)
    m = load.run('handshakes', contender.port, load.prompt_echo, 1, max(400 // load.share, 50), prompt=True)
    busy.kill()
    busy.communicate()
    return m and {'handshake beside 8 streams, p50, ms': m[1] / 1e3, 'handshake beside 8 streams, p99, ms': m[2] / 1e3}


class Holder:
    """Connections that stay where they are for as long as they are needed: `what` says where."""

    def __init__(self, load, what, port, total):
        self.total, self.opened = total, 0
        slab = unreclaimable()
        # Each process has its own origin, for which the limit of descriptors is the same.
        parts = -(-total // HELD)
        shares = [total // parts + (i < total % parts) for i in range(parts)]
        self.processes = [load.start('origin') for _ in shares]
        echoes = [p.stdout.readline().split()[0] for p in self.processes]
        signal.alarm(TIMEOUT)
        try:
            for echo, share in zip(echoes, shares):
                self.processes.append(load.start(what, port, echo, 64, share))
                self.opened += int(self.processes[-1].stdout.readline() or 0)
        except TimeoutError:
            pass
        finally:
            signal.alarm(0)
        self.kernel = unreclaimable() - slab

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for p in reversed(self.processes):
            p.kill()
            p.communicate()
        time.sleep(2)


def unreclaimable():
    """KiB of the kernel's own: sockets and what belongs to them."""
    return int(re.search(r'^SUnreclaim: +(\d+)', pathlib.Path('/proc/meminfo').read_text(), re.M).group(1))


def idle(contender, load, total):
    """Memory for each of `total` connections at rest; that of the kernel without what the two ends take themselves."""
    total = max(total // load.share, 100)
    with Holder(load, 'idle', 0, total) as straight, Holder(load, 'idle', contender.port, total) as through:
        if through.opened != total:
            return None
        what = f'memory of an idle connection, {total} of them, KiB'
        return {what: (contender.memory() - contender.at_first) / total,
                f'kernel {what}': (through.kernel - straight.kernel) / total}


def greeted(contender, load, total):
    """Memory for each of `total` connections that got the method selection and wait for the request."""
    total = max(total // load.share, 100)
    with Holder(load, 'greeted', contender.port, total) as holder:
        return {f'memory of a handshake that waits, {total} of them, KiB': (contender.memory() - contender.at_first) / total} \
            if holder.opened == total else None


def calls(contender, load):
    """System calls of a connection: 1000 of them, 8 at once, under strace."""
    out = harness.scratch / f'{contender.name}.calls'
    pids = [arg for pid in contender.tree() for arg in ('-p', str(pid))]
    tracer = subprocess.Popen(['strace', '-qq', '-f', '-c', '-o', out, *pids], stderr=subprocess.DEVNULL)
    time.sleep(2)
    load.run('handshakes', contender.port, load.echo, 8, 1000)
    time.sleep(0.5)
    tracer.send_signal(signal.SIGINT)
    tracer.wait()
    total = re.search(r'^\S+ +\S+ +\S+ +(\d+).* total$', out.read_text(), re.M)
    return total and {'system calls of a connection': int(total.group(1)) / 1000}


def start_all(program):
    """Each without authentication, and room for all connections that a process may hold."""
    servers.add_user()
    port, micro = harness.free_port(), harness.free_port()
    ours = harness.Peer('ours', program, '--listen', f'127.0.0.1:{port}', '--quiet', '--connections', '30000',
                        '--per-client', '30000', port=port)
    microsocks = harness.Peer('microsocks', 'microsocks', '-i', '127.0.0.1', '-p', micro, port=micro)
    dante = servers.dante('none', harness.free_port())
    ssh = servers.openssh()
    sshd = next(p for p in harness.running if p.name == 'sshd')
    return [Contender('proxy', port, ours), Contender('microsocks', micro, microsocks),
            Contender('Dante', dante.port, dante), Contender('ssh -D', ssh.port, ssh, sshd)]


def several(program, processes):
    """Our proxy as many times at one port."""
    port = harness.free_port()
    ours = [harness.Peer(f'ours {i}', program, '--listen', f'127.0.0.1:{port}', '--quiet', '--connections', '30000',
                         '--per-client', '30000', '--threads', '2') for i in range(processes)]
    for peer in ours:
        peer.line('listening', 0)
    return Contender('proxy', port, *ours)


def raise_timeout(*_):
    raise TimeoutError


def main(program, load_program, rounds=3, share=1):
    harness.enter_namespaces()
    for name, value in (('tcp_rmem', '4096 131072 6291456'), ('tcp_wmem', '4096 16384 4194304'),
                        ('ip_local_port_range', '1024 65535'), ('tcp_max_tw_buckets', '1000')):
        pathlib.Path('/proc/sys/net/ipv4', name).write_text(value)
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    signal.signal(signal.SIGALRM, raise_timeout)
    load = Load(load_program, share)
    os.sched_setaffinity(0, SERVERS)
    contenders = start_all(program)
    many = min(20000, (most - 200) // 2)
    # Memory first, while no other measurement has left anything.
    plan = [(lambda c: idle(c, load, 2000), 1), (lambda c: idle(c, load, many), 1),
            (lambda c: greeted(c, load, min(20000, most - 200)), 1)]
    if many < 20000:
        crowd = several(program, 3)
        plan.append((lambda c: idle(crowd, load, 20000) if c.name == crowd.name else None, 1))
    if rounds:
        plan += [(lambda c: handshakes(c, load), rounds), (lambda c: tail(c, load), rounds),
                 (lambda c: bulk(c, load, 1), rounds), (lambda c: bulk(c, load, 8), rounds), (lambda c: calls(c, load), 1)]
    everybody = [*contenders, Contender('no proxy', 0)]
    without_a_proxy = ('MB/s', 'connections/s', 'p99', 'handshake', 'failed')
    print('| |' + ''.join(f' {c.name} |' for c in everybody) + '\n| --- |' + ' ---: |' * len(everybody), flush=True)
    for act, times in plan:
        rows = {}
        for _ in range(times):
            for c in everybody if times > 1 else contenders:
                for row, value in (act(c) or {}).items():
                    if c.peers or row.startswith(without_a_proxy):
                        rows.setdefault(row, {}).setdefault(c.name, []).append(value)
        for row, by in rows.items():
            print(f'| {row} |' + ''.join(f' {figure(by[c.name])} |' if c.name in by else ' |' for c in everybody),
                  flush=True)
    harness.stop_all()


def figure(values):
    """The median, then the least and the most."""
    middle = statistics.median(values)
    digits = 0 if middle >= 100 or middle == int(middle) else 1 if middle >= 10 else 2
    text = f'{middle:.{digits}f}'
    return text if len(values) == 1 else f'{text} ({min(values):.{digits}f}–{max(values):.{digits}f})'


if __name__ == '__main__':
    options = dict(zip((w[2:] for w in sys.argv[3::2]), map(int, sys.argv[4::2])))
    main(*sys.argv[1:3], **options)
