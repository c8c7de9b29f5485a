"""The servers of other authors that socks-check is run against: how each is started, and how it tells its version.

A server that can ask for a login is started twice, with and without.
"""

import json
import subprocess
import typing

import small_servers
import tor
from harness import NAME, Peer, free_port, scratch
from languages import go_program, perl_server
from programs import PROGRAMS, python
from servers import PASSWORD, USER, add_user, dante, openssh, sshd
from stage import Proxy

LOGIN = (USER, PASSWORD)
OTHERS = "192.0.2.1"  # this host, but not loopback, which stunnel does not connect to
FORBID = ("--forbid", "192.0.2.0/24")


class Server(typing.NamedTuple):
    name: str
    start: typing.Callable  # starts it for anybody, and returns the process with its port
    start_login: typing.Callable = None  # the same for LOGIN alone
    ask: tuple = ()  # a command that tells the version; without one the package is asked
    package: str = ""
    options: tuple = ()  # more words for socks-check
    quick: bool = False  # whether .ci/run has the time for it


def written(name, text):
    file = scratch / name
    file.write_text(text)
    return file


def v2ray(*login):
    port = free_port()
    accounts = {"auth": "password", "accounts": [{"user": USER, "pass": PASSWORD}]} if login else {}
    config = {
        "log": {"loglevel": "error"},
        "inbounds": [{"listen": "127.0.0.1", "port": port, "protocol": "socks", "settings": {"udp": True} | accounts}],
        "outbounds": [{"protocol": "freedom"}],
    }
    name = f"v2ray_{port}"
    return Peer(name, "v2ray", "-config", written(f"{name}.json", json.dumps(config)), port=port)


def mitmproxy(*login):
    """`ignore_hosts` has it carry the bytes as they are."""
    port = free_port()
    folder = scratch / "mitmproxy"
    folder.mkdir(exist_ok=True)
    options = ["--set", f"proxyauth={USER}:{PASSWORD}"] if login else []
    return Peer(f"mitmproxy_{port}", "mitmdump", "--set", f"confdir={folder}", "--mode", "socks5", "--listen-host",
                "127.0.0.1", "--listen-port", port, "--ignore-hosts", ".*", *options, port=port)


def i2pd():
    """It has no network, so that it only handshakes and refuses."""
    port, folder = free_port(), scratch / "i2pd"
    folder.mkdir(exist_ok=True)
    off = [f"--{service}.enabled=0" for service in ("http", "httpproxy", "sam", "upnp", "bob", "i2cp", "i2pcontrol")]
    return Peer("i2pd", "i2pd", f"--datadir={folder}", f"--conf={written('i2pd.conf', '')}", "--socksproxy.enabled=1",
                "--socksproxy.address=127.0.0.1", f"--socksproxy.port={port}", *off, port=port)


def twisted():
    port = free_port()
    return Peer("twisted", "twistd3", "-n", "-l", "-", "--pidfile=", "socks", "-i", "127.0.0.1", "-p", port, port=port)


def go_socks5(*login):
    port = free_port()
    return Peer(f"go_socks5_{port}", go_program(PROGRAMS / "go_socks5_server.go"), f"127.0.0.1:{port}", *login, port=port)


def node_server(name, *login):
    port = free_port()
    return Peer(f"{name}_{port}", "node", PROGRAMS / f"{name}.js", port, *login, port=port)


def asyncssh():
    there, port = sshd(), free_port()
    return Peer("asyncssh", "/usr/bin/python3", PROGRAMS / "asyncssh_server.py", port, there, USER, scratch / "user_key",
                port=port)


def plink():
    """`plink -D`, with a server of OpenSSH at its other end."""
    there, port, key = sshd(), free_port(), scratch / "user_key.ppk"
    subprocess.run(["puttygen", scratch / "user_key", "-O", "private", "-o", key, "--new-passphrase", "/dev/null"],
                   check=True, stdin=subprocess.DEVNULL)
    told = subprocess.run(["ssh-keygen", "-l", "-f", scratch / "host_key.pub"], check=True, capture_output=True, text=True)
    return Peer("plink", "plink", "-batch", "-N", "-D", f"127.0.0.1:{port}", "-P", there, "-i", key, "-hostkey",
                told.stdout.split()[1], f"{USER}@127.0.0.1", port=port)


