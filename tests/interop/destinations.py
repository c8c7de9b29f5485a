#!/usr/bin/env python3
"""How our proxy reaches destinations with several addresses, and where it listens for those that BIND and UDP expect.

    destinations.py PROXY [CASE...]
"""

import contextlib
import socket
import struct
import subprocess
import sys
import time

import harness
from harness import PATIENCE, expect
from origins import BANNER, receive
from stage import Proxy

HELLO, CHOICE = b"\x05\x01\x00", b"\x05\x00"
PORT = 7009  # of the good addresses
GOOD, OTHER = "10.9.0.1", "fd09::1"  # addresses of this host
CLOSED = "10.9.0.2"  # another one
HOLES = [f"10.8.0.{n}" for n in range(2, 14)]  # packets to them disappear
LINK = "fe80::9"  # an address on the interface link0
HOSTS = {
    "one-hole": [HOLES[0], GOOD],
    "three-holes": [*HOLES[:3], GOOD],
    "twelve-holes": [*HOLES, GOOD],
    "all-holes": HOLES[:3],
    "four-holes": [*HOLES[:4], OTHER],
    "slow": [CLOSED, *HOLES[:3]],
    "closed": [CLOSED, GOOD],
    "both": [GOOD, OTHER],
}


def run(*command):
    subprocess.run(command, check=True)


def set_up():
    """One interface for the holes, two for addresses of this host."""
    for name in "hole0", "good0", "link0":
        run("ip", "link", "add", name, "type", "veth", "peer", "name", "to_" + name)
        run("ip", "link", "set", "to_" + name, "up")
        run("ip", "link", "set", name, "arp", "off", "up")
    run("ip", "address", "add", "10.8.0.1/24", "dev", "hole0")
    for address in GOOD + "/24", CLOSED + "/24":
        run("ip", "address", "add", address, "dev", "good0")
    run("ip", "address", "add", OTHER + "/64", "dev", "good0", "nodad")
    run("ip", "address", "add", LINK + "/64", "dev", "link0", "nodad")
    harness.overlay("/etc/hosts", "".join(f"{a} {name}.example\n" for name, list in HOSTS.items() for a in list))
    # The order in which the system tries the addresses: the holes first, the closed one before the good one.
    ranks = [("10.8.0.0/120", 90), (CLOSED + "/128", 80), (GOOD + "/128", 70)]
    harness.overlay("/etc/gai.conf", "".join(f"precedence ::ffff:{net} {rank}\n" for net, rank in ranks))


def packed(address):
    six = ":" in address
    return (b"\x04" if six else b"\x01") + socket.inet_pton(socket.AF_INET6 if six else socket.AF_INET, address)


def service(address, backlog=16):
    s = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind((address, PORT))
    s.listen(backlog)
    s.settimeout(PATIENCE)
    return s


def to_name(name):
    name = name.encode() + b".example"
    return b"\x03" + bytes([len(name)]) + name


class Client:
    """A client that has sent a request; `client` is its address, and how it calls the proxy."""

    def __init__(self, proxy, command, to, port=PORT, client="127.0.0.1", scope=0):
        self.family = socket.AF_INET6 if ":" in client else socket.AF_INET
        self.here = (client, 0, 0, scope) if scope else (client, 0)
        self.control = socket.socket(self.family)
        self.control.settimeout(PATIENCE)
        self.control.bind(self.here)
        self.control.connect((client, proxy.port, 0, scope) if scope else (client, proxy.port))
        self.began = time.monotonic()
        self.control.sendall(HELLO + bytes([5, command, 0]) + to + struct.pack(">H", port))
        expect(receive(self.control, 2), CHOICE, "the choice")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.control.close()

    def bound(self, code=0):
        """Address and port of the reply."""
        head = receive(self.control, 4)
        expect(head[:2], bytes([5, code]), "the reply")
        six = head[3] == 4
        address = socket.inet_ntop(socket.AF_INET6 if six else socket.AF_INET, receive(self.control, 16 if six else 4))
        return address, struct.unpack(">H", receive(self.control, 2))[0]

    def took(self):
        return time.monotonic() - self.began


