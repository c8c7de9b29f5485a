#!/usr/bin/env python3
"""Proxies and targets that have several addresses, and link-local ones.

    client_addresses.py TUNNEL [CASE...]
"""

import pathlib
import socket
import socketserver
import subprocess
import sys
import threading
import time

import harness
from cut_off import PART, Ends
from harness import NAME, PATIENCE, expect, expect_in, overlay
from origins import BANNER, Talker, receive
from stage import Proxy as OurProxy
from transfer import PARTNER, changed

SOON = 1.0  # seconds; a program that waits for five addresses in a row needs 1.25
HOLES = ["127.0.1.1", "127.0.1.2", "127.0.1.3"]
HOLES6 = [f"fd00::{i}" for i in range(1, 6)]
REFUSING = [f"127.0.1.{i}" for i in range(5, 10)]
GOOD, TARGET, LINK = "127.0.1.10", "127.0.2.3", "fe80::1"
HOSTS = {"proxies.example": [*HOLES, GOOD], "families.example": [*HOLES6, GOOD],
         "refusing.example": [*REFUSING, GOOD], "targets.example": ["127.0.2.1", "127.0.2.2", TARGET]}
kept = []


def is_deaf(address, port):
    """The queue of this listener is full, so the system ignores those who connect."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = socket.create_server((address, port), family=family, backlog=0)
    kept.extend((listener, socket.create_connection((address, port))))


class Serves(socketserver.ThreadingTCPServer):
    """A handler at one address."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, address, handler, port=0):
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        at = socket.getaddrinfo(address, port, type=socket.SOCK_STREAM)[0][4]
        super().__init__(at, handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()
        self.port = self.server_address[1]

    def handle_error(self, *_):
        pass


class Granting(Ends):
    """Grants the request, sends a part and ends; a request for datagrams has the relay at the address of the proxy."""

    relay = 0

    def handle(self):
        self.answer = b"\x05\x00\x00\x01" + bytes(4) + self.relay.to_bytes(2, "big")
        super().handle()


class Forbidding(socketserver.BaseRequestHandler):
    """Forbids everything by its rules."""

    requests = 0

    def handle(self):
        type(self).requests += 1
        receive(self.request, 3)
        self.request.sendall(b"\x05\x00")
        receive(self.request, 10)
        self.request.sendall(b"\x05\x02\x00\x01" + bytes(6))


class Cases:
    def __init__(self, program):
        self.folder = pathlib.Path(program).parent
        lines = "".join(f"{address} {name}\n" for name, all_of_it in HOSTS.items() for address in all_of_it)
        overlay("/etc/hosts", f"127.0.0.1 localhost {NAME}\n{lines}")
        for address in (*(f"{a}/128" for a in HOLES6), f"{LINK}/64"):
            subprocess.run(["ip", "-6", "address", "add", address, "dev", "lo", "nodad"], check=True)
        self.port = Serves(GOOD, Granting).port
        for name in HOSTS:  # the order of the file is that of the resolver
            first = socket.getaddrinfo(name, self.port, type=socket.SOCK_STREAM)[0][4][0]
            expect(first, HOSTS[name][0], f"the first address of {name}")
        for address in (*HOLES, *HOLES6):
            is_deaf(address, self.port)
        self.talker = Serves(TARGET, Talker)
        self.proxy = OurProxy("open", self.folder / "proxy")

    def run(self, program, *arguments, limit=PATIENCE):
        began = time.monotonic()
        done = subprocess.run([str(a) for a in (self.folder / program, *arguments)], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=PATIENCE)
        took = time.monotonic() - began
        expect(took < limit, True, f"{took:.2f} seconds in the limit ({done.stderr.decode()})")
        return done

    def arrives(self, program, host, *arguments, limit):
        """The program reaches the only address of the proxy that answers. What it is told there is not the question."""
        if program == "transfer":
            text = changed(PORT=f"'{self.port}'").read_text().replace("'127.0.0.1'", f"'{host}'")
            config = harness.scratch / "several.cft"
            config.write_text(text)
            argv = ["--config", config, "--partner", PARTNER, "--relay"]
        elif program == "gssapi_client":
            argv = ["--proxy", f"{host}:{self.port}", "192.0.2.7:9"]
        else:
            argv = ["--via", f"socks5h://{host}:{self.port}", *arguments]
        done = self.run(program, *argv, limit=limit)
        expect("annot connect" in done.stderr.decode() + done.stdout.decode(), False, "that it cannot connect")
        if program in ("tunnel", "transfer"):
            expect((done.returncode, done.stdout), (0, PART), f"exit code and output ({done.stderr.decode()})")

    def next_target(self):
        done = self.run("tunnel", "--via", f"socks5://127.0.0.1:{self.proxy.port}", f"targets.example:{self.talker.port}")
        words = done.stderr.decode()
        expect((done.returncode, done.stdout), (0, BANNER), f"exit code and output ({words})")
        expect(words.count("refused: connection refused"), 2, "refusals")

    def no_next_target(self):
        server = Serves("127.0.0.1", Forbidding)
        done = self.run("tunnel", "--via", f"socks5://127.0.0.1:{server.port}", "targets.example:9")
        expect((done.returncode, Forbidding.requests), (1, 1), "exit code and requests")
        expect_in("the rules of the proxy forbid this destination", done.stderr.decode(), "what tunnel says")

    def zone(self):
        server = Serves(f"{LINK}%lo", Granting)
        for name in ("lo", "1"):
            done = self.run("tunnel", "--via", f"socks5://u:p%25@[{LINK}%25{name}]:{server.port}", "192.0.2.7:9")
            expect((done.returncode, done.stdout), (0, PART), f"exit code and output ({done.stderr.decode()})")

    def zone_for_datagrams(self):
        """The relay is at the address of the proxy, which is unknown without its zone."""
        relay = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        relay.bind(socket.getaddrinfo(f"{LINK}%lo", 0, type=socket.SOCK_DGRAM)[0][4])

        class Associating(Granting):
            def act(self, s):
                receive(s, 1)

        Associating.relay = relay.getsockname()[1]
        server = Serves(f"{LINK}%lo", Associating)

        def echo():
            data, client = relay.recvfrom(65535)
            relay.sendto(data, client)

        threading.Thread(target=echo, daemon=True).start()
        done = self.run("udp", "--via", f"socks5h://[{LINK}%25lo]:{server.port}", "--to", "192.0.2.7:9", "--send", "hello")
        expect((done.returncode, done.stdout), (0, b"192.0.2.7:9 hello\n"), f"exit code and output ({done.stderr.decode()})")

    def refused_zone(self, code, said, *via):
        words = [word for uri in via for word in ("--via", uri)]
        done = self.run("tunnel", *words, "192.0.2.7:9")
        expect(done.returncode, code, "exit code")
        expect_in(said, done.stderr.decode(), "what tunnel says")

    def table(self):
        to = {"tunnel": ["192.0.2.7:9"], "udp": ["--to", "192.0.2.7:9", "--wait", "1"], "resolve": ["files.example"],
              "demo": ["--fetch", "http://192.0.2.7/"], "transfer": [], "gssapi_client": []}
        cases, first = {}, f"[{LINK}%25lo]"
        for program, arguments in to.items():
            if not (self.folder / program).exists():
                continue
            cases |= {
                f"{program}_passes_three_addresses_that_do_not_answer":
                    (lambda p=program, a=arguments: self.arrives(p, "proxies.example", *a, limit=2 * SOON),),
                f"{program}_tries_the_families_in_turn":
                    (lambda p=program, a=arguments: self.arrives(p, "families.example", *a, limit=SOON),),
                f"{program}_passes_addresses_that_refuse_at_once":
                    (lambda p=program, a=arguments: self.arrives(p, "refusing.example", *a, limit=SOON),),
            }
        only = "only the link-local address of the first proxy can have a zone"
        return cases | {
            "tunnel_tries_the_next_address_of_its_target": (self.next_target,),
            "tunnel_does_not_try_what_is_forbidden": (self.no_next_target,),
            "a_zone_leads_to_a_link_local_proxy": (self.zone,),
            "a_zone_leads_to_the_relay_of_a_link_local_proxy": (self.zone_for_datagrams,),
            "an_unknown_zone_is_named": (self.refused_zone, 1, f"no address of the proxy at [{LINK}%nowhere]:1080",
                                         f"socks5://[{LINK}%25nowhere]"),
            "a_zone_of_another_address_is_refused": (self.refused_zone, 2, only, "socks5://[2001:db8::1%25lo]"),
            "a_zone_of_the_second_proxy_is_refused": (self.refused_zone, 2, only, f"socks5://{first}", f"socks5://{first}"),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
