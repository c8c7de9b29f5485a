#!/usr/bin/env python3
"""Programs that connect standard input and output through our proxy: nc of OpenBSD, Ncat, socat and connect-proxy; and
torsocks below an nc that knows of no proxy.

    netcats.py PROXY [CASE...]
"""

import os
import socket
import subprocess
import sys

import harness
from harness import NAME, PATIENCE, expect, free_port, scratch
from origins import BANNER, PAYLOAD, Mirror, Origin
from stage import PASSWORD, USER, Stage

ELSEWHERE = "192.0.2.1"  # this host, but not loopback, which torsocks leaves alone
TORSOCKS = "TorAddress 127.0.0.1\nTorPort {}\nAllowInbound 0\n"


# Their command lines; the braces are filled in with the ports of the proxy and the destination, and its host.
def nc(version):
    return ["nc.openbsd", "-X", version, "-x", "127.0.0.1:{proxy}", "{host}", "{port}"]


def ncat(kind, *more):
    return ["ncat", "--proxy", "127.0.0.1:{proxy}", "--proxy-type", kind, "--proxy-dns", "remote", *more,
            "{host}", "{port}"]


def socat(kind):
    return ["socat", "-", kind + ":127.0.0.1:{host}:{port},socksport={proxy}"]


def connect_proxy(version, resolve):
    return ["connect-proxy", version, "-R", resolve, "-S", "127.0.0.1:{proxy}", "{host}", "{port}"]


def own_address(origin):
    """Has `origin` serve at ELSEWHERE too."""
    subprocess.run(["ip", "address", "add", f"{ELSEWHERE}/32", "dev", "lo"], check=True)
    origin.serve(socket.AF_INET, ELSEWHERE)


class Cases:
    def __init__(self, stage):
        self.stage = stage
        self.mirror = Origin(Mirror)
        own_address(self.mirror)

    def carries(self, words, logged, host=NAME, proxy="open", **environment):
        """The destination speaks first, and ends when it has sent the file back."""
        proxy = getattr(self.stage, proxy)
        since = proxy.mark()
        argv = [w.format(proxy=proxy.port, host=host, port=self.mirror.port) for w in words]
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=os.environ | environment) as client:
            try:
                client.stdin.write(PAYLOAD)
                client.stdin.flush()
                expect(client.stdout.read(len(BANNER + PAYLOAD)), BANNER + PAYLOAD, "what came back")
                client.stdin.close()
                expect(client.stdout.read(), b"", "what came behind that")
                client.wait(PATIENCE)
            finally:
                client.kill()
        proxy.line(f"{logged}:{self.mirror.port}: ", since)

    def refused(self, words, logged, proxy="open"):
        proxy = getattr(self.stage, proxy)
        since = proxy.mark()
        argv = [w.format(proxy=proxy.port, host="127.0.0.1", port=free_port()) for w in words]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
        expect(done.returncode != 0, True, "its failure")
        expect(done.stdout, b"", "what it got")
        proxy.line(logged, since)

    def torsocks(self):
        config = scratch / "torsocks.conf"
        config.write_text(TORSOCKS.format(self.stage.open.port))
        self.carries(["torsocks", "nc.openbsd", "{host}", "{port}"], f"SOCKS5 CONNECT {ELSEWHERE}", ELSEWHERE,
                     TORSOCKS_CONF_FILE=str(config))

    def table(self):
        carries, refused = self.carries, self.refused
        login, wrong = ("--proxy-auth", f"{USER}:{PASSWORD}"), ("--proxy-auth", f"{USER}:bar foo")
        four, four_a, five = (f"{v} CONNECT " for v in ("SOCKS4", "SOCKS4a", "SOCKS5"))
        return {
            "nc_by_SOCKS4": (carries, nc("4"), four + "127.0.0.1", "127.0.0.1"),
            "nc_by_SOCKS5_to_an_IPv4_address": (carries, nc("5"), five + "127.0.0.1", "127.0.0.1"),
            "nc_by_SOCKS5_to_an_IPv6_address": (carries, nc("5"), five + "[::1]", "::1"),
            "nc_by_SOCKS5_to_a_name": (carries, nc("5"), five + NAME),
            "nc_by_SOCKS4_is_refused": (refused, nc("4"), "request rejected or failed"),
            "nc_by_SOCKS5_is_refused": (refused, nc("5"), "connection refused"),
            "Ncat_by_SOCKS4": (carries, ncat("socks4"), four + "127.0.0.1", "127.0.0.1"),
            "Ncat_by_SOCKS4a": (carries, ncat("socks4"), four_a + NAME),
            "Ncat_by_SOCKS5_to_an_IPv4_address": (carries, ncat("socks5"), five + "127.0.0.1", "127.0.0.1"),
            "Ncat_by_SOCKS5_to_an_IPv6_address": (carries, ncat("socks5"), five + "[::1]", "::1"),
            "Ncat_by_SOCKS5_to_a_name": (carries, ncat("socks5"), five + NAME),
            "Ncat_by_SOCKS5_with_a_login": (carries, ncat("socks5", *login), five + NAME, NAME, "login"),
            "Ncat_by_SOCKS5_without_the_login_that_the_proxy_wants":
                (refused, ncat("socks5"), "no acceptable authentication method", "login"),
            "Ncat_by_SOCKS5_with_a_wrong_password":
                (refused, ncat("socks5", *wrong), "user name and password refused", "login"),
            "socat_by_SOCKS4": (carries, socat("SOCKS4"), four + "127.0.0.1", NAME),
            "socat_by_SOCKS4a": (carries, socat("SOCKS4A"), four_a + NAME),
            "socat_by_SOCKS4a_is_refused": (refused, socat("SOCKS4A"), "request rejected or failed"),
            "connect_proxy_by_SOCKS4": (carries, connect_proxy("-4", "local"), four + "127.0.0.1", NAME),
            "connect_proxy_by_SOCKS5_to_an_IPv4_address": (carries, connect_proxy("-5", "local"), five + "127.0.0.1"),
            "connect_proxy_by_SOCKS5_to_a_name": (carries, connect_proxy("-5", "remote"), five + NAME),
            "torsocks_by_SOCKS5": (self.torsocks,),
            "no_client_left_a_connection_open": (self.stage.left_nothing_open,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(Stage(program)).table()))
