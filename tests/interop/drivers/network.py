"""What the programs under test talk to: destinations, proxies of other authors, and a name server."""

import hashlib
import http.server
import random
import socketserver
import ssl
import subprocess
import threading
import time

import servers
import small_servers
import tls
from harness import overlay, scratch
from origins import Origin, tls_with_own_certificate
from stage import PASSWORD, USER, Proxy

LOGIN = (USER, PASSWORD)  # of our proxy and of the servers under test
OTHER_LOGIN = (servers.USER, servers.PASSWORD)  # of Dante and microsocks
LONG_LOGIN = ("u" * 255, "p" * 255)
DATA = random.Random(1961).randbytes(2 * 1024 * 1024 + 7)
SLOW_NAME = "slow.example.com"
SLOW = 6  # seconds that the name server needs for SLOW_NAME
UNKNOWN_NAME = "nobody.invalid"


def question(sent, wanted):
    """What a client writes to a Counter, and what the Counter answers."""
    data = DATA[:sent]
    return b"%d %d\n" % (sent, wanted) + data, hashlib.sha256(data).hexdigest().encode() + b"\n" + DATA[:wanted]


class Counter(socketserver.BaseRequestHandler):
    """Reads "N M\\n" and N bytes; answers with their SHA-256, a newline and M bytes. Needs no end of the stream."""

    def handle(self):
        with self.request.makefile("rb") as stream:
            sent, wanted = map(int, stream.readline().split())
            digest = hashlib.sha256(stream.read(sent)).hexdigest()
        self.request.sendall(digest.encode() + b"\n" + DATA[:wanted])


class Page(http.server.BaseHTTPRequestHandler):
    """A page for curl."""

    body = DATA[:100_003]

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_):
        pass


class Names(socketserver.BaseRequestHandler):
    """SLOW_NAME has an address after SLOW seconds; no other name exists."""

    def handle(self):
        query, s = self.request
        name, kind = query[12:query.index(b"\0", 12) + 1], query[query.index(b"\0", 12) + 1:][:2]
        slow = b"".join(bytes([len(label)]) + label.encode() for label in SLOW_NAME.split(".")) + b"\0"
        if name.lower() != slow:
            answer, flags = b"", b"\x81\x83"  # no such name
        elif kind == b"\x00\x01":
            answer, flags = b"\xc0\x0c\x00\x01\x00\x01" + bytes(4) + b"\x00\x04\x7f\x00\x00\x01", b"\x81\x80"
        else:
            answer, flags = b"", b"\x81\x80"
        if name.lower() == slow:
            time.sleep(SLOW)
        counts = b"\x00\x01" + (b"\x00\x01" if answer else b"\x00\x00") + bytes(4)
        s.sendto(query[:2] + flags + counts + name + kind + b"\x00\x01" + answer, self.client_address)


def serve_names():
    """Asks our name server for each name that is not in /etc/hosts."""
    overlay("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:10 attempts:1\n")
    overlay("/etc/nsswitch.conf", "hosts: files dns\n")
    server = socketserver.ThreadingUDPServer(("127.0.0.1", 53), Names)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()


class Network:
    def __init__(self, proxy):
        serve_names()
        subprocess.run(["ip", "route", "add", "unreachable", "198.51.100.0/24"], check=True)
        self.tls_of_a_server = tls_with_own_certificate()
        tls.add_certificates()
        self.tls_of_a_client = ssl.create_default_context(cafile=scratch / "cert.pem")
        self.counter, self.page = Origin(Counter), Origin(Page)
        servers.add_user()
        # Each proxy with the login that it wants.
        self.proxies = {
            "our_proxy": (Proxy("open", proxy), ()),
            "our_proxy_with_a_login": (Proxy("login", proxy, "--user", USER, "--password", PASSWORD), LOGIN),
            "our_proxy_with_a_long_login":
                (Proxy("long", proxy, "--user", LONG_LOGIN[0], "--password", LONG_LOGIN[1]), LONG_LOGIN),
            "Dante": (servers.dante("none", 9), ()),
            "Dante_with_a_login": (servers.dante("username", 9), OTHER_LOGIN),
            "microsocks": (small_servers.microsocks("microsocks"), ()),
            "microsocks_with_a_login":
                (small_servers.microsocks("microsocks_login", "-u", OTHER_LOGIN[0], "-P", OTHER_LOGIN[1]), OTHER_LOGIN),
        }
        self.proxy_at_ipv6 = Proxy("open6", proxy, host="[::1]")
