#!/usr/bin/env python3
"""CHAP, draft-ietf-aft-socks-chap-01: PuTTY's plink and libpurple through our server.

    chap.py SERVER [CASE...]
"""

import pathlib
import subprocess
import sys
import time

import harness
from ferry import ALONE, HOW, Ferry, Tap
from harness import NAME, PATIENCE, SOON, expect, expect_in, scratch
from origins import BANNER, PAYLOAD, Mirror, Origin, Talker, connect, receive, receive_all
from stage import Proxy

LONG = "x" * 100  # more than the 64 bytes of a block of MD5, so HMAC hashes the password first
USERS = {"john": "open sesame", "mary": LONG, "u" * 255: "p" * 255}
SESSION = """HostName={host}
PortNumber={port}
Protocol=raw
ProxyMethod=2
ProxyHost=127.0.0.1
ProxyPort={proxy}
ProxyUsername={user}
ProxyPassword={password}
ProxyLocalhost=1
ProxyDNS=2
"""


def plink(proxy, user, password, host, port, sent):
    home = scratch / "putty"
    (home / ".putty" / "sessions").mkdir(parents=True, exist_ok=True)
    (home / ".putty" / "sessions" / "chap").write_text(
        SESSION.format(host=host, port=port, proxy=proxy, user=user, password=password))
    return subprocess.run(["plink", "-batch", "-load", "chap"], input=sent, capture_output=True, timeout=PATIENCE,
                          env={"HOME": str(home), "PATH": "/usr/bin"})


def libpurple(proxy, user, password, host, port, sent):
    client = pathlib.Path(__file__).with_name("purple.py")
    return subprocess.run([sys.executable, "-B", client, str(proxy), user, password, host, str(port)], input=sent,
                          capture_output=True, timeout=PATIENCE)


CLIENTS = {"plink": plink, "libpurple": libpurple}
DENIED = {"plink": "CHAP authentication failed", "libpurple": "Authentication failed"}
REFUSED = {"plink": "connection refused", "libpurple": "Connection refused"}


class Cases:
    def __init__(self, program):
        self.talker, self.mirror = Origin(Talker), Origin(Mirror)
        users = scratch / "users"
        users.write_text("".join(f"{user}:{password}\n" for user, password in USERS.items()))
        self.ours = Proxy("chap", program, "--users", users)
        self.hasty = Proxy("hasty", program, "--users", users, "--handshake", "1")

    def carried(self, client, user, host=NAME, proxy=None):
        since = self.ours.mark()
        done = CLIENTS[client]((proxy or self.ours).port, user, USERS[user], host, self.talker.port, b"to the end")
        expect(done.returncode, 0, f"exit status ({done.stderr.decode()[-200:]})")
        expect(done.stdout, BANNER + b"to the end", "what came back")
        self.ours.line(f"authenticated {user}", since)

    def megabytes(self, client):
        """Both ways; plink does not end its side, so the destination answers at a length."""
        done = CLIENTS[client](self.ours.port, "john", USERS["john"], NAME, self.mirror.port, PAYLOAD)
        expect(done.stdout, BANNER + PAYLOAD, "what came back")

    def denied(self, client, user, password):
        since = self.ours.mark()
        done = CLIENTS[client](self.ours.port, user, password, NAME, self.talker.port, b"")
        expect(done.returncode, 1, "exit status")
        expect(done.stdout, b"", "what came back")
        expect_in(DENIED[client], done.stderr.decode(), "what the client says")
        self.ours.line("chap_server: authentication failed", since)

    def refused(self, client):
        done = CLIENTS[client](self.ours.port, "john", USERS["john"], NAME, harness.free_port(), b"")
        expect(done.returncode, 1, "exit status")
        expect_in(REFUSED[client], done.stderr.decode(), "what the client says")

    def nothing_in_the_clear(self, client):
        tap = Tap(self.ours.port)
        self.carried(client, "john", proxy=tap)
        expect(b"john" in tap.heard, True, "that the user is in the clear")
        expect(USERS["john"].encode() in tap.heard, False, "that the password is in the clear")

    def challenges_differ(self):
        challenges = set()
        for _ in range(8):
            with connect(self.ours.port) as s:
                s.sendall(b"\5\1\3" + b"\1\1\x11\1\x85")
                expect(receive(s, 9), b"\5\3\1\2\x11\1\x85\3\x20", "the algorithm")
                challenges.add(receive(s, 32))
        expect(len(challenges), 8, "how many of 8 challenges differ")

    def raw(self, sent, answered):
        """What the server answers to a client that then ends its side."""
        with connect(self.ours.port) as s:
            s.sendall(sent)
            s.shutdown(1)
            expect(receive_all(s), answered, "the answer")

    def response_of_another_challenge(self):
        """A recorded answer is worth nothing."""
        with connect(self.ours.port) as s:
            s.sendall(b"\5\1\3" + b"\1\2\x11\1\x85\2\4john" + b"\1\1\4\x10" + bytes(16))
            expect(receive_all(s)[41:], b"\1\1\0\1\xff", "the status")

    def too_slow(self):
        since, began = self.hasty.mark(), time.monotonic()
        with connect(self.hasty.port) as s:
            s.sendall(b"\5\1\3\1\2\x11\1")
            expect(receive_all(s), b"\5\3", "the answer")
        expect(1 <= time.monotonic() - began < SOON, True, "that it waited for a second, and little longer")
        self.hasty.line("the handshake took too long", since)

    def table(self):
        cases = {}
        for c in CLIENTS:
            cases |= {
                f"{c}_with_the_right_password": (self.carried, c, "john"),
                f"{c}_to_an_IPv4_address": (self.carried, c, "john", "127.0.0.1"),
                f"{c}_with_a_password_of_100_bytes": (self.carried, c, "mary"),
                f"{c}_with_a_user_and_a_password_of_255_bytes": (self.carried, c, "u" * 255),
                f"{c}_{ALONE}": (self.carried, c, "john", NAME, Ferry(self.ours.port, *HOW[ALONE])),
                f"{c}_carries_16_MiB_both_ways": (self.megabytes, c),
                f"{c}_with_a_wrong_password": (self.denied, c, "john", "open sesam"),
                f"{c}_with_the_password_of_another_user": (self.denied, c, "john", LONG),
                f"{c}_with_an_unknown_user": (self.denied, c, "joh", "open sesame"),
                f"{c}_to_a_port_that_nobody_listens_at": (self.refused, c),
                f"{c}_sends_no_password_in_the_clear": (self.nothing_in_the_clear, c),
            }
        return cases | {
            "each_challenge_is_another": (self.challenges_differ,),
            "a_response_to_nothing_is_refused": (self.response_of_another_challenge,),
            "a_client_without_HMAC_MD5_is_refused": (self.raw, b"\5\1\3\1\1\x11\1\5", b"\5\3\1\1\0\1\xff"),
            "a_client_that_offers_only_a_password_is_refused": (self.raw, b"\5\2\0\2", b"\5\xff"),
            "a_message_without_attributes_is_refused": (self.raw, b"\5\1\3\1\0", b"\5\3"),
            "a_client_that_stops_in_the_negotiation_is_given_up": (self.too_slow,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
