#!/usr/bin/env python3
"""Our tunnel through real servers: Dante and OpenSSH's `ssh -D`.

    servers.py TUNNEL [CASE...]
"""

import functools
import subprocess
import sys

import peers
from peers import BANNER, NAME, PAYLOAD, Origin, Peer, connect, expect, expect_in, receive, receive_all, scratch

USER, PASSWORD = "ivy", "open sesame"

DANTE = """
logoutput: stderr
internal: 127.0.0.1 port = {port}
external: lo
clientmethod: none
socksmethod: {method}
user.privileged: root
user.unprivileged: nobody
client pass {{ from: 0/0 to: 0/0 }}
socks block {{ from: 0/0 to: 0/0 port = {forbidden} }}
socks pass {{ from: 0/0 to: 0/0 command: connect bind }}
socks pass {{ from: 0/0 to: 0/0 command: bindreply }}
"""

SSHD = """
Port {port}
ListenAddress 127.0.0.1
HostKey {scratch}/host_key
AuthorizedKeysFile {scratch}/user_key.pub
PidFile none
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
StrictModes no
AllowTcpForwarding yes
"""


def add_user():
    """A user of the system with a password, for Dante; in this namespace only."""
    digest = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=PASSWORD, text=True, check=True,
                            capture_output=True).stdout.strip()
    for path, line in (("/etc/passwd", f"{USER}:x:64001:64001::/:/bin/false"), ("/etc/shadow", f"{USER}:{digest}:1::::::")):
        with open(path) as file:
            peers.overlay(path, file.read() + line + "\n")


def dante(method, forbidden):
    port = peers.free_port()
    config = scratch / f"dante_{method}.conf"
    config.write_text(DANTE.format(port=port, method=method, forbidden=forbidden))
    return Peer(f"dante_{method}", "danted", "-f", config, "-N", "1", port=port)


def ssh_dynamic():
    """`ssh -D` and the sshd at its other end."""
    for key in ("host_key", "user_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", scratch / key], check=True)
    (scratch.parent / "sshd").mkdir()
    there, here = peers.free_port(), peers.free_port()
    (scratch / "sshd_config").write_text(SSHD.format(port=there, scratch=scratch))
    (scratch / "known_hosts").write_text(f"[127.0.0.1]:{there} " + (scratch / "host_key.pub").read_text())
    Peer("sshd", "/usr/sbin/sshd", "-D", "-e", "-f", scratch / "sshd_config", port=there)
    return Peer("ssh", "ssh", "-F", "none", "-N", "-D", f"127.0.0.1:{here}", "-p", there, "-i", scratch / "user_key",
                "-o", "IdentitiesOnly=yes", "-o", f"UserKnownHostsFile={scratch}/known_hosts",
                "-o", "BatchMode=yes", "root@127.0.0.1", port=here)
