"""Servers that follow a script: in the proxy's place for a client, and destinations for a server."""

import socket
import struct
import threading
import time

from harness import PATIENCE, expect, until
from origins import receive


class Caller:
    """One connection to a scripted server."""

    def __init__(self, s):
        self.socket = s
        self.accepted = time.monotonic()
        s.settimeout(PATIENCE)
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def expect(self, wanted):
        try:
            expect(receive(self.socket, len(wanted)), wanted, "what the other side sent")
        except ConnectionError as why:
            raise AssertionError(f"{why}, before the other side sent {wanted[:100]!r}") from None

    def give(self, data):
        self.socket.sendall(data)

    def give_slowly(self, data, seconds):
        """One segment for each byte."""
        for byte in data:
            self.socket.sendall(bytes([byte]))
            time.sleep(seconds)

    def end(self):
        """Ends this direction, and waits until the other side has ended its own without a further byte."""
        self.socket.shutdown(socket.SHUT_WR)
        self.expect_end()

    def expect_end(self):
        expect(self.socket.recv(100), b"", "what the other side sent instead of an end of the stream")

    def reset(self):
        reset(self.socket)


def reset(s):
    """Closes the connection so that the other side sees a reset, not an end of the stream."""
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def read_to_end(s):
    """Everything until an end of the stream; a reset is a failure."""
    data = bytearray()
    try:
        while more := s.recv(65536):
            data += more
    except ConnectionError as why:
        raise AssertionError(f"{why}, after {len(data)} bytes, instead of an end of the stream") from None
    return bytes(data)


def read_slowly(s):
    """As read_to_end(), in small pieces with pauses, so that the buffers behind it are full most of the time."""
    data = bytearray()
    while more := s.recv(8192):
        data += more
        time.sleep(0.002)
    return bytes(data)


class Scripted:
    """`act` gets each connection as a Caller. check() reports what failed in it."""

    def __init__(self, act, host="127.0.0.1", family=socket.AF_INET):
        self.listener = socket.create_server((host, 0), family=family, backlog=128)
        self.host, self.port = host, self.listener.getsockname()[1]
        self.address = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        self.act, self.callers, self.threads, self.failures = act, [], [], []
        self.serving = threading.Thread(target=self.serve, daemon=True)
        self.serving.start()

    def serve(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:  # close() was called
                return
            caller = Caller(s)
            self.callers.append(caller)
            thread = threading.Thread(target=self.run, args=(caller,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def run(self, caller):
        try:
            self.act(caller)
        except AssertionError as why:
            self.failures.append(why)
        except OSError:  # the other side has gone; its own result says whether it was too early
            pass
        finally:
            caller.socket.close()

    def check(self):
        """Waits until every script has ended, and fails if one of them did or if nobody came."""
        until(lambda: self.threads, "a connection to a scripted server")
        for thread in self.threads:
            thread.join(PATIENCE)
        if self.failures:
            raise self.failures[0]

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self.serving.join()
        self.listener.close()
        for caller in self.callers:
            caller.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, why, *_):
        try:
            if why is None:
                self.check()
        finally:
            self.close()


class Unanswered:
    """A port whose queue is full, so that the kernel drops each further SYN."""

    def __init__(self):
        self.listener = socket.socket()
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.queued = [socket.create_connection(("127.0.0.1", self.port))]

    def asked(self):
        """Waits until somebody connects; returns the time of it."""
        def is_connecting():
            rows = [line.split() for line in open("/proc/self/net/tcp")]
            return any(row[3] == "02" and row[2].endswith(f":{self.port:04X}") for row in rows)
        until(is_connecting, "a connection")
        return time.monotonic()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for s in (*self.queued, self.listener):
            s.close()


class Refusing:
    """A port that stays reserved, and refuses each connection because nobody listens."""

    def __init__(self, host="127.0.0.1", family=socket.AF_INET):
        self.socket = socket.socket(family)
        self.socket.bind((host, 0))
        self.port = self.socket.getsockname()[1]
        self.address = f"{host}:{self.port}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
