"""Who takes part: how a peer is called, what its cases begin with, and how it tells its version."""

import os
import re
import subprocess
import typing


class Peer(typing.NamedTuple):
    name: str
    role: str
    cases: str  # a pattern for the beginning of their names
    ask: tuple = ()  # a command that tells the version; without one the package is asked
    package: str = ""


def python(module):
    return ("python3", "-c", "import sys; sys.path.append('/usr/lib/python3/dist-packages'); "
            f"import {module}; print({module}.__version__)")


PEERS = (
    Peer("curl", "client", "curl_", ("curl", "--version")),
    Peer("PySocks", "client", "PySocks_", python("socks")),
    Peer("socksio", "client", "socksio_", package="python3-socksio"),
    Peer("socks of Node.js", "client", "Node_",
         ("node", "-p", "require('/usr/share/nodejs/socks/package.json').version")),
    Peer("x/net/proxy of Go", "client", "Go_", package="golang-golang-x-net-dev"),
    Peer("IO::Socket::Socks of Perl", "client", "Perl_(?!server)",
         ("perl", "-MIO::Socket::Socks", "-e", "print $IO::Socket::Socks::VERSION")),
    Peer("java.net.Socket", "client", "Java_", ("java", "--version")),
    Peer("ProxyChains", "client", "ProxyChains_", package="proxychains4"),
    Peer("nc of OpenBSD", "client", "nc_", package="netcat-openbsd"),
    Peer("Ncat", "client", "Ncat_", ("ncat", "--version")),
    Peer("socat", "client", "socat_", ("socat", "-V")),
    Peer("connect-proxy", "client", "connect_proxy_", ("connect-proxy", "-V")),
    Peer("torsocks", "client", "torsocks_", ("torsocks", "--version")),
    Peer("Dante", "server", "Dante_", ("danted", "-v")),
    Peer("OpenSSH", "server", "OpenSSH_", ("ssh", "-V")),
    Peer("microsocks", "server", "microsocks_", package="microsocks"),
    Peer("ss-local", "server", "ss_local_", package="shadowsocks-libev"),
    Peer("Tor", "server", "Tor_", ("tor", "--version")),
    Peer("IO::Socket::Socks of Perl", "server", "Perl_server_",
         ("perl", "-MIO::Socket::Socks", "-e", "print $IO::Socket::Socks::VERSION")),
    Peer("our own drivers", "server", "our_(proxy|server)_"),
    Peer("tshark", "reader", "tshark_reads_(?!every)", ("tshark", "--version")),
)

# Runs whose cases have other names: sockets of the run itself.
SOCKETS = Peer("sockets by hand", "client", "")
BY_HAND = {"careless_clients": SOCKETS, "datagrams": SOCKETS}


def version_of(peer):
    if not peer.ask:
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", peer.package], capture_output=True, text=True)
        return f"{done.stdout} ({peer.package})"
    path = os.environ["PATH"] + ":/usr/sbin:/sbin"
    done = subprocess.run(peer.ask, capture_output=True, text=True, stdin=subprocess.DEVNULL,
                          env=os.environ | {"LC_ALL": "C", "PATH": path})
    found = re.search(r"\d+\.[\w.]*\w", done.stdout + done.stderr)
    return found[0] if found else "unknown"
