#!/usr/bin/env python3
"""Thousands of connections with faults through our proxy, from several workers. At the end its descriptors and its
memory are back.

    soak.py PROXY [NUMBER] [OPTION...]

NUMBER is 2000 unless it is given. Each OPTION goes to the proxy, for example --threads 2.
"""

import collections
import contextlib
import multiprocessing
import os
import pathlib
import random
import re
import socket
import sys
import time

import harness
from careless_clients import CHOICE, HELLO
from defects import reset
from harness import expect, free_port
from origins import Origin, Talker, connect, receive, receive_all
from stage import Proxy

WORKERS = 8
NUMBER = 2000
GROWTH = 2048  # KiB that the second half of the connections may add
LOOPBACK = b"\x01\x7f\x00\x00\x01"
WHOLE = b"\x05\x00\x00\x01"
DATA = random.Random(1928).randbytes(100_000)


class Echo(Talker):
    """Sends back what it hears; its first byte may say how it ends."""

    def handle(self):
        with contextlib.suppress(OSError):
            first = self.request.recv(1)
            if first == b"R":
                return reset(self.request)
            if first == b"E":
                self.request.shutdown(socket.SHUT_WR)
            while heard := self.request.recv(65536):
                if first != b"E":
                    self.request.sendall(heard)


class Worker:
    def __init__(self, proxy, destination, closed, seed):
        self.proxy, self.random = proxy, random.Random(seed)
        self.to, self.closed = (LOOPBACK + port.to_bytes(2, "big") for port in (destination, closed))
        self.destination = destination.to_bytes(2, "big")
        self.silent = collections.deque()
        self.acts = [self.echo, self.echo_in_pieces, self.half_close, self.reset_by_client, self.reset_by_destination,
                     self.end_by_destination, self.unread, self.cut_handshake, self.silence, self.noise, self.refused,
                     self.by_version_4, self.bind_without_caller, self.bind, self.association, self.wrong_command]

    def enter(self, to, command=1):
        s = connect(self.proxy)
        s.settimeout(30)
        s.sendall(HELLO + bytes([5, command, 0]) + to)
        return s, receive(s, 12)

    def served(self):
        s, answers = self.enter(self.to)
        expect(answers, CHOICE + WHOLE + bytes(6), "the answers")
        return s

    def echo(self):
        with self.served() as s:
            s.sendall(b"some bytes")
            expect(receive(s, 9), b"ome bytes", "what came back")

    def echo_in_pieces(self):
        with connect(self.proxy) as s:
            for byte in HELLO + b"\x05\x01\x00" + self.to:
                s.sendall(bytes([byte]))
            expect(receive(s, 12), CHOICE + WHOLE + bytes(6), "the answers")
            s.sendall(b"some bytes")
            expect(receive(s, 9), b"ome bytes", "what came back")

    def half_close(self):
        with self.served() as s:
            s.sendall(DATA[:30_000])
            s.shutdown(socket.SHUT_WR)
            expect(receive_all(s), DATA[1:30_000], "what came back")

    def reset_by_client(self):
        s = self.served()
        s.sendall(DATA[:self.random.randrange(1, 50_000)])
        reset(s)

    def reset_by_destination(self):
        with self.served() as s:
            s.sendall(b"R")
            expect(receive_all(s), b"", "what came")

    def end_by_destination(self):
        with self.served() as s:
            s.sendall(b"E")
            expect(receive_all(s), b"", "what came")
            s.sendall(b"more")

    def unread(self):
        """The client goes while much is on its way to it."""
        with self.served() as s:
            s.settimeout(0.05)
            with contextlib.suppress(TimeoutError):
                s.sendall(DATA * 3)

    def cut_handshake(self):
        whole = HELLO + b"\x05\x01\x00" + self.to
        s = connect(self.proxy)
        s.sendall(whole[:self.random.randrange(len(whole))])
        (reset if self.random.random() < 0.5 else socket.socket.close)(s)

    def silence(self):
        """Some stay for a while, and say nothing or little."""
        s = connect(self.proxy)
        s.sendall(HELLO[:self.random.randrange(4)])
        self.silent.append(s)
        if len(self.silent) > 20:
            self.silent.popleft().close()

    def noise(self):
        with connect(self.proxy) as s, contextlib.suppress(ConnectionError):
            s.sendall(self.random.randbytes(self.random.randrange(1, 2000)))
            s.shutdown(socket.SHUT_WR)
            receive_all(s)

    def refused(self):
        s, answers = self.enter(self.closed)
        with s:
            expect(answers[3:4], b"\x05", "the answer")

    def by_version_4(self):
        with connect(self.proxy) as s:
            s.sendall(b"\x04\x01" + self.destination + b"\x00\x00\x00\x07ann\x00files.example.com\x00")
            expect(receive(s, 2), b"\x00\x5a", "the answer")

    def bind_without_caller(self):
        s, answers = self.enter(LOOPBACK + b"\x00\x09", 2)
        with s:
            expect(answers[3:4], b"\x00", "the answer")

    def bind(self):
        s, answers = self.enter(LOOPBACK + b"\x00\x09", 2)
        with s, connect(int.from_bytes(answers[-2:], "big")) as caller:
            receive(s, 10)
            caller.sendall(b"called")
            expect(receive(s, 6), b"called", "what the caller sent")

    def association(self):
        s, answers = self.enter(b"\x01" + bytes(6), 3)
        with s, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
            expect(answers[3:4], b"\x00", "the answer")
            datagrams.sendto(b"\x00\x00\x00" + self.closed + b"lost", ("127.0.0.1", int.from_bytes(answers[-2:], "big")))

    def wrong_command(self):
        s, answers = self.enter(self.to, 9)
        with s:
            expect(answers[3:4], b"\x07", "the answer")

    def run(self, number, failures):
        for n in range(number):
            act = self.random.choice(self.acts)
            try:
                act()
            except (AssertionError, OSError) as why:
                failures.put(f"{act.__name__}: {why!r}")
        for s in self.silent:
            s.close()


