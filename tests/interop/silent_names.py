#!/usr/bin/env python3
"""Clients of our proxy that ask for many names: how long others wait for theirs, and what the name service sees.

    silent_names.py PROXY [CASE...]
"""

import collections
import contextlib
import pathlib
import socket
import struct
import sys
import threading
import time

import harness
from datagrams import Association
from harness import expect, until
from origins import BANNER, Echo, Origin, Talker, receive, receive_all
from stage import Proxy

SILENCE = 5  # seconds until the system gives up a silent name
SOON = 1  # seconds in which the reply for a good name comes, whatever others ask
HELLO, CHOICE = b"\x05\x01\x00", b"\x05\x00"
NOT_ALLOWED, HOST_UNREACHABLE, TTL_EXPIRED = 2, 4, 6
ATTACKER, HONEST = "127.0.0.2", "127.0.0.3"


class NameService:
    """quick*: 127.0.0.1; slow*: the same after half a second; nobody*: no such name; all others: silence."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 53))
        self.questions = collections.Counter()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            question, asker = self.socket.recvfrom(512)
            label = question[13:13 + question[12]].decode().lower()
            self.questions[label] += 1
            if label.startswith("slow"):
                threading.Timer(0.5, self.answer, (question, asker, 0)).start()
            elif label.startswith(("quick", "nobody")):
                self.answer(question, asker, 3 if label.startswith("nobody") else 0)

    def answer(self, question, asker, code):
        end = question.index(b"\0", 12) + 5  # without the records behind the question
        has_address = code == 0 and question[end - 4:end - 2] == b"\0\1"
        record = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1" if has_address else b""
        head = struct.pack(">5H", 0x8180 | code, 1, has_address, 0, 0)
        self.socket.sendto(question[:2] + head + question[12:end] + record, asker)


class Cases:
    def __init__(self, program):
        self.program = program
        self.talker, self.echo, self.names = Origin(Talker), Echo(), NameService()

    def proxy(self):
        return Proxy("names", self.program)

    def ask(self, proxy, name, source=HONEST, ended=False):
        s = socket.create_connection(("127.0.0.1", proxy.port), harness.PATIENCE, (source, 0))
        port = self.talker.port.to_bytes(2, "big")
        s.sendall(HELLO + b"\x05\x01\x00\x03" + bytes([len(name)]) + name.encode() + port)
        if ended:
            s.shutdown(socket.SHUT_WR)
        expect(receive(s, 2), CHOICE, "the choice")
        return s

    def expect_reply(self, s, code, within):
        began = time.monotonic()
        s.settimeout(within)
        try:
            expect(receive(s, 2)[1], code, "the reply")
        except TimeoutError:
            raise AssertionError(f"no reply within {within} s")
        finally:
            s.settimeout(harness.PATIENCE)
        return time.monotonic() - began

    def expect_served(self, proxy, name, source=HONEST):
        with self.ask(proxy, name, source) as s:
            self.expect_reply(s, 0, SOON)

    def others_wait(self, leave, hosts=(ATTACKER,), count=40):
        """`leave` is what the clients of the silent names do after their request."""
        with self.proxy() as proxy, contextlib.ExitStack() as clients:
            for host in hosts:
                for n in range(count):
                    leave(clients.enter_context(self.ask(proxy, f"silent{n}.{host}.example", host)))
            time.sleep(0.2)
            self.expect_served(proxy, "quick.example")

    def same_client(self):
        """A few silent names of a client delay its other names neither: half of the threads are for one client."""
        with self.proxy() as proxy, contextlib.ExitStack() as clients:
            for n in range(12):
                clients.enter_context(self.ask(proxy, f"silent{n}.example"))
            self.expect_served(proxy, "quick.example")

    def withdrawn(self):
        """Questions that wait for a thread disappear with the client; those that have one are answered to nobody."""
        with self.proxy() as proxy:
            asked = [self.ask(proxy, f"silent-w{n}.example", ATTACKER) for n in range(60)]
            time.sleep(0.2)
            begun = sum(n > 0 for label, n in self.names.questions.items() if label.startswith("silent-w"))
            for s in asked:
                reset(s)
            time.sleep(SILENCE + 0.7)
            after = sum(n > 0 for label, n in self.names.questions.items() if label.startswith("silent-w"))
            expect(after, begun, "names that were looked up")
            self.expect_served(proxy, "quick.example", ATTACKER)

    def half_closed(self):
        """It may still wait for the reply, but only for a moment."""
        with self.proxy() as proxy:
            with self.ask(proxy, "slow-half.example") as s:
                s.shutdown(socket.SHUT_WR)
                self.expect_reply(s, 0, 2)
                expect(receive_all(s)[8:], BANNER, "what the destination says")
            with self.ask(proxy, "silent-half.example") as s, self.ask(proxy, "silent-end.example", ended=True) as other:
                s.shutdown(socket.SHUT_WR)
                self.expect_reply(s, TTL_EXPIRED, SILENCE - 2)
                self.expect_reply(other, TTL_EXPIRED, 1)

    def shared(self):
        with self.proxy() as proxy, contextlib.ExitStack() as clients:
            asked = [clients.enter_context(self.ask(proxy, "slow-shared.example")) for _ in range(20)]
            for s in asked:
                self.expect_reply(s, 0, 2)
            expect(self.names.questions["slow-shared"], 2, "queries, for IPv4 and IPv6")

    def remembered(self):
        """A failure is not asked for again, but not for ever."""
        with self.proxy() as proxy:
            def ask():
                with self.ask(proxy, "nobody-twice.example") as s:
                    self.expect_reply(s, HOST_UNREACHABLE, SOON)
            for _ in range(10):
                ask()
            expect(self.names.questions["nobody-twice"], 2, "queries, for IPv4 and IPv6")
            time.sleep(5.5)
            ask()
            expect(self.names.questions["nobody-twice"], 4, "queries after some seconds")

    def datagrams(self):
        """A datagram to a name that does not exist costs one look-up, not one for each datagram."""
        with self.proxy() as proxy, Association(proxy) as a:
            for _ in range(400):
                a.send(b"\x03\x15nobody-flood.example." + b"\0\7", b"datagram")
                time.sleep(0.002)
            expect(self.names.questions["nobody-flood"], 2, "queries, for IPv4 and IPv6")

    def held(self):
        """The datagrams that wait for a name take 64 KiB of an association, however many names there are."""
        with self.proxy() as proxy, Association(proxy) as a:
            came = len(self.echo.clients)
            for n in range(8):
                for _ in range(4):
                    a.send(b"\x03\x13slow-held%d.example." % n + self.echo.port.to_bytes(2, "big"), bytes(20_000))
            until(lambda: len(self.echo.clients) > came, "the first datagram")
            time.sleep(1)
            expect(len(self.echo.clients) - came, 3, "datagrams that were kept")

    def onion(self):
        """RFC 7686."""
        with self.proxy() as proxy:
            for name in ("site.onion", "www.site.ONION."):
                with self.ask(proxy, name) as s:
                    self.expect_reply(s, NOT_ALLOWED, SOON)
            with Association(proxy) as a:
                a.send(b"\x03\x0asite.onion\0\7", b"datagram")
                time.sleep(0.3)
            expect(self.names.questions["site"] + self.names.questions["www"], 0, "queries")
            self.expect_served(proxy, "quick.onion.example")

    def table(self):
        nothing = lambda s: None
        several = tuple(f"127.0.1.{n}" for n in range(1, 5))
        return {
            "silent_names_of_a_client_delay_no_other_client": (self.others_wait, nothing),
            "silent_names_of_four_clients_delay_no_other_client": (self.others_wait, nothing, several),
            "a_few_silent_names_of_a_client_do_not_delay_its_others": (self.same_client,),
            "names_of_clients_that_have_closed_delay_nobody": (self.others_wait, socket.socket.close),
            "names_of_clients_that_have_reset_delay_nobody": (self.others_wait, reset),
            "names_of_clients_that_have_gone_are_not_looked_up": (self.withdrawn,),
            "a_client_that_has_ended_waits_a_moment_for_its_name": (self.half_closed,),
            "questions_for_one_name_share_a_look_up": (self.shared,),
            "a_failed_look_up_is_remembered_for_some_seconds": (self.remembered,),
            "datagrams_to_a_name_that_does_not_exist_share_a_look_up": (self.datagrams,),
            "datagrams_that_wait_for_names_are_limited_by_bytes": (self.held,),
            "onion_names_are_refused_without_a_look_up": (self.onion,),
        }


def reset(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()


def cases(program):
    resolv_conf = pathlib.Path("/etc/resolv.conf").resolve()
    resolv_conf.parent.mkdir(parents=True, exist_ok=True)  # it may have been in the /run that is hidden now
    if not resolv_conf.exists():
        resolv_conf.touch()
    harness.overlay(resolv_conf, f"nameserver 127.0.0.1\noptions timeout:{SILENCE} attempts:1\n")
    harness.overlay("/etc/nsswitch.conf", "hosts: files dns\n")
    return Cases(program).table()


if __name__ == "__main__":
    sys.exit(harness.main(cases))
