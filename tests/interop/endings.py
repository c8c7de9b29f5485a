#!/usr/bin/env python3
"""How streams end through our proxy: what was cut off never looks finished, and what was said before a reset arrives.

    endings.py PROXY [CASE...]
"""

import collections
import concurrent.futures
import contextlib
import os
import pathlib
import signal
import socket
import socketserver
import subprocess
import sys
import time

import harness
from careless_clients import HELLO, dialogue, everything, receive_answers
from defects import buffers_of, reset
from harness import PATIENCE, expect, expect_in
from origins import Origin, connect, receive
from stage import Proxy

HALF = b"half of the body"
WHOLE = "the end of the stream"
CUT = "a reset"
REPEATS = 200
BODY = b"PUT /file HTTP/1.1\r\nContent-Length: 4194304\r\n\r\n" + bytes(4 << 20)


def ending_of(s):
    """What comes, and how it ends."""
    data = bytearray()
    try:
        while more := s.recv(65536):
            data += more
        return bytes(data), WHOLE
    except ConnectionError:
        return bytes(data), CUT


class Stalled(socketserver.BaseRequestHandler):
    """Sends half of what it has, and waits; tells how its client has ended."""

    endings = collections.deque()

    def handle(self):
        self.request.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + HALF)
        self.endings.append(ending_of(self.request)[1])


class Flood(socketserver.BaseRequestHandler):
    def handle(self):
        with contextlib.suppress(OSError):
            while True:
                self.request.sendall(bytes(1 << 20))


class TooLarge(socketserver.BaseRequestHandler):
    """Refuses a body that it does not read to its end: its answer and a reset follow each other."""

    answer = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 5000\r\n\r\n" + bytes(5000)

    def handle(self):
        receive(self.request, 300_000)  # the rest of the body is on its way
        self.request.sendall(self.answer)
        self.request.close()


class LastWords(socketserver.BaseRequestHandler):
    """Keeps what it got, and how that ended, under the first line."""

    got = {}

    def handle(self):
        data, how = ending_of(self.request)
        name, _, rest = data.partition(b"\n")
        self.got[name] = rest, how


