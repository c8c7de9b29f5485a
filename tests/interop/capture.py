"""Bytes as a capture: TCP segments and UDP datagrams between 127.0.0.1 and 127.0.0.1, in a pcap file of raw IPv4."""

import socket
import struct

HOST = socket.inet_aton("127.0.0.1")
RAW_IPV4 = 228  # the link type of packets that begin with their IPv4 header
SYN, PSH, ACK = 0x02, 0x08, 0x10


def checksum(data):
    """RFC 1071: the complement of the sum in ones' complement."""
    words = struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2))
    total = sum(words)
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def with_checksum(data, at, before=b""):
    """The field at `at` is zero so far; `before` is summed but not sent."""
    return data[:at] + struct.pack(">H", checksum(before + data)) + data[at + 2:]


class Capture:
    def __init__(self, path):
        self.file = open(path, "wb")
        self.file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, RAW_IPV4))
        self.packets = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def packet(self, protocol, payload, at):
        """`at` is where the checksum of the payload stands. Returns the number of the frame, which counts from 1."""
        pseudo = HOST + HOST + struct.pack(">BBH", 0, protocol, len(payload))
        head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), 0, 0, 64, protocol, 0, HOST, HOST)
        data = with_checksum(head, 10) + with_checksum(payload, at, pseudo)
        self.packets += 1
        self.file.write(struct.pack("<IIII", self.packets, 0, len(data), len(data)) + data)
        return self.packets

    def datagram(self, source, to, data):
        return self.packet(17, struct.pack(">HHHH", source, to, 8 + len(data), 0) + data, 6)


class Connection:
    """A TCP connection that is open when it is made; what one side sends is one segment."""

    def __init__(self, capture, client, server):
        self.capture = capture
        self.ports = {"client": client, "server": server}
        self.next = {"client": 1000, "server": 5000}
        self.segment("client", SYN)
        self.segment("server", SYN | ACK)
        self.segment("client", ACK)

    def segment(self, sender, flags, data=b""):
        other = "server" if sender == "client" else "client"
        acknowledged = self.next[other] if flags & ACK else 0
        head = struct.pack(">HHIIBBHHH", self.ports[sender], self.ports[other], self.next[sender], acknowledged,
                           0x50, flags, 65535, 0, 0)
        self.next[sender] += len(data) + (1 if flags & SYN else 0)
        return self.capture.packet(6, head + data, 16)

    def send(self, sender, data):
        return self.segment(sender, PSH | ACK, data)
