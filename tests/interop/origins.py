"""Destinations: a file by HTTP and HTTPS, and a talker that shows where each stream begins and ends."""

import contextlib
import http.server
import random
import socket
import socketserver
import ssl
import subprocess
import threading
import urllib.parse

from harness import NAME, PATIENCE, free_port, overlay, scratch

PAYLOAD = random.Random(1928).randbytes(16 * 1024 * 1024 + 11)
BANNER = b"220 files.example.com is ready\r\n"


class File(http.server.BaseHTTPRequestHandler):
    """GET /file gives PAYLOAD, also to those who take this for an HTTP proxy; PUT /file takes nothing else."""

    def do_GET(self):
        found = urllib.parse.urlsplit(self.path).path == "/file"
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(PAYLOAD) if found else 0))
        self.end_headers()
        if found:
            self.wfile.write(PAYLOAD)

    def do_PUT(self):
        received = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204 if received == PAYLOAD else 422)
        self.end_headers()

    def log_message(self, *_):
        pass


class Talker(socketserver.BaseRequestHandler):
    """Speaks first, then listens until the peer has ended, and only then sends back all that it heard."""

    banner = BANNER
    clients = []  # the address of each client, in order

    def handle(self):
        self.clients.append(self.client_address[:2])
        self.request.sendall(self.banner)
        self.request.sendall(receive_all(self.request))


class Flooder(Talker):
    """Reads nothing before the other side has taken the whole file."""

    banner = PAYLOAD


class Mirror(Talker):
    """Needs no end of the stream to answer, for proxies that take an end for both."""

    def handle(self):
        self.request.sendall(self.banner)
        self.request.sendall(receive(self.request, len(PAYLOAD)))


class Origin:
    """A destination on 127.0.0.1 and ::1 at the same port, served by threads of the runner."""

    def __init__(self, handler, tls=None):
        self.port, self.handler, self.tls = free_port(), handler, tls
        self.serve(socket.AF_INET, "127.0.0.1")
        self.serve(socket.AF_INET6, "::1")

    def serve(self, of, address):
        class Server(socketserver.ThreadingTCPServer):
            address_family, allow_reuse_address, request_queue_size, daemon_threads = of, True, 128, True

            def handle_error(self, *_):  # a client that goes away is the client's case to judge
                pass

        server = Server((address, self.port), self.handler)
        if self.tls:
            server.socket = self.tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, daemon=True).start()


class Echo:
    """Sends each datagram back to whom it came from, at the same port of 127.0.0.1 and ::1; an empty one too."""

    def __init__(self):
        self.port = free_port()
        self.clients = []  # the address of each sender, in order
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            s = socket.socket(family, socket.SOCK_DGRAM)
            s.bind((address, self.port))
            threading.Thread(target=self.serve, args=(s,), daemon=True).start()

    def serve(self, s):
        while True:
            data, client = s.recvfrom(65535)
            self.clients.append(client[:2])
            s.sendto(data, client)


class Nameserver(socketserver.BaseRequestHandler):
    """Knows quick.example at 127.0.0.1, and keeps silent about everything else."""

    def handle(self):
        query, s = self.request
        if b"\x05quick\x07example\x00" not in query:
            return
        question = query[12:query.index(b"\x00", 12) + 5]
        is_a = question[-4:-2] == b"\x00\x01"
        answer = b"\xc0\x0c\x00\x01\x00\x01" + bytes(4) + b"\x00\x04\x7f\x00\x00\x01" if is_a else b""
        counts = b"\x00\x01" + (b"\x00\x01" if is_a else b"\x00\x00") + bytes(4)
        s.sendto(query[:2] + b"\x81\x80" + counts + question + answer, self.client_address)


@contextlib.contextmanager
def slow_names():
    """Other names than quick.example take a second, and are not found. Once for each run."""
    overlay("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    overlay("/etc/nsswitch.conf", "hosts: files dns\n")
    with socketserver.ThreadingUDPServer(("127.0.0.1", 53), Nameserver) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


def tls_with_own_certificate():
    """A TLS context for NAME and both loopback addresses; cert.pem is its own authority."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
                    "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1,IP:::1", "-keyout", scratch / "key.pem",
                    "-out", scratch / "cert.pem"], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(scratch / "cert.pem", scratch / "key.pem")
    return context


def connect(port, address="127.0.0.1"):
    s = socket.create_connection((address, port), timeout=PATIENCE)
    s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return s


def receive(s, size):
    """Exactly `size` bytes, or what came before the end of the stream."""
    data = bytearray()
    while len(data) < size:
        more = s.recv(size - len(data))
        if not more:
            break
        data += more
    return bytes(data)


def receive_all(s):
    """Everything until the end of the stream, in whichever way the peer ends it."""
    data = bytearray()
    try:
        while more := s.recv(65536):
            data += more
    except ConnectionError:
        pass
    return bytes(data)
