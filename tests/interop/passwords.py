#!/usr/bin/env python3
"""Users and passwords of our proxy: how they are read, who needs none, and that none stays in its memory.

    passwords.py PROXY [CASE...]
"""

import pathlib
import re
import socket
import subprocess
import sys
import time

import harness
from careless_clients import CHOICE, HELLO
from harness import PATIENCE, expect, expect_in, scratch
from origins import BANNER, Origin, Talker, connect, receive
from stage import Proxy

LOGIN_ONLY, LOGIN_CHOSEN = b"\x05\x01\x02", b"\x05\x02"
SECRET = b"a password that is nowhere else"


def credentials(user, password):
    return b"\x01" + bytes([len(user)]) + user + bytes([len(password)]) + password


def found_in_memory(proxy, secret):
    """Where the memory of the proxy holds `secret`, without its first byte, which an allocator may overwrite."""
    process, found = pathlib.Path("/proc", str(proxy.process.pid)), []
    with open(process / "mem", "rb", buffering=0) as memory:
        for row in (process / "maps").read_text().splitlines():
            begin, end = (int(n, 16) for n in row.split()[0].split("-"))
            if "r" not in row.split()[1] or row.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            memory.seek(begin)
            content = memory.read(end - begin)
            if len(content) != end - begin:
                raise AssertionError(f"only {len(content)} bytes of {row}")
            found += [f"{row} at {m.start()}" for m in re.finditer(re.escape(secret[1:]), content)]
    return found


