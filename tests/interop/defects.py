#!/usr/bin/env python3
"""What our proxy once did wrong, each defect as the case that showed it.

    defects.py PROXY [CASE...]
"""

import contextlib
import fcntl
import pathlib
import socket
import socketserver
import struct
import subprocess
import sys
import threading
import time

import harness
from careless_clients import CHOICE, HELLO, NOBODY, bound_in, dialogue, everything, receive_answers
from harness import PATIENCE, SOON, expect
from origins import BANNER, Origin, Talker, connect, receive, receive_all, slow_names
from stage import Proxy, Stage


class Urgent(Talker):
    """Answers with what it got, each byte of it urgent."""

    def handle(self):
        for byte in receive_all(self.request):
            self.request.send(bytes([byte]), socket.MSG_OOB)
            time.sleep(0.001)  # there is one urgent byte at a time


class Sink(socketserver.BaseRequestHandler):
    """Takes all, as fast as it can."""

    def handle(self):
        room = bytearray(1024 * 1024)
        while self.request.recv_into(room):
            pass


def send_without_end(s, data):
    try:
        while True:
            s.sendall(data)
    except OSError:
        pass


@contextlib.contextmanager
def buffers_of(size):
    """Larger ones than the others have, in this namespace."""
    files = [pathlib.Path("/proc/sys/net/ipv4", name) for name in ("tcp_rmem", "tcp_wmem")]
    before = [file.read_text() for file in files]
    for file in files:
        file.write_text(f"4096 {size} {size}")
    try:
        yield
    finally:
        for file, text in zip(files, before):
            file.write_text(text)


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


class Cases:
    def __init__(self, stage):
        self.stage = stage

    def enter(self, steps):
        """A client that is connected."""
        s = connect(self.stage.open.port)
        s.sendall(everything(steps))
        receive_answers(s, steps)
        return s

    def to(self, origin):
        return dialogue("5", origin.port.to_bytes(2, "big"))

    def bind_for_a_mapped_address(self):
        """The caller that BIND expects at ::ffff:127.0.0.1 is 127.0.0.1."""
        mapped = b"\x05\x02\x00\x04" + bytes(10) + b"\xff\xff\x7f\x00\x00\x01\x00\x09"
        steps = [(HELLO, CHOICE, 2), (mapped, b"\x05\x00\x00\x01", 10)]
        with connect(self.stage.open.port) as s:
            s.sendall(everything(steps))
            first = receive_answers(s, steps)
            with socket.create_connection(bound_in(first), PATIENCE) as caller:
                second = receive_answers(s, steps[1:])
                expect(bound_in(second), caller.getsockname(), "the address in the second answer")

    def bind_of_one_who_has_gone(self):
        """The listener goes with its client, before and after the first answer was read."""
        with Proxy("short-handed", self.stage.program, "--connections", "1") as proxy:
            steps = dialogue("5", NOBODY, command=2)
            for answers in steps[:1], steps:
                with connect(proxy.port) as s:
                    s.sendall(everything(steps))
                    receive_answers(s, answers)
                    s.shutdown(socket.SHUT_WR)
                    receive_all(s)
                proxy.closes_everything()
            self.greeted(proxy.port)

    def urgent_from_the_client(self):
        """Urgent bytes arrive in their place among the others, and what follows them does too."""
        with self.enter(self.to(self.stage.talker)) as s:
            expect(receive(s, len(BANNER)), BANNER, "the banner")
            sent = b""
            for n in range(64):
                for data, flags in ((b"before%d" % n, 0), (b"!", socket.MSG_OOB), (b"behind%d" % n, 0)):
                    s.send(data, flags)
                    sent += data
            s.shutdown(socket.SHUT_WR)
            expect(receive_all(s), sent, "what came back")

    def urgent_from_the_destination(self):
        with self.enter(self.to(Origin(Urgent))) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)
            s.sendall(BANNER)
            s.shutdown(socket.SHUT_WR)
            expect(receive_all(s), BANNER, "what came back")

    def greeted(self, port):
        with connect(port) as s:
            s.settimeout(SOON)
            s.sendall(HELLO)
            expect(receive(s, 2), CHOICE, "the choice")

    def stalled_log(self):
        """Nobody reads the log, and then nobody can."""
        with subprocess.Popen([self.stage.program, "--listen", "127.0.0.1:0"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as proxy:
            try:
                fcntl.fcntl(proxy.stderr, fcntl.F_SETPIPE_SZ, 4096)
                port = int(proxy.stdout.readline().rpartition(b":")[2])
                for _ in range(200):
                    self.greeted(port)
                proxy.stderr.read1(4096)
                self.greeted(port)
                self.greeted(port)
                harness.until(lambda: b" lines here\n" in proxy.stderr.read1(4096), "the number of lost lines")
                proxy.stderr.close()
                self.greeted(port)
                self.greeted(port)
                proxy.terminate()
                expect(proxy.wait(PATIENCE), 0, "the exit code after SIGTERM")
            finally:
                proxy.kill()

    def abandoned_look_ups(self):
        """Names that nobody waits for any more do not hold up the one that somebody waits for."""
        with slow_names():
            port = self.stage.talker.port.to_bytes(2, "big")
            for n in range(100):
                s = connect(self.stage.open.port)
                s.sendall(HELLO + b"\x05\x01\x00\x03\x0eslow%02d.example" % n + port)
                expect(receive(s, 2), CHOICE, "the choice")
                reset(s)
            steps = [(HELLO, CHOICE, 2), (b"\x05\x01\x00\x03\x0dquick.example" + port, b"\x05\x00\x00\x01", 10)]
            began = time.monotonic()
            self.enter(steps).close()
            waited = time.monotonic() - began
            expect(waited < SOON, True, f"an answer within {SOON} seconds; it took {waited:.1f}")

    def busy_sessions(self):
        """Clients with more bytes than a turn of the loop carries; another one comes through all the same."""
        with buffers_of(8 * 1024 * 1024):
            flood = bytes(4 * 1024 * 1024)
            sink = self.to(Origin(Sink))
            busy = [self.enter(sink) for _ in range(8)]
            for s in busy:
                threading.Thread(target=send_without_end, args=(s, flood), daemon=True).start()
            time.sleep(3)
            began = time.monotonic()
            for _ in range(20):
                self.greeted(self.stage.open.port)
            waited = time.monotonic() - began
            for s in busy:
                s.shutdown(socket.SHUT_RDWR)
            expect(waited < SOON, True, f"twenty answers within {SOON} seconds; they took {waited:.1f}")

    def table(self):
        return {
            "BIND_for_an_IPv4_mapped_address_expects_the_IPv4_caller": (self.bind_for_a_mapped_address,),
            "BIND_ends_with_its_client": (self.bind_of_one_who_has_gone,),
            "urgent_bytes_of_the_client_keep_their_place": (self.urgent_from_the_client,),
            "urgent_bytes_of_the_destination_keep_their_place": (self.urgent_from_the_destination,),
            "a_log_that_nobody_reads_stops_nothing": (self.stalled_log,),
            "look_ups_that_nobody_waits_for_hold_up_nobody": (self.abandoned_look_ups,),
            "busy_sessions_starve_nobody": (self.busy_sessions,),
            "no_client_left_a_connection_open": (self.stage.left_nothing_open,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(Stage(program)).table()))
