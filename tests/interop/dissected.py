#!/usr/bin/env python3
"""tshark reads the messages of our encoders, one a segment or datagram, and finds in them what was meant.

    dissected.py MESSAGES [CASE...]

It puts no messages together and takes none apart, so each travels alone. It learns of a relay from the handshake before
it: the client at the declared port, the relay at the bound one. GSSAPI is left out: of a client's second message on
tshark takes everything for something else.
"""

import subprocess
import sys

import harness
from capture import Capture, Connection
from harness import NAME, PATIENCE, expect, scratch

PROXY, CLIENT, RELAY = 1080, 50000, 3333  # ports
FOUR, SIX = "93.184.216.34", "2001:db8:1032:5476:98ba:dcfe:f1e:2d3c"

SOCKS = """version command results auth_method_count auth_method auth_accepted_method subnegotiation_version username
    password auth_status reserved fragment_number address_type dst dstV6 remote_name v4a_dns_name dstport port
    remote_host_port gssapi.command gssapi.length gssapi.data""".split()
OTHERS = ["data.data", "_ws.malformed", "_ws.expert.message"]
CHECKSUMS = [f"{layer}.checksum.status" for layer in ("ip", "tcp", "udp")]
GOOD = "1"


def greeting(*methods):
    return "client", {"version": "5", "auth_method_count": str(len(methods)), "auth_method": ",".join(methods)}


def choice(method):
    return "server", {"version": "5", "auth_accepted_method": method}


LOGIN = "client", {"version": "5", "subnegotiation_version": "1", "username": "john", "password": "foo bar"}


def status(byte):
    return "server", {"version": "5", "subnegotiation_version": "1", "auth_status": byte}


def address5(host):
    kind, field = ("4", "dstV6") if ":" in host else ("3", "remote_name") if host == NAME else ("1", "dst")
    return {"reserved": "0", "address_type": kind, field: host}


def request5(command, host, port):
    return "client", {"version": "5", "command": command, "port": port} | address5(host)


def reply5(code, host, port):
    return "server", {"version": "5", "results": code, "port": port} | address5(host)


def request4(command, address, port, **name):
    return "client", {"version": "4", "command": command, "dst": address, "dstport": port, "username": "fred"} | name


def reply4(code, address, port):
    return "server", {"version": "0", "results": code, "dst": address, "dstport": port}


def datagram(sender, host, port, data, fragment="0"):
    return sender, {"fragment_number": fragment, "dstport": port, "data.data": data.hex()} | address5(host)


OPEN = [greeting("0"), choice("0")]
CONNECT, BIND, UDP_ASSOCIATE = "1", "2", "3"
WANTED = {
    "socks5_IPv4": [*OPEN, request5(CONNECT, FOUR, "80"), reply5("0", "192.0.2.9", "5555")],
    "socks5_IPv6": [*OPEN, request5(CONNECT, SIX, "8080"), reply5("0", SIX, "5556")],
    "socks5_name": [*OPEN, request5(CONNECT, NAME, "443"), reply5("0", NAME, "5557")],
    "socks5_refused": [*OPEN, request5(CONNECT, FOUR, "81"), reply5("5", "0.0.0.0", "0")],
    "socks5_bind": [*OPEN, request5(BIND, FOUR, "20"), reply5("0", "127.0.0.1", "3333")],
    "login_accepted": [greeting("0", "2"), choice("2"), LOGIN, status("0"), request5(CONNECT, FOUR, "80"),
                       reply5("0", "192.0.2.9", "5555")],
    "credentials_refused": [greeting("0", "2"), choice("2"), LOGIN, status("1")],
    "no_method": [greeting("1", "128", "254"), choice("255")],
    "socks4": [request4(CONNECT, FOUR, "80"), reply4("90", FOUR, "80")],
    "socks4_bind": [request4(BIND, FOUR, "20"), reply4("90", "127.0.0.1", "3333")],
    "socks4_rejected": [request4(CONNECT, FOUR, "81"), reply4("91", "0.0.0.0", "0")],
    "socks4a": [request4(CONNECT, "0.0.0.1", "443", v4a_dns_name=NAME), reply4("90", "192.0.2.9", "5555")],
    "datagrams": [*OPEN, request5(UDP_ASSOCIATE, "127.0.0.1", str(CLIENT)), reply5("0", "127.0.0.1", str(RELAY)),
                  datagram("to_relay", FOUR, "40001", b"question"), datagram("from_relay", FOUR, "40001", b"answer"),
                  datagram("to_relay", SIX, "40002", b"question"), datagram("to_relay", NAME, "40003", b"question"),
                  datagram("to_relay", FOUR, "40001", b"part", "129")],
}


