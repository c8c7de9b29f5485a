#!/usr/bin/env python3
"""Our clients at a Tor that has no network: what it answers by itself; and at a server that answers something else.

    tor.py RESOLVE [CASE...]
"""

import pathlib
import socket
import subprocess
import sys
import threading

import harness
from ferry import ALONE, HOW, Ferry
from harness import PATIENCE, Peer, expect, expect_in, free_port, scratch
from origins import connect, receive, receive_all

ONION = "a" * 56 + ".onion"  # no address of a service: its checksum is wrong


def tor():
    """Its codes for onion services are an option of the port."""
    port, folder = free_port(), scratch / "tor"
    folder.mkdir(mode=0o700, exist_ok=True)
    (scratch / "torrc").write_text(f"SocksPort 127.0.0.1:{port} ExtendedErrors\nDataDirectory {folder}\nClientOnly 1\n")
    return Peer("tor", "tor", "-f", scratch / "torrc", "--defaults-torrc", "/dev/null", port=port)


class Sophist:
    """Grants whatever it is asked for, with an answer to something else."""

    def __init__(self, answer):
        self.answer = answer
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        s, _ = self.listener.accept()
        expect(receive(s, 3), b"\x05\x01\x00", "the greeting")
        s.sendall(b"\x05\x00")
        receive(s, 10)
        s.sendall(b"\x05\x00\x00" + self.answer)
        receive_all(s)


class Cases:
    def __init__(self, program):
        self.resolve_program, self.tunnel_program = program, pathlib.Path(program).with_name("tunnel")
        self.tor = tor()

    def run(self, program, *arguments, scheme="socks5h", login="", at=None):
        port = (at or self.tor).port
        return subprocess.run([program, "--via", f"{scheme}://{login}127.0.0.1:{port}", *arguments],
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)

    def resolved(self, hosts, answers, scheme="socks5h", login="", at=None):
        done = self.run(self.resolve_program, *hosts, scheme=scheme, login=login, at=at)
        expect(done.stdout.splitlines(), answers, "the answers")
        expect(done.returncode, 0, f"exit code of resolve ({done.stderr.strip()})")

    def unresolved(self, said, *arguments):
        done = self.run(self.resolve_program, *arguments)
        expect_in(said, done.stderr, "what resolve says")
        expect(done.returncode, 1, "exit code of resolve")

    def credentials_refused(self, login):
        done = self.run(self.resolve_program, "192.0.2.7", login=login)
        expect_in("user name and password refused", done.stderr, "what resolve says")
        expect(done.returncode, 1, "exit code of resolve")

    def beside_the_question(self, answer, *arguments):
        done = self.run(self.resolve_program, *arguments, at=Sophist(answer))
        expect(done.stdout, "", "what resolve has found")
        expect_in("no answer in the reply", done.stderr, "what resolve says")
        expect(done.returncode, 1, "exit code of resolve")

    def grants_a_login_that_nobody_asked_for(self):
        with connect(self.tor.port) as s:
            s.sendall(b"\x05\x01\x00")
            expect(receive(s, 2), b"\x05\x00", "the method")
            s.sendall(b"\x01\x04john\x03foo")
            expect(receive(s, 2), b"\x01\x00", "the answer to a login")
            s.sendall(b"\x05\xf0\x00\x03\x09192.0.2.7\x00\x00")
            expect(receive(s, 10), b"\x05\x00\x00\x01\xc0\x00\x02\x07\x00\x00", "the answer to RESOLVE")

    def not_looked_up_here(self, scheme):
        done = self.run(self.resolve_program, "localhost", scheme=scheme)
        expect(done.stdout, "", "what resolve has found")
        expect_in("names are for Tor to look up", done.stderr, "what resolve says")
        expect(done.returncode, 2, "exit code of resolve")

    def refused(self, said, *arguments, at=None):
        done = self.run(self.tunnel_program, *arguments, at=at)
        expect_in(said, done.stderr, "what the tunnel says")
        expect(done.returncode, 1, "exit code of the tunnel")

    def table(self):
        resolved, unresolved, refused = self.resolved, self.unresolved, self.refused
        ferry = Ferry(self.tor.port, *HOW[ALONE])
        return {
            "Tor_resolves_an_IPv4_address_to_itself": (resolved, ["192.0.2.7"], ["192.0.2.7"]),
            "Tor_resolves_an_IPv6_address_to_itself": (resolved, ["2001:db8::1"], ["2001:db8::1"]),
            "Tor_resolves_by_SOCKS4a": (resolved, ["192.0.2.7"], ["192.0.2.7"], "socks4a"),
            "Tor_resolves_one_after_the_other": (resolved, ["192.0.2.7", "::1"], ["192.0.2.7", "::1"]),
            "Tor_takes_any_login": (resolved, ["192.0.2.7"], ["192.0.2.7"], "socks5h", "john:foo%20bar@"),
            "Tor_grants_a_login_that_nobody_asked_for": (self.grants_a_login_that_nobody_asked_for,),
            "Tor_takes_a_login_of_its_own_format":
                (resolved, ["192.0.2.7"], ["192.0.2.7"], "socks5h", "%3CtorS0X%3E0:mail@"),
            "Tor_refuses_a_login_of_an_unknown_format": (self.credentials_refused, "%3CtorS0X%3E7:mail@"),
            "Tor_refuses_to_look_for_the_name_of_loopback": (unresolved, "host unreachable", "--reverse", "127.0.0.1"),
            "Tor_refuses_to_look_for_the_name_of_a_name":
                (unresolved, "address type not supported", "--reverse", "files.example.com"),
            f"Tor_resolves_{ALONE}": (resolved, ["192.0.2.7"], ["192.0.2.7"], "socks5h", "", ferry),
            f"Tor_resolves_by_SOCKS4a_{ALONE}": (resolved, ["192.0.2.7"], ["192.0.2.7"], "socks4a", "", ferry),
            f"Tor_takes_any_login_{ALONE}":
                (resolved, ["192.0.2.7"], ["192.0.2.7"], "socks5h", "john:foo%20bar@", ferry),
            "a_name_is_no_address_of_a_name":
                (self.beside_the_question, b"\x03\x11files.example.org" + bytes(2), "files.example.com"),
            "no_name_is_no_address_of_a_name":
                (self.beside_the_question, b"\x03\x00" + bytes(2), "files.example.com"),
            "an_address_is_no_name_of_an_address":
                (self.beside_the_question, b"\x01\xc0\x00\x02\x08" + bytes(2), "--reverse", "192.0.2.7"),
            "a_name_for_Tor_is_not_looked_up_here": (self.not_looked_up_here, "socks5"),
            "a_name_for_Tor_is_not_looked_up_here_by_SOCKS4": (self.not_looked_up_here, "socks4"),
            "Tor_refuses_private_addresses": (refused, "general SOCKS server failure", "127.0.0.1:9"),
            f"Tor_refuses_private_addresses_{ALONE}":
                (lambda: refused("general SOCKS server failure", "127.0.0.1:9", at=ferry),),
            "Tor_hears_out_a_pipelined_client": (refused, "general SOCKS server failure", "--pipelined", "127.0.0.1:9"),
            "Tor_has_no_BIND": (refused, "command not supported", "--command", "bind", "192.0.2.7:9"),
            "Tor_has_a_code_for_an_onion_address_that_is_none":
                (refused, "onion address invalid", "--tor", f"{ONION}:80"),
            "codes_of_Tor_have_no_name_elsewhere": (refused, "refused: 0xF", f"{ONION}:80"),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
