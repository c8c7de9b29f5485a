#!/usr/bin/env python3
"""Who may go where through our proxy, and how many connections a client may hold.

    access.py PROXY [CASE...]
"""

import contextlib
import socket
import subprocess
import sys
import time

import harness
from careless_clients import CHOICE, HELLO
from harness import SOON, expect, expect_in, overlay
from origins import Echo, Origin, Talker, connect, receive, receive_all
from stage import Proxy

REMOTE, HERE, ANOTHER = "192.0.2.1", "192.0.2.2", "192.0.2.3"  # all are this host, and none is loopback
REMOTE6, SAME_NETWORK6, ANOTHER6 = "2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:2::1"
METADATA = "169.254.169.254"
EVERYBODY = "--allow", "0.0.0.0/0", "--allow", "::/0"
REFUSED, FORBIDDEN = b"\x05", b"\x02"


def four(address):
    return b"\x01" + socket.inet_aton(address)


def six(address):
    return b"\x04" + socket.inet_pton(socket.AF_INET6, address)


def name(text):
    return b"\x03" + bytes([len(text)]) + text.encode()


def entered(proxy, source="127.0.0.1"):
    """A connection from the address `source`."""
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    s = socket.socket(family)
    s.settimeout(SOON)
    s.bind((source, 0))
    s.connect(("::1" if ":" in source and proxy.address.startswith("[") else source if ":" in source else
               "127.0.0.1" if source.startswith("127") else HERE, proxy.port))
    return s


