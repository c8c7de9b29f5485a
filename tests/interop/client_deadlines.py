#!/usr/bin/env python3
"""Our clients at a proxy, or a name server, that does not answer: one deadline covers all that comes before the bytes
of the destination. All cases wait at the same time.

    client_deadlines.py TUNNEL [CASE...]
"""

import contextlib
import pathlib
import socket
import socketserver
import subprocess
import sys
import threading
import time

import harness
from harness import PATIENCE, expect, expect_in, overlay, scratch
from origins import Origin, receive_all
from transfer import PARTNER, changed

LIMIT, LATE = 2, 4  # seconds: the limit of each client, and how much later it may end on a busy machine
kept = []  # sockets that stay open until the end
CHOICE, REPLY = b"\x05\x00", b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x09"


class Silent(socketserver.BaseRequestHandler):
    """Reads everything and says nothing."""

    words, pause = b"", 0

    def handle(self):
        with contextlib.suppress(OSError):
            for byte in self.words:
                time.sleep(self.pause)
                self.request.sendall(bytes([byte]))
            receive_all(self.request)


class SilentAfterTheChoice(Silent):
    words = CHOICE


class Trickle(Silent):
    """Every byte comes long before a deadline for each read passes."""

    words, pause = CHOICE + REPLY, 0.6


def crowded():
    """A port of a listener whose queue is full: the system ignores those who connect."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    kept.extend((listener, socket.create_connection(listener.getsockname())))
    return listener.getsockname()[1]


def silent_name_server():
    """Every name is looked up at a port that nobody reads."""
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(("127.0.0.1", 53))
    overlay("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n")
    overlay("/etc/nsswitch.conf", "hosts: files dns\n")
    kept.append(s)


class Run:
    """A program that is started now and judged later."""

    def __init__(self, argv):
        self.began = time.monotonic()
        self.process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.ended = None
        threading.Thread(target=self.wait, daemon=True).start()

    def wait(self):
        self.process.wait()
        self.ended = time.monotonic()

    def is_given_up(self, *said, attempts=1):
        try:
            harness.until(lambda: self.ended, "the program to end")
            output = self.process.stdout.read() + self.process.stderr.read()
            expect(self.process.returncode, 1, f"exit code ({output})")
            for words in said:
                expect_in(words, output, "what the program says")
            took = self.ended - self.began
            expect(LIMIT * attempts <= took < LIMIT * attempts + LATE, True, f"{took:.2f} seconds in the limits")
        finally:
            self.process.kill()


class Cases:
    def __init__(self, program):
        folder = pathlib.Path(program).parent
        silent_name_server()
        at, port = "127.0.0.1", crowded()
        self.proxies = {  # where, and what a client says of it
            "a_silent_name_server": (("proxy.example", 1080), "no address of the proxy at proxy.example:1080"),
            "a_proxy_that_accepts_no_connection": ((at, port), f"cannot connect to the proxy at {at}:{port}"),
        }
        for name, handler, phase in (("a_silent_proxy", Silent, "waiting for the method selection"),
                                     ("a_proxy_silent_after_its_choice", SilentAfterTheChoice, "waiting for the reply"),
                                     ("a_proxy_that_sends_a_byte_at_a_time", Trickle, "waiting for the reply")):
            port = Origin(handler).port
            self.proxies[name] = ((at, port), f"the proxy at {at}:{port}: the deadline passed, {phase}")
        limit = ("--patience", LIMIT)
        programs = {
            "tunnel": lambda proxy: [folder / "tunnel", "--via", f"socks5h://{proxy}", *limit, "192.0.2.7:9"],
            "udp": lambda proxy: [folder / "udp", "--via", f"socks5h://{proxy}", *limit, "--to", "192.0.2.7:9"],
            "resolve": lambda proxy: [folder / "resolve", "--via", f"socks5h://{proxy}", *limit, "files.example"],
            "demo": lambda proxy: [folder / "demo", "--via", f"socks5h://{proxy}", *limit, "--fetch",
                                   "http://192.0.2.7/"],
            "gssapi_client": lambda proxy: [folder / "gssapi_client", "--proxy", proxy, "--service", "rcmd@localhost",
                                            *limit, "192.0.2.7:9"],
        }
        self.runs = {}
        for where, ((host, port), _) in self.proxies.items():
            for name, command in programs.items():
                # A choice of "no authentication" is a refusal for a client that offers only GSSAPI.
                if (folder / name).exists() and (name != "gssapi_client" or "choice" not in where and "byte" not in where):
                    self.runs[name, where] = Run(command(f"{host}:{port}"))
        self.runs["destination"] = Run([folder / "tunnel", "--via", "socks5://127.0.0.1:9", *limit, "files.example:9"])
        self.transfers = {}
        for where in ("a_silent_name_server", "a_proxy_that_accepts_no_connection"):
            host, port = self.proxies[where][0]
            config = self.config(where, host, port)
            self.transfers[where] = Run([folder / "transfer", "--config", config, "--partner", PARTNER, "--relay",
                                         "--clock", "virtual", *limit])

    @staticmethod
    def config(name, host, port):
        """The proxy of the example is elsewhere, and there is one retry."""
        text = changed(PORT=f"'{port}'", RETRYM="'1'").read_text().replace("'127.0.0.1'", f"'{host}'")
        path = scratch / f"{name}.cft"
        path.write_text(text)
        return path

    def table(self):
        cases = {}
        for key, run in self.runs.items():
            if key == "destination":
                cases["tunnel_gives_up_a_silent_name_server_for_its_target"] = \
                    (run.is_given_up, "no address of files.example:9 within 2 s")
                continue
            (name, where), (_, said) = key, self.proxies[key[1]]
            cases[f"{name}_gives_up_{where}"] = (run.is_given_up, said, f"within {LIMIT} s")
        for where, run in self.transfers.items():
            cases[f"transfer_gives_up_{where}"] = (lambda run=run: run.is_given_up("given up after 2 attempts", attempts=2),)
        return cases


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
