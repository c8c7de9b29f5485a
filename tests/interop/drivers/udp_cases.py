"""The cases of a client of UDP ASSOCIATE: `udp_client PROXY DESTINATION [USER PASSWORD]`.

It sends each line of standard input as a datagram, and prints the data of each answer as a line. It waits two seconds for
an answer; the exit status is 1 if one is missing.
"""

import contextlib
import socket
import struct
import threading
import time

from cases import Case, late, waits
from client_cases import CHOICE, CHOICE_OF_LOGIN, GREETING, LOGIN_SENT, LOGIN_TAKEN, OFFER, REASONS
from harness import NAME, PATIENCE, expect
from network import LOGIN
from scripted import Scripted

TO = "192.0.2.1:7"
HEADER = b"\x00\x00\x00\x01\xc0\x00\x02\x01\x00\x07"  # of a datagram to or from TO
REQUEST = b"\x05\x03\x00\x01" + bytes(6)  # the client does not know the source of its datagrams yet
REQUEST_BY_IPV6 = b"\x05\x03\x00\x04" + bytes(18)
UNSPECIFIED, LOOPBACK, LOCALHOST = b"\x01" + bytes(4), b"\x01\x7f\x00\x00\x01", b"\x03\x09localhost"
ENDED = "the proxy has ended the association"
UNANSWERED = "no answer to 1 datagrams"


class Relay:
    """The relay of a scripted proxy: `act` gets the UDP socket and the control connection."""

    def __init__(self, act, bound=UNSPECIFIED, login=(), host="127.0.0.1", request=REQUEST):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.udp = socket.socket(family, socket.SOCK_DGRAM)
        self.udp.settimeout(PATIENCE)
        self.udp.bind((host, 0))
        ask = [(OFFER, CHOICE_OF_LOGIN), (LOGIN_SENT, LOGIN_TAKEN)] if login else [(GREETING, CHOICE)]

        def serve(caller):
            for sent, answer in ask:
                caller.expect(sent)
                caller.give(answer)
            caller.expect(request)
            caller.give(b"\x05\x00\x00" + bound + struct.pack(">H", self.udp.getsockname()[1]))
            act(self.udp, caller)
            caller.socket.recv(1)  # the association lives until the client ends
        self.proxy = Scripted(serve, host, family)

    def __enter__(self):
        self.proxy.__enter__()
        return self.proxy

    def __exit__(self, *why):
        self.proxy.__exit__(*why)
        self.udp.close()


def question(udp, wanted=b"a"):
    """The next datagram of the client; returns its source."""
    data, source = udp.recvfrom(65536)
    expect(data, HEADER + wanted, "the datagram")
    return source


def echoes(udp, _):
    for line in (b"one", b"", b"three"):
        udp.sendto(HEADER + b"re: " + line, question(udp, line))


def ends(udp, caller):
    question(udp)
    caller.end()


def distracts(udp, _):
    """What a client must not print: a datagram of another source, half a header, and a fragment."""
    source = question(udp)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.sendto(HEADER + b"foreign", source)
        time.sleep(0.1)
    for datagram in (HEADER[:9], HEADER[:2] + b"\x01" + HEADER[3:] + b"fragment"):
        udp.sendto(datagram, source)
    udp.sendto(HEADER + b"good", source)


def floods(udp, caller):
    """Datagrams of another source do not extend the wait."""
    source, over = question(udp), threading.Event()

    def flood():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger, contextlib.suppress(OSError):
            while not over.wait(0.01):
                stranger.sendto(HEADER + b"foreign", source)
    thread = threading.Thread(target=flood)
    thread.start()
    expect(caller.socket.recv(1), b"", "what the client sent instead of its end")
    over.set()
    thread.join()


