#!/usr/bin/env python3
"""A client of UDP ASSOCIATE that does what the suite wants, except for one fault.

    fake_udp.py FAULT PROXY DESTINATION [USER PASSWORD]

FAULT is `none` or a word of FAULTS. faults.py checks that the suite finds each of them.
"""

import ipaddress
import pathlib
import select
import socket
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

FAULTS = {
    "prints_foreign_datagrams": "datagrams_that_are_no_answers",
    "prints_fragments": "datagrams_that_are_no_answers",
    "extends_its_wait": "foreign_datagrams_do_not_extend_the_wait",
    "waits_for_ever": "a_datagram_without_an_answer",
    "exits_0_without_an_answer": "a_datagram_without_an_answer",
    "ignores_the_end_of_the_association": "the_control_connection_ends",
    "takes_an_unspecified_address_for_the_relay": "a_relay_at_an_IPv6_address",
    "loses_empty_lines": "a_relay_at_an_address",
    "declares_the_destination": "a_relay_with_a_login",
    "exits_0_after_a_refusal": "the_command_is_refused",
    "has_no_deadline": "the_proxy_stalls",
}


def endpoint(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def encoded(host, port):
    try:
        address = ipaddress.ip_address(host)
        return (b"\x04" if address.version == 6 else b"\x01") + address.packed + struct.pack(">H", port)
    except ValueError:
        return b"\x03" + bytes([len(host)]) + host.encode() + struct.pack(">H", port)


class Failed(Exception):
    pass


class Udp:
    def __init__(self, fault, proxy, to, *login):
        self.fault, self.proxy, self.to, self.login = fault, endpoint(proxy), endpoint(to), login
        self.control = socket.create_connection(self.proxy)
        self.deadline = time.monotonic() + (100 if fault == "has_no_deadline" else 10)

    def exactly(self, size):
        data = b""
        while len(data) < size:
            self.control.settimeout(max(self.deadline - time.monotonic(), 0.001))
            try:
                data += self.control.recv(size - len(data)) or self.closed()
            except TimeoutError:
                raise Failed("timed out waiting for the reply") from None
        return data

    @staticmethod
    def closed():
        raise Failed("connection closed")

    def relay(self):
        self.control.sendall(b"\x05\x01\x02" if self.login else b"\x05\x01\x00")
        self.exactly(2)
        if self.login:
            user, password = (bytes([len(word)]) + word.encode() for word in self.login)
            self.control.sendall(b"\x01" + user + password)
            self.exactly(2)
        six = ":" in self.proxy[0]
        source = self.to if self.fault == "declares_the_destination" else ("::" if six else "0.0.0.0", 0)
        self.control.sendall(b"\x05\x03\x00" + encoded(*source))
        code, _, kind = self.exactly(4)[1:]
        if code and self.fault != "exits_0_after_a_refusal":
            raise Failed("the proxy does not serve this command")
        size = {1: 4, 4: 16}.get(kind) or self.exactly(1)[0]
        host, port = self.exactly(size), struct.unpack(">H", self.exactly(2))[0]
        host = host.decode() if kind == 3 else str(ipaddress.ip_address(host))
        if host in ("0.0.0.0", "::") and self.fault != "takes_an_unspecified_address_for_the_relay":
            host = self.proxy[0]
        try:
            found = socket.getaddrinfo(host, port, socket.AF_INET6 if six else socket.AF_INET, socket.SOCK_DGRAM)
        except socket.gaierror:
            raise Failed(f"cannot look up the relay {host}: Name or service not known") from None
        return found[0][4][:2]

    def answer(self, udp, relay):
        """The data of an answer, or None at the deadline."""
        deadline = time.monotonic() + 2
        while True:
            left = 100 if self.fault == "waits_for_ever" else max(deadline - time.monotonic(), 0)
            ready, _, _ = select.select([udp, self.control], [], [], left)
            if not ready:
                return None
            if udp not in ready:
                if self.fault == "ignores_the_end_of_the_association":
                    time.sleep(left)
                    return None
                raise Failed("the proxy has ended the association")
            data, source = udp.recvfrom(65536)
            if self.fault == "extends_its_wait":
                deadline = time.monotonic() + 2
            if source[:2] != relay and self.fault != "prints_foreign_datagrams":
                continue
            if len(data) >= 10 and (data[2] == 0 or self.fault == "prints_fragments"):
                return data[10:]

    def run(self):
        relay = self.relay()
        udp = socket.socket(socket.AF_INET6 if ":" in relay[0] else socket.AF_INET, socket.SOCK_DGRAM)
        missing = 0
        for line in sys.stdin.buffer.read().splitlines():
            if not line and self.fault == "loses_empty_lines":
                continue
            datagram = bytes(3) + encoded(*self.to) + line
            if len(datagram) > 65535:
                raise Failed("not enough room for output")
            udp.sendto(datagram, relay)
            data = self.answer(udp, relay)
            if data is None:
                missing += 1
            else:
                sys.stdout.buffer.write(data + b"\n")
        if missing and self.fault != "exits_0_without_an_answer":
            raise Failed(f"no answer to {missing} datagrams")


if __name__ == "__main__":
    try:
        Udp(*sys.argv[1:]).run()
    except (Failed, OSError) as why:
        sys.exit(f"udp_client: {why}")
