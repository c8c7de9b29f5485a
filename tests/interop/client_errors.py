#!/usr/bin/env python3
"""What our clients say of a handshake that fails: the proxy, and whether it or the destination is at fault.

    client_errors.py TUNNEL [CASE...]
"""

import pathlib
import socketserver
import subprocess
import sys

import harness
from harness import PATIENCE, expect, expect_in, free_port
from origins import Origin, receive

CHOICE = b"\x05\x00"


def refusal(code):
    return CHOICE, bytes([5, code, 0, 1]) + bytes(6)


# What the proxy says in turn before it ends, and what the client says.
SAYS = {
    "a_refused_connection": (refusal(5), "refused: connection refused: the destination refused the connection"),
    "an_unreachable_host":
        (refusal(4), "refused: host unreachable: the proxy cannot reach the destination, or cannot find its name"),
    "an_unreachable_network":
        (refusal(3), "refused: network unreachable: the proxy has no route to the destination's network"),
    "a_forbidden_destination":
        (refusal(2), "refused: connection not allowed by ruleset: the rules of the proxy forbid this destination"),
    "a_proxy_that_fails":
        (refusal(1), "refused: general SOCKS server failure: the proxy failed and does not say why"),
    "a_proxy_that_ends_at_once":
        ((), ": connection closed before a message, waiting for the method selection (the proxy gives no reason)"),
    "a_proxy_that_ends_instead_of_a_reply":
        ((CHOICE,), ": connection closed before a message, waiting for the reply "
                    "(the proxy gives no reason; many proxies do so if the destination fails)"),
    "a_proxy_that_wants_a_password":
        ((b"\x05\xff",), ": no acceptable authentication method (the proxy accepts none of the offered methods"),
    "a_server_of_HTTP":
        ((b"HTTP/1.1 400 Bad Request\r\n\r\n",),
         ": the peer speaks HTTP, not SOCKS (the proxy is at fault, or it is no SOCKS proxy)"),
}
BEFORE_THE_REQUEST = ("a_proxy_that_ends_at_once", "a_proxy_that_wants_a_password", "a_server_of_HTTP")


def speaker(words):
    class Speaker(socketserver.BaseRequestHandler):
        def handle(self):
            for size, answer in zip((3, 5), words):
                receive(self.request, size)
                self.request.sendall(answer)
            self.request.recv(1000)

    return Speaker


class Cases:
    def __init__(self, program):
        self.folder = pathlib.Path(program).parent
        self.ports = {name: Origin(speaker(words)).port for name, (words, _) in SAYS.items()}
        self.nobody = free_port()

    def command(self, program, port):
        at = f"127.0.0.1:{port}"
        return {"tunnel": ["--via", f"socks5h://{at}", "192.0.2.7:9"],
                "udp": ["--via", f"socks5h://{at}", "--to", "192.0.2.7:9"],
                "resolve": ["--via", f"socks5h://{at}", "files.example"],
                "demo": ["--via", f"socks5h://{at}", "--fetch", "http://192.0.2.7/"],
                "gssapi_client": ["--proxy", at, "--service", "rcmd@localhost", "192.0.2.7:9"]}[program]

    def says(self, program, port, said):
        argv = [str(self.folder / program), *self.command(program, port)]
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        expect(done.returncode, 1, f"exit code ({done.stderr})")
        expect_in(said, done.stdout + done.stderr, "what the client says")

    def table(self):
        cases = {}
        for program in ("tunnel", "udp", "resolve", "demo", "gssapi_client"):
            if not (self.folder / program).exists():
                continue
            for name, (_, said) in SAYS.items():
                if program != "gssapi_client" or name in BEFORE_THE_REQUEST:
                    port = self.ports[name]
                    cases[f"{program}_explains_{name}"] = (self.says, program, port, f"the proxy at 127.0.0.1:{port}{said}"
                                                           if said[0] == ":" else f"the proxy at 127.0.0.1:{port} {said}")
            cases[f"{program}_explains_an_absent_proxy"] = \
                (self.says, program, self.nobody,
                 f"cannot connect to the proxy at 127.0.0.1:{self.nobody}: Connection refused")
        return cases


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