class Cases:
    def __init__(self, program):
        self.program = program
        for address in REMOTE, HERE, ANOTHER, METADATA:
            subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True)
        for address in REMOTE6, SAME_NETWORK6, ANOTHER6:
            subprocess.run(["ip", "address", "add", f"{address}/128", "dev", "lo", "nodad"], check=True)
        overlay("/etc/hosts", "127.0.0.1 localhost files.example.com\n0.0.0.0 nowhere.example\n")
        self.talker, self.echo = Origin(Talker), Echo()
        for address in HERE, METADATA:
            self.talker.serve(socket.AF_INET, address)
        self.port = self.talker.port.to_bytes(2, "big")
        self.open = Proxy("open", program)
        self.everybody = Proxy("everybody", program, *EVERYBODY, host="0.0.0.0")

    def code(self, proxy, to, source="127.0.0.1", command=1, port=None):
        """The reply code for a request."""
        with entered(proxy, source) as s:
            s.sendall(HELLO + bytes([5, command, 0]) + to + (self.port if port is None else port))
            answer = receive(s, 4)
            expect(answer[:3], CHOICE + b"\x05", "the answers")
            return answer[3:]

    def nowhere(self):
        """The system takes an unspecified address for its own loopback address."""
        spellings = [four("0.0.0.0"), six("::"), six("::ffff:0.0.0.0"), six("64:ff9b::"), name("0.0.0.0"), name("::"),
                     name("::ffff:0.0.0.0"), name("0"), name("0x0"), name("0.0"), name("0.0.0.0."), name("nowhere.example")]
        for spelled in spellings:
            expect(self.code(self.open, spelled), FORBIDDEN, f"the answer for {spelled}")
        for sent in (b"\x04\x01" + self.port + bytes(4) + b"ann\x00",
                     b"\x04\x01" + self.port + b"\x00\x00\x00\x07ann\x000.0.0.0\x00",
                     b"\x04\x01" + self.port + b"\x00\x00\x00\x07ann\x00nowhere.example\x00"):
            with entered(self.open) as s:
                s.sendall(sent)
                expect(receive(s, 2), b"\x00\x5b", f"the answer to {sent}")

    def datagrams_arrive(self, proxy, to, source):
        """Whether a datagram of `source` is answered."""
        with entered(proxy, source) as s, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as c:
            s.sendall(HELLO + b"\x05\x03\x00\x01" + bytes(6))
            answer = receive(s, 12)
            c.bind((source, 0))
            c.settimeout(0.5)
            relay = socket.inet_ntoa(answer[6:10]), int.from_bytes(answer[10:], "big")
            c.sendto(b"\x00\x00\x00" + to + self.echo.port.to_bytes(2, "big") + b"datagram", relay)
            with contextlib.suppress(TimeoutError):
                return c.recv(100).endswith(b"datagram")
            return False

    def datagrams_to_nowhere(self):
        seen = len(self.echo.clients)
        for to in four("0.0.0.0"), six("::"), name("0.0.0.0"), name("nowhere.example"):
            expect(self.datagrams_arrive(self.open, to, "127.0.0.1"), False, f"whether a datagram to {to} is answered")
        expect(len(self.echo.clients), seen, "datagrams that came through")

    def datagrams_to_loopback(self):
        expect(self.datagrams_arrive(self.everybody, four("127.0.0.1"), REMOTE), False, "whether it is answered")
        expect(self.datagrams_arrive(self.everybody, name("files.example.com"), REMOTE), False, "whether it is answered")
        expect(self.datagrams_arrive(self.everybody, four("127.0.0.1"), "127.0.0.1"), True, "whether it is answered")
        with Proxy("reaching", self.program, *EVERYBODY, "--reach", "127.0.0.0/8", host="0.0.0.0") as proxy:
            expect(self.datagrams_arrive(proxy, four("127.0.0.1"), REMOTE), True, "whether it is answered")

    def remote(self):
        """What a client of another machine may reach, and what only one of this machine."""
        inside = [four("127.0.0.1"), four("127.9.9.9"), six("::1"), six("::ffff:127.0.0.1"), name("localhost"),
                  name("127.0.0.1"), name("files.example.com"), four(METADATA), six("64:ff9b::7f00:1"), six("fe80::1")]
        for to in inside:
            expect(self.code(self.everybody, to, REMOTE), FORBIDDEN, f"the answer for {to}")
        expect(self.code(self.everybody, four("127.0.0.1"), REMOTE, command=2), FORBIDDEN, "the answer to BIND")
        expect(self.code(self.everybody, four(HERE), REMOTE), b"\x00", "the answer for another address")
        for to in inside[0], inside[2], inside[7]:
            expect(self.code(self.everybody, to), b"\x00", f"the answer for {to}, asked by a client of this machine")

    def itself(self):
        port = self.everybody.port.to_bytes(2, "big")
        for to in four(HERE), six(f"::ffff:{HERE}"), name(HERE):
            expect(self.code(self.everybody, to, REMOTE, port=port), FORBIDDEN, f"the answer for {to}")

    def opened(self):
        options = *EVERYBODY, "--reach", "127.0.0.0/8", "--reach", f"{METADATA}/32", "--reach", f"{HERE}/32"
        with Proxy("reaching", self.program, *options, host="0.0.0.0") as proxy:
            for to in four("127.0.0.1"), name("files.example.com"), four(METADATA):
                expect(self.code(proxy, to, REMOTE), b"\x00", f"the answer for {to}")
            expect(self.code(proxy, four(HERE), REMOTE, port=proxy.port.to_bytes(2, "big")), b"\x00", "the proxy itself")
            expect(self.code(proxy, six("::1"), REMOTE), FORBIDDEN, "the answer for what was not opened")
            expect(self.code(proxy, four("0.0.0.0"), REMOTE), FORBIDDEN, "the answer for 0.0.0.0")

    def families(self):
        """A network of one family lets in nobody of the other."""
        with Proxy("six", self.program, "--allow", "::/0", host="0.0.0.0") as proxy, entered(proxy, REMOTE) as s:
            with contextlib.suppress(ConnectionError):
                s.sendall(HELLO)
            expect(receive_all(s), b"", "what a client with an IPv4 address gets")
        with Proxy("six", self.program, "--allow", "::/0", host="[::]") as proxy:
            with entered(proxy, REMOTE6) as s:
                s.sendall(HELLO)
                expect(receive(s, 2), CHOICE, "what a client with an IPv6 address gets")
            with connect(proxy.port) as s:
                with contextlib.suppress(ConnectionError):
                    s.sendall(HELLO)
                expect(receive_all(s), b"", "what a client with an IPv4-mapped address gets")
        with Proxy("four", self.program, "--allow", "0.0.0.0/0", host="[::]") as proxy:
            with entered(proxy, REMOTE6) as s:
                with contextlib.suppress(ConnectionError):
                    s.sendall(HELLO)
                expect(receive_all(s), b"", "what a client with an IPv6 address gets")
            with connect(proxy.port) as s:
                s.sendall(HELLO)
                expect(receive(s, 2), CHOICE, "what a client with an IPv4 address gets")
        with Proxy("four", self.program, "--forbid", "::/0") as proxy:
            expect(self.code(proxy, four("127.0.0.1")), b"\x00", "the answer for an IPv4 address")
            expect(self.code(proxy, six("::1")), FORBIDDEN, "the answer for an IPv6 address")

    def anyone_may_call(self):
        """0.0.0.0 in a BIND means any caller, not loopback."""
        with Proxy("strict", self.program, "--forbid", "127.0.0.0/8") as proxy:
            expect(self.code(proxy, four("0.0.0.0"), command=2), b"\x00", "the answer to BIND for any caller")
            expect(self.code(proxy, four("127.0.0.1"), command=2), FORBIDDEN, "the answer to BIND for loopback")

    def turned_away(self, proxy, source):
        with entered(proxy, source) as s:
            with contextlib.suppress(ConnectionError):
                s.sendall(HELLO)
            expect(receive_all(s), b"", f"what {source} gets past its limit")

    def stays(self, stack, proxy, source):
        s = stack.enter_context(entered(proxy, source))
        s.sendall(HELLO)
        expect(receive(s, 2), CHOICE, f"what {source} gets")
        return s

    def limit(self, *options):
        """A client is an IPv4 address or an IPv6 network of 64 bits; a slot is free again when its holder has gone."""
        with Proxy("fair", self.program, "--per-client", "3", *EVERYBODY, *options, host="[::]") as proxy, \
                contextlib.ExitStack() as stack:
            first = [self.stays(stack, proxy, source) for source in (REMOTE6, SAME_NETWORK6, REMOTE6)]
            for n in range(3):
                self.stays(stack, proxy, "127.0.0.1")
            for source in REMOTE6, SAME_NETWORK6, "127.0.0.1":
                self.turned_away(proxy, source)
            for source in ANOTHER6, "127.0.0.2":
                self.stays(stack, proxy, source)
            proxy.line("127.0.0.1:", 0)
            expect_in("has 3 connections already", proxy.log(), "the log")
            first[0].close()
            harness.until(lambda: proxy.descriptors() <= proxy.at_rest + 7, "a free slot")
            self.stays(stack, proxy, SAME_NETWORK6)

    def nested(self):
        """A client that reaches the proxy through the proxy again and again ends at its own limit."""
        with Proxy("deep", self.program, "--connections", "20") as proxy, contextlib.ExitStack() as stack:
            s = stack.enter_context(connect(proxy.port))
            s.settimeout(SOON)
            depth = 0
            with contextlib.suppress(ConnectionError):
                while depth < 20:
                    s.sendall(HELLO + b"\x05\x01\x00" + four("127.0.0.1") + proxy.port.to_bytes(2, "big"))
                    if receive(s, 12)[:4] != CHOICE + b"\x05\x00":
                        break
                    depth += 1
            expect(depth <= 10, True, f"a depth of half the slots at most; it was {depth}")
            expect(self.code(proxy, four("127.0.0.1"), "127.0.0.3"), b"\x00", "the answer to another client")

    def slow_clients_yield(self):
        """Silent clients and slow ones hold every slot, until somebody else comes."""
        with Proxy("full", self.program, "--connections", "4", "--per-client", "4") as proxy, \
                contextlib.ExitStack() as stack:
            relayed = stack.enter_context(connect(proxy.port))
            relayed.sendall(HELLO + b"\x05\x01\x00" + four("127.0.0.1") + self.port)
            expect(receive(relayed, 4), CHOICE + b"\x05\x00", "the answers to the first")
            slow = [stack.enter_context(connect(proxy.port)) for _ in range(3)]
            slow[1].sendall(HELLO[:1])
            slow[2].sendall(HELLO)
            time.sleep(1.2)
            for n in range(3):
                expect(self.code(proxy, four("127.0.0.1"), "127.0.0.2"), b"\x00", f"the answer to newcomer {n}")
            relayed.sendall(b"still there")
            relayed.shutdown(socket.SHUT_WR)
            expect(receive_all(relayed).endswith(b"still there"), True, "that the first is still served")
            proxy.line("handshake too slow, made room for another client", 0)

    def table(self):
        return {
            "the_unspecified_address_is_refused_in_every_spelling": (self.nowhere,),
            "datagrams_to_the_unspecified_address_are_dropped": (self.datagrams_to_nowhere,),
            "a_remote_client_is_refused_loopback_and_link_local_addresses": (self.remote,),
            "a_remote_client_s_datagrams_do_not_reach_loopback": (self.datagrams_to_loopback,),
            "a_remote_client_is_refused_the_proxy_itself": (self.itself,),
            "what_is_opened_is_reached_by_remote_clients": (self.opened,),
            "a_network_of_one_family_means_nothing_for_the_other": (self.families,),
            "BIND_for_any_caller_is_no_matter_of_loopback": (self.anyone_may_call,),
            "a_client_holds_its_share_of_connections_only": (self.limit,),
            "a_client_holds_its_share_of_connections_in_all_threads": (self.limit, "--threads", "4"),
            "a_proxy_nested_into_itself_leaves_slots_for_others": (self.nested,),
            "slow_and_silent_clients_make_room": (self.slow_clients_yield,),
            "no_client_left_a_connection_open": (self.open.closes_everything,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
