#!/usr/bin/env python3
"""Clients and destinations that attack our proxy, or come at a bad time: the others are served all the same.

    attacks.py PROXY [CASE...]
"""

import contextlib
import pathlib
import re
import resource
import signal
import socket
import subprocess
import sys
import threading
import time

import harness
from access import EVERYBODY, FORBIDDEN, HERE, REMOTE, entered, four, name
from careless_clients import CHOICE, HELLO
from datagrams import LOOPBACK, Association, udp
from destinations import HOLES, set_up
from endings import CUT, WHOLE, ending_of
from harness import PATIENCE, expect, expect_in, overlay, scratch
from origins import Origin, Talker, connect, receive, receive_all
from stage import Proxy

GRANTED = CHOICE + b"\x05\x00\x00\x01" + bytes(6)
TIMED_OUT, REFUSED = b"\x06", b"\x05"
ATTACKERS = [f"127.0.1.{n}" for n in range(1, 4)]
PENDING = 16 << 20


def port_of(s):
    return s.getsockname()[1].to_bytes(2, "big")


def memory(proxy):
    """KiB in memory."""
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{proxy.process.pid}/status").read_text()).group(1))


class Slow:
    """Handshakes byte by byte. A client that is turned away comes again at once."""

    request = HELLO + b"\x05\x01\x00" + name("x" * 250) + b"\x00\x07"

    def __init__(self, proxy, count):
        self.proxy, self.count = proxy, count
        self.going = True
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.going = False
        self.thread.join()

    def enter(self, n):
        s = socket.socket()
        s.setblocking(False)
        s.bind((ATTACKERS[n % len(ATTACKERS)], 0))
        s.connect_ex(("127.0.0.1", self.proxy.port))
        return [s, 0]

    def run(self):
        clients = [self.enter(n) for n in range(self.count)]
        while self.going:
            for n, (s, sent) in enumerate(clients):
                try:
                    s.send(self.request[sent:sent + 1])
                    clients[n][1] = min(sent + 1, 200)
                except BlockingIOError:
                    pass
                except OSError:
                    s.close()
                    clients[n] = self.enter(n)
            time.sleep(0.2)
        for s, _ in clients:
            s.close()


