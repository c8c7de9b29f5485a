#!/usr/bin/env python3
"""Programs through our proxy by way of libraries: PySocks, `socks` of Node.js, and ProxyChains below a curl that knows
of no proxy.

    libraries.py PROXY [CASE...]
"""

import ipaddress
import os
import pathlib
import re
import socket
import subprocess
import sys

import harness
from harness import NAME, PATIENCE, expect, expect_in, free_port, scratch
from origins import BANNER, PAYLOAD, Echo, connect, receive, receive_all
from stage import PASSWORD, USER, Proxy, Stage

# Where Debian puts modules, whichever python3 or node comes first.
os.environ["NODE_PATH"] = "/usr/share/nodejs"
sys.path.append("/usr/lib/python3/dist-packages")
import socks  # noqa: E402

NODE = ("node", pathlib.Path(__file__).with_name("node_socks.js"))
CHAINS = "strict_chain\nquiet_mode\nproxy_dns\n[ProxyList]\n"


class Cases:
    def __init__(self, stage):
        self.stage = stage
        self.talker = stage.talker.port
        self.echo = Echo().port
        self.inner = Proxy("inner", stage.program, "--user", USER, "--password", "foo")  # ProxyChains knows no spaces

    def pysocks(self, proxy, kind, host, port, login):
        s = socks.socksocket()
        s.settimeout(PATIENCE)
        s.set_proxy(kind, "127.0.0.1", proxy.port, True, *login)
        s.connect((host, port))
        return s

    def pysocks_carries(self, kind, host, logged, login=()):
        """The destination speaks first, and answers only when the client has ended."""
        proxy = self.stage.login if login else self.stage.open
        since = proxy.mark()
        with self.pysocks(proxy, kind, host, self.talker, login) as s:
            expect(receive(s, len(BANNER)), BANNER, "what came behind the answer")
            s.sendall(PAYLOAD)
            s.shutdown(socket.SHUT_WR)
            expect(receive_all(s), PAYLOAD, "what came back after the end of the stream")
        proxy.line(f"{logged}:{self.talker}: ", since)

    def pysocks_refused(self, proxy, kind, said, host="127.0.0.1", login=()):
        try:
            self.pysocks(getattr(self.stage, proxy), kind, host, free_port(), login)
        except socks.ProxyError as why:
            return expect_in(said, str(why), "what PySocks says")
        raise AssertionError("PySocks was not refused")

    def pysocks_associates(self, host, login=(), rdns=True):
        """The destination that PySocks declares is the name 0, or by its own look-up 0.0.0.0, and its own port."""
        proxy = self.stage.login if login else self.stage.open
        since = proxy.mark()
        with socks.socksocket(type=socket.SOCK_DGRAM) as s:
            s.settimeout(PATIENCE)
            s.set_proxy(socks.SOCKS5, "127.0.0.1", proxy.port, rdns, *login)
            for data in (b"one", b"three" * 200):
                s.sendto(data, (host, self.echo))
                expect(s.recvfrom(65535), (data, ("127.0.0.1", self.echo)), "the answer and its source")
        proxy.line("SOCKS5 UDP ASSOCIATE " + ("0:" if rdns else "0.0.0.0:"), since)

    def node(self, proxy, command, version, host, port, login):
        return [*NODE, command, version, str(proxy.port), host, str(port), *login]

    def node_carries(self, version, host, logged, login=()):
        proxy = self.stage.login if login else self.stage.open
        since = proxy.mark()
        done = subprocess.run(self.node(proxy, "connect", version, host, self.talker, login), input=PAYLOAD,
                              capture_output=True, timeout=PATIENCE)
        expect(done.returncode, 0, f"exit code of node ({done.stderr.decode().strip()})")
        expect(done.stdout, BANNER + PAYLOAD, "what came back")
        proxy.line(f"{logged}:{self.talker}: ", since)

    def node_binds(self, version, login=()):
        """A caller at the address of the first reply; the second lets the bytes of both through."""
        proxy = self.stage.login if login else self.stage.open
        with subprocess.Popen(self.node(proxy, "bind", version, "127.0.0.1", 9, login), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as node:
            try:
                said = node.stderr.readline()
                first = re.fullmatch(rb"bound to 127\.0\.0\.1 (\d+)\n", said)
                expect(first is not None, True, f"the line with the bound address, which is {said!r}")
                with connect(int(first[1])) as caller:
                    node.stdin.write(b"from the client")
                    node.stdin.flush()
                    expect(receive(caller, 15), b"from the client", "what the caller got")
                    caller.sendall(b"from the caller")
                expect(node.stdout.read(), b"from the caller", "what the client got")
                expect(node.wait(PATIENCE), 0, "exit code of node")
            finally:
                node.kill()

    def node_associates(self, host, source, login=()):
        proxy = self.stage.login if login else self.stage.open
        done = subprocess.run(self.node(proxy, "associate", "5", host, self.echo, login), input=b"datagram",
                              capture_output=True, timeout=PATIENCE)
        expect(done.returncode, 0, f"exit code of node ({done.stderr.decode().strip()})")
        end, _, data = done.stdout.partition(b"\n")
        host, _, port = end.decode().partition(" ")
        expect((str(ipaddress.ip_address(host)), int(port)), (source, self.echo), "the source of the answer")
        expect(data, b"datagram", "the answer")

    def node_refused(self, proxy, version, said, login=()):
        argv = self.node(getattr(self.stage, proxy), "connect", version, "127.0.0.1", free_port(), login)
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
        expect(done.returncode, 1, "exit code of node")
        expect_in(said, done.stderr.decode(), "what node says")

    def chain(self, *hops):
        """curl through all of them, each reached through the one before it."""
        config = scratch / "proxychains.conf"
        config.write_text(CHAINS + "".join(f"{hop}\n" for hop in hops))
        done = subprocess.run(["proxychains4", "-f", config, "curl", "-q", "-sS", "--max-time", str(PATIENCE),
                               f"http://{NAME}:{self.stage.http.port}/file"], capture_output=True, timeout=PATIENCE + 5)
        expect(done.returncode, 0, f"exit code of curl ({done.stderr.decode().strip()})")
        expect(done.stdout, PAYLOAD, "the file")

    def through_two(self, outer, inner, login):
        since = self.stage.open.mark(), self.inner.mark()
        self.chain(f"{outer} 127.0.0.1 {self.stage.open.port}", f"{inner} 127.0.0.1 {self.inner.port} {login}")
        self.stage.open.line(f"CONNECT 127.0.0.1:{self.inner.port}: ", since[0])
        self.inner.line(f"CONNECT {NAME}:{self.stage.http.port}: ", since[1])

    def left_nothing_open(self):
        self.stage.left_nothing_open()
        self.inner.closes_everything()

    def table(self):
        pysocks, node, login, wrong = self.pysocks_carries, self.node_carries, (USER, PASSWORD), (USER, "bar foo")
        no_pysocks, no_node = self.pysocks_refused, self.node_refused
        four, five = socks.SOCKS4, socks.SOCKS5
        return {
            "PySocks_by_SOCKS4_to_an_IPv4_address": (pysocks, four, "127.0.0.1", "SOCKS4 CONNECT 127.0.0.1"),
            "PySocks_by_SOCKS4a_to_a_name": (pysocks, four, NAME, f"SOCKS4a CONNECT {NAME}"),
            "PySocks_by_SOCKS5_to_an_IPv4_address": (pysocks, five, "127.0.0.1", "SOCKS5 CONNECT 127.0.0.1"),
            "PySocks_by_SOCKS5_to_an_IPv6_address": (pysocks, five, "::1", "SOCKS5 CONNECT [::1]"),
            "PySocks_by_SOCKS5_to_a_name": (pysocks, five, NAME, f"SOCKS5 CONNECT {NAME}"),
            "PySocks_by_SOCKS5_with_a_login": (pysocks, five, NAME, f"SOCKS5 CONNECT {NAME}", login),
            "PySocks_associates": (self.pysocks_associates, "127.0.0.1"),
            "PySocks_associates_without_a_name_for_itself": (self.pysocks_associates, "127.0.0.1", (), False),
            "PySocks_associates_and_sends_to_a_name": (self.pysocks_associates, NAME),
            "PySocks_associates_with_a_login": (self.pysocks_associates, NAME, login),
            "PySocks_with_a_wrong_password":
                (no_pysocks, "login", five, "SOCKS5 authentication failed", "127.0.0.1", wrong),
            "PySocks_without_the_login_that_the_proxy_wants":
                (no_pysocks, "login", five, "All offered SOCKS5 authentication methods were rejected"),
            "PySocks_by_SOCKS4_to_a_port_that_nobody_listens_at":
                (no_pysocks, "open", four, "0x5b: Request rejected or failed"),
            "PySocks_by_SOCKS5_to_a_port_that_nobody_listens_at":
                (no_pysocks, "open", five, "0x05: Connection refused"),
            "PySocks_by_SOCKS5_to_a_name_that_nobody_has":
                (no_pysocks, "open", five, "0x04: Host unreachable", "nobody.invalid"),
            "Node_by_SOCKS4_to_an_IPv4_address": (node, "4", "127.0.0.1", "SOCKS4 CONNECT 127.0.0.1"),
            "Node_by_SOCKS4a_to_a_name": (node, "4", NAME, f"SOCKS4a CONNECT {NAME}"),
            "Node_by_SOCKS5_to_an_IPv4_address": (node, "5", "127.0.0.1", "SOCKS5 CONNECT 127.0.0.1"),
            "Node_by_SOCKS5_to_an_IPv6_address": (node, "5", "::1", "SOCKS5 CONNECT [::1]"),
            "Node_by_SOCKS5_to_a_name": (node, "5", NAME, f"SOCKS5 CONNECT {NAME}"),
            "Node_by_SOCKS5_with_a_login": (node, "5", NAME, f"SOCKS5 CONNECT {NAME}", login),
            "Node_binds_by_SOCKS4": (self.node_binds, "4"),
            "Node_binds_by_SOCKS5": (self.node_binds, "5"),
            "Node_binds_by_SOCKS5_with_a_login": (self.node_binds, "5", login),
            "Node_associates": (self.node_associates, "127.0.0.1", "127.0.0.1"),
            "Node_associates_and_sends_to_an_IPv6_address": (self.node_associates, "::1", "::1"),
            "Node_associates_and_sends_to_a_name": (self.node_associates, NAME, "127.0.0.1"),
            "Node_associates_with_a_login": (self.node_associates, "127.0.0.1", "127.0.0.1", login),
            "Node_with_a_wrong_password": (no_node, "login", "5", "Socks5 Authentication failed", wrong),
            "Node_without_the_login_that_the_proxy_wants": (no_node, "login", "5", "no accepted authentication type"),
            "Node_by_SOCKS4_to_a_port_that_nobody_listens_at": (no_node, "open", "4", "Failed"),
            "Node_by_SOCKS5_to_a_port_that_nobody_listens_at": (no_node, "open", "5", "ConnectionRefused"),
            "ProxyChains_through_SOCKS5_and_SOCKS5": (self.through_two, "socks5", "socks5", f"{USER} foo"),
            "ProxyChains_through_SOCKS4_and_SOCKS5": (self.through_two, "socks4", "socks5", f"{USER} foo"),
            "no_client_left_a_connection_open": (self.left_nothing_open,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(Stage(program)).table()))
