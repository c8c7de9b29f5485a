#!/usr/bin/env python3
"""Libraries of other languages: x/net/proxy of Go, IO::Socket::Socks of Perl and socksio of Python as clients of our
proxy, and our tunnel through a server of Perl's.

    languages.py PROXY [CASE...]
"""

import contextlib
import os
import pathlib
import re
import socket
import subprocess
import sys

import harness
from harness import NAME, PATIENCE, Peer, expect, expect_in, free_port, scratch
from origins import BANNER, PAYLOAD, Origin, Talker, connect, receive_all
from servers import PIPELINED, Tunnels, is_called_back
from socksio_client import socksio, socksio_client
from stage import PASSWORD, USER, Stage

HERE = pathlib.Path(__file__).parent
PERL = ("perl", HERE / "socks.pl")
LOGIN, WRONG = (USER, PASSWORD), (USER, "bar foo")


def go_program(source):
    """Debian keeps the sources of Go's libraries where GOPATH leads."""
    program = scratch / source.stem
    settings = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOCACHE": str(scratch / "go"), "CGO_ENABLED": "0"}
    subprocess.run(["go", "build", "-o", program, source], check=True, env=os.environ | settings)
    return program


def go_client():
    return (go_program(HERE / "go_socks.go"),)


def perl_server(name, *login):
    port = free_port()
    return Peer(name, *PERL, "serve", port, *login, port=port)


class Mute(Talker):
    """Does not speak first."""

    banner = b""


