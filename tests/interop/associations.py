#!/usr/bin/env python3
"""What an association of our proxy does with names of several addresses, bursts, many destinations, and answers of others.

    associations.py PROXY [CASE...]
"""

import os
import signal
import socket
import subprocess
import sys

import harness
from datagrams import NOBODY, Association, nothing, udp
from destinations import CLOSED, GOOD, packed, set_up, to_name
from harness import PATIENCE, expect, until
from origins import connect, receive
from stage import Proxy

HELLO, CHOICE = b"\x05\x01\x00", b"\x05\x00"
BURST, SIZE = 300, 1200
REMEMBERED = 512


def port_of(s):
    return s.getsockname()[1].to_bytes(2, "big")


def roomy(address):
    s = udp(address)
    s.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)  # SO_RCVBUFFORCE
    return s


def receive_burst(s, kept):
    s.settimeout(1)
    came = []
    while len(came) < BURST:
        try:
            came.append(s.recv(65535)[kept:])
        except TimeoutError:
            break
    expect(len(came), BURST, "datagrams of the burst that came")


class Cases:
    def __init__(self, program):
        set_up()
        self.program = program

    def next_address(self, count):
        """Nobody listens at the first address, which this host reports; no datagram is lost."""
        with Proxy("names", self.program) as proxy, Association(proxy) as a, udp(GOOD) as far:
            for n in range(count):
                a.send(to_name("closed") + port_of(far), b"%d" % n)
            came = {far.recvfrom(100)[0] for _ in range(count)}
            expect(came, {b"%d" % n for n in range(count)}, "the datagrams")
            a.send(to_name("closed") + port_of(far), b"again")
            data, there = far.recvfrom(100)
            far.sendto(data, there)
            a.expect(packed(GOOD) + port_of(far), b"again")

    def ports(self):
        first = harness.free_port() | 1
        with Proxy("ports", self.program, "--relay-ports", f"{first}-{first + 1}") as proxy:
            def associate():
                s = connect(proxy.port)
                s.sendall(HELLO + b"\x05\x03\x00" + NOBODY)
                reply = receive(s, 12)[2:]
                return s, reply[1], int.from_bytes(reply[-2:], "big")
            one, two, three = associate(), associate(), associate()
            expect({one[1:], two[1:]}, {(0, first), (0, first + 1)}, "the relays")
            expect(three[1], 1, "the reply when no port is left")
            one[0].close()
            until(lambda: proxy.descriptors() == proxy.at_rest + 2, "the first association to be closed")
            expect(associate()[1:], one[1:], "the relay on the port that was free again")
        for bad in ("8-7", "0-9", "1-70000", "x-y", ""):
            done = subprocess.run([self.program, "--relay-ports", bad], capture_output=True, timeout=PATIENCE)
            expect(done.returncode, 2, f"the exit code of {bad!r}")

    def answers(self, whom, port_too, host_too):
        """A TFTP server answers from another port; a peer of a game from another host."""
        options = ("--answers-from", whom, "--forbid", "127.0.0.9/32")
        with Proxy("answers", self.program, *options) as proxy, Association(proxy) as a, udp() as far, udp() as port, \
                udp("127.0.0.8") as host, udp("127.0.0.9") as forbidden:
            a.send(b"\x01\x7f\x00\x00\x01" + port_of(far), b"request")
            _, there = far.recvfrom(100)
            forbidden.sendto(b"forbidden", there)
            for s, relayed in (port, port_too), (host, host_too):
                s.sendto(b"answer", there)
                if relayed:
                    a.expect(packed(s.getsockname()[0]) + port_of(s), b"answer")
                else:
                    nothing(a.client)

    def many_destinations(self):
        """The first one is forgotten only after the others have filled the table, and the log says it once."""
        with Proxy("many", self.program) as proxy, Association(proxy) as a, udp() as other:
            far = udp()
            a.send(b"\x01\x7f\x00\x00\x01" + port_of(far), b"who are you?")
            _, there = far.recvfrom(100)

            def fill(count):
                for n in range(count):
                    a.send(b"\x01\x7f\x00" + bytes([1 + n // 200, 1 + n % 200]) + b"\x00\x07", b"datagram")
                a.send(b"\x01\x7f\x00\x00\x01" + port_of(other), b"the last one")
                other.recvfrom(100)
            fill(REMEMBERED - 2)
            far.sendto(b"remembered", there)
            a.expect(b"\x01\x7f\x00\x00\x01" + port_of(far), b"remembered")
            fill(REMEMBERED + 100)
            far.sendto(b"forgotten", there)
            nothing(a.client)
            expect(proxy.log().count(f"more than {REMEMBERED} destinations"), 1, "lines of the log")

    def burst_up(self):
        with Proxy("burst", self.program) as proxy, Association(proxy) as a, roomy("127.0.0.1") as far:
            a.send(b"\x01\x7f\x00\x00\x01" + port_of(far), b"first")
            far.recvfrom(100)
            os.kill(proxy.process.pid, signal.SIGSTOP)
            for _ in range(BURST):
                a.send(b"\x01\x7f\x00\x00\x01" + port_of(far), bytes(SIZE))
            os.kill(proxy.process.pid, signal.SIGCONT)
            receive_burst(far, 0)

    def burst_down(self):
        with Proxy("burst", self.program) as proxy, Association(proxy) as a, udp() as far:
            a.client.setsockopt(socket.SOL_SOCKET, 33, 4 << 20)
            a.send(b"\x01\x7f\x00\x00\x01" + port_of(far), b"first")
            _, there = far.recvfrom(100)
            os.kill(proxy.process.pid, signal.SIGSTOP)
            for _ in range(BURST):
                far.sendto(bytes(SIZE), there)
            os.kill(proxy.process.pid, signal.SIGCONT)
            receive_burst(a.client, 10)

    def table(self):
        return {
            "a_datagram_to_a_name_goes_to_the_next_address": (self.next_address, 1),
            "ten_datagrams_to_a_name_go_to_the_next_address": (self.next_address, 10),
            "relays_have_the_ports_of_the_option": (self.ports,),
            "answers_of_the_destination": (self.answers, "destination", False, False),
            "answers_of_every_port_of_the_destination": (self.answers, "host", True, False),
            "answers_of_anybody": (self.answers, "any", True, True),
            "an_association_remembers_many_destinations": (self.many_destinations,),
            "a_burst_of_a_client_is_not_lost": (self.burst_up,),
            "a_burst_of_a_destination_is_not_lost": (self.burst_down,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
