#!/usr/bin/env python3
"""Datagrams through our proxy, by hand: what is relayed, what is dropped, and when an association ends.

    datagrams.py PROXY [CASE...]
"""

import socket
import subprocess
import sys
import time

import harness
from careless_clients import CHOICE, HELLO, bound_in, everything, receive_answers
from harness import PATIENCE, SOON, expect, until
from origins import Echo, connect, receive, receive_all, slow_names
from stage import Proxy, Stage

NOBODY, LOOPBACK = b"\x01\x00\x00\x00\x00\x00\x00", b"\x01\x7f\x00\x00\x01"
LOGIN = [(b"\x05\x01\x02", b"\x05\x02", 2), (b"\x01\x04john\x07foo bar", b"\x01\x00", 2)]
ROUND = 0.5  # seconds in which whatever is relayed has come


def udp(address="127.0.0.1"):
    s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)
    s.bind((address, 0))
    s.settimeout(PATIENCE)
    return s


def nothing(s):
    s.settimeout(ROUND)
    try:
        raise AssertionError(f"a datagram came that should not: {s.recvfrom(65535)!r}")
    except TimeoutError:
        s.settimeout(PATIENCE)


class Association:
    """A control connection, a socket of the client, and where the proxy relays."""

    def __init__(self, proxy, declared=NOBODY, login=(), address="127.0.0.1"):
        steps = [*login] or [(HELLO, CHOICE, 2)]
        self.control = connect(proxy.port, address)
        size = 22 if ":" in address else 10
        steps.append((b"\x05\x03\x00" + declared, b"\x05\x00\x00" + (b"\x04" if size == 22 else b"\x01"), size))
        self.control.sendall(everything(steps))
        answer = receive_answers(self.control, steps)
        self.relay = ("::1", int.from_bytes(answer[20:], "big")) if size == 22 else bound_in(answer)
        self.client = udp(address)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.control.close()
        self.client.close()

    def send(self, to, data, frag=0, rsv=b"\x00\x00"):
        self.client.sendto(rsv + bytes([frag]) + to + data, self.relay)

    def expect(self, source, data):
        came, relay = self.client.recvfrom(65535)
        expect(relay[:2], self.relay, "where the answer comes from")
        expect(came, b"\x00\x00\x00" + source + data, "the answer")


