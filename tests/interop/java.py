#!/usr/bin/env python3
"""java.net.Socket, through which Copilot reaches its server, as a client of our proxy: by SOCKS5, by SOCKS4, and by
SOCKS4 on the connection on which it greeted by SOCKS5.

    java.py PROXY [CASE...]
"""

import pathlib
import socketserver
import subprocess
import sys

import harness
from ferry import ALONE, EARLY, HOW, Ferry
from harness import NAME, PATIENCE, expect, expect_in, free_port, scratch
from origins import BANNER, PAYLOAD, Origin, receive
from stage import PASSWORD, USER, Proxy, Stage

SOURCE = pathlib.Path(__file__).with_name("JavaSocket.java")
LOGIN, WRONG = (USER, PASSWORD), (USER, "bar foo")
GREETING = b"\x05\x02\x00\x02"


class Answer(socketserver.BaseRequestHandler):
    """Answers a greeting with some bytes, and by SOCKS4 whatever comes next on the same connection, or closes."""

    answer, heard = b"", []

    def handle(self):
        self.heard.append(receive(self.request, len(GREETING)))
        self.request.sendall(self.answer)
        if not self.answer:
            return
        if not (request := receive(self.request, 8)):
            return
        self.heard.append(request)
        self.request.sendall(b"\x00\x5a" + bytes(6) + BANNER)


def compile_client():
    subprocess.run(["javac", "-d", scratch, SOURCE], check=True)


def java(port, version, host, to, login=()):
    return ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", f"-DsocksProxyVersion={version}", "-cp", str(scratch),
            "JavaSocket", str(port), host, str(to), *login]