class Cases:
    def __init__(self, program):
        self.program = program
        resource.setrlimit(resource.RLIMIT_NOFILE, (8192, max(8192, resource.getrlimit(resource.RLIMIT_NOFILE)[1])))
        set_up()
        for address in REMOTE, HERE:
            subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
        self.hosts = scratch / "hosts"
        self.silence = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.silence.bind(("127.0.0.1", 53))
        overlay(pathlib.Path("/etc/resolv.conf").resolve(), "nameserver 127.0.0.1\noptions timeout:5 attempts:1\n")
        overlay("/etc/nsswitch.conf", "hosts: files dns\n")
        self.talker = Origin(Talker)
        self.talker.serve(socket.AF_INET, HERE)
        self.port = self.talker.port.to_bytes(2, "big")
        self.everybody = Proxy("everybody", program, *EVERYBODY, host="0.0.0.0")

    def means(self, *addresses):
        """What the name two.example means from now on; the file of the overlay stays the same."""
        self.hosts.write_text("".join(f"{a} two.example\n" for a in addresses))

    def asked(self, proxy, to, port, source=REMOTE, command=1):
        s = entered(proxy, source)
        s.sendall(HELLO + bytes([5, command, 0]) + to + port)
        return s

    def code(self, *arguments, **options):
        with self.asked(*arguments, **options) as s:
            answer = receive(s, 4)
            expect(answer[:3], CHOICE + b"\x05", "the answers")
            return answer[3:]

    def inner_and_outer(self):
        """A name with both addresses leads a remote client to the outer one, and nowhere if that one refuses."""
        for addresses in ("127.0.0.1", HERE), (HERE, "127.0.0.1"):
            since = self.everybody.mark()
            self.means(*addresses)
            with self.asked(self.everybody, name("two.example"), self.port) as s:
                expect(receive(s, 12), GRANTED, "the answers")
                s.shutdown(socket.SHUT_WR)
                receive_all(s)
            self.everybody.line(f"address {HERE}:", since)
        with socket.create_server(("127.0.0.1", 0)) as inner:
            inner.settimeout(0.3)
            answer = self.code(self.everybody, name("two.example"), port_of(inner))
            expect(answer, REFUSED, "the answer for a closed port")
            with contextlib.suppress(TimeoutError):
                expect(inner.accept(), None, "who came to the inner address")
        self.everybody.closes_everything()

    def changing(self):
        """A name that was outside and is inside now is judged by what it is now."""
        self.means(HERE)
        expect(self.code(self.everybody, name("two.example"), self.port), b"\x00", "the answer before")
        self.means("127.0.0.1")
        expect(self.code(self.everybody, name("two.example"), self.port), FORBIDDEN, "the answer after")
        expect(self.code(self.everybody, name("two.example"), self.port, command=2), FORBIDDEN, "the answer to BIND")

    def black_hole(self):
        """Its early data and its end are there before the destination is given up; it gets the whole answer."""
        with Proxy("hasty", self.program, "--handshake", "2") as proxy, connect(proxy.port) as s:
            s.sendall(HELLO + b"\x05\x01\x00" + four(HOLES[0]) + b"\x00\x07" + bytes(100_000))
            s.shutdown(socket.SHUT_WR)
            data, how = ending_of(s)
            expect((data[:4], len(data), how), (CHOICE + b"\x05" + TIMED_OUT, 12, WHOLE), "what came")
            proxy.closes_everything()

    def slow_crowd(self):
        """A thousand slow clients of three addresses compete for their share of the slots."""
        with Proxy("crowded", self.program, "--connections", "80", "--per-client", "20") as proxy, Slow(proxy, 1000):
            proxy.until(lambda: proxy.descriptors() >= proxy.at_rest + 60, "their slots to be taken")
            for n in range(2):
                began = time.monotonic()
                expect(self.code(proxy, LOOPBACK, self.port, source="127.0.0.9"), b"\x00", f"the answer to client {n}")
                took = time.monotonic() - began
                expect(took < 5, True, f"an answer within 5 s; it took {took:.1f}")

    def stopped_while_looking_up(self, *options):
        """SIGTERM does not wait for the name service, and the client is told by a reset."""
        with Proxy("stopped", self.program, *options) as proxy, contextlib.ExitStack() as clients:
            asked = [clients.enter_context(self.asked(proxy, name(f"silent{n}.example"), self.port, source="127.0.0.1"))
                     for n in range(40)]
            for s in asked:
                expect(receive(s, 2), CHOICE, "the choice")
            time.sleep(0.3)
            began = time.monotonic()
            proxy.process.send_signal(signal.SIGTERM)
            expect(proxy.process.wait(PATIENCE), 0, "the exit code")
            took = time.monotonic() - began
            expect(took < 1, True, f"an end within 1 s; it took {took:.1f}")
            expect(ending_of(asked[0]), (b"", CUT), "the end for the client")

    def no_memory(self):
        """What cannot be had for a new client or a datagram, others do without."""
        with Proxy("poor", self.program, "--connections", "20000", "--per-client", "20000") as proxy, \
                contextlib.ExitStack() as clients, Association(proxy) as a, udp() as far:
            bystander = clients.enter_context(self.asked(proxy, LOOPBACK, self.port, source="127.0.0.1"))
            expect(receive(bystander, 12), GRANTED, "the answers")
            process = pathlib.Path("/proc", str(proxy.process.pid))
            pages = int((process / "statm").read_text().split()[0])
            subprocess.run(["prlimit", f"--as={pages * 4096}", "--pid", process.name], check=True)
            for _ in range(1000):
                clients.enter_context(entered(proxy))
                expect(proxy.process.poll(), None, f"the exit code, and {proxy.log()[-200:]!r}")
            for n in range(600):
                a.send(b"\x01\x7f\x00" + bytes([1 + n // 200, 1 + n % 200]) + b"\x00\x07", b"datagram")
            time.sleep(0.3)
            expect(proxy.process.poll(), None, "the exit code")
            bystander.sendall(b"still there")
            bystander.shutdown(socket.SHUT_WR)
            expect(receive_all(bystander).endswith(b"still there"), True, "that the bystander is still served")

    def few_descriptors(self):
        """With twenty descriptors: every command is served, or refused with an answer, and the next one is served."""
        with Proxy("poor", self.program, under=("prlimit", "--nofile=20")) as proxy:
            expect_in(" at most 1 connections at once, because of the limit of descriptors", proxy.log(), "the log")
            self.means("127.0.0.1", "127.0.0.2")
            for command, to in (1, LOOPBACK), (1, name("two.example")), (2, LOOPBACK), (3, b"\x01" + bytes(4)):
                with connect(proxy.port):
                    expect(self.code(proxy, to, self.port, "127.0.0.2", command), b"\x00", f"the answer to {command}")
            proxy.closes_everything()

    def pending(self):
        """Each side begins to read late, while 16 MiB and an end are on their way to it."""
        body, got = bytes(range(256)) * (PENDING // 256), []

        def exchange(s):
            sender = threading.Thread(target=lambda: (s.sendall(body), s.shutdown(socket.SHUT_WR)))
            sender.start()
            time.sleep(0.5)
            data = bytearray()
            while more := s.recv(100_000):
                data += more
            sender.join()
            got.append((len(data), bytes(data) == body))
        with Proxy("slow", self.program) as proxy, socket.create_server(("127.0.0.1", 0)) as listener:
            with self.asked(proxy, LOOPBACK, port_of(listener), source="127.0.0.1") as s:
                expect(receive(s, 12), GRANTED, "the answers")
                far, _ = listener.accept()
                s.settimeout(None)
                sides = [threading.Thread(target=exchange, args=(side,)) for side in (s, far)]
                for side in sides:
                    side.start()
                for side in sides:
                    side.join()
                far.close()
            expect(got, [(PENDING, True)] * 2, "what both sides got")
            proxy.closes_everything()
            expect_in(f"succeeded, {PENDING} bytes up, {PENDING} down", proxy.log(), "the log")

    def flood(self):
        """A TFTP server answers from another port, while its client writes to 600 other destinations."""
        with Proxy("tftp", self.program, "--answers-from", "host") as proxy, Association(proxy) as a, \
                udp("127.0.0.8") as server, udp("127.0.0.8") as session:
            a.send(four("127.0.0.8") + port_of(server), b"read file")
            _, there = server.recvfrom(100)
            for block in range(6):
                for n in range(100):
                    a.send(b"\x01\x7f\x00" + bytes([2 + block, 1 + n]) + b"\x00\x07", b"datagram")
                time.sleep(0.05)
                session.sendto(b"block %d" % block, there)
                a.expect(four("127.0.0.8") + port_of(session), b"block %d" % block)
                a.send(four("127.0.0.8") + port_of(session), b"ack %d" % block)
                expect(session.recvfrom(100)[0], b"ack %d" % block, "what the server gets")
            for line in proxy.log().splitlines()[1:]:
                timed = re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 127\.0\.0\.1", line)
                expect(timed is not None, True, f"the time in {line!r}")

    def many_at_rest(self):
        """Two thousand connections without data have no buffer."""
        with Proxy("resting", self.program, "--connections", "3000", "--per-client", "3000") as proxy, \
                contextlib.ExitStack() as clients, socket.create_server(("127.0.0.1", 0), backlog=128) as far:
            before = memory(proxy)
            for n in range(2000):
                s = clients.enter_context(self.asked(proxy, LOOPBACK, port_of(far), source=f"127.0.2.{n % 20 + 1}"))
                expect(receive(s, 12), GRANTED, "the answers")
                clients.enter_context(far.accept()[0])
            grown = memory(proxy) - before
            expect(grown < 2 * 2000, True, f"growth of less than 2 KiB for each; it was {grown} KiB for all")
            clients.close()
            proxy.closes_everything()

    def table(self):
        return {
            "a_name_of_an_inner_and_an_outer_address_leads_outside": (self.inner_and_outer,),
            "a_name_that_changes_is_judged_each_time": (self.changing,),
            "early_data_and_an_end_for_a_black_hole_have_an_answer": (self.black_hole,),
            "a_thousand_slow_handshakes_keep_nobody_out": (self.slow_crowd,),
            "SIGTERM_does_not_wait_for_look_ups": (self.stopped_while_looking_up,),
            "SIGTERM_does_not_wait_for_look_ups_of_any_thread": (self.stopped_while_looking_up, "--threads", "2"),
            "no_memory_for_a_client_or_a_datagram_ends_nobody_else": (self.no_memory,),
            "twenty_descriptors_serve_every_command": (self.few_descriptors,),
            "sixteen_MiB_each_way_and_both_ends_arrive": (self.pending,),
            "a_flood_of_datagrams_does_not_disturb_TFTP": (self.flood,),
            "connections_at_rest_have_no_buffer": (self.many_at_rest,),
            "no_client_left_a_connection_open": (self.everybody.closes_everything,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
