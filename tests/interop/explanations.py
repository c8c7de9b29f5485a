#!/usr/bin/env python3
"""The line of our proxy's log for each connection: it says when, who, where to, how much, and why it ended.

    explanations.py PROXY [CASE...]
"""

import datetime
import re
import socket
import sys
import time

import harness
from careless_clients import HELLO, NOBODY
from defects import reset
from harness import expect, free_port
from origins import BANNER, Origin, Talker, connect, receive, receive_all
from stage import PASSWORD, USER, Proxy

LINE = re.compile(r"(?P<time>\S+Z) (?P<client>\S+) (?P<user>\S+) (?P<request>.*?): (?P<outcome>.*), (?P<up>\d+) bytes up, "
                  r"(?P<down>\d+) down, (?P<ms>\d+) ms(, address (?P<address>\S+))?")
NAME = "files.example.com"
LOOPBACK = b"\x01\x7f\x00\x00\x01"
GREETED = HELLO + b"\x05\x01\x00"


def name(text):
    return b"\x03" + bytes([len(text)]) + text


class Cases:
    def __init__(self, program):
        self.program = program
        self.talker = Origin(Talker)
        self.port = self.talker.port.to_bytes(2, "big")
        self.open = Proxy("open", program, "--forbid", "192.0.2.0/24")
        self.login = Proxy("login", program, "--user", USER, "--password", PASSWORD)

    def said(self, proxy, sent, act=None, **wanted):
        """The line for a client that sends `sent`; what is `wanted` of it are regular expressions."""
        since = proxy.mark()
        began = time.time()
        with connect(proxy.port) as s:
            client = "127.0.0.1:%d" % s.getsockname()[1]
            s.sendall(sent)
            if act:
                act(s)
            else:
                s.shutdown(socket.SHUT_WR)
                receive_all(s)
        proxy.line(f" {client} ", since)
        lines = proxy.log()[since:].splitlines()
        expect(len(lines), 1, f"the number of lines: {lines}")
        line = LINE.fullmatch(lines[0])
        if not line:
            raise AssertionError(f"no line of the log: {lines[0]!r}")
        expect(line["client"], client, "the client")
        told = datetime.datetime.strptime(line["time"], "%Y-%m-%dT%H:%M:%S%z").timestamp()
        expect(began - 2 <= told <= time.time(), True, f"whether {line['time']} is now")
        for field, pattern in {"user": "-", **wanted}.items():
            if not re.fullmatch(pattern, line[field] or ""):
                raise AssertionError(f"{field} is {line[field]!r}, {pattern!r} wanted: {lines[0]!r}")

    def talk(self, answers):
        def act(s):
            receive(s, answers + len(BANNER))
            s.sendall(b"twelve bytes")
            s.shutdown(socket.SHUT_WR)
            receive_all(s)
        return act

    def served(self):
        port = self.talker.port
        done = dict(outcome="succeeded", up="12", down=str(len(BANNER) + 12), address=f"127.0.0.1:{port}")
        self.said(self.open, GREETED + name(NAME.encode()) + self.port, self.talk(12),
                  request=f"SOCKS5 CONNECT {NAME}:{port}", **done)
        self.said(self.login, b"\x05\x01\x02\x01\x04john\x07foo bar\x05\x01\x00" + LOOPBACK + self.port, self.talk(14),
                  request=f"SOCKS5 CONNECT 127.0.0.1:{port}", **done | {"user": "john"})
        for version, address, more in (("SOCKS4", b"\x7f\x00\x00\x01", b""),
                                       ("SOCKS4a", b"\x00\x00\x00\x07", NAME.encode() + b"\x00")):
            self.said(self.open, b"\x04\x01" + self.port + address + b"ann\x00" + more, self.talk(8), user="ann",
                      request=f"{version} CONNECT {NAME if more else '127.0.0.1'}:{port}",
                      **done | {"outcome": "request granted"})

    def bound(self):
        def call(s):
            answer = receive(s, 12)
            caller = socket.create_connection((socket.inet_ntoa(answer[6:10]), int.from_bytes(answer[10:], "big")))
            self.caller = "127.0.0.1:%d" % caller.getsockname()[1]
            receive(s, 10)
            caller.close()
            s.close()
        self.said(self.open, HELLO + b"\x05\x02\x00" + LOOPBACK + NOBODY, call, request="SOCKS5 BIND 127.0.0.1:9",
                  outcome="succeeded", address=r"127.0.0.1:\d+")

    def associated(self):
        self.said(self.open, HELLO + b"\x05\x03\x00\x01" + bytes(6), request="SOCKS5 UDP ASSOCIATE 0.0.0.0:0",
                  outcome="succeeded", up="0", down="0", address="")

    def refused(self):
        closed = free_port()
        to = closed.to_bytes(2, "big")
        self.said(self.open, GREETED + LOOPBACK + to, request=f"SOCKS5 CONNECT 127.0.0.1:{closed}",
                  outcome="connection refused", address=f"127.0.0.1:{closed}")
        self.said(self.open, b"\x04\x01" + to + b"\x7f\x00\x00\x01ann\x00", user="ann", outcome=r".*\(connection refused\)",
                  address=f"127.0.0.1:{closed}")
        self.said(self.open, b"\x04\x01\x00\x50\x00\x00\x00\x07\x00nobody.invalid\x00",
                  request="SOCKS4a CONNECT nobody.invalid:80", outcome=r".*\(host name does not exist\)", address="")
        self.said(self.open, b"\x04\x01\x00\x50\x00\x00\x00\x00\x00", address="",
                  outcome=r".*\(not allowed: the system would connect to loopback\)")
        for to, rule in ((b"\x01\xc0\x00\x02\x01", "see --forbid"), (name(b"a.onion"), "only Tor knows .onion names"),
                         (name(b"127.1"), "a resolver may read this name as an address.*")):
            self.said(self.open, GREETED + to + self.port, outcome=rf"connection not allowed by ruleset \(not allowed: {rule}\)",
                      address="")

    def turned_away(self):
        for sent, outcome in ((b"\x05\x03\x01\x80\x03", "no acceptable .*, the client offers GSSAPI, .*0x80, challenge-handshake.*"),
                              (b"\x05\x01\x00", "no acceptable .*, the client offers no authentication.*")):
            self.said(self.login, sent, request="no request", outcome=outcome)
        self.said(self.login, b"\x05\x01\x02\x01\x03eve\x05wrong", user="eve", outcome="user name and password refused")
        self.said(self.login, b"\x04\x01\x00\x50\x7f\x00\x00\x01ann\x00", outcome="SOCKS4 cannot authenticate.*")
        self.said(self.open, HELLO + b"\x05\x09\x00" + LOOPBACK + self.port, request="SOCKS5 0x09 127.0.0.1:.*",
                  outcome="command not supported")
        self.said(self.open, b"\x04\x09" + self.port + b"\x7f\x00\x00\x01\x00", request="SOCKS4 0x09 127.0.0.1:.*",
                  outcome=r".*\(command not supported\)")

    def foreign(self):
        for header in (b"PROXY TCP4 192.0.2.1 192.0.2.2 40000 1080\r\n" + HELLO,
                       b"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c" + bytes(12) + HELLO):
            self.said(self.open, header, lambda s: expect(receive_all(s), b"", "the answer"),
                      outcome="a header of the PROXY protocol instead of SOCKS")
        self.said(self.open, b"PROPFIND / HTTP/1.1\r\n\r\n", outcome="the peer speaks HTTP, not SOCKS")

    def slow(self):
        with Proxy("hasty", self.program, "--handshake", "1", "--user", USER, "--password", PASSWORD) as proxy:
            for sent, where in ((b"\x05", "the first message"), (b"\x05\x01\x02", "user name and password"),
                                (b"\x05\x01\x02\x01\x04john\x07foo bar", "the request")):
                self.said(proxy, sent, receive_all, user="john|-", outcome="handshake too slow, timed out waiting for " + where)

    def cut(self):
        def by_client(s):
            receive(s, 12 + len(BANNER))
            reset(s)
        self.said(self.open, GREETED + LOOPBACK + self.port, by_client, outcome="succeeded, then reset by the client")
        with Proxy("idle", self.program, "--idle", "1") as proxy:
            self.said(proxy, GREETED + LOOPBACK + self.port, receive_all, outcome="succeeded, then idle for too long")

    def forged(self):
        """Bytes of the network do not end a line, and do not look like a field."""
        evil = b"a\r\n\x1b[2J b\xff\\"
        shown = re.escape(r"a\x0d\x0a\x1b[2J\x20b\xff\x5c")
        self.said(self.open, b"\x04\x01" + NOBODY + b"\x7f\x00\x00\x01" + evil + b"\x00", user=shown)
        self.said(self.login, b"\x05\x01\x02\x01" + bytes([len(evil)]) + evil + b"\x01x", user=shown)
        self.said(self.open, GREETED + name(evil) + self.port, request=f"SOCKS5 CONNECT {shown}:{self.talker.port}")

    def table(self):
        return {
            "a_line_says_who_was_served_and_how_much": (self.served,),
            "a_line_says_who_called": (self.bound,),
            "a_line_says_what_was_associated": (self.associated,),
            "a_line_says_why_a_destination_was_not_reached": (self.refused,),
            "a_line_says_why_a_client_was_turned_away": (self.turned_away,),
            "a_line_names_another_protocol": (self.foreign,),
            "a_line_says_where_a_slow_handshake_stood": (self.slow,),
            "a_line_says_why_a_relay_was_cut": (self.cut,),
            "a_line_is_forged_by_nobody": (self.forged,),
            "no_client_left_a_connection_open": (self.open.closes_everything,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
