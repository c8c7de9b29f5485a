#!/usr/bin/env python3
"""Sockets through our proxy that do what no careful client does, and clients that it must turn away.

    careless_clients.py PROXY [CASE...]
"""

import socket
import subprocess
import sys
import threading
import time

import harness
from harness import PATIENCE, expect
from origins import BANNER, PAYLOAD, Talker, connect, receive, receive_all
from stage import Proxy, Stage

HELLO, CHOICE = b"\x05\x01\x00", b"\x05\x00"
NOBODY = b"\x00\x09"  # a port; the proxy dials from higher ones


def dialogue(kind, port, command=1):
    """What a client sends, how each answer begins, and how long it is."""
    return {
        "4": [(bytes([4, command]) + port + b"\x7f\x00\x00\x01" b"ann\x00", b"\x00\x5a", 8)],
        "4a": [(bytes([4, command]) + port + b"\x00\x00\x00\x07" b"ann\x00" b"files.example.com\x00", b"\x00\x5a", 8)],
        "5": [(HELLO, CHOICE, 2), (bytes([5, command, 0]) + b"\x01\x7f\x00\x00\x01" + port, b"\x05\x00\x00\x01", 10)],
        "login": [(b"\x05\x02\x00\x02", b"\x05\x02", 2),
                  (b"\x01\x04john\x07foo bar", b"\x01\x00", 2),
                  (bytes([5, command, 0]) + b"\x03\x11files.example.com" + port, b"\x05\x00\x00\x01", 10)],
    }[kind]


def everything(steps):
    return b"".join(sent for sent, _, _ in steps)


def receive_answers(s, steps):
    """Checks every answer; returns the last one."""
    for _, begin, size in steps:
        answer = receive(s, size)
        expect(answer[:len(begin)], begin, "the answer")
    return answer


def bound_in(answer):
    port = answer[2:4] if answer[0] == 0 else answer[8:10]
    return socket.inet_ntoa(answer[4:8]), int.from_bytes(port, "big")


def talk(s, answer, early=b""):
    """The destination speaks first, and answers only when the client has ended."""
    expect(receive(s, len(BANNER)), BANNER, "what came behind the answer")
    expect(bound_in(answer), ("0.0.0.0", 0), "the bound address")
    s.sendall(PAYLOAD)
    s.shutdown(socket.SHUT_WR)
    expect(receive_all(s), early + PAYLOAD, "what came back after the end of the stream")


