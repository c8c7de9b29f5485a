#!/usr/bin/env python3
"""Relays that are cut off, by either side: what has arrived must not look complete to the program at the other side.

    cut_off.py TUNNEL [CASE...]
"""

import os
import pathlib
import queue
import socketserver
import struct
import subprocess
import sys
import time
from socket import SO_LINGER, SOL_SOCKET

import harness
from harness import PATIENCE, Peer, expect, expect_in
from origins import Origin, connect, receive
from transfer import PARTNER, changed

PART, RESET, END = b"part of the data", "a reset", "an end"


class Proxy(socketserver.BaseRequestHandler):
    """Grants every request by SOCKS5, with or without a password, then acts as the destination."""

    saw = queue.Queue()  # how each connection ended
    answer = b"\x05\x00\x00\x01" + bytes(6)

    def handle(self):
        s = self.request
        methods = receive(s, receive(s, 2)[1])
        s.sendall(b"\x05" + methods[:1])
        if methods[:1] == b"\x02":
            for _ in range(receive(s, 1)[0] + 1):
                receive(s, receive(s, 1)[0])
            s.sendall(b"\x01\x00")
        kind = receive(s, 4)[3]
        receive(s, {1: 6, 4: 18}.get(kind) or receive(s, 1)[0] + 2)
        s.sendall(self.answer)
        try:
            self.act(s)
        except ConnectionResetError:
            self.saw.put(RESET)
        except OSError as why:
            self.saw.put(repr(why))

    def act(self, s):
        s.sendall(PART)
        self.listen(s)

    def listen(self, s):
        while s.recv(65536):
            pass
        self.saw.put(END)


class Talkative(Proxy):
    def act(self, s):
        while True:
            s.sendall(PART * 1000)


class Resets(Proxy):
    def act(self, s):
        s.sendall(PART)
        expect(receive(s, 5), b"hello", "what the client says")
        s.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack("ii", 1, 0))
        s.close()  # before the runner sends the end of the stream


class Leaves(Proxy):
    """Closes although the client sends."""

    def act(self, s):
        s.sendall(PART)


class Refuses(Proxy):
    """Sends its answer and closes, like a server of HTTP that does not want an upload."""

    words = PART * 5000

    def act(self, s):
        s.sendall(self.words)
        s.shutdown(1)
        time.sleep(0.3)


class Ends(Proxy):
    def act(self, s):
        s.sendall(PART)
        s.shutdown(1)
        self.listen(s)


