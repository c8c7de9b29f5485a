"""The messages of SOCKS4, SOCKS4a and SOCKS5, written from RFC 1928, RFC 1929 and the two memos.

A decoder takes the bytes that have arrived and the options of a row. It returns the value and the size of the message.
It raises Incomplete or Malformed otherwise. The errors, and the byte at which each is known, are those that the
comments of the headers promise; this file shares no code with them.
"""

import enum
import ipaddress
import re


class Error(enum.IntEnum):
    """The numbers of socks::errc that these rows can reach. They are stable."""
    peer_is_http = 1
    peer_is_tls = 2
    peer_is_ssh = 3
    not_socks = 4
    bad_version = 5
    version_refused = 6
    authentication_required = 7
    bad_reserved = 8
    bad_address_type = 9
    empty_name = 10
    nul_in_name = 11
    name_too_long = 12
    user_too_long = 13
    empty_credentials = 14
    no_methods = 15
    no_acceptable_method = 16
    method_not_offered = 17
    credentials_refused = 18
    negotiation_failed = 19
    refused = 20
    fragmented = 21
    bad_command = 26
    closed = 32
    truncated = 33
    closed_while_bound = 34
    unreachable = 35
    timed_out = 36
    stream_failed = 37
    no_space = 64
    out_of_turn = 65
    finished = 66
    bad_host = 67
    no_host = 68
    bad_user = 69
    bad_password = 70
    no_credentials = 71
    bad_methods = 72
    command_over_socks4 = 73
    name_over_socks4 = 74
    ipv6_over_socks4 = 75
    reserved_over_socks4 = 76
    bad_host_byte = 84
    input_shrank = 86


STREAM_ERRORS = range(32, 64)

CONNECT, BIND, UDP_ASSOCIATE = 1, 2, 3
SOCKS5_ONLY = (UDP_ASSOCIATE, 0x05, 0xf1)  # UDP over TCP and Tor's RESOLVE_PTR have no form in SOCKS4
NO_AUTHENTICATION, USERNAME_PASSWORD, NO_ACCEPTABLE = 0, 2, 0xff
SUCCEEDED, GENERAL_FAILURE, ADDRESS_TYPE_NOT_SUPPORTED = 0, 1, 8
GRANTED, REJECTED = 90, 91
IPV4, NAME, IPV6 = 1, 3, 4


class Incomplete(Exception):
    """The message needs at least this many more bytes."""

    def __init__(self, needed):
        super().__init__(needed)
        self.needed = needed


class Malformed(Exception):
    """The bytes are no such message, whatever follows."""

    def __init__(self, error, byte=0):
        super().__init__(error)
        self.error = error
        self.byte = byte


def require(data, size):
    if len(data) < size:
        raise Incomplete(size - len(data))


def foreign(first):
    """The error for a stream that begins with a byte that begins no expected message of SOCKS."""
    if first == ord("S"):
        return Error.peer_is_ssh
    if ord("A") <= first <= ord("Z"):
        return Error.peer_is_http
    if first in (0x15, 0x16):  # records of TLS: alert, handshake
        return Error.peer_is_tls
    return Error.bad_version if first in (0, 4, 5) else Error.not_socks


def check_version(data, *accepted):
    if data and data[0] not in accepted:
        raise Malformed(Error.bad_version, data[0])


# Hosts. A host is its kind and its bytes, as in a row: ("ipv4", 4 bytes), ("name", bytes as received), ("text", ASCII).

def host_of_text(text):
    """What the caller's text is: an address, a name, or why it is neither."""
    if any(not 0x21 <= byte <= 0x7e for byte in text):
        return "bad", Error.bad_host_byte
    if not text or len(text) > 255:
        return "bad", Error.bad_host
    words = text.decode("ascii")
    bare = words[1:-1] if words[0] == "[" and words[-1] == "]" else words
    try:
        if ":" in bare and "%" not in bare:
            return "ipv6", ipaddress.IPv6Address(bare).packed
        return "ipv4", ipaddress.IPv4Address(words).packed
    except ValueError:
        return ("bad", Error.bad_host) if set(words) & set(":[]") or ends_in_a_number(words) else ("name", text)


def ends_in_a_number(words):
    """The rule of the URL standard for a host that must be an IPv4 address: its last label is a number, in any base."""
    last = words.removesuffix(".").rpartition(".")[2]
    return re.fullmatch(r"\d+|0[xX][0-9a-fA-F]*", last) is not None


def sendable(host):
    """The host that goes on the wire, or the reason why it must not."""
    kind, value = host
    if kind == "text":
        kind, value = host = host_of_text(value)
        return (host, None) if kind != "bad" else (None, value)
    if kind == "name" and (not 1 <= len(value) <= 255 or 0 in value):
        return None, Error.bad_host
    return host, None


def shown(host, port):
    kind, value = host
    return f"{kind}={value.hex() or '-'}:{port}"


NO_HOST = ("none", b"")


# SOCKS5: RFC 1928 section 3 to 7, RFC 1929 section 2

def greeting(data, options=frozenset()):
    check_version(data, 5)
    if len(data) > 1 and data[1] == 0:
        raise Malformed(Error.no_methods)
    size = 2 + data[1] if len(data) > 1 else 3
    require(data, size)
    return data[2:size], size


def method_selection(data, options=frozenset()):
    check_version(data, 5)
    require(data, 2)
    return data[1], 2


def credentials(data, options):
    check_version(data, 1, *([5] if "credentials_5" in options else []))
    least = 1 if "no_empty_credentials" in options else 0

    def length(at):
        """The length at a position, or the least one as long as it is missing."""
        if len(data) > at and data[at] < least:
            raise Malformed(Error.empty_credentials)
        return data[at] if len(data) > at else least
    size = 3 + length(1)
    size += length(size - 1)
    require(data, size)
    user_end = 2 + data[1]
    return (data[2:user_end], data[user_end + 1:size]), size