class Cases:
    def __init__(self, program):
        set_up()
        self.program = program
        self.good, self.other = service(GOOD), service(OTHER)
        self.proxy = self.any("any")

    def any(self, name, *options):
        """A proxy that listens on every address."""
        return Proxy(name, self.program, "--allow", "0.0.0.0/0", "--allow", "::/0", *options, host="[::]")

    def reached(self, name, least, most, listener):
        """`least` and `most` seconds after the request, the good address is connected, and nothing else is left."""
        with Client(self.proxy, 1, to_name(name)) as c:
            c.bound()
            took = c.took()
            expect(least <= took < most, True, f"a reply after {least} to {most} s; it took {took:.2f}")
            far, _ = getattr(self, listener).accept()
            with far:
                far.sendall(BANNER)
                expect(receive(c.control, len(BANNER)), BANNER, "what the destination says")
                expect(self.proxy.descriptors(), self.proxy.at_rest + 2, "descriptors of the proxy")
        self.proxy.closes_everything()

    def earlier_one(self):
        """The first address accepts while the next ones are tried; its queue is full before."""
        with service(CLOSED, 0) as slow, contextlib.ExitStack() as waiting:
            waiting.enter_context(socket.create_connection((CLOSED, PORT)))
            with Client(self.proxy, 1, to_name("slow")) as c:
                time.sleep(0.6)
                slow.accept()[0].close()
                c.bound()
                expect(c.took() < 3, True, "that the first address was not given up")
                far, _ = slow.accept()
                with far:
                    c.control.sendall(BANNER)
                    expect(receive(far, len(BANNER)), BANNER, "what the client says")
                    expect(self.proxy.descriptors(), self.proxy.at_rest + 2, "descriptors of the proxy")
            self.proxy.line(f"address {CLOSED}:{PORT}", 0)
        self.proxy.closes_everything()

    def no_one(self):
        with self.any("hasty", "--handshake", "2") as proxy, Client(proxy, 1, to_name("all-holes")) as c:
            c.bound(6)
            expect(c.took() < 4, True, "a reply at the end of the handshake")
            proxy.line("(no answer in time)", 0)
            c.control.close()
            proxy.closes_everything()

    def gone(self):
        with Client(self.proxy, 1, to_name("all-holes")) as c:
            time.sleep(0.7)
            expect(self.proxy.descriptors(), self.proxy.at_rest + 4, "descriptors of the proxy")
            c.control.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.proxy.closes_everything()

    def bind4(self, client, told):
        """SOCKS4 has no room for another address."""
        with socket.create_connection((client, self.proxy.port), PATIENCE, (client, 0)) as s:
            s.sendall(b"\x04\x02\0\x09" + bytes(4) + b"ann\0")
            reply = receive(s, 8)
            expect((reply[:2], socket.inet_ntoa(reply[4:])), (b"\0\x5a", told), "the first reply")
            with socket.create_connection((told, struct.unpack(">H", reply[2:4])[0]), PATIENCE):
                expect(receive(s, 2), b"\0\x5a", "the second reply")

    def bind5(self, client, to, told, options=(), real=None):
        proxy = self.any("options", *options) if options else self.proxy
        with Client(proxy, 2, to, 9, client) as c:
            address, port = c.bound()
            expect(address, told, "the address of the first reply")
            with socket.create_connection((real or told, port), PATIENCE, (real or told, 0)):
                expect(c.bound()[0], real or told, "the address of the caller")
        if options:
            proxy.stop()

    def relay(self, client, options, told):
        with self.any("options", *options) as proxy, Client(proxy, 3, packed("0.0.0.0"), 0, client) as c:
            expect(c.bound()[0], told, "the address of the relay")

    def link_local(self):
        """--listen with an interface; CONNECT, BIND and UDP of a client on that link."""
        scope = socket.if_nametoindex("link0")
        with Proxy("link", self.program, "--allow", "fe80::/10", "--reach", "fe80::/10", host=f"[{LINK}%link0]") as proxy:
            with socket.socket(socket.AF_INET6) as listener:
                listener.bind((LINK, 0, 0, scope))
                listener.listen()
                with Client(proxy, 1, packed(LINK), listener.getsockname()[1], LINK, scope) as c:
                    c.bound()
            for caller in packed("::"), packed(LINK):
                with Client(proxy, 2, caller, 9, LINK, scope) as c, socket.socket(socket.AF_INET6) as s:
                    address, port = c.bound()
                    expect(address, LINK, "where BIND listens")
                    s.bind((LINK, 0, 0, scope))
                    s.connect((LINK, port, 0, scope))
                    expect(c.bound()[0], LINK, "the address of the caller")
            with Client(proxy, 3, packed("::"), 0, LINK, scope) as c:
                address, port = c.bound()
                with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s, socket.socket(type=socket.SOCK_DGRAM) as far:
                    far.bind((GOOD, 0))
                    s.bind((LINK, 0, 0, scope))
                    s.settimeout(PATIENCE)
                    far.settimeout(PATIENCE)
                    s.sendto(bytes(3) + packed(GOOD) + struct.pack(">H", far.getsockname()[1]) + b"datagram",
                             (LINK, port, 0, scope))
                    data, proxy_address = far.recvfrom(100)
                    far.sendto(data, proxy_address)
                    expect(s.recv(100)[-8:], b"datagram", "the answer")
        for address in f"[{LINK}%nosuch]:0", f"{LINK}%link0:0", "%link0", "[%":
            done = subprocess.run([self.program, "--listen", address], capture_output=True, timeout=PATIENCE)
            expect(done.returncode, 2, f"the exit code for {address}")

    def bad_options(self):
        for option in (("192.0.2.7", "192.0.2.8"), ("2001:db8::1", "2001:db8::2")):
            command = [self.program] + [word for address in option for word in ("--relay-address", address)]
            done = subprocess.run(command, capture_output=True, timeout=PATIENCE)
            expect(done.returncode, 2, f"the exit code for {option}")

    def table(self):
        outside = ("--relay-address", "192.0.2.7", "--relay-address", "2001:db8::7")
        anyone4, anyone6 = packed("0.0.0.0"), packed("::")
        return {
            "an_address_that_does_not_answer_costs_less_than_a_second": (self.reached, "one-hole", 0.2, 0.8, "good"),
            "three_addresses_that_do_not_answer_cost_a_second": (self.reached, "three-holes", 0.7, 1.3, "good"),
            "twelve_addresses_that_do_not_answer_do_not_starve_the_last": (self.reached, "twelve-holes", 2.9, 4, "good"),
            "the_families_take_turns": (self.reached, "four-holes", 0.2, 0.8, "other"),
            "an_address_that_refuses_costs_nothing": (self.reached, "closed", 0, 0.2, "good"),
            "an_earlier_attempt_may_connect": (self.earlier_one,),
            "no_address_answers": (self.no_one,),
            "a_client_that_goes_ends_all_attempts": (self.gone,),
            "SOCKS4_BIND_for_an_IPv6_client_listens_on_IPv4": (self.bind4, OTHER, GOOD),
            "SOCKS4_BIND_on_loopback_listens_on_IPv4": (self.bind4, "::1", "127.0.0.1"),
            "BIND_for_an_IPv4_caller_of_an_IPv6_client": (self.bind5, OTHER, anyone4, GOOD),
            "BIND_for_an_IPv6_caller_of_an_IPv4_client": (self.bind5, GOOD, anyone6, OTHER),
            "BIND_for_a_name_of_both_families_by_IPv4": (self.bind5, GOOD, to_name("both"), GOOD),
            "BIND_for_a_name_of_both_families_by_IPv6": (self.bind5, OTHER, to_name("both"), OTHER),
            "BIND_tells_the_outside_IPv4_address": (self.bind5, GOOD, anyone4, "192.0.2.7", outside, GOOD),
            "BIND_tells_the_outside_IPv6_address": (self.bind5, OTHER, anyone6, "2001:db8::7", outside, OTHER),
            "UDP_tells_the_outside_IPv4_address": (self.relay, GOOD, outside, "192.0.2.7"),
            "UDP_tells_the_outside_IPv6_address": (self.relay, OTHER, outside, "2001:db8::7"),
            "UDP_tells_the_real_address_of_the_other_family": (self.relay, OTHER, outside[:2], OTHER),
            "one_outside_address_of_each_family": (self.bad_options,),
            "link_local_addresses_keep_their_interface": (self.link_local,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