class Cases(Tunnels):
    def __init__(self, program):
        super().__init__(pathlib.Path(program).with_name("tunnel"))
        self.stage = Stage(program)
        self.mute = Origin(Mute)
        self.clients = {"Go": go_client(), "Perl": PERL}
        self.perl = perl_server("perl")
        self.perl_login = perl_server("perl_login", USER, PASSWORD)

    def argv(self, peer, command, version, proxy, host, port, login):
        return [*self.clients[peer], command, version, str(proxy.port), host, str(port), *login]

    def proxy_for(self, login):
        return self.stage.login if login else self.stage.open

    def carries(self, peer, version, host, logged, login=()):
        """The destination speaks first, and sends the file back when it has all of it."""
        proxy = self.proxy_for(login)
        since = proxy.mark()
        done = subprocess.run(self.argv(peer, "connect", version, proxy, host, self.stage.talker.port, login),
                              input=PAYLOAD, capture_output=True, timeout=PATIENCE)
        expect(done.returncode, 0, f"exit code of the client ({done.stderr.decode().strip()})")
        expect(done.stdout, BANNER + PAYLOAD, "what came back")
        proxy.line(f"{logged}:{self.stage.talker.port}: ", since)

    def is_refused(self, peer, proxy, version, said, login=(), host="127.0.0.1"):
        argv = self.argv(peer, "connect", version, getattr(self.stage, proxy), host, free_port(), login)
        done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
        expect(done.returncode != 0, True, "its failure")
        expect_in(said, done.stderr.decode(), "what the client says")

    def perl_binds(self, version, login=()):
        argv = self.argv("Perl", "bind", version, self.proxy_for(login), "127.0.0.1", 9, login)
        is_called_back(argv, rb".*127\.0\.0\.1 (\d+)\n")

    def perl_mistakes_bind(self):
        """accept() reads the second answer of SOCKS4 as one of SOCKS5, in release 0.74 at least."""
        argv = self.argv("Perl", "bind", "4", self.stage.open, "127.0.0.1", 9, ())
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as client:
            first = re.search(rb"127\.0\.0\.1 (\d+)\n", client.stderr.readline())
            with contextlib.suppress(ConnectionResetError), connect(int(first[1])):  # reset as soon as it has failed
                client.wait(PATIENCE)
            expect(client.wait(PATIENCE) != 0, True, "its failure")

    def perl_serves_bind(self, version):
        is_called_back(self.command(self.perl, version, "--command", "bind", "127.0.0.1:9"))

    def socksio_carries(self, version, host, logged, login=()):
        proxy = self.proxy_for(login)
        since = proxy.mark()
        s, code = socksio_client(proxy.port, version, host, self.mute.port, login)
        with s:
            expect(code in (socksio.SOCKS4ReplyCode.REQUEST_GRANTED, socksio.SOCKS5ReplyCode.SUCCEEDED), True, code)
            s.sendall(PAYLOAD)
            s.shutdown(socket.SHUT_WR)
            expect(receive_all(s), PAYLOAD, "what came back after the end of the stream")
        proxy.line(f"{logged}:{self.mute.port}: ", since)

    def socksio_refused(self, proxy, version, code, login=()):
        s, found = socksio_client(getattr(self.stage, proxy).port, version, "127.0.0.1", free_port(), login)
        s.close()
        expect(found, code, "the answer")

    def table(self):
        carries, is_refused, binds = self.carries, self.is_refused, self.perl_binds
        here, login = "SOCKS5 CONNECT 127.0.0.1", "john:foo%20bar@"
        sio, no_sio, five = self.socksio_carries, self.socksio_refused, socksio.SOCKS5ReplyCode
        carried, refused = self.carried, self.refused
        four_failed = socksio.SOCKS4ReplyCode.REQUEST_REJECTED_OR_FAILED
        return {
            "Go_by_SOCKS5_to_an_IPv4_address": (carries, "Go", "5", "127.0.0.1", here),
            "Go_by_SOCKS5_to_an_IPv6_address": (carries, "Go", "5", "::1", "SOCKS5 CONNECT [::1]"),
            "Go_by_SOCKS5_to_a_name": (carries, "Go", "5", NAME, f"SOCKS5 CONNECT {NAME}"),
            "Go_by_SOCKS5_with_a_login": (carries, "Go", "5", NAME, f"SOCKS5 CONNECT {NAME}", LOGIN),
            "Go_with_a_wrong_password": (is_refused, "Go", "login", "5", "username/password", WRONG),
            "Go_without_the_login_that_the_proxy_wants":
                (is_refused, "Go", "login", "5", "no acceptable authentication methods"),
            "Go_to_a_port_that_nobody_listens_at": (is_refused, "Go", "open", "5", "connection refused"),
            "Go_to_a_name_that_nobody_has":
                (is_refused, "Go", "open", "5", "host unreachable", (), "nobody.invalid"),
            "Perl_by_SOCKS4_to_an_IPv4_address": (carries, "Perl", "4", "127.0.0.1", "SOCKS4 CONNECT 127.0.0.1"),
            "Perl_by_SOCKS4a_to_a_name": (carries, "Perl", "4", NAME, f"SOCKS4a CONNECT {NAME}"),
            "Perl_by_SOCKS5_to_an_IPv4_address": (carries, "Perl", "5", "127.0.0.1", here),
            "Perl_by_SOCKS5_to_an_IPv6_address": (carries, "Perl", "5", "::1", "SOCKS5 CONNECT [::1]"),
            "Perl_by_SOCKS5_to_a_name": (carries, "Perl", "5", NAME, f"SOCKS5 CONNECT {NAME}"),
            "Perl_by_SOCKS5_with_a_login": (carries, "Perl", "5", NAME, f"SOCKS5 CONNECT {NAME}", LOGIN),
            "Perl_mistakes_the_second_answer_of_SOCKS4_BIND": (self.perl_mistakes_bind,),
            "Perl_binds_by_SOCKS5": (binds, "5"),
            "Perl_binds_by_SOCKS5_with_a_login": (binds, "5", LOGIN),
            "Perl_with_a_wrong_password": (is_refused, "Perl", "login", "5", "Authentication failed", WRONG),
            "Perl_without_the_login_that_the_proxy_wants": (is_refused, "Perl", "login", "5", "auth"),
            "Perl_by_SOCKS4_to_a_port_that_nobody_listens_at": (is_refused, "Perl", "open", "4", "rejected or failed"),
            "Perl_by_SOCKS5_to_a_port_that_nobody_listens_at": (is_refused, "Perl", "open", "5", "refused"),
            "socksio_by_SOCKS4_to_an_IPv4_address": (sio, "4", "127.0.0.1", "SOCKS4 CONNECT 127.0.0.1"),
            "socksio_by_SOCKS4a_to_a_name": (sio, "4a", NAME, f"SOCKS4a CONNECT {NAME}"),
            "socksio_by_SOCKS5_to_an_IPv4_address": (sio, "5", "127.0.0.1", here),
            "socksio_by_SOCKS5_to_an_IPv6_address": (sio, "5", "::1", "SOCKS5 CONNECT [::1]"),
            "socksio_by_SOCKS5_to_a_name": (sio, "5", NAME, f"SOCKS5 CONNECT {NAME}"),
            "socksio_by_SOCKS5_with_a_login": (sio, "5", NAME, f"SOCKS5 CONNECT {NAME}", LOGIN),
            "socksio_with_a_wrong_password": (no_sio, "login", "5", "login refused", WRONG),
            "socksio_without_the_login_that_the_proxy_wants":
                (no_sio, "login", "5", socksio.SOCKS5AuthMethod.NO_ACCEPTABLE_METHODS),
            "socksio_by_SOCKS4_to_a_port_that_nobody_listens_at": (no_sio, "open", "4", four_failed),
            "socksio_by_SOCKS5_to_a_port_that_nobody_listens_at": (no_sio, "open", "5", five.CONNECTION_REFUSED),
            "Perl_server_carries_SOCKS4_to_an_IPv4_address": (carried, self.perl, "4", "127.0.0.1"),
            "Perl_server_carries_SOCKS4a_to_a_name": (carried, self.perl, "4a", NAME),
            "Perl_server_carries_SOCKS5_to_an_IPv4_address": (carried, self.perl, "5", "127.0.0.1"),
            "Perl_server_carries_SOCKS5_to_an_IPv6_address": (carried, self.perl, "5", "[::1]"),
            "Perl_server_carries_SOCKS5_to_a_name": (carried, self.perl, "5", NAME),
            "Perl_server_carries_SOCKS5_with_a_login": (carried, self.perl_login, "5", NAME, login),
            "Perl_server_serves_a_pipelined_client": (carried, self.perl, "5", NAME, "", PIPELINED),
            "Perl_server_serves_a_pipelined_client_with_a_login":
                (carried, self.perl_login, "5", NAME, login, PIPELINED),
            "Perl_server_answers_SOCKS4_BIND_twice": (self.perl_serves_bind, "4"),
            "Perl_server_answers_SOCKS5_BIND_twice": (self.perl_serves_bind, "5"),
            "Perl_server_refuses_a_wrong_password":
                (refused, self.perl_login, "5", "user name and password refused", "john:bar@"),
            "Perl_server_refuses_a_client_without_a_login":
                (refused, self.perl_login, "5", "no acceptable authentication method"),
            "Perl_server_passes_on_a_refused_connection_by_SOCKS4":
                (refused, self.perl, "4", "request rejected or failed"),
            "Perl_server_passes_on_a_refused_connection_by_SOCKS5": (refused, self.perl, "5", "connection refused"),
            "no_client_left_a_connection_open": (self.stage.left_nothing_open,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