class Cases:
    def __init__(self, program):
        said = subprocess.run([program], check=True, capture_output=True, text=True).stdout
        self.frames = {}  # of each conversation: who sent it, and its number
        with Capture(scratch / "messages.pcap") as capture:
            for line in said.splitlines():
                conversation, sender, digits = line.split()
                self.send(capture, conversation, sender, bytes.fromhex(digits))
        fields = [f"socks.{field}" for field in SOCKS] + OTHERS + CHECKSUMS
        checked = [word for layer in ("ip", "tcp", "udp") for word in ("-o", f"{layer}.check_checksum:TRUE")]
        done = subprocess.run(["tshark", "-n", "-r", scratch / "messages.pcap", "-d", f"tcp.port=={PROXY},socks",
                               *checked, "-T", "fields", *(word for field in fields for word in ("-e", field))],
                              check=True, capture_output=True, text=True, timeout=PATIENCE)
        self.read = [dict(zip(SOCKS + OTHERS + CHECKSUMS, row.split("\t"))) for row in done.stdout.splitlines()]

    def send(self, capture, conversation, sender, data):
        if conversation not in self.frames:
            self.frames[conversation] = []
            self.connection = Connection(capture, 40000 + len(self.frames), PROXY)
        if sender == "to_relay":
            frame = capture.datagram(CLIENT, RELAY, data)
        elif sender == "from_relay":
            frame = capture.datagram(RELAY, CLIENT, data)
        else:
            frame = self.connection.send(sender, data)
        self.frames[conversation].append((sender, frame))

    def agrees(self, conversation):
        """Every field that tshark finds, and no other; and that the capture is sound."""
        frames, wanted = self.frames[conversation], WANTED[conversation]
        expect([sender for sender, _ in frames], [sender for sender, _ in wanted], "who sent the messages")
        for (sender, frame), (_, fields) in zip(frames, wanted):
            found = {field: value for field, value in self.read[frame - 1].items() if value}
            sums = [found.pop(field) for field in CHECKSUMS if field in found]
            expect(sums, [GOOD, GOOD], f"the checksums of frame {frame}")
            expect(dict(sorted(found.items())), dict(sorted(fields.items())), f"frame {frame}, of the {sender}")

    def all_are_compared(self):
        expect(sorted(self.frames), sorted(WANTED), "the conversations")

    def table(self):
        names = {
            "socks5_IPv4": "SOCKS5_to_an_IPv4_address", "socks5_IPv6": "SOCKS5_to_an_IPv6_address",
            "socks5_name": "SOCKS5_to_a_name", "socks5_refused": "a_refusal_by_SOCKS5", "socks5_bind": "SOCKS5_BIND",
            "login_accepted": "SOCKS5_with_a_login", "credentials_refused": "a_refused_SOCKS5_login",
            "no_method": "a_SOCKS5_greeting_without_an_acceptable_method", "socks4": "SOCKS4_to_an_IPv4_address",
            "socks4_bind": "SOCKS4_BIND", "socks4_rejected": "a_rejection_by_SOCKS4", "socks4a": "SOCKS4a_to_a_name",
            "datagrams": "SOCKS5_UDP_ASSOCIATE_and_datagrams",
        }
        cases = {f"tshark_reads_{name}": (self.agrees, conversation) for conversation, name in names.items()}
        return cases | {"tshark_reads_every_conversation": (self.all_are_compared,)}


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