class Cases:
    @staticmethod
    def start(trial, address, stdin, login=(), to=TO):
        return trial.udp(address, to, login, stdin)

    def echoed(self, trial, proxy, login=()):
        """By a real proxy and a real destination."""
        port = trial.network.proxies[proxy][0].port
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as echo:
            echo.settimeout(PATIENCE)
            echo.bind(("127.0.0.1", 0))
            client = self.start(trial, f"127.0.0.1:{port}", b"one\nthree", login, f"{NAME}:{echo.getsockname()[1]}")
            for line in (b"one", b"three"):
                data, source = echo.recvfrom(100)
                expect(data, line, "the datagram")
                echo.sendto(b"re: " + data, source)
            client.succeeded(b"re: one\nre: three\n")

    def with_relay(self, trial, act, stdin, check, bound=UNSPECIFIED, login=(), host="127.0.0.1", request=REQUEST):
        with Relay(act, bound, login, host, request) as proxy:
            check(self.start(trial, proxy.address, stdin, login))

    def by(self, trial, bound, login=(), **more):
        self.with_relay(trial, echoes, b"one\n\nthree\n",
                        lambda client: client.succeeded(b"re: one\nre: \nre: three\n"), bound, login, **more)

    def prints(self, trial, act, out):
        self.with_relay(trial, act, b"a\n", lambda client: client.succeeded(out))

    def fails(self, trial, act, text, stdin=b"a\n", **more):
        self.with_relay(trial, act, stdin, lambda client: client.failed(text), **more)

    def refused(self, trial, login):
        def act(caller):
            ask = [(OFFER, CHOICE_OF_LOGIN), (LOGIN_SENT, LOGIN_TAKEN)] if login else [(GREETING, CHOICE)]
            for sent, answer in (*ask, (REQUEST, b"\x05\x07\x00\x01" + bytes(6))):
                caller.expect(sent)
                caller.give(answer)
            caller.end()
        with Scripted(act) as proxy:
            self.start(trial, proxy.address, b"a\n", login).failed(REASONS[7])

    def stalls(self, trial):
        def act(caller):
            caller.expect(GREETING)
            caller.give(CHOICE)
            caller.expect(REQUEST)
            caller.expect_end()
            late(time.monotonic() - caller.accepted)
        with Scripted(act) as proxy:
            self.start(trial, proxy.address, b"a\n").failed("timed out waiting for the reply")

    def table(self):
        """The cases by their topics."""
        unanswered = lambda udp, _: question(udp)
        return {
            "UDP ASSOCIATE": {
                "our_proxy_echoes": Case(self.echoed, "our_proxy"),
                "our_proxy_with_a_login_echoes": Case(self.echoed, "our_proxy_with_a_login", LOGIN),
                "a_relay_at_an_unspecified_address": Case(self.by, UNSPECIFIED),
                "a_relay_at_an_address": Case(self.by, LOOPBACK),
                "a_relay_at_a_name": Case(self.by, LOCALHOST),
                "a_relay_at_an_IPv6_address": Case(self.by, b"\x04" + bytes(16), host="::1", request=REQUEST_BY_IPV6),
                "a_relay_with_a_login": Case(self.by, UNSPECIFIED, LOGIN),
                "a_relay_at_a_name_that_does_not_exist":
                    Case(self.fails, lambda *_: None, "cannot look up the relay nobody.invalid: Name or service not known",
                         bound=b"\x03\x0enobody.invalid"),
                "datagrams_that_are_no_answers": Case(self.prints, distracts, b"good\n"),
                "foreign_datagrams_do_not_extend_the_wait": waits(self.fails, floods, UNANSWERED),
                "a_datagram_without_an_answer": waits(self.fails, unanswered, UNANSWERED),
                "the_control_connection_ends": Case(self.fails, ends, ENDED),
                "a_line_that_is_too_long":
                    Case(self.fails, lambda *_: None, "not enough room for output", b"a" * 65526 + b"\n"),
                "the_command_is_refused": Case(self.refused, ()),
                "the_command_is_refused_after_a_login": Case(self.refused, LOGIN),
                "the_proxy_stalls": waits(self.stalls),
            },
        }
