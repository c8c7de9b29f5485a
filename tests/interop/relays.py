#!/usr/bin/env python3
"""Our UDP client through our proxy, Dante and ss-local.

    relays.py UDP [CASE...]
"""

import pathlib
import socket
import subprocess
import sys
import threading

import harness
from ferry import ALONE, HOW, Ferry
from harness import NAME, PATIENCE, expect, expect_in, free_port
from origins import Echo, receive
from servers import PASSWORD, USER, add_user, dante
from small_servers import shadowsocks
from stage import Proxy

LINES = ["one", "", "three" * 100]


class Wildcard:
    """A server that says that it listens everywhere, or at `address`, and a relay that answers twice: once from another
    port."""

    def __init__(self, address="0.0.0.0", port=None):
        self.named = (address, port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.relay, self.forger = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for s in (self.relay, self.forger):
            s.bind(("127.0.0.1" if address == "0.0.0.0" or port is not None else address, 0))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        control, _ = self.listener.accept()
        expect(receive(control, 3), b"\x05\x01\x00", "the greeting")
        control.sendall(b"\x05\x00")
        expect(receive(control, 10), b"\x05\x03\x00\x01" + bytes(6), "the request")
        address, port = self.named
        port = self.relay.getsockname()[1] if port is None else port
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        control.sendall(b"\x05\x00\x00" + (b"\x04" if ":" in address else b"\x01") +
                        socket.inet_pton(family, address) + port.to_bytes(2, "big"))
        datagram, client = self.relay.recvfrom(65535)
        self.forger.sendto(datagram + b"forged", client)
        self.relay.sendto(datagram, client)
        receive(control, 1)


class Cases:
    def __init__(self, program):
        self.program = program
        self.echo = Echo()
        self.proxy = Proxy("open", pathlib.Path(program).with_name("proxy"))
        self.proxy_login = Proxy("login", self.proxy.program, "--user", USER, "--password", PASSWORD)
        add_user()
        forbidden = free_port()
        self.dante = dante("none", forbidden)
        self.dante_login = dante("username", forbidden)
        self.dante_by_ipv6 = dante("none", forbidden, "::1")
        self.proxy_by_ipv6 = Proxy("by_ipv6", self.proxy.program, host="[::1]")
        self.shadowsocks = shadowsocks()

    def udp(self, server, to, *more, login="", scheme="socks5h", sent=""):
        at = "[::1]" if server in (self.dante_by_ipv6, self.proxy_by_ipv6) else "127.0.0.1"
        argv = [self.program, "--via", f"{scheme}://{login}{at}:{server.port}", "--to", to, *more]
        return subprocess.run(argv, input=sent, capture_output=True, text=True, timeout=PATIENCE)

    def answered(self, server, host, source, login="", scheme="socks5h"):
        """The answers, in whatever order they come, and their source."""
        done = self.udp(server, f"{host}:{self.echo.port}", login=login, scheme=scheme,
                        sent="".join(f"{line}\n" for line in LINES))
        expect(done.returncode, 0, f"exit code of udp ({done.stderr.strip()})")
        wanted = sorted(f"{source}:{self.echo.port} {line}" for line in LINES)
        expect(sorted(done.stdout.splitlines()), wanted, "the answers behind their sources")

    def forged(self):
        """The answer of another port is not the relay's; a relay at 0.0.0.0 is where its server is."""
        server = Wildcard()
        done = self.udp(server, "192.0.2.7:9", "--send", "datagram")
        expect(done.returncode, 0, f"exit code of udp ({done.stderr.strip()})")
        expect(done.stdout, "192.0.2.7:9 datagram\n", "the answers")

    def not_used(self, address, port, said):
        done = self.udp(Wildcard(address, port), "192.0.2.7:9", "--send", "datagram", "--wait", "1")
        expect(done.returncode, 1, "exit code of udp")
        expect_in(f"names the relay {said}", done.stderr, "what it says")

    def any_relay(self):
        done = self.udp(Wildcard("127.0.0.2"), "192.0.2.7:9", "--send", "datagram", "--any-relay")
        expect(done.returncode, 0, f"exit code of udp ({done.stderr.strip()})")
        expect(done.stdout, "192.0.2.7:9 datagram\n", "the answers")

    def lost(self):
        done = self.udp(self.proxy, f"127.0.0.1:{free_port()}", "--wait", "1", "--send", "a", "--send", "b")
        expect(done.returncode, 1, "exit code of udp")
        expect(done.stderr, "udp: 0 of 2 datagrams were answered\n", "what it says")

    def association_ended(self):
        """The end of the control connection is noticed while there is nothing to send."""
        with Proxy("short", self.proxy.program, "--idle", "1") as proxy:
            with subprocess.Popen([self.program, "--via", f"socks5h://{proxy.address}", "--to", "127.0.0.1:9"],
                                  stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as udp:
                expect(udp.wait(PATIENCE), 1, "exit code of udp")
                expect(udp.stderr.read(), "udp: the proxy has ended the association\n", "what it says")

    def refused(self, server, said, scheme="socks5h", login=""):
        done = self.udp(server, "127.0.0.1:9", "--send", "datagram", scheme=scheme, login=login)
        expect(done.returncode, 1, "exit code of udp")
        expect_in(said, done.stderr, "what it says")

    def table(self):
        answered, login, wrong = self.answered, f"{USER}:open%20sesame@", f"{USER}:open%20barley@"
        ours, dante_here, shadow = self.proxy, self.dante, self.shadowsocks
        return {
            "our_proxy_relays_to_an_IPv4_address": (answered, ours, "127.0.0.1", "127.0.0.1"),
            "our_proxy_relays_to_an_IPv6_address": (answered, ours, "[::1]", "[::1]"),
            "our_proxy_relays_to_a_name": (answered, ours, NAME, "127.0.0.1"),
            "our_proxy_relays_to_a_name_resolved_here": (answered, ours, NAME, "127.0.0.1", "", "socks5"),
            "our_proxy_relays_with_a_login": (answered, self.proxy_login, "127.0.0.1", "127.0.0.1", login),
            "our_proxy_relays_where_it_was_reached_by_IPv6": (answered, self.proxy_by_ipv6, "[::1]", "[::1]"),
            "Dante_relays_where_it_was_reached_by_IPv6": (answered, self.dante_by_ipv6, "[::1]", "[::1]"),
            "Dante_relays_to_an_IPv4_address": (answered, dante_here, "127.0.0.1", "127.0.0.1"),
            "Dante_relays_to_a_name": (answered, dante_here, NAME, "127.0.0.1"),
            "Dante_relays_with_a_login": (answered, self.dante_login, "127.0.0.1", "127.0.0.1", login),
            "ss_local_relays_to_an_IPv4_address": (answered, shadow, "127.0.0.1", "127.0.0.1"),
            "ss_local_relays_to_an_IPv6_address": (answered, shadow, "[::1]", "[::1]"),
            "ss_local_relays_to_a_name": (answered, shadow, NAME, "127.0.0.1"),
            # Not ss-local: it ends an association whose request comes in pieces, unless these come fast enough.
            **{f"{name}_{ALONE}": (answered, Ferry(server.port, *HOW[ALONE]), "127.0.0.1", "127.0.0.1", *more)
               for name, server, *more in (("our_proxy_relays", ours), ("Dante_relays", dante_here),
                                           ("our_proxy_relays_with_a_login", self.proxy_login, login),
                                           ("Dante_relays_with_a_login", self.dante_login, login))},
            "a_relay_at_any_address_is_where_its_server_is": (self.forged,),
            "a_relay_at_port_0_is_refused":
                (self.not_used, "0.0.0.0", 0, "127.0.0.1:0, which has no port"),
            "a_relay_at_a_private_address_is_refused":
                (self.not_used, "10.1.2.3", 9, "10.1.2.3:9, which is private"),
            "a_relay_at_another_loopback_address_is_refused":
                (self.not_used, "127.0.0.2", 9, "127.0.0.2:9, which is private"),
            "a_relay_at_an_IPv6_address_of_the_link_is_refused":
                (self.not_used, "fe80::9", 9, "[fe80::9]:9, which is private"),
            "a_relay_at_any_address_is_used_on_demand": (self.any_relay,),
            "an_answer_that_does_not_come_is_missed": (self.lost,),
            "an_association_that_ends_is_told": (self.association_ended,),
            "Dante_refuses_a_wrong_password":
                (self.refused, self.dante_login, "user name and password refused", "socks5h", wrong),
            "SOCKS4_has_no_datagrams": (self.refused, ours, "SOCKS4 has no such command", "socks4a"),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