def auth_status(data, options):
    if "status_any" not in options:
        check_version(data, 1, *([5] if "status_strict" not in options else []))
    require(data, 2)
    return data[1], 2


def address5(data, at, size_of_rest):
    """The size of a message whose ATYP is at `at`, as far as `data` tells it."""
    if len(data) <= at:
        return at + 2 + size_of_rest  # a name of no bytes is the shortest address
    if data[at] == IPV4:
        return at + 5 + size_of_rest
    if data[at] == IPV6:
        return at + 17 + size_of_rest
    if data[at] != NAME:
        raise Malformed(Error.bad_address_type)
    return at + 2 + (data[at + 1] if len(data) > at + 1 else 0) + size_of_rest


def host5(data, at):
    """The host at `at` of a complete message, and the position after it."""
    if data[at] == IPV4:
        return ("ipv4", data[at + 1:at + 5]), at + 5
    if data[at] == IPV6:
        return ("ipv6", data[at + 1:at + 17]), at + 17
    end = at + 2 + data[at + 1]
    return ("name", data[at + 2:end]), end


def number16(data):
    return data[0] << 8 | data[1]


def frame5(data, options):
    """The common layout of a request and a reply: VER, CMD or REP, RSV, ATYP, address, port."""
    check_version(data, 5)
    if "no_reserved" in options and len(data) > 2 and data[2] != 0:
        raise Malformed(Error.bad_reserved)
    return address5(data, 3, 2)


def request5(data, options):
    size = frame5(data, options)
    if len(data) > 4 and data[3] == NAME and data[4] == 0:
        raise Malformed(Error.empty_name)
    require(data, size)
    host, end = host5(data, 3)
    if host[0] == "name" and 0 in host[1]:
        raise Malformed(Error.nul_in_name)
    return (data[1], host, number16(data[end:])), size


def reply5(data, options):
    size = frame5(data, options)
    require(data, size)
    host, end = host5(data, 3)
    if host[0] == "name":
        if host[1] in (b"", b"\0") and "no_empty_bound" not in options:
            host = NO_HOST
        elif not host[1]:
            raise Malformed(Error.empty_name)
        elif 0 in host[1]:
            raise Malformed(Error.nul_in_name)
    return (data[1], host, number16(data[end:])), size


def datagram(data, options):
    if len(data) < 7:  # the shortest header, of a name without bytes
        raise Malformed(Error.truncated)
    if "no_reserved" in options and any(data[:2]):
        raise Malformed(Error.bad_reserved)
    if data[2] != 0 and "fragments" not in options:
        raise Malformed(Error.fragmented)
    size = address5(data, 3, 2)
    if len(data) < size:
        raise Malformed(Error.truncated)
    host, end = host5(data, 3)
    if host[0] == "name" and not host[1]:
        raise Malformed(Error.empty_name)
    if host[0] == "name" and 0 in host[1]:
        raise Malformed(Error.nul_in_name)
    return (data[2], host, number16(data[end:]), data[size:]), len(data)


# SOCKS4 and SOCKS4a: the memos

def names4(address):
    """Whether DSTIP says that a name follows: 0.0.0.x with x other than 0."""
    return address[:3] == b"\0\0\0" and address[3] != 0


def string4(data, at, too_long):
    """The string at `at` and the position after its NUL. None if the NUL is not there yet."""
    end = data.find(0, at, at + 256)
    if end >= 0:
        return data[at:end], end + 1
    if len(data) >= at + 256:
        raise Malformed(too_long)
    return None


def request4(data, options=frozenset()):
    check_version(data, 4)
    if len(data) > 1 and data[1] in SOCKS5_ONLY:
        raise Malformed(Error.bad_command, data[1])
    if len(data) < 8:
        raise Incomplete(9 - len(data))
    named = names4(data[4:8])
    user = string4(data, 8, Error.user_too_long)
    if user is None:
        raise Incomplete(3 if named else 1)
    host, size = ("ipv4", data[4:8]), user[1]
    if named:
        name = string4(data, size, Error.name_too_long)
        if name is None:
            raise Incomplete(2 if len(data) == size else 1)
        if not name[0]:
            raise Malformed(Error.empty_name)
        host, size = ("name", name[0]), name[1]
    return (data[1], host, number16(data[2:4]), user[0]), size


def reply4(data, options):
    if "reply4_any" not in options:
        check_version(data, 0, *([4] if "reply4_strict" not in options else []))
    require(data, 8)
    return (data[1], ("ipv4", data[4:8]), number16(data[2:4])), 8


# What is sent

def encoded_host5(host):
    kind, value = host
    if kind == "none":
        return bytes([IPV4, 0, 0, 0, 0])
    if kind == "name":
        return bytes([NAME, len(value)]) + value
    return bytes([IPV4 if kind == "ipv4" else IPV6]) + value


def encoded_frame5(code, host, port):
    return bytes([5, code, 0]) + encoded_host5(host) + port.to_bytes(2, "big")


def encoded_credentials(user, password):
    return bytes([1, len(user)]) + user + bytes([len(password)]) + password


def encoded_request4(command, host, port, user):
    kind, value = host
    address = value if kind == "ipv4" else b"\0\0\0\1" if kind == "name" else bytes(4)
    name = value + b"\0" if kind == "name" else b""
    return bytes([4, command]) + port.to_bytes(2, "big") + address + user + b"\0" + name


def encoded_reply4(code, host, port):
    return bytes([0, code]) + port.to_bytes(2, "big") + (host[1] if host[0] == "ipv4" else bytes(4))