class Cases:
    def __init__(self, program):
        self.program = program
        self.talker = Origin(Talker)
        self.request = b"\x05\x01\x00\x01\x7f\x00\x00\x01" + self.talker.port.to_bytes(2, "big")
        self.any = Proxy("any", program, "--any-password")

    def file(self, content):
        path = scratch / "users"
        path.write_bytes(content)
        return path

    def read(self, content, user=b"john", password=b"foo bar"):
        with Proxy("users", self.program, "--users", self.file(content)) as proxy:
            for given, status in ((password, b"\x00"), (password + b"\r", b"\x01")):
                with connect(proxy.port) as s:
                    s.sendall(LOGIN_ONLY + credentials(user, given))
                    expect(receive(s, 4), LOGIN_CHOSEN + b"\x01" + status, f"the answers to {given}")

    def refused(self, content, said):
        path = self.file(content)
        done = subprocess.run([self.program, "--listen", "127.0.0.1:0", "--users", path], capture_output=True,
                              text=True, timeout=PATIENCE)
        expect(done.returncode, 2, f"the exit code ({done.stderr})")
        expect_in(f"{path}{said}", done.stderr, "what it says")

    def contradictions(self):
        for more in ("--user", "john", "--password", "foo"), ("--users", self.file(b"john:foo\n")), ("--socks4-only",):
            done = subprocess.run([self.program, "--any-password", *more], capture_output=True, text=True, timeout=PATIENCE)
            expect(done.returncode, 2, f"the exit code ({done.stderr})")
            expect_in("--any-password contradicts", done.stderr, "what it says")

    def served(self, sent, choice):
        with connect(self.any.port) as s:
            s.sendall(sent)
            expect(receive(s, len(choice + BANNER)), choice + BANNER, "the answers")

    def anybody(self):
        """With every password, without one, and by SOCKS4."""
        granted = b"\x05\x00\x00\x01" + bytes(6)
        for login in credentials(b"john", b"foo"), credentials(b"x" * 255, b"y" * 255), credentials(b"", b""):
            self.served(LOGIN_ONLY + login + self.request, LOGIN_CHOSEN + b"\x01\x00" + granted)
        self.served(HELLO + self.request, CHOICE + granted)
        self.served(b"\x05\x02\x00\x02" + self.request, CHOICE + granted)
        self.served(b"\x04\x01" + self.request[-2:] + b"\x7f\x00\x00\x01ann\x00", b"\x00\x5a" + bytes(6))

    def forgotten(self, proxy, sent, answer, act=lambda s: None):
        """While the connection lasts, and after it."""
        with connect(proxy.port) as s:
            s.sendall(sent)
            expect(receive(s, len(answer)), answer, "the answers")
            act(s)
            time.sleep(0.2)  # the proxy goes on after its last answer
            expect(found_in_memory(proxy, SECRET), [], "where the password is during the connection")
        proxy.closes_everything()
        expect(found_in_memory(proxy, SECRET), [], "where the password is after the connection")

    def accepted(self):
        login = LOGIN_ONLY + credentials(b"john", SECRET)
        granted = LOGIN_CHOSEN + b"\x01\x00\x05\x00\x00\x01" + bytes(6) + BANNER
        self.forgotten(self.any, login + self.request, granted)
        with connect(self.any.port) as s:  # the same in pieces
            s.sendall(login[:-5])
            expect(receive(s, 2), LOGIN_CHOSEN, "the choice")
            if not found_in_memory(self.any, SECRET[:-5]):
                raise AssertionError("the search finds no password, although the proxy still needs it")
        self.any.closes_everything()

    def rejected(self):
        with Proxy("strict", self.program, "--user", "john", "--password", "foo") as proxy:
            self.forgotten(proxy, LOGIN_ONLY + credentials(b"john", SECRET), LOGIN_CHOSEN + b"\x01\x01")

    def not_asked_for(self):
        """A client that sends its password to a proxy that chose no authentication, and more behind that."""
        with Proxy("open", self.program) as proxy:
            self.forgotten(proxy, b"\x05\x02\x00\x02" + credentials(b"john", SECRET) * 20, CHOICE + b"\x05\x01")

    def associated(self):
        self.forgotten(self.any, LOGIN_ONLY + credentials(b"john", SECRET) + b"\x05\x03\x00\x01" + bytes(6),
                       LOGIN_CHOSEN + b"\x01\x00\x05\x00\x00\x01")

    def abandoned(self):
        def end(s):
            s.shutdown(socket.SHUT_WR)
            receive(s, 100)
        self.forgotten(self.any, LOGIN_ONLY + credentials(b"john", SECRET), LOGIN_CHOSEN + b"\x01\x00", end)

    def table(self):
        read, refused = self.read, self.refused
        return {
            "a_file_of_users_with_CRLF": (read, b"# users\r\n\r\njohn:foo bar\r\n"),
            "a_file_of_users_with_a_byte_order_mark": (read, b"\xef\xbb\xbfjohn:foo bar\n"),
            "a_file_of_users_with_both": (read, b"\xef\xbb\xbf# users\r\njohn:foo bar\r\n"),
            "a_file_of_users_with_blank_lines": (read, b"\n  \n\t\njohn:foo bar\n \n"),
            "a_file_of_users_without_a_last_line_end": (read, b"ann:x\njohn:foo bar"),
            "a_password_with_colons": (read, b"john:foo:bar:\n", b"john", b"foo:bar:"),
            "a_blank_before_a_user_is_refused_with_its_line": (refused, b"ann:x\n john:foo\n", ":2: a space before or after"),
            "a_blank_behind_a_user_is_refused_with_its_line": (refused, b"john :foo\n", ":1: a space before or after"),
            "a_blank_before_a_password_is_refused_with_its_line": (refused, b"\xef\xbb\xbf#\r\njohn: foo\r\n", ":2: a space before or after"),
            "a_blank_behind_a_password_is_refused_with_its_line": (refused, b"#\n\njohn:foo \n", ":3: a space before or after"),
            "a_tab_is_refused_with_its_line": (refused, b"john\t:foo\n", ":1: a tab or another control byte"),
            "a_file_of_users_in_UTF_16_is_refused": (refused, "\ufeffjohn:foo\n".encode("utf-16-le"), ":1: a tab or another control byte"),
            "a_line_without_a_colon_is_refused_with_its_line": (refused, b"ann:x\njohn\n", ":2: not user:password"),
            "a_line_without_a_user_is_refused_with_its_line": (refused, b":foo\n", ":1: no user"),
            "a_user_of_256_bytes_is_refused_with_its_line": (refused, b"x" * 256 + b":foo\n", ":1: more than 255 bytes"),
            "clients_that_must_send_a_password_are_let_in_with_any": (self.anybody,),
            "any_password_and_a_certain_one_contradict_each_other": (self.contradictions,),
            "a_password_that_was_accepted_is_forgotten": (self.accepted,),
            "a_password_that_was_refused_is_forgotten": (self.rejected,),
            "a_password_that_nobody_asked_for_is_forgotten": (self.not_asked_for,),
            "a_password_of_an_association_is_forgotten": (self.associated,),
            "a_password_of_a_client_that_went_is_forgotten": (self.abandoned,),
            "no_client_left_a_connection_open": (self.any.closes_everything,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
