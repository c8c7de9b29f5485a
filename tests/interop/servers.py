#!/usr/bin/env python3
"""Our tunnel through real servers: Dante and OpenSSH's `ssh -D`.

    servers.py TUNNEL [CASE...]
"""

import re
import subprocess
import sys

import harness
from harness import NAME, PATIENCE, Peer, expect, expect_in, free_port, overlay, scratch
from origins import BANNER, PAYLOAD, Flooder, Origin, Talker, connect, receive_all

USER, PASSWORD = "ivy", "open sesame"
PIPELINED = ("--pipelined",)

DANTE = """
logoutput: stderr
internal: {address} port = {port}
external: lo
clientmethod: none
socksmethod: {method}
user.privileged: root
user.unprivileged: nobody
client pass {{ from: 0/0 to: 0/0 }}
socks block {{ from: 0/0 to: 0/0 port = {forbidden} }}
socks pass {{ from: 0/0 to: 0/0 command: connect bind udpassociate }}
socks pass {{ from: 0/0 to: 0/0 command: bindreply udpreply }}
"""

SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {scratch}/host_key
AuthorizedKeysFile {scratch}/user_key.pub
PidFile none
UsePAM no
PasswordAuthentication no
StrictModes no
AllowTcpForwarding yes
"""


def add_user():
    """A user of the system, for both servers; in this namespace only."""
    digest = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=PASSWORD, text=True, check=True,
                            capture_output=True).stdout.strip()
    for path, line in (("/etc/passwd", f"{USER}:x:64001:64001::/:/bin/false"),
                       ("/etc/shadow", f"{USER}:{digest}:1::::::")):
        with open(path) as file:
            overlay(path, file.read() + line + "\n")


def dante(method, forbidden, address="127.0.0.1"):
    port = free_port()
    name = f"dante_{method}" if address == "127.0.0.1" else f"dante_{method}_6"
    config = scratch / f"{name}.conf"
    config.write_text(DANTE.format(address=address, port=port, method=method, forbidden=forbidden))
    return Peer(name, "danted", "-f", config, "-N", "1", port=port)


def sshd():
    """A server of SSH that lets USER in with the key `user_key`; returns its port."""
    for key in ("host_key", "user_key"):
        if not (scratch / key).exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch / key], check=True)
    (scratch.parent / "sshd").mkdir(exist_ok=True)
    there = free_port()
    (scratch / "sshd_config").write_text(SSHD.format(port=there, scratch=scratch))
    (scratch / "known_hosts").write_text(f"[127.0.0.1]:{there} " + (scratch / "host_key.pub").read_text())
    Peer("sshd", "/usr/sbin/sshd", "-D", "-e", "-f", scratch / "sshd_config", port=there)
    return there


def openssh():
    """`ssh -D`, and the sshd at its other end."""
    there, here = sshd(), free_port()
    return Peer("ssh", "ssh", "-F", "none", "-N", "-D", f"127.0.0.1:{here}", "-p", there, "-i", scratch / "user_key",
                "-o", "IdentitiesOnly=yes", "-o", f"UserKnownHostsFile={scratch}/known_hosts",
                "-o", "BatchMode=yes", f"{USER}@127.0.0.1", port=here)


def is_called_back(command, listens=rb"the proxy listens on 127\.0\.0\.1:(\d+)\n", early=b""):
    """BIND: a caller at the address that the client tells first; the second reply lets the bytes of both through."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
        try:
            said = client.stderr.readline()
            first = re.fullmatch(listens, said)
            expect(first is not None, True, f"the line with the bound address, which is {said!r}")
            with connect(int(first[1])) as caller:
                caller.sendall(early)
                client.stdin.write(b"from the client")
                client.stdin.close()
                expect(receive_all(caller), b"from the client", "what the caller got")
                caller.sendall(b"from the caller")
            expect(client.stdout.read(), early + b"from the caller", "what the client got")
            expect(client.wait(PATIENCE), 0, "exit code of the client")
        finally:
            client.kill()


class Tunnels:
    """What our tunnel is told to do, and what must come of it."""

    def __init__(self, program):
        self.program = program
        self.talker = Origin(Talker)

    def command(self, server, version, *more, login=""):
        scheme = {"4": "socks4", "4a": "socks4a", "5": "socks5h"}[version]
        return [self.program, "--via", f"{scheme}://{login}127.0.0.1:{server.port}", *more]

    def tunnel(self, *arguments, sent=b"", login=""):
        return subprocess.run(self.command(*arguments, login=login), input=sent, capture_output=True, timeout=PATIENCE)

    def carried(self, server, version, host, login="", more=()):
        """The destination speaks first, and sends the file back when it has all of it."""
        done = self.tunnel(server, version, *more, f"{host}:{self.talker.port}", sent=PAYLOAD, login=login)
        expect(done.returncode, 0, f"exit code of the tunnel ({done.stderr.decode().strip()})")
        expect(done.stdout, BANNER + PAYLOAD, "what came back")

    def refused(self, server, version, said, login="", more=(), port=None):
        done = self.tunnel(server, version, *more, f"127.0.0.1:{port or free_port()}", login=login)
        expect(done.returncode, 1, "exit code of the tunnel")
        expect(done.stdout, b"", "what came out")
        expect_in(said, done.stderr.decode(), "what the tunnel says")