class Cases:
    def __init__(self, program):
        self.folder = pathlib.Path(program).parent
        self.origins = {kind: Origin(kind) for kind in (Proxy, Talkative, Resets, Leaves, Refuses, Ends)}

    def command(self, program, proxy):
        port = self.origins[proxy].port
        if program == "tunnel":
            return [self.folder / program, "--via", f"socks5h://127.0.0.1:{port}", "files.example:9"]
        return [self.folder / program, "--config", changed(PORT=f"'{port}'"), "--partner", PARTNER, "--relay"]

    def at(self, proxy):
        return f"the proxy at 127.0.0.1:{self.origins[proxy].port}"

    def ends(self, argv, code, said, saw, came=None, **streams):
        """Runs the program to its end."""
        while not Proxy.saw.empty():
            Proxy.saw.get()
        done = subprocess.run([str(a) for a in argv], stderr=subprocess.PIPE, timeout=harness.SOON, **streams)
        words = done.stderr.decode()
        expect(done.returncode, code, f"exit code ({words})")
        expect_in(said, words, "what the program says")
        if came is not None:
            expect(done.stdout, came, "what came out")
        if saw:
            expect(Proxy.saw.get(timeout=PATIENCE), saw, "what the proxy sees")

    def unreadable_input(self, program):
        folder = os.open("/", os.O_RDONLY)
        try:
            self.ends(self.command(program, Proxy), 1, "cannot read standard input: Is a directory", RESET, stdin=folder,
                      stdout=subprocess.DEVNULL)
        finally:
            os.close(folder)

    def closed_input(self, program):
        self.ends(["sh", "-c", 'exec "$@" <&-', "sh", *self.command(program, Proxy)], 1, "cannot read standard input",
                  RESET, stdout=subprocess.DEVNULL)

    def closed_output(self, program):
        self.ends(["sh", "-c", 'exec "$@" >&-', "sh", *self.command(program, Proxy)], 1,
                  "cannot write standard output", RESET, stdin=self.silent_input())

    def broken_output(self, program):
        read, write = os.pipe()
        os.close(read)
        try:
            self.ends(self.command(program, Talkative), 1, "cannot write standard output: Broken pipe", RESET,
                      stdin=self.silent_input(), stdout=write)
        finally:
            os.close(write)

    def full_output(self, program):
        with open("/dev/full", "wb") as full:
            self.ends(self.command(program, Proxy), 1, "cannot write standard output: No space left", RESET,
                      stdin=self.silent_input(), stdout=full)

    def reset(self, program):
        read, write = os.pipe()
        os.write(write, b"hello")
        try:
            self.ends(self.command(program, Resets), 1, self.at(Resets) + ": Connection reset", None, PART,
                      stdin=read, stdout=subprocess.PIPE)
        finally:
            os.close(read), os.close(write)

    def left(self, program):
        with open("/dev/zero", "rb") as zeros:
            self.ends(self.command(program, Leaves), 1, self.at(Leaves), None, stdin=zeros, stdout=subprocess.DEVNULL)

    def refused(self, program):
        """Nobody reads the output before the proxy has reset the connection."""
        with open("/dev/zero", "rb") as zeros, subprocess.Popen(
                [str(a) for a in self.command(program, Refuses)], stdin=zeros, stdout=subprocess.PIPE,
                stderr=subprocess.PIPE) as client:
            try:
                time.sleep(1)
                out, words = client.communicate(timeout=harness.SOON)
                expect((client.returncode, len(out)), (1, len(Refuses.words)), "exit code and size of the answer")
                expect_in(f"cannot send to {self.at(Refuses)}", words.decode(), "what the program says")
            finally:
                client.kill()

    def complete(self, program):
        self.ends(self.command(program, Ends), 0, "", END, PART, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)

    def part_of_a_file(self):
        """An earlier file keeps its bytes."""
        file, port = harness.scratch / "partly", harness.free_port()
        file.write_bytes(b"complete")
        partner = Peer("partner", self.folder / "transfer", "--receive", file, "--listen", f"127.0.0.1:{port}", port=port)
        try:
            with connect(port) as s:
                s.sendall((100).to_bytes(8, "big") + PART)
            expect(partner.process.wait(harness.SOON), 1, "exit code")
            expect_in("the file ended too soon", partner.log(), "what the partner says")
        finally:
            partner.stop()
        expect(file.read_bytes(), b"complete", "the file")
        expect(file.with_name("partly.part").read_bytes(), PART, "the part")

    def no_file(self):
        """A received file would replace a device."""
        done = subprocess.run([self.folder / "transfer", "--receive", "/dev/null"], capture_output=True, timeout=harness.SOON)
        expect(done.returncode, 2, "exit code")
        expect_in("/dev/null is no regular file", done.stderr.decode(), "what the partner says")

    @staticmethod
    def silent_input():
        """An input that stays open until the end of the run."""
        return os.pipe()[0]

    def table(self):
        cases = {}
        for program in ("tunnel", "transfer"):
            cases |= {
                f"{program}_resets_the_connection_if_it_cannot_read_its_input": (self.unreadable_input, program),
                f"{program}_resets_the_connection_if_its_input_is_closed": (self.closed_input, program),
                f"{program}_resets_the_connection_if_its_output_is_closed": (self.closed_output, program),
                f"{program}_resets_the_connection_if_nobody_reads_its_output": (self.broken_output, program),
                f"{program}_resets_the_connection_if_the_disk_is_full": (self.full_output, program),
                f"{program}_fails_if_the_proxy_resets_the_connection": (self.reset, program),
                f"{program}_fails_if_the_proxy_closes_while_it_sends": (self.left, program),
                f"{program}_delivers_what_came_before_it_could_not_send": (self.refused, program),
                f"{program}_succeeds_if_both_sides_have_ended": (self.complete, program),
            }
        return cases | {
            "a_file_that_is_cut_off_has_another_name": (self.part_of_a_file,),
            "a_device_is_not_replaced_by_a_file": (self.no_file,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