class Cases:
    def __init__(self, program):
        self.program = program
        self.stalled, self.too_large, self.flood = Origin(Stalled), Origin(TooLarge), Origin(Flood)
        self.open = Proxy("open", program)

    def enter(self, proxy, origin):
        steps = dialogue("5", origin.port.to_bytes(2, "big"))
        s = connect(proxy.port)
        s.sendall(everything(steps))
        receive_answers(s, steps)
        return s

    def half(self, proxy):
        """A client that has half of what it asked for."""
        s = self.enter(proxy, self.stalled)
        head = b"HTTP/1.0 200 OK\r\n\r\n"
        expect(receive(s, len(head + HALF)), head + HALF, "what came")
        return s

    def both_are_reset(self, proxy, *options, end):
        Stalled.endings.clear()
        with Proxy(proxy, self.program, *options) as proxy, self.half(proxy) as s:
            end(proxy)
            expect(ending_of(s), (b"", CUT), "the end for the client")
            harness.until(lambda: Stalled.endings, "the end for the destination")
            expect(Stalled.endings[0], CUT, "the end for the destination")

    def idle(self):
        self.both_are_reset("idle", "--idle", "1", end=lambda proxy: None)

    def stopped(self, by, *options):
        self.both_are_reset("stopped", *options, end=lambda proxy: proxy.process.send_signal(by))

    def failed(self, *options):
        """strace makes the next wait of each thread fail."""
        def fail(proxy):
            argv = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=epoll_wait,epoll_pwait", "-e",
                    "inject=epoll_wait,epoll_pwait:error=EBADF", "-p", str(proxy.process.pid)]
            with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as tracer:
                time.sleep(0.5)
                for _ in range(20):  # wakes each thread
                    with contextlib.suppress(OSError), connect(proxy.port):
                        pass
                expect(proxy.process.wait(PATIENCE), 1, "the exit code")
                tracer.wait(PATIENCE)
            expect_in("Bad file descriptor", proxy.log(), "the log")
        self.both_are_reset("failed", *options, end=fail)

    def no_memory(self):
        """Sessions that need more memory are reset, and one that needs none is not."""
        with buffers_of(4 << 20), Proxy("poor", self.program) as proxy, self.half(proxy) as bystander:
            process = pathlib.Path("/proc", str(proxy.process.pid))
            pages = int((process / "statm").read_text().split()[0])
            subprocess.run(["prlimit", f"--as={pages * os.sysconf('SC_PAGE_SIZE')}", "--pid", process.name], check=True)
            with contextlib.ExitStack() as slow_readers:
                def without_memory():
                    with contextlib.suppress(AssertionError, OSError):
                        s = slow_readers.enter_context(self.enter(proxy, self.flood))
                        receive(s, 1 << 20)
                    return "bad_alloc" in proxy.log()
                proxy.until(without_memory, "a session without memory")
            bystander.sendall(b"still there")
            bystander.settimeout(0.5)
            with contextlib.suppress(TimeoutError):
                expect(bystander.recv(1), None, "what the bystander gets")

    def curl_sees_it(self):
        """Without Content-Length only the end of the stream ends the body."""
        with Proxy("hasty", self.program, "--idle", "1") as proxy:
            done = subprocess.run(["curl", "-sS", "-x", f"socks5h://{proxy.address}",
                                   f"http://127.0.0.1:{self.stalled.port}/file"], capture_output=True, timeout=PATIENCE)
            expect(done.stdout, HALF, "what curl got")
            expect(done.returncode, 56, "the exit code of curl (56: receiving failed)")

    def refused_uploads(self):
        """Each client sends until that fails, and then reads."""
        def answer(enter):
            with enter() as s:
                with contextlib.suppress(ConnectionError):
                    s.sendall(BODY)
                data, how = ending_of(s)
                return data.partition(b"\r")[0], len(data), how

        def answers(enter):
            with concurrent.futures.ThreadPoolExecutor(20) as pool:
                return collections.Counter(pool.map(answer, [enter] * REPEATS))
        direct = answers(lambda: connect(self.too_large.port))
        expect(answers(lambda: self.enter(self.open, self.too_large)), direct, f"the answers to {REPEATS} uploads")

    def last_words(self):
        """A client that sends and resets: what the system has delivered goes on, and then the reset."""
        origin = Origin(LastWords)
        for n in range(REPEATS):
            s = self.enter(self.open, origin)
            s.sendall(b"%d\nlast words" % n)
            time.sleep(0.001)
            reset(s)
        harness.until(lambda: len(LastWords.got) == REPEATS, "all ends at the destination")
        expect(collections.Counter(LastWords.got.values()), {(b"last words", CUT): REPEATS}, "what the destination got")

    def watched(self):
        """A peer that is silent is asked whether it is still there: a client from the start, a destination later."""
        with Proxy("idle", self.program, "--idle", "6") as proxy, self.half(proxy) as s, connect(proxy.port) as control:
            control.sendall(HELLO + b"\x05\x03\x00\x01" + bytes(6))
            receive(control, 12)

            def watched():
                rows = subprocess.run(["ss", "-tnHo", "state", "established"], capture_output=True, text=True).stdout
                return sum("keepalive" in row for row in rows.splitlines())
            expect(watched(), 2, "connections with clients that are watched")
            harness.until(lambda: watched() == 3, "the destination to be watched")
            began = time.monotonic()
            expect(ending_of(s), (b"", CUT), "the end for the client")
            expect(1 < time.monotonic() - began, True, "that it was idle for longer than that")

    def table(self):
        return {
            "an_idle_stream_is_reset_on_both_sides": (self.idle,),
            "SIGTERM_resets_both_sides": (self.stopped, signal.SIGTERM),
            "SIGINT_resets_both_sides": (self.stopped, signal.SIGINT),
            "SIGHUP_resets_both_sides": (self.stopped, signal.SIGHUP),
            "SIGTERM_resets_both_sides_in_every_thread": (self.stopped, signal.SIGTERM, "--threads", "4"),
            "a_loop_that_fails_resets_both_sides": (self.failed,),
            "a_loop_that_fails_resets_both_sides_in_every_thread": (self.failed, "--threads", "4"),
            "a_session_without_memory_is_reset": (self.no_memory,),
            "half_of_a_body_is_a_failure_for_curl": (self.curl_sees_it,),
            "an_upload_that_is_refused_has_its_answer_as_without_a_proxy": (self.refused_uploads,),
            "the_bytes_before_a_reset_arrive_and_then_the_reset": (self.last_words,),
            "silent_peers_are_asked_whether_they_are_there": (self.watched,),
            "no_client_left_a_connection_open": (self.open.closes_everything,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