class Cases(Tunnels):
    def __init__(self, program):
        super().__init__(program)
        self.flooder = Origin(Flooder)
        self.forbidden = free_port()
        add_user()
        self.dante = dante("none", self.forbidden)
        self.dante_login = dante("username", self.forbidden)
        self.ssh = openssh()

    def both_ways_at_once(self, server):
        """Neither side waits until the other one has been heard."""
        done = self.tunnel(server, "5", f"127.0.0.1:{self.flooder.port}", sent=PAYLOAD)
        expect(done.returncode, 0, f"exit code of the tunnel ({done.stderr.decode().strip()})")
        expect(done.stdout, PAYLOAD + PAYLOAD, "what came, and came back")

    def bound(self, server, version, login=""):
        """A caller at the address of the first reply; the second lets the bytes of both through."""
        is_called_back(self.command(server, version, "--command", "bind", "127.0.0.1:9", login=login))

    def forbidden_by_ruleset(self, version, said):
        self.refused(self.dante, version, said, port=self.forbidden)

    def table(self):
        carried, refused, bound = self.carried, self.refused, self.bound
        dante, dante_login, ssh = self.dante, self.dante_login, self.ssh
        login, wrong = f"{USER}:open%20sesame@", f"{USER}:open%20barley@"
        return {
            "Dante_carries_SOCKS4_to_an_IPv4_address": (carried, dante, "4", "127.0.0.1"),
            "Dante_carries_SOCKS4_with_a_user_ID": (carried, dante, "4", "127.0.0.1", "ann@"),
            "Dante_carries_SOCKS5_to_an_IPv4_address": (carried, dante, "5", "127.0.0.1"),
            "Dante_carries_SOCKS5_to_an_IPv6_address": (carried, dante, "5", "[::1]"),
            "Dante_carries_SOCKS5_to_a_name": (carried, dante, "5", NAME),
            "Dante_carries_SOCKS5_with_a_login_to_an_IPv4_address":
                (carried, dante_login, "5", "127.0.0.1", login),
            "Dante_carries_SOCKS5_with_a_login_to_a_name": (carried, dante_login, "5", NAME, login),
            "Dante_serves_a_pipelined_client": (carried, dante, "5", NAME, "", PIPELINED),
            "Dante_serves_a_pipelined_client_with_a_login": (carried, dante_login, "5", NAME, login, PIPELINED),
            "Dante_carries_bytes_both_ways_at_once": (self.both_ways_at_once, dante),
            "Dante_answers_SOCKS4_BIND_twice": (bound, dante, "4"),
            "Dante_answers_SOCKS5_BIND_twice": (bound, dante, "5"),
            "Dante_answers_SOCKS5_BIND_with_a_login_twice": (bound, dante_login, "5", login),
            "Dante_refuses_a_wrong_password": (refused, dante_login, "5", "user name and password refused", wrong),
            "Dante_refuses_a_wrong_password_of_a_pipelined_client":
                (refused, dante_login, "5", "user name and password refused", wrong, PIPELINED),
            "Dante_refuses_a_client_without_a_login":
                (refused, dante_login, "5", "no acceptable authentication method"),
            "Dante_refuses_SOCKS4_where_it_wants_a_login": (refused, dante_login, "4", "request rejected or failed"),
            "Dante_passes_on_a_refused_connection_by_SOCKS4": (refused, dante, "4", "request rejected or failed"),
            "Dante_passes_on_a_refused_connection_by_SOCKS5": (refused, dante, "5", "connection refused"),
            "Dante_forbids_by_its_ruleset_over_SOCKS4": (self.forbidden_by_ruleset, "4", "request rejected or failed"),
            "Dante_forbids_by_its_ruleset_over_SOCKS5":
                (self.forbidden_by_ruleset, "5", "connection not allowed by ruleset"),
            "OpenSSH_carries_SOCKS4_to_an_IPv4_address": (carried, ssh, "4", "127.0.0.1"),
            "OpenSSH_carries_SOCKS4a_to_a_name": (carried, ssh, "4a", NAME),
            "OpenSSH_carries_SOCKS5_to_an_IPv4_address": (carried, ssh, "5", "127.0.0.1"),
            "OpenSSH_carries_SOCKS5_to_an_IPv6_address": (carried, ssh, "5", "[::1]"),
            "OpenSSH_carries_SOCKS5_to_a_name": (carried, ssh, "5", NAME),
            "OpenSSH_serves_a_pipelined_client": (carried, ssh, "5", NAME, "", PIPELINED),
            "OpenSSH_carries_bytes_both_ways_at_once": (self.both_ways_at_once, ssh),
            "OpenSSH_closes_instead_of_refusing_by_SOCKS4": (refused, ssh, "4", "connection closed before a message"),
            "OpenSSH_closes_instead_of_refusing_by_SOCKS5": (refused, ssh, "5", "connection closed before a message"),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
