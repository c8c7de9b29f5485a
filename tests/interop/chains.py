#!/usr/bin/env python3
"""Our tunnel through several proxies in a row: our own, Dante and OpenSSH's.

    chains.py TUNNEL [CASE...]
"""

import itertools
import pathlib
import re
import subprocess
import sys
import types

import harness
from harness import NAME, PATIENCE, expect, expect_in, free_port
from origins import BANNER, PAYLOAD, Flooder, Origin, Talker
from servers import add_user, dante, is_called_back, openssh
from stage import PASSWORD, USER, Proxy


class Cases:
    def __init__(self, program):
        self.program = program
        self.talker, self.flooder = Origin(Talker), Origin(Flooder)
        add_user()
        ours = pathlib.Path(program).with_name("proxy")
        self.ours = Proxy("ours", ours)
        self.strict = Proxy("strict", ours, "--user", USER, "--password", PASSWORD)
        self.dante, self.openssh = dante("none", free_port()), openssh()
        self.nobody = types.SimpleNamespace(port=free_port())

    def command(self, *way):
        """SCHEME://[USER:PASSWORD@]NAME of each proxy, and behind them whatever else."""
        for word in way:
            if "://" in word:
                front, name = re.fullmatch(r"(.*[/@])(\w+)", word).groups()
                yield from ("--via", f"{front}127.0.0.1:{getattr(self, name).port}")
            else:
                yield word

    def tunnel(self, *way, sent=b""):
        return subprocess.run([self.program, *self.command(*way)], input=sent, capture_output=True, timeout=PATIENCE)

    def carried(self, *way, host=NAME):
        """The destination speaks first, and sends the file back when it has all of it."""
        done = self.tunnel(*way, f"{host}:{self.talker.port}", sent=PAYLOAD)
        expect(done.returncode, 0, f"exit code of the tunnel ({done.stderr.decode().strip()})")
        expect(done.stdout, BANNER + PAYLOAD, "what came back")

    def in_every_order(self):
        for order in itertools.permutations(("ours", "dante", "openssh")):
            self.carried(*(f"socks5h://{name}" for name in order))

    def both_ways_at_once(self, *way):
        done = self.tunnel(*way, f"127.0.0.1:{self.flooder.port}", sent=PAYLOAD)
        expect(done.returncode, 0, f"exit code of the tunnel ({done.stderr.decode().strip()})")
        expect(done.stdout, PAYLOAD + PAYLOAD, "what came, and came back")

    def bound(self, *way):
        """The last proxy listens; the way to it is one of CONNECT."""
        is_called_back([self.program, *self.command(*way, "--command", "bind", "127.0.0.1:9")])

    def refused(self, at, said, *way):
        """The proxy that is told is the one whose answer it was."""
        done = self.tunnel(*way, f"127.0.0.1:{free_port()}")
        expect(done.returncode, 1, "exit code of the tunnel")
        proxy = f"the proxy at 127.0.0.1:{getattr(self, at).port}"
        expect_in(proxy + said, done.stderr.decode(), "what the tunnel says")

    def misspelled(self):
        done = self.tunnel("--via", "socks5h:", "127.0.0.1:9")
        expect(done.returncode, 2, "exit code of the tunnel")
        expect_in("--via, at byte 9: ", done.stderr.decode(), "what the tunnel says")

    def left_nothing_open(self):
        self.ours.closes_everything()
        self.strict.closes_everything()

    def table(self):
        carried, refused = self.carried, self.refused
        john, eve = "john:foo%20bar@", "john:bar%20foo@"
        return {
            "three_proxies_in_every_order": (self.in_every_order,),
            "three_proxies_by_three_versions":
                (carried, "socks4://ours", "socks5://dante", "socks4a://openssh"),
            "three_proxies_one_of_them_with_a_login":
                (carried, "socks5h://dante", f"socks5h://{john}strict", "socks5h://openssh"),
            "the_same_proxy_twice": (carried, f"socks5h://{john}strict", f"socks5h://{john}strict"),
            "three_proxies_pipelined":
                (carried, "--pipelined", "socks5h://dante", f"socks5h://{john}strict", "socks5h://openssh"),
            "bytes_both_ways_at_once_through_three":
                (self.both_ways_at_once, "socks5h://openssh", "socks4a://ours", "socks5h://dante"),
            "the_last_of_three_proxies_binds": (self.bound, "socks5h://openssh", "socks5h://dante", "socks5h://ours"),
            "the_last_of_three_proxies_binds_by_SOCKS4":
                (self.bound, "socks5h://openssh", "socks5h://ours", "socks4://dante"),
            "the_last_proxy_refuses":
                (refused, "dante", " refused: connection refused", "socks5h://openssh", "socks5h://ours",
                 "socks5h://dante"),
            "the_proxy_in_the_middle_wants_another_password":
                (refused, "strict", ": user name and password refused", "socks5h://dante", f"socks5h://{eve}strict",
                 "socks5h://openssh"),
            "the_proxy_in_the_middle_wants_a_login":
                (refused, "strict", ": no acceptable authentication method", "socks5h://dante", "socks5h://strict",
                 "socks5h://openssh"),
            "the_proxy_in_the_middle_is_not_there":
                (refused, "ours", " refused: connection refused", "socks5h://ours", "socks5h://nobody",
                 "socks5h://dante"),
            "the_byte_that_a_URI_lacks_is_counted_from_one": (self.misspelled,),
            "no_tunnel_left_a_connection_open": (self.left_nothing_open,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
