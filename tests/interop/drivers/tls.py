"""TLS for the drivers that speak it: forwarders between a driver and the plain sockets of the cases.

Each direction is passed on as it is: an end of the stream becomes a close_notify and back, a reset stays a reset. An
end of TCP without a close_notify may be an attack, so it becomes a reset.
"""

import contextlib
import select
import socket
import ssl
import subprocess
import threading

from harness import PATIENCE, scratch
from origins import connect
from scripted import reset

BLOCK = 16384


OTHERS = {"other": "DNS:other.example.com", "stranger": "IP:127.0.0.1"}  # whose certificates a client must not take


def add_certificates():
    """One that a client trusts, for another name; and one for the right address, which it does not trust."""
    for name, address in OTHERS.items():
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                        "-addext", f"subjectAltName={address}", "-keyout", scratch / f"{name}.key",
                        "-out", scratch / f"{name}.pem"], check=True, capture_output=True)
    trusted = [(scratch / file).read_text() for file in ("cert.pem", "other.pem")]
    (scratch / "trusted.pem").write_text("".join(trusted))


def server_context(name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(scratch / f"{name}.pem", scratch / f"{name}.key")
    return context


class Broken(Exception):
    """The stream has failed."""


class Plain:
    """One side of a forwarder without TLS."""

    def __init__(self, s):
        self.socket = s
        self.unsent = b""
        self.ended = self.finished = False  # what it sends, and what it is sent

    def receive(self):
        """Some bytes; b"" if there are none now, or if it has ended."""
        try:
            data = self.socket.recv(BLOCK)
        except BlockingIOError:
            return b""
        self.ended = not data
        return data

    def give(self, data):
        self.unsent += data
        self.flush()

    def flush(self):
        with contextlib.suppress(BlockingIOError):
            while self.unsent:
                self.unsent = self.unsent[self.socket.send(self.unsent):]

    def conclude(self):
        """Ends its direction; everything before has been sent."""
        self.finished = True
        self.socket.shutdown(socket.SHUT_WR)


class Secure(Plain):
    """The other side, with TLS."""

    def __init__(self, s, context, server_side):
        super().__init__(s)
        self.received, self.to_send = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.received, self.to_send, server_side=server_side)
        self.secured = False
        self.decrypted()  # a client of TLS sends the first message

    def receive(self):
        with contextlib.suppress(BlockingIOError):
            data = self.socket.recv(BLOCK)
            if data:
                self.received.write(data)
            else:
                self.received.write_eof()
        return self.decrypted()

    def decrypted(self):
        found = b""
        try:
            if not self.secured:
                self.tls.do_handshake()
                self.secured = True
            while data := self.tls.read(BLOCK):
                found += data
            self.ended = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
        except ssl.SSLError as why:
            raise Broken from why
        self.flush()
        return found

    def give(self, data):
        if data:
            self.tls.write(data)
        self.flush()

    def flush(self):
        self.unsent += self.to_send.read()
        super().flush()

    def conclude(self):
        """Sends a close_notify; the other direction of TLS goes on."""
        self.finished = True
        with contextlib.suppress(ssl.SSLError):
            self.tls.unwrap()
        self.flush()


def forward(plain, secure):
    """Passes everything on until both directions have ended, or one side has failed."""
    sides = {plain.socket: (plain, secure), secure.socket: (secure, plain)}
    while not (plain.finished and secure.finished and not plain.unsent and not secure.unsent):
        reads = [s for s, (source, sink) in sides.items()
                 if not source.ended and not sink.unsent and (source is secure or secure.secured)]
        writes = [s for s, (side, _) in sides.items() if side.unsent]
        reads, writes, _ = select.select(reads, writes, [], PATIENCE)
        if not reads and not writes:
            return
        for s in writes:
            sides[s][0].flush()
        for s in reads:
            source, sink = sides[s]
            sink.give(source.receive())
        for source, sink in sides.values():
            if source.ended and not sink.finished and not sink.unsent:
                sink.conclude()


class Forwarder:
    """Listens on another port of `host`, and passes each connection on. `before_a_proxy` it speaks TLS with the caller,
    otherwise with the server behind it."""

    def __init__(self, host, port, context, before_a_proxy):
        self.behind, self.context, self.before_a_proxy = (port, host), context, before_a_proxy
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.create_server((host, 0), family=family, backlog=128)
        self.port = self.listener.getsockname()[1]
        self.serving = threading.Thread(target=self.serve, daemon=True)
        self.serving.start()

    def serve(self):
        while True:
            try:
                s, _ = self.listener.accept()
            except OSError:  # close() was called
                return
            threading.Thread(target=self.connection, args=(s,), daemon=True).start()

    def connection(self, caller):
        both = [caller]
        try:
            both.append(connect(*self.behind))
            for s in both:
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                s.setblocking(False)
            plain, secure = both[::-1] if self.before_a_proxy else both
            forward(Plain(plain), Secure(secure, self.context, self.before_a_proxy))
        except (OSError, Broken):
            for s in both:
                reset(s)
        finally:
            for s in both:
                s.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self.serving.join()
        self.listener.close()