STUNNEL = """
foreground = yes
pid =
[there]
accept = 127.0.0.1:{there}
protocol = socks
PSKsecrets = {secrets}
[here]
client = yes
accept = 127.0.0.1:{here}
connect = 127.0.0.1:{there}
PSKsecrets = {secrets}
"""


def stunnel():
    """Its server speaks SOCKS inside of TLS; its client takes the TLS off."""
    here, there = free_port(), free_port()
    secrets = written("stunnel.psk", f"{USER}:{'5' * 64}\n")
    config = STUNNEL.format(here=here, there=there, secrets=secrets)
    return Peer("stunnel", "stunnel4", written("stunnel.conf", config), port=here)


def sslh(program):
    """In front of our own proxy, so that what fails is of sslh."""
    behind, port = Proxy("behind_sslh", program), free_port()
    return Peer("sslh", "sslh", "-f", "-u", "nobody", "-p", f"127.0.0.1:{port}", "--socks5", f"127.0.0.1:{behind.port}",
                port=port)


def npm_version(package):
    return ("node", "-p", f"require(process.env.PEERS_OF_NPM + '/node_modules/{package}/package.json').version")


def servers(program):
    """All of them; `program` is our own proxy."""
    forbidden = free_port()
    our_login = ("--user", USER, "--password", PASSWORD)
    return (
        Server("our proxy", lambda: Proxy("ours", program, *FORBID), lambda: Proxy("ours_login", program, *FORBID, *our_login),
               options=("--forbidden", "192.0.2.1:9"), quick=True),
        Server("microsocks", lambda: small_servers.microsocks("microsocks"),
               lambda: small_servers.microsocks("microsocks_login", "-u", USER, "-P", PASSWORD),
               package="microsocks", quick=True),
        Server("Dante", lambda: dante("none", forbidden), lambda: dante("username", forbidden), ("danted", "-v"),
               options=("--forbidden", f"127.0.0.1:{forbidden}"), quick=True),
        Server("OpenSSH", openssh, ask=("ssh", "-V"), quick=True),
        Server("PuTTY", plink, ask=("plink", "-V")),
        Server("AsyncSSH", asyncssh, ask=python("asyncssh")),
        Server("ss-local", small_servers.shadowsocks, package="shadowsocks-libev", quick=True),
        Server("V2Ray", v2ray, lambda: v2ray(*LOGIN), ("v2ray", "-version")),
        Server("go-socks5", go_socks5, lambda: go_socks5(*LOGIN), package="golang-github-armon-go-socks5-dev"),
        Server("mitmproxy", mitmproxy, lambda: mitmproxy(*LOGIN), ("mitmdump", "--version")),
        Server("Twisted", twisted, ask=python("twisted")),
        Server("IO::Socket::Socks", lambda: perl_server("perl"), lambda: perl_server("perl_login", *LOGIN),
               ("perl", "-MIO::Socket::Socks", "-e", "print $IO::Socket::Socks::VERSION")),
        Server("simple-socks", lambda: node_server("simple_socks"), lambda: node_server("simple_socks", *LOGIN),
               npm_version("simple-socks")),
        Server("socksv5", lambda: node_server("socksv5"), lambda: node_server("socksv5", *LOGIN),
               npm_version("@mongodb-js/socksv5")),
        Server("stunnel", stunnel, ask=("stunnel4", "-version"), options=("--here", OTHERS, "--name", NAME)),
        Server("sslh", lambda: sslh(program), ask=("sslh", "-V")),
        Server("Tor", tor.tor, ask=("tor", "--version")),
        Server("i2pd", i2pd, ask=("i2pd", "--version")),
    )