class Cases:
    def __init__(self, stage):
        self.stage = stage
        self.talker = stage.talker.port.to_bytes(2, "big")

    def enter(self, kind):
        return connect((self.stage.login if kind == "login" else self.stage.open).port)

    def byte_by_byte(self, kind):
        with self.enter(kind) as s:
            for step in dialogue(kind, self.talker):
                for byte in step[0]:
                    s.sendall(bytes([byte]))
                    time.sleep(0.001)  # so that each byte travels alone
                answer = receive_answers(s, [step])
            talk(s, answer)

    def coalesced(self, kind):
        steps = dialogue(kind, self.talker)
        with self.enter(kind) as s:
            s.sendall(everything(steps) + b"early data")
            talk(s, receive_answers(s, steps), b"early data")

    def told(self, kind):
        """With --tell-bound the reply to CONNECT has the address that the destination sees."""
        steps = dialogue(kind, self.talker)
        with Proxy("telling", self.stage.program, "--tell-bound") as proxy, connect(proxy.port) as s:
            s.sendall(everything(steps))
            answer = receive_answers(s, steps)
            expect(receive(s, len(BANNER)), BANNER, "what came behind the answer")
            expect(bound_in(answer), Talker.clients[-1], "the bound address")

    def ended_at_once(self, kind):
        steps = dialogue(kind, self.talker)
        with self.enter(kind) as s:
            s.sendall(everything(steps) + b"early data")
            s.shutdown(socket.SHUT_WR)
            receive_answers(s, steps)
            expect(receive_all(s), BANNER + b"early data", "what the destination said")

    def both_ways_at_once(self, kind):
        steps = dialogue(kind, self.stage.flooder.port.to_bytes(2, "big"))
        with self.enter(kind) as s:
            s.sendall(everything(steps))
            receive_answers(s, steps)
            sender = threading.Thread(target=lambda: (s.sendall(PAYLOAD), s.shutdown(socket.SHUT_WR)))
            sender.start()
            expect(receive_all(s), PAYLOAD + PAYLOAD, "what the destination sent, and sent back")
            sender.join()

    def bind(self, kind):
        """Both answers, then bytes both ways, each way until its own end."""
        steps = dialogue(kind, NOBODY, command=2)
        with self.enter(kind) as s:
            s.sendall(everything(steps))
            first = receive_answers(s, steps)
            with socket.create_connection(bound_in(first), PATIENCE) as caller:
                second = receive_answers(s, steps[-1:])
                expect(bound_in(second), caller.getsockname(), "the address in the second answer")
                s.sendall(b"from the client")
                s.shutdown(socket.SHUT_WR)
                expect(receive_all(caller), b"from the client", "what the caller got")
                caller.sendall(b"from the caller")
            expect(receive_all(s), b"from the caller", "what the client got")

    def bind_called_by_another(self, kind, second):
        steps = dialogue(kind, NOBODY, command=2)
        with self.enter(kind) as s:
            s.sendall(everything(steps))
            first = receive_answers(s, steps)
            with socket.create_connection(bound_in(first), PATIENCE, source_address=("127.0.0.2", 0)):
                expect(receive_all(s)[:2], second, "the second answer")

    def turned_away(self, sent, answer, logged):
        proxy = self.stage.open
        since = proxy.mark()
        with connect(proxy.port) as s:
            s.sendall(sent)
            s.shutdown(socket.SHUT_WR)
            expect(receive_all(s), answer, "the answer")
        proxy.line(logged, since)

    def cut_at_every_byte(self):
        """A client that ends inside the handshake gets the end of the stream, not silence."""
        whole = everything(dialogue("login", self.talker))
        for size in range(len(whole)):
            with self.enter("login") as s:
                s.sendall(whole[:size])
                s.shutdown(socket.SHUT_WR)
                receive_all(s)
        self.coalesced("login")

    def not_on_the_list(self):
        """192.0.2.1 is this host, but not loopback, and only loopback is on the list."""
        subprocess.run(["ip", "address", "add", "192.0.2.1/32", "dev", "lo"], check=True)
        with Proxy("everywhere", self.stage.program, host="0.0.0.0") as proxy:
            with connect(proxy.port, "192.0.2.1") as s:
                expect(receive_all(s), b"", "what a client off the list gets")
            proxy.line("192.0.2.1:", 0)
            expect(proxy.log().count("not allowed to connect"), 1, "the refused clients in the log")
            with connect(proxy.port) as s:
                s.sendall(HELLO)
                expect(receive(s, 2), CHOICE, "what a neighbour gets")

    def past_the_limit(self):
        with Proxy("small", self.stage.program, "--connections", "1") as proxy:
            with connect(proxy.port) as first, connect(proxy.port) as second:
                first.sendall(HELLO)
                second.sendall(HELLO)
                expect(receive(first, 2), CHOICE, "what the first one gets")
                expect(proxy.descriptors(), proxy.at_rest + 1, "descriptors of the proxy")
                first.close()
                expect(receive(second, 2), CHOICE, "what the second one gets when the first has gone")

    def silent(self):
        with Proxy("hasty", self.stage.program, "--handshake", "1") as proxy:
            with connect(proxy.port) as s:
                s.sendall(HELLO[:1])
                expect(receive_all(s), b"", "what a silent client gets")
            proxy.line("handshake too slow", 0)

    def stopped(self):
        with Proxy("stopped", self.stage.program) as proxy, connect(proxy.port) as s:
            s.sendall(HELLO)
            expect(receive(s, 2), CHOICE, "the choice")
            expect(proxy.stop(), 0, "the exit code after SIGTERM")
            expect(receive_all(s), b"", "what the client gets")

    def table(self):
        flood = b"\xff" * 65536
        unspecified_ipv4 = b"\x00\x01" + bytes(6)
        turned_away = self.turned_away
        return {
            "a_SOCKS4_client_byte_by_byte": (self.byte_by_byte, "4"),
            "a_SOCKS4a_client_byte_by_byte": (self.byte_by_byte, "4a"),
            "a_SOCKS5_client_byte_by_byte": (self.byte_by_byte, "5"),
            "a_SOCKS5_client_with_a_login_byte_by_byte": (self.byte_by_byte, "login"),
            "a_SOCKS4_client_in_one_piece_with_early_data": (self.coalesced, "4"),
            "a_SOCKS4a_client_in_one_piece_with_early_data": (self.coalesced, "4a"),
            "a_SOCKS5_client_in_one_piece_with_early_data": (self.coalesced, "5"),
            "a_SOCKS5_client_with_a_login_in_one_piece_with_early_data": (self.coalesced, "login"),
            "a_SOCKS4_client_that_has_ended_before_the_answer": (self.ended_at_once, "4"),
            "a_SOCKS5_client_that_has_ended_before_the_answer": (self.ended_at_once, "5"),
            "a_SOCKS4_client_that_sends_and_receives_at_once": (self.both_ways_at_once, "4"),
            "a_SOCKS5_client_that_sends_and_receives_at_once": (self.both_ways_at_once, "5"),
            "SOCKS4_CONNECT_is_told_the_bound_address_on_demand": (self.told, "4"),
            "SOCKS5_CONNECT_is_told_the_bound_address_on_demand": (self.told, "5"),
            "SOCKS4_BIND_answers_twice": (self.bind, "4"),
            "SOCKS4a_BIND_answers_twice": (self.bind, "4a"),
            "SOCKS5_BIND_answers_twice": (self.bind, "5"),
            "SOCKS5_BIND_with_a_login_answers_twice": (self.bind, "login"),
            "SOCKS4_BIND_refuses_another_caller": (self.bind_called_by_another, "4", b"\x00\x5b"),
            "SOCKS5_BIND_refuses_another_caller": (self.bind_called_by_another, "5", b"\x05\x02"),
            "a_flood_that_is_not_SOCKS": (turned_away, flood, b"", "the peer does not speak SOCKS"),
            "a_SOCKS4_user_ID_without_end":
                (turned_away, b"\x04\x01\x00\x50\x7f\x00\x00\x01" + flood, b"\x00\x5b" + bytes(6),
                 "user ID longer than 255 bytes"),
            "a_SOCKS4a_name_without_end":
                (turned_away, b"\x04\x01\x00\x50\x00\x00\x00\x07" b"ann\x00" + flood, b"\x00\x5b" + bytes(6),
                 "host name longer than 255 bytes"),
            "an_unknown_SOCKS4_command":
                (turned_away, dialogue("4", self.talker, 9)[0][0], b"\x00\x5b" + bytes(6), "request rejected"),
            "UDP_ASSOCIATE_by_SOCKS4_is_refused":
                (turned_away, bytes.fromhex("04030000 7f000001 00"), b"\x00\x5b" + bytes(6),
                 "command of SOCKS5 in a SOCKS4 request"),
            "an_unknown_SOCKS5_command":
                (turned_away, everything(dialogue("5", self.talker, 9)), CHOICE + b"\x05\x07" + unspecified_ipv4,
                 "command not supported"),
            "an_unknown_address_type":
                (turned_away, HELLO + b"\x05\x01\x00\x02" + bytes(9), CHOICE + b"\x05\x08" + unspecified_ipv4,
                 "unknown address type"),
            "no_methods_at_all": (turned_away, b"\x05\x00", b"\x05\xff", "no authentication method offered"),
            "no_method_in_common":
                (turned_away, b"\x05\x02\x01\x80", b"\x05\xff", "no acceptable authentication method"),
            "a_refused_IPv6_destination_has_an_IPv4_answer":
                (turned_away, HELLO + b"\x05\x01\x00\x04" + bytes(15) + b"\x01" + NOBODY,
                 CHOICE + b"\x05\x05" + unspecified_ipv4, "connection refused"),
            "a_client_that_ends_after_any_byte": (self.cut_at_every_byte,),
            "a_client_that_is_not_on_the_list": (self.not_on_the_list,),
            "a_client_past_the_limit_waits": (self.past_the_limit,),
            "a_silent_client_is_let_go": (self.silent,),
            "the_proxy_stops_on_SIGTERM": (self.stopped,),
            "no_client_left_a_connection_open": (self.stage.left_nothing_open,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(Stage(program)).table()))
