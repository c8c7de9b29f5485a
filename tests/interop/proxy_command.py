#!/usr/bin/env python3
"""Our tunnel as the ProxyCommand of ssh, and at a server that takes the end of its input for the end of the client.

    proxy_command.py TUNNEL [CASE...]
"""

import pathlib
import socketserver
import subprocess
import sys

import harness
from harness import NAME, PATIENCE, Peer, expect, expect_in, free_port, scratch
from origins import PAYLOAD, Origin
from servers import SSHD
from stage import Proxy


class Hasty(socketserver.BaseRequestHandler):
    """Answers late, and not at all if the client has ended."""

    def handle(self):
        question = self.request.recv(100)
        self.request.settimeout(0.5)
        try:
            if not self.request.recv(1):
                return
        except TimeoutError:
            self.request.sendall(b"answer to " + question)


class Cases:
    def __init__(self, program):
        self.program = program
        self.proxy = Proxy("open", pathlib.Path(program).with_name("proxy"))
        self.hasty = Origin(Hasty)
        for key in ("host_key", "user_key"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch / key], check=True)
        (scratch.parent / "sshd").mkdir()
        self.ssh_port = free_port()
        config = SSHD.format(port=self.ssh_port, scratch=scratch) + "ListenAddress ::1\nPermitRootLogin yes\n"
        (scratch / "sshd_config").write_text(config)
        Peer("sshd", "/usr/sbin/sshd", "-D", "-e", "-f", scratch / "sshd_config", port=self.ssh_port)

    def tunnel(self, *arguments, sent=b""):
        argv = [self.program, "--via", f"socks5h://{self.proxy.address}", *arguments]
        return subprocess.run([str(a) for a in argv], input=sent, capture_output=True, timeout=PATIENCE)

    def ssh(self, host):
        """A file there and back, and an exit code."""
        command = f"{self.program} --via socks5h://{self.proxy.address} %h %p"
        done = subprocess.run(["ssh", "-F", "none", "-p", str(self.ssh_port), "-i", scratch / "user_key",
                               "-o", f"ProxyCommand={command}", "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                               "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={scratch}/known_hosts",
                               f"root@{host}", "cat; exit 7"], input=PAYLOAD[:1000003], capture_output=True, timeout=PATIENCE)
        expect(done.returncode, 7, f"exit code of ssh ({done.stderr.decode()})")
        expect(done.stdout, PAYLOAD[:1000003], "what came back")

    def answered(self, *arguments, answer):
        done = self.tunnel(*arguments, NAME, self.hasty.port, sent=b"question")
        expect((done.returncode, done.stdout), (0, answer), f"exit code and answer ({done.stderr.decode()})")

    def wrong(self, *operands):
        done = self.tunnel(*operands)
        expect(done.returncode, 2, "exit code")
        expect_in("TARGET", done.stderr.decode(), "what tunnel says")

    def table(self):
        return {
            "ssh_reaches_a_name_by_ProxyCommand": (self.ssh, NAME),
            "ssh_reaches_an_IPv4_address_by_ProxyCommand": (self.ssh, "127.0.0.1"),
            "ssh_reaches_an_IPv6_address_by_ProxyCommand": (self.ssh, "::1"),
            "an_impatient_server_takes_a_half_close_for_a_close": (lambda: self.answered(answer=b""),),
            "an_impatient_server_answers_if_there_is_no_half_close":
                (lambda: self.answered("--no-half-close", answer=b"answer to question"),),
            "a_target_without_a_port_is_refused": (self.wrong, NAME),
            "a_target_with_a_wrong_port_is_refused": (self.wrong, "::1", "ssh"),
            "a_target_with_two_ports_is_refused": (self.wrong, f"{NAME}:22", "22"),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