class Cases:
    def __init__(self, program):
        compile_client()
        self.stage = Stage(program)
        self.socks4 = Proxy("socks4", program, "--socks4-only")
        self.proxies = {"open": self.stage.open, "login": self.stage.login, "socks4": self.socks4}

    def carries(self, name, version, host, logged, login=(), how=None):
        """The destination speaks first, and sends the file back when it has all of it."""
        proxy, to = self.proxies[name], self.stage.talker.port
        port = Ferry(proxy.port, *HOW[how]).port if how else proxy.port
        since = proxy.mark()
        done = subprocess.run(java(port, version, host, to, login), input=PAYLOAD, capture_output=True,
                              timeout=PATIENCE)
        expect(done.returncode, 0, f"exit code of java ({done.stderr.decode().strip()})")
        expect(done.stdout, BANNER + PAYLOAD, "what came back")
        proxy.line(f"{logged}:{to}: ", since)

    def refused(self, name, version, said, login=(), host="127.0.0.1"):
        done = subprocess.run(java(self.proxies[name].port, version, host, free_port(), login),
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
        expect(done.returncode, 1, "exit code of java")
        expect_in(said, done.stderr.decode(), "what java says")

    def answered(self, answer, said, *heard):
        """What Java makes of an answer to its greeting."""
        handler = type("Handler", (Answer,), {"answer": answer, "heard": []})
        done = subprocess.run(java(Origin(handler).port, "5", "192.0.2.7", 443), stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=PATIENCE)
        expect_in(said, (done.stdout + done.stderr).decode(), "what java says")
        expect(handler.heard, list(heard), "what the proxy was asked")

    def table(self):
        carries, refused, answered = self.carries, self.refused, self.answered
        five, four, six = "SOCKS5 CONNECT", "SOCKS4 CONNECT 127.0.0.1", "SOCKS5 CONNECT [::1]"
        second = b"\x04\x01\x01\xbb\xc0\x00\x02\x07"
        return {
            "Java_by_SOCKS5_to_an_IPv4_address": (carries, "open", "5", "127.0.0.1", f"{five} 127.0.0.1"),
            "Java_by_SOCKS5_to_an_IPv6_address": (carries, "open", "5", "::1", six),
            "Java_by_SOCKS5_to_a_name": (carries, "open", "5", NAME, f"{five} {NAME}"),
            "Java_by_SOCKS5_to_a_name_resolved_here": (carries, "open", "5", f"here:{NAME}", f"{five} 127.0.0.1"),
            "Java_by_SOCKS5_with_an_authenticator_that_wants_none":
                (carries, "open", "5", NAME, f"{five} {NAME}", LOGIN),
            "Java_by_SOCKS5_with_a_login": (carries, "login", "5", NAME, f"{five} {NAME}", LOGIN),
            "Java_by_SOCKS5_with_a_login_to_an_IPv6_address": (carries, "login", "5", "::1", six, LOGIN),
            "Java_with_a_wrong_password": (refused, "login", "5", "authentication failed", WRONG),
            "Java_without_the_login_that_the_proxy_wants": (refused, "login", "5", "authentication failed"),
            "Java_by_SOCKS5_to_a_port_that_nobody_listens_at": (refused, "open", "5", "Connection refused"),
            "Java_by_SOCKS5_to_a_name_that_nobody_has":
                (refused, "open", "5", "Host unreachable", (), "nobody.invalid"),
            "Java_by_SOCKS4_to_an_IPv4_address": (carries, "open", "4", "127.0.0.1", four),
            "Java_by_SOCKS4_to_a_name_resolved_here": (carries, "open", "4", f"here:{NAME}", four),
            "Java_by_SOCKS4_with_an_authenticator": (carries, "open", "4", "127.0.0.1", four, LOGIN),
            "Java_by_SOCKS4_to_a_port_that_nobody_listens_at": (refused, "open", "4", "request rejected"),
            "Java_by_SOCKS4_without_the_login_that_the_proxy_wants": (refused, "login", "4", "request rejected", LOGIN),
            "Java_by_SOCKS4_to_a_proxy_of_SOCKS4": (carries, "socks4", "4", "127.0.0.1", four),
            "Java_by_SOCKS4_after_a_greeting_to_an_IPv4_address": (carries, "socks4", "5", "127.0.0.1", four),
            "Java_by_SOCKS4_after_a_greeting_to_a_name_resolved_here": (carries, "socks4", "5", f"here:{NAME}", four),
            "Java_by_SOCKS4_after_a_greeting_with_an_authenticator":
                (carries, "socks4", "5", "127.0.0.1", four, LOGIN),
            "Java_by_SOCKS4_after_a_greeting_to_a_port_that_nobody_listens_at":
                (refused, "socks4", "5", "request rejected"),
            # Java's own refusals: it has no SOCKS4a.
            "a_name_is_refused_by_Java_after_a_greeting": (refused, "socks4", "5", "UnknownHostException", (), NAME),
            "an_IPv6_address_is_refused_by_Java_after_a_greeting":
                (refused, "socks4", "5", "IPv4 only", (), "2001:db8::7"),
            "a_name_is_refused_by_Java_without_a_greeting": (refused, "open", "4", "UnknownHostException", (), NAME),
            **{f"Java_by_{title}_{how}": (carries, proxy, version, host, logged, login, how)
               for how in (ALONE, EARLY) for title, proxy, version, host, logged, login in (
                   ("SOCKS5", "open", "5", NAME, f"{five} {NAME}", ()),
                   ("SOCKS5_with_a_login", "login", "5", NAME, f"{five} {NAME}", LOGIN),
                   ("SOCKS4", "open", "4", "127.0.0.1", four, ()),
                   ("SOCKS4_after_a_greeting", "socks4", "5", "127.0.0.1", four, ()))},
            # Why the proxy answers with two bytes, and no others.
            "two_bytes_of_a_refusal_lead_Java_to_SOCKS4":
                (answered, b"\x00\x5b", BANNER.decode().strip(), GREETING, second),
            "eight_bytes_of_a_refusal_fail_Java": (answered, b"\x00\x5b" + bytes(6), "bad status", GREETING, second),
            "a_method_that_is_none_fails_Java": (answered, b"\x05\xff", "No acceptable methods", GREETING),
            "an_end_of_the_connection_fails_Java": (answered, b"", "SocketException", GREETING),
            "no_client_left_a_connection_open": (self.left_nothing_open,),
        }

    def left_nothing_open(self):
        self.stage.left_nothing_open()
        self.socks4.closes_everything()


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
