#!/usr/bin/env python3
"""Many clients of our proxy at once: shared by its threads, and more than it has descriptors for.

    crowds.py PROXY [CASE...]
"""

import contextlib
import os
import pathlib
import random
import socket
import sys
import threading
import time

import harness
from harness import expect, until
from origins import Origin, Talker, connect, receive, receive_all
from stage import Proxy

HELLO, CHOICE = b"\x05\x01\x00", b"\x05\x00"
ASSOCIATE = b"\x05\x03\x00\x01" + bytes(6)
CROWD = 64
DESCRIPTORS, AT_ONCE = 64, 20  # the limit, and how many the proxy then serves
FLOOD = 300
REST = 3  # seconds in which a proxy that has nothing to do is watched


class Echo(Talker):
    """Sends back at once what it hears."""

    def handle(self):
        with contextlib.suppress(OSError):
            while heard := self.request.recv(65536):
                self.request.sendall(heard)


def request_to(port):
    return b"\x05\x01\x00\x01\x7f\x00\x00\x01" + port.to_bytes(2, "big")


def pass_through(s, port, payload):
    """For a client that has greeted."""
    expect(receive(s, 2), CHOICE, "the choice")
    s.sendall(request_to(port))
    expect(receive(s, 10)[:4], b"\x05\x00\x00\x01", "the reply")
    s.sendall(payload)
    expect(receive(s, len(payload)), payload, "what came back")


def watched(proxy):
    """How many descriptors each of its loops watches."""
    process = pathlib.Path("/proc", str(proxy.process.pid))
    epolls = [fd.name for fd in process.joinpath("fd").iterdir() if os.readlink(fd) == "anon_inode:[eventpoll]"]
    return {fd: process.joinpath("fdinfo", fd).read_text().count("tfd:") for fd in epolls}


def processor_time(proxy):
    fields = pathlib.Path(f"/proc/{proxy.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def expect_rest(proxy):
    before = processor_time(proxy)
    time.sleep(REST)
    spent = processor_time(proxy) - before
    if spent > REST / 10:
        raise AssertionError(f"the proxy took {spent} s of {REST} s in which it had nothing to do")


class Cases:
    def __init__(self, program):
        self.program, self.echo = program, Origin(Echo)

    def limited(self, name):
        return Proxy(name, self.program, "--per-client", "1000",
                     under=("prlimit", f"--nofile={DESCRIPTORS}:{DESCRIPTORS}"))

    def serves(self, proxy):
        with connect(proxy.port) as s:
            s.sendall(HELLO)
            pass_through(s, self.echo.port, b"after the flood")
        proxy.closes_everything()

    def two_threads(self):
        """Each loop watches two sockets of each connection that it has, and together they have all; none outlasts SIGTERM."""
        with Proxy("threads", self.program, "--threads", "2") as proxy, contextlib.ExitStack() as open_ones:
            # Each has its listener, its resolver and the signals that stop it.
            until(lambda: list(watched(proxy).values()) == [3, 3], "two loops")
            clients, failures = [open_ones.enter_context(connect(proxy.port)) for _ in range(CROWD)], []

            def exchange(i):
                try:
                    clients[i].sendall(HELLO)
                    pass_through(clients[i], self.echo.port, random.Random(i).randbytes(40_000 + i))
                except (AssertionError, OSError) as why:
                    failures.append(f"client {i}: {why}")
            threads = [threading.Thread(target=exchange, args=(i,)) for i in range(CROWD)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            expect(failures, [], "failures")
            more = [n - 3 for n in watched(proxy).values()]
            expect(sum(more), 2 * CROWD, "sockets that are watched")
            expect([n for n in more if n == 0], [], "loops without a connection")
            expect(proxy.stop(), 0, "the exit code after SIGTERM")
            expect({receive_all(s) for s in clients}, {b""}, "what the clients get")

    def flood(self):
        with self.limited("limited") as proxy, contextlib.ExitStack() as open_ones:
            clients = [open_ones.enter_context(connect(proxy.port)) for _ in range(FLOOD)]
            for s in clients:
                s.sendall(HELLO)
            pass_through(clients[0], self.echo.port, b"the first of them has what it needs")
            until(lambda: proxy.descriptors() >= proxy.at_rest + AT_ONCE, "as many clients as may be")
            expect_rest(proxy)
            open_ones.close()
            self.serves(proxy)

    def associations(self):
        """Each takes a third descriptor for its datagrams: the proxy tells that it has no more, and tries again later."""
        with self.limited("associations") as proxy, contextlib.ExitStack() as open_ones:
            datagrams = open_ones.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            room = DESCRIPTORS - proxy.at_rest
            for _ in range(room // 3):
                s = open_ones.enter_context(connect(proxy.port))
                s.sendall(HELLO + ASSOCIATE)
                answers = receive(s, len(CHOICE) + 10)
                expect(answers[:6], CHOICE + b"\x05\x00\x00\x01", "the answers")
                relay = "127.0.0.1", int.from_bytes(answers[-2:], "big")
                datagrams.sendto(b"\x00\x00\x00" + request_to(self.echo.port)[3:], relay)
            until(lambda: proxy.descriptors() == proxy.at_rest + room // 3 * 3, "all sockets of the associations")
            for _ in range(room % 3 + 1):
                open_ones.enter_context(connect(proxy.port))
            proxy.line("no more connections for now: Too many open files", 0)
            expect_rest(proxy)
            lines = proxy.log().count("no more connections")
            if lines > REST + 2:
                raise AssertionError(f"the proxy said {lines} times in {REST} s that it has no room")
            open_ones.close()
            self.serves(proxy)

    def table(self):
        return {
            "two_threads_share_a_crowd_and_both_stop_on_SIGTERM": (self.two_threads,),
            "a_flood_past_the_limit_of_descriptors_waits_and_the_next_client_is_served": (self.flood,),
            "associations_past_the_limit_of_descriptors_are_told_and_the_next_client_is_served": (self.associations,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
