"""A ferry between client and server, which hands on what they say in other pieces."""

import socket
import socketserver
import threading
import time

from origins import BANNER, connect

SHORT = 4000  # bytes that travel alone each way; a handshake has fewer, its tokens of Kerberos included


def one_by_one(source, sink):
    alone = 0
    while data := source.recv(65536):
        while data and alone < SHORT:
            sink.sendall(data[:1])
            data, alone = data[1:], alone + 1
            time.sleep(0.0005)  # so that each byte travels alone
        sink.sendall(data)


def slowly(source, sink):
    while byte := source.recv(1):
        sink.sendall(byte)
        time.sleep(0.2)


def as_they_come(source, sink):
    while data := source.recv(65536):
        sink.sendall(data)


def together(source, sink):
    """A choice or a verdict has two bytes and goes on; the answer behind it waits for the banner."""
    held = b""
    while data := source.recv(65536):
        held += data
        if len(held) == 2:
            sink.sendall(held)
            held = b""
        elif BANNER in held:
            sink.sendall(held)
            return as_they_come(source, sink)
    sink.sendall(held)


def behind_the_first(source, sink):
    """BIND: the first answer, which has more than two bytes, goes on; the second waits for the banner."""
    while data := source.recv(65536):
        sink.sendall(data)
        if len(data) > 2:
            return together(source, sink)


class Ferry:
    """Between a client and the server at `port`; `up` and `down` pass on what each says."""

    def __init__(self, port, up, down):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with connect(port) as server:
                    answers = threading.Thread(target=self.carry, args=(down, server, self.request))
                    answers.start()
                    self.carry(up, self.request, server)
                    answers.join()

            def carry(self, how, source, sink):
                try:
                    how(source, sink)
                    sink.shutdown(socket.SHUT_WR)
                except OSError:  # the other one has gone; whether too early is the case's to judge
                    pass

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        server = Server(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()


class Tap(Ferry):
    """Hears what both say, and may change what the client does."""

    def __init__(self, port, change=lambda data: data):
        self.heard = self.answered = b""
        self.change = change
        super().__init__(port, self.up, self.down)

    def up(self, client, server):
        while data := client.recv(65536):
            self.heard += data
            server.sendall(self.change(data))

    def down(self, server, client):
        while data := server.recv(65536):
            self.answered += data
            client.sendall(data)


ALONE, EARLY = "byte_by_byte", "and_its_answer_together_with_early_data"
HOW = {ALONE: (one_by_one, one_by_one), EARLY: (as_they_come, together)}
HOW_BIND = {ALONE: HOW[ALONE], EARLY: (as_they_come, behind_the_first)}
