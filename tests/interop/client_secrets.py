#!/usr/bin/env python3
"""The memory of our clients after the handshake: it contains no password. What a process has been given as an argument
is overwritten too.

    client_secrets.py TUNNEL [CASE...]
"""

import pathlib
import re
import subprocess
import sys
import threading
import time

import harness
from cut_off import Proxy
from harness import expect
from origins import Origin, receive_all
from transfer import PARTNER, changed

PASSWORD, IN_URI = "openZauberwort", "open%5aauberwort"


class Granted(Proxy):
    """Grants and then waits, like a destination that has nothing to say."""

    granted = threading.Event()

    def act(self, s):
        self.granted.set()
        receive_all(s)


class Relay(Granted):
    """Grants an association at a port, where it keeps silent."""

    answer = b"\x05\x00\x00\x01" + bytes(4) + b"\x00\x09"


def memory(pid):
    """All that the process can read or write."""
    found = b""
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as mem:
        for line in maps:
            begin, end, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()
            if rights[0] != "r" or "[v" in line:
                continue
            mem.seek(int(begin, 16))
            found += mem.read(int(end, 16) - int(begin, 16))
    return found


class Cases:
    def __init__(self, program):
        self.folder = pathlib.Path(program).parent
        self.granting, self.relay = Origin(Granted).port, Origin(Relay).port
        (harness.scratch / "file").write_bytes(b"x")

    def keeps_nothing(self, program, *arguments):
        via = {"udp": self.relay}.get(program, self.granting)
        if program == "transfer":
            first = ["--config", changed(PORT=f"'{via}'", PASSWORD=f"'{PASSWORD}'"), "--partner", PARTNER]
        else:
            first = ["--via", f"socks5h://john:{IN_URI}@127.0.0.1:{via}"]
        Granted.granted.clear()
        with subprocess.Popen([str(a) for a in (self.folder / program, *first, *arguments)], stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL) as client:
            try:
                expect(Granted.granted.wait(harness.SOON), True, "that the proxy is asked")
                time.sleep(0.3)  # the reply is on its way
                expect(client.poll(), None, "exit code of the client, which runs")
                heap = memory(client.pid)
                expect(program.encode() in heap, True, "that the memory can be read")
                for secret in (PASSWORD[4:], IN_URI[4:]):
                    expect(heap.count(secret.encode()), 0, f"{secret} in the memory")
                shown = pathlib.Path(f"/proc/{client.pid}/cmdline").read_bytes()
                expect(b"auberwort" in shown, False, "the password in the list of processes")
            finally:
                client.kill()

    def table(self):
        keeps = self.keeps_nothing
        return {
            "tunnel_forgets_the_password": (keeps, "tunnel", "files.example:9"),
            "a_pipelined_tunnel_forgets_the_password": (keeps, "tunnel", "--pipelined", "files.example:9"),
            "udp_forgets_the_password": (keeps, "udp", "--to", "files.example:9"),
            "demo_forgets_the_password": (keeps, "demo", "--fetch", "http://files.example/"),
            "a_transfer_of_a_file_forgets_the_password": (keeps, "transfer", "--send", harness.scratch / "file"),
            "a_relay_of_transfer_forgets_the_password": (keeps, "transfer", "--relay"),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