def half_of_them(proxy, destination, closed, number, seed):
    """Each worker is a process, because a thread of Python waits for the others."""
    failures = multiprocessing.SimpleQueue()
    workers = [multiprocessing.Process(target=Worker(proxy.port, destination, closed, seed + n).run,
                                       args=(number // WORKERS, failures)) for n in range(WORKERS)]
    for w in workers:
        w.start()
    told = []
    while any(w.is_alive() for w in workers):
        proxy.until(lambda: True, "the workers")
        while not failures.empty():
            told.append(failures.get())
        time.sleep(0.1)
    expect(told[:5], [], f"{len(told)} failures, of which the first are")
    proxy.closes_everything()


def memory(proxy):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{proxy.process.pid}/status").read_text()).group(1))


def soak(program, number, *options):
    closed, echo = free_port(), Origin(Echo)
    with Proxy("soaked", program, "--per-client", "1000", "--handshake", "10", *options) as proxy:
        at_first, began = memory(proxy), time.monotonic()
        half_of_them(proxy, echo.port, closed, number // 2, 1)
        halfway = memory(proxy)
        half_of_them(proxy, echo.port, closed, number // 2, 1000)
        at_last, lines = memory(proxy), proxy.log().count("\n")
        print(f"{number} connections in {time.monotonic() - began:.0f} s, {lines} lines of log; descriptors {proxy.at_rest} "
              f"before and {proxy.descriptors()} after; memory {at_first} KiB before, {halfway} KiB halfway, {at_last} KiB after")
        expect(at_last - halfway < GROWTH, True, f"growth of less than {GROWTH} KiB in the second half")
        expect(proxy.stop(), 0, "the exit code")


if __name__ == "__main__":
    number, options = int((sys.argv[2:] or [NUMBER])[0]), sys.argv[3:]
    if "SOCKS_INTEROP_NAMESPACE" in os.environ:
        del sys.argv[2:]  # they are no names of cases
    harness.LIMIT = max(harness.LIMIT, number // 10)
    case = f"{number}_connections_with_faults_leave_nothing_behind"
    sys.exit(harness.main(lambda program: {case: (soak, program, number, *options)}))