class Cases:
    def __init__(self, stage):
        self.stage = stage
        self.program, self.proxy = stage.program, stage.open
        self.echo = Echo()
        self.port = self.echo.port.to_bytes(2, "big")
        self.four = LOOPBACK + self.port
        self.six = b"\x04" + bytes(15) + b"\x01" + self.port
        self.name = b"\x03\x11files.example.com" + self.port

    def relayed(self, to, source, declared=NOBODY):
        """The header of an answer tells who sent it, whatever the client called them."""
        with Association(self.proxy, declared) as a:
            for data in (b"one", b"", b"three" * 100):
                a.send(to, data)
                a.expect(source, data)

    def with_a_login(self):
        with Association(self.stage.login, login=LOGIN) as a:
            a.send(self.four, b"datagram")
            a.expect(self.four, b"datagram")

    def from_an_IPv6_client(self):
        with Proxy("six", self.program, host="[::1]") as proxy, Association(proxy, address="::1") as a:
            for to in (self.four, self.six):
                a.send(to, b"datagram")
                a.expect(to, b"datagram")

    def long_ones(self):
        """The longest that the header leaves room for in 65507 bytes, either way; a longer one is lost alone."""
        with Association(self.proxy) as a:
            a.send(self.four, bytes(65507 - 10))
            a.expect(self.four, bytes(65507 - 10))
            far = udp()
            a.send(LOOPBACK + far.getsockname()[1].to_bytes(2, "big"), b"who are you?")
            _, proxy = far.recvfrom(65535)
            far.sendto(bytes(65507), proxy)
            nothing(a.client)
            a.send(self.four, b"datagram")
            a.expect(self.four, b"datagram")

    def dropped(self, datagram):
        with Association(self.proxy) as a:
            seen = len(self.echo.clients)
            a.client.sendto(datagram, a.relay)
            nothing(a.client)
            expect(len(self.echo.clients), seen, "datagrams that came through")
            a.send(self.four, b"datagram", rsv=b"\x07\x09")
            a.expect(self.four, b"datagram")

    def other_senders(self):
        """Neither another host, nor another port of the client's, nor one that the client has not written to."""
        with Association(self.proxy) as a, udp("127.0.0.2") as host, udp() as port, udp() as far:
            packet = b"\x00\x00\x00" + self.four + b"from another sender"
            host.sendto(packet, a.relay)
            nothing(host)
            a.send(LOOPBACK + far.getsockname()[1].to_bytes(2, "big"), b"who are you?")
            _, proxy = far.recvfrom(65535)
            for other in (host, port):
                other.sendto(packet, a.relay)
                nothing(other)
                other.sendto(b"unasked for", proxy)
            nothing(a.client)
            far.sendto(b"answer", proxy)
            a.expect(LOOPBACK + far.getsockname()[1].to_bytes(2, "big"), b"answer")

    def declared_port(self):
        """A port that the client declared for its own address is the only one from the start."""
        with udp() as mine, udp() as other:
            with Association(self.proxy, LOOPBACK + mine.getsockname()[1].to_bytes(2, "big")) as a:
                packet = b"\x00\x00\x00" + self.four + b"datagram"
                other.sendto(packet, a.relay)
                nothing(other)
                mine.sendto(packet, a.relay)
                expect(mine.recv(65535), packet, "the answer")

    def many_destinations(self):
        """One socket serves all of them, and the first one may still answer after 80 others."""
        with Association(self.proxy) as a:
            far = [udp() for _ in range(80)]
            for s in far:
                a.send(LOOPBACK + s.getsockname()[1].to_bytes(2, "big"), b"who are you?")
            callers = [s.recvfrom(65535)[1] for s in far]
            expect(len(set(callers)), 1, "the sockets that the proxy has for them")
            for s in far[0], far[-1]:
                s.sendto(b"answer", callers[0])
                a.expect(LOOPBACK + s.getsockname()[1].to_bytes(2, "big"), b"answer")
            for s in far:
                s.close()

    def many_names(self):
        """Few names are looked up at once, however many are written to, and nobody else waits for them."""
        port = self.stage.talker.port.to_bytes(2, "big")
        with slow_names(), Association(self.proxy) as a, connect(self.proxy.port) as s:
            for n in range(100):
                a.send(b"\x03\x0eslow%02d.example" % n + port, b"datagram")
            time.sleep(ROUND)
            s.sendall(HELLO + b"\x05\x01\x00\x03\x0dquick.example" + port)
            began = time.monotonic()
            expect(receive(s, 4), CHOICE + b"\x05\x00", "the answers")
            waited = time.monotonic() - began
            expect(waited < SOON, True, f"an answer within {SOON} seconds; it took {waited:.1f}")

    def ended(self, how, logged):
        """The relay is closed with the control connection."""
        since = self.proxy.mark()
        with Association(self.proxy) as a:
            a.send(self.four, b"datagram")
            a.expect(self.four, b"datagram")
            how(a.control)
            expect(receive_all(a.control), b"", "what the proxy says")
            self.proxy.line(f": succeeded{logged}, 8 bytes up, 8 down", since)
            until(lambda: not bound_here(a.relay[1]), "the relay's socket to be closed")

    def early(self):
        """What comes with the request belongs to nobody."""
        since = self.proxy.mark()
        with connect(self.proxy.port) as s:
            s.sendall(HELLO + b"\x05\x03\x00" + NOBODY + b"early data")
            expect(receive_all(s)[:4], CHOICE + b"\x05\x00", "the answers")
        self.proxy.line("then bytes after the request", since)

    def idle(self):
        """The control connection alone keeps nothing; a datagram does."""
        with Proxy("idle", self.program, "--idle", "2") as proxy, Association(proxy) as a:
            began = time.monotonic()
            for _ in range(4):
                time.sleep(1)
                a.send(self.four, b"datagram")
                a.expect(self.four, b"datagram")
            expect(receive_all(a.control), b"", "what the proxy says")
            expect(time.monotonic() - began > 5, True, "that it lasted longer than it was idle")
            proxy.line("idle for too long", 0)

    def behind_a_NAT(self):
        """The address told is the one given, the port the relay's own."""
        for option, told in ("192.0.2.7", b"\x01\xc0\x00\x02\x07"), ("0.0.0.0", b"\x01" + bytes(4)):
            with Proxy("natted", self.program, "--relay-address", option) as proxy, connect(proxy.port) as s, udp() as c:
                s.sendall(HELLO + b"\x05\x03\x00" + NOBODY)
                expect(receive(s, 5 + len(told)), CHOICE + b"\x05\x00\x00" + told, "the answers")
                relay = ("127.0.0.1", int.from_bytes(receive(s, 2), "big"))
                c.sendto(b"\x00\x00\x00" + self.four + b"datagram", relay)
                expect(c.recvfrom(65535), (b"\x00\x00\x00" + self.four + b"datagram", relay), "the answer")
        for option in ("proxy.example", "127.1", ""):
            done = subprocess.run([self.program, "--relay-address", option], capture_output=True, timeout=PATIENCE)
            expect(done.returncode, 2, f"the exit code of {option!r}")

    def forbidden(self):
        """One list for connections and datagrams, for whatever spells an address, and for what a name leads to."""
        spellings = [LOOPBACK, b"\x04" + bytes(10) + b"\xff\xff\x7f\x00\x00\x01",
                     b"\x04" + bytes(12) + b"\x7f\x00\x00\x01",
                     b"\x04\x00\x64\xff\x9b" + bytes(8) + b"\x7f\x00\x00\x01",
                     b"\x04\x00\x64\xff\x9b\x00\x01" + bytes(6) + b"\x7f\x00\x00\x01",
                     b"\x04\x20\x02\x7f\x00\x00\x01" + bytes(10),
                     b"\x04\x20\x01" + bytes(10) + b"\x80\xff\xff\xfe", b"\x01\x00\x00\x00\x00",
                     b"\x03\x09127.0.0.1", b"\x03\x11files.example.com", b"\x03\x10::ffff:127.0.0.1"]
        with Proxy("strict", self.program, "--forbid", "127.0.0.0/8") as proxy:
            for spelled in spellings:
                with connect(proxy.port) as s:
                    s.sendall(HELLO + b"\x05\x01\x00" + spelled + self.port)
                    expect(receive(s, 4)[2:], b"\x05\x02", f"the answer for {spelled}")
            with Association(proxy) as a:
                seen = len(self.echo.clients)
                for spelled in spellings:
                    a.send(spelled + self.port, b"datagram")
                nothing(a.client)
                expect(len(self.echo.clients), seen, "datagrams that came through")
                a.send(self.six, b"datagram")
                a.expect(self.six, b"datagram")

    def forbidden_translator(self):
        """A network of addresses with others inside can be named itself."""
        with Proxy("untranslated", self.program, "--forbid", "64:ff9b::/96") as proxy:
            for spelled in b"\x04\x00\x64\xff\x9b" + bytes(8) + b"\xc0\x00\x02\x07", b"\x03\x1264:ff9b::192.0.2.7":
                with connect(proxy.port) as s:
                    s.sendall(HELLO + b"\x05\x01\x00" + spelled + self.port)
                    expect(receive(s, 4)[2:], b"\x05\x02", f"the answer for {spelled}")

    def unprintable(self):
        """A name that could forge a line of a log or of a header is refused before anybody looks it up."""
        with connect(self.proxy.port) as s:
            s.sendall(HELLO + b"\x05\x01\x00\x03\x0aevil\r\nHost" + self.port)
            expect(receive(s, 4)[2:], b"\x05\x02", "the answer")

    def table(self):
        mapped = b"\x04" + bytes(10) + b"\xff\xff\x7f\x00\x00\x01" + self.port
        relayed, dropped = self.relayed, self.dropped
        good = b"\x00\x00\x00" + self.four + b"datagram"
        return {
            "datagrams_to_an_IPv4_address": (relayed, self.four, self.four),
            "datagrams_to_an_IPv6_address": (relayed, self.six, self.six),
            "datagrams_to_a_name": (relayed, self.name, self.four),
            "datagrams_to_a_name_that_spells_an_address":
                (relayed, b"\x03\x09127.0.0.1" + self.port, self.four),
            "datagrams_to_an_IPv4_mapped_address": (relayed, mapped, self.four),
            "datagrams_with_a_login": (self.with_a_login,),
            "datagrams_from_an_IPv6_client": (self.from_an_IPv6_client,),
            "long_datagrams": (self.long_ones,),
            "a_fragment_is_dropped": (dropped, b"\x00\x00\x01" + good[3:]),
            "a_last_fragment_is_dropped": (dropped, b"\x00\x00\x81" + good[3:]),
            "a_datagram_without_a_whole_header_is_dropped": (dropped, good[:9]),
            "an_empty_datagram_is_dropped": (dropped, b""),
            "a_datagram_of_an_unknown_address_type_is_dropped": (dropped, b"\x00\x00\x00\x02" + good[4:]),
            "a_datagram_to_an_empty_name_is_dropped": (dropped, b"\x00\x00\x00\x03\x00" + self.port + b"datagram"),
            "a_datagram_to_a_name_that_nobody_has_is_dropped":
                (dropped, b"\x00\x00\x00\x03\x0enobody.invalid" + self.port + b"datagram"),
            "other_senders_are_ignored": (self.other_senders,),
            "a_declared_port_is_locked": (self.declared_port,),
            "the_IPv6_wildcard_declares_nothing": (relayed, self.four, self.four, b"\x04" + bytes(16) + b"\x00\x07"),
            "the_name_0_declares_nothing": (relayed, self.four, self.four, b"\x03\x010\x00\x07"),
            "an_address_that_is_not_the_client_declares_nothing": (relayed, self.four, self.four, self.six),
            "an_association_keeps_many_destinations_in_mind": (self.many_destinations,),
            "an_association_looks_up_few_names_at_once": (self.many_names,),
            "an_association_ends_with_its_connection": (self.ended, lambda s: s.shutdown(socket.SHUT_WR), ""),
            "an_association_ends_when_its_connection_says_more":
                (self.ended, lambda s: s.sendall(b"?"), ", then bytes after the request"),
            "an_association_ends_when_more_came_with_its_request": (self.early,),
            "an_idle_association_ends": (self.idle,),
            "a_relay_behind_a_NAT_is_where_it_is_said_to_be": (self.behind_a_NAT,),
            "forbidden_networks_are_seen_through": (self.forbidden,),
            "a_network_that_is_seen_through_can_be_forbidden": (self.forbidden_translator,),
            "unprintable_names_are_refused": (self.unprintable,),
            "no_client_left_a_connection_open": (self.stage.left_nothing_open,),
        }


def bound_here(port):
    tables = (open(f"/proc/self/net/{table}").readlines() for table in ("udp", "udp6"))
    return any(f":{port:04X}" in line.split()[1] for table in tables for line in table)


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(Stage(program)).table()))
