#!/usr/bin/env python3
"""Look-ups of names that fail: what our proxy replies when the name service knows no such name, fails, or is silent.

usage: names.py PROXY [CASE...]
"""

import pathlib
import socket
import struct
import sys
import threading

import harness
from harness import expect
from stage import Proxy

PORT = 53  # of this namespace
NO_ERROR, SERVER_FAILURE, NAME_ERROR = 0, 2, 3


class NameService:
    """Answers every question by the first label of the name that it is about; is silent about all others."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", PORT))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        codes = {b"empty": NO_ERROR, b"failing": SERVER_FAILURE, b"nobody": NAME_ERROR}
        while True:
            question, asker = self.socket.recvfrom(512)
            code = codes.get(question[13:13 + question[12]])
            if code is not None:
                end = question.index(b"\0", 12) + 5  # without the records behind the question
                flags = 0x8180 | code
                self.socket.sendto(question[:2] + struct.pack(">5H", flags, 1, 0, 0, 0) + question[12:end], asker)


def reply_for(proxy, name):
    """The code that a SOCKS5 client gets that asks for `name`."""
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=harness.PATIENCE) as client:
        client.sendall(b"\5\1\0")
        expect(client.recv(2), b"\5\0", "the method")
        client.sendall(b"\5\1\0\3" + bytes([len(name)]) + name + b"\0\x50")
        return client.recv(2)[1]


def cases(program):
    resolv_conf = pathlib.Path("/etc/resolv.conf").resolve()
    resolv_conf.parent.mkdir(parents=True, exist_ok=True)  # it may have been in the /run that is hidden now
    if not resolv_conf.exists():
        resolv_conf.touch()
    harness.overlay(resolv_conf, "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    harness.overlay("/etc/nsswitch.conf", "hosts: files dns\n")
    NameService()
    proxy = Proxy("proxy", program)

    def replies(name, code, logged):
        since = proxy.mark()
        expect(reply_for(proxy, name), code, f"the reply for {name.decode()}")
        proxy.line(f"({logged})", since)

    return {
        "a_name_that_nobody_has": (replies, b"nobody.example", 4, "host name does not exist"),
        "a_name_without_an_address": (replies, b"empty.example", 4, "host name does not exist"),
        # glibc tells the next two by one number, but it waits for a silent name service.
        "a_name_service_that_fails": (replies, b"failing.example", 1, "name service failed"),
        "a_name_service_that_is_silent": (replies, b"silent.example", 6, "no answer in time"),
    }


if __name__ == "__main__":
    sys.exit(harness.main(cases))
