#!/usr/bin/env python3
"""Our tunnel through the smaller servers: microsocks, and ss-local with its ss-server of shadowsocks-libev.

    small_servers.py TUNNEL [CASE...]

Neither passes the end of one way on as such; each closes both ways.
"""

import select
import subprocess
import sys

import harness
from harness import NAME, PATIENCE, Peer, expect, free_port
from origins import BANNER, PAYLOAD, Mirror, Origin
from servers import PIPELINED, Tunnels

USER, PASSWORD = "ivy", "open sesame"


def microsocks(name, *options):
    port = free_port()
    return Peer(name, "microsocks", "-i", "127.0.0.1", "-p", port, *options, port=port)


def shadowsocks():
    """ss-local, and the ss-server at its other end."""
    there, here = free_port(), free_port()
    key = ("-s", "127.0.0.1", "-p", there, "-k", PASSWORD, "-m", "chacha20-ietf-poly1305")
    Peer("ss_server", "ss-server", *key, "-u", port=there)
    return Peer("ss_local", "ss-local", *key, "-u", "-b", "127.0.0.1", "-l", here, port=here)


class Cases(Tunnels):
    def __init__(self, program):
        super().__init__(program)
        self.mirror = Origin(Mirror)
        self.microsocks = microsocks("microsocks")
        self.microsocks_login = microsocks("microsocks_login", "-u", USER, "-P", PASSWORD)
        self.shadowsocks = shadowsocks()

    def mirrored(self, server, host, login="", more=()):
        """The destination speaks first, and ends when it has sent the file back."""
        with subprocess.Popen(self.command(server, "5", *more, f"{host}:{self.mirror.port}", login=login),
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as tunnel:
            try:
                tunnel.stdin.write(PAYLOAD)
                tunnel.stdin.flush()
                came = tunnel.stdout.read(len(BANNER + PAYLOAD))
                expect(came, BANNER + PAYLOAD, "what came back")
                tunnel.stdin.close()
                expect(tunnel.stdout.read(), b"", "what came behind that")
                expect(tunnel.wait(PATIENCE), 0, "exit code of the tunnel")
            finally:
                tunnel.kill()

    def ended_for_both(self, server):
        """There is nobody to be refused by: the other end of the stream is that of our tunnel."""
        done = self.tunnel(server, "5", f"127.0.0.1:{free_port()}")
        expect(done.returncode, 0, f"exit code of the tunnel ({done.stderr.decode().strip()})")
        expect(done.stdout, b"", "what came out")

    def loses_what_comes_early(self, server):
        """The deadline is the client's own: the tunnel has none, and would wait for ever."""
        argv = self.command(server, "5", *PIPELINED, f"127.0.0.1:{self.mirror.port}")
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as tunnel:
            silent, _, _ = select.select([tunnel.stdout], [], [], 2)
            tunnel.kill()
            expect(silent, [], "what came within two seconds")

    def table(self):
        mirrored, refused = self.mirrored, self.refused
        micro, micro_login, shadow = self.microsocks, self.microsocks_login, self.shadowsocks
        login, wrong = f"{USER}:open%20sesame@", f"{USER}:open%20barley@"
        bind = ("", ("--command", "bind"))
        return {
            "microsocks_carries_SOCKS5_to_an_IPv4_address": (mirrored, micro, "127.0.0.1"),
            "microsocks_carries_SOCKS5_to_an_IPv6_address": (mirrored, micro, "[::1]"),
            "microsocks_carries_SOCKS5_to_a_name": (mirrored, micro, NAME),
            "microsocks_carries_SOCKS5_with_a_login": (mirrored, micro_login, NAME, login),
            "microsocks_loses_what_a_pipelined_client_sends": (self.loses_what_comes_early, micro),
            "microsocks_refuses_a_wrong_password":
                (refused, micro_login, "5", "user name and password refused", wrong),
            "microsocks_refuses_a_client_without_a_login":
                (refused, micro_login, "5", "no acceptable authentication method"),
            "microsocks_passes_on_a_refused_connection": (refused, micro, "5", "connection refused"),
            "microsocks_has_no_BIND": (refused, micro, "5", "command not supported", *bind),
            "microsocks_has_no_SOCKS4": (refused, micro, "4", "wrong version byte"),
            "ss_local_carries_SOCKS5_to_an_IPv4_address": (mirrored, shadow, "127.0.0.1"),
            "ss_local_carries_SOCKS5_to_an_IPv6_address": (mirrored, shadow, "[::1]"),
            "ss_local_carries_SOCKS5_to_a_name": (mirrored, shadow, NAME),
            "ss_local_serves_a_pipelined_client": (mirrored, shadow, NAME, "", PIPELINED),
            "ss_local_grants_what_then_fails": (self.ended_for_both, shadow),
            "ss_local_has_no_BIND": (refused, shadow, "5", "command not supported", *bind),
            "ss_local_closes_on_SOCKS4": (refused, shadow, "4", "connection closed before a message"),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
