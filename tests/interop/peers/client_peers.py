"""The clients of other authors that socks-check is run against: their command lines, and how they tell their versions.

socks-check fills in the braces. A client has a command line for each form of SOCKS that it speaks.
"""

import typing

import java
import languages
from libraries import NODE
from netcats import connect_proxy, nc, ncat, socat
from programs import PROGRAMS, c_program, python

ANYBODY = ["{port}", "{target_host}", "{target_port}"]
LOGIN = [*ANYBODY, "{user}", "{password}"]
PLACE, PAGE = "{target_host}:{target_port}", "http://{target_host}:{target_port}/"


class Client(typing.NamedTuple):
    name: str
    commands: typing.Callable  # builds what must be built, and returns the command lines
    ask: tuple = ()  # a command that tells the version; without one the package is asked
    package: str = ""
    quick: bool = False  # whether .ci/run has the time for it
    patience: int = 15  # seconds that one run may take, with seven others beside it


def uri(scheme, login=""):
    return f"{scheme}://{login}{{host}}:{{port}}"


def login_uri(scheme):
    return uri(scheme, "{user}:{password}@")


def filled(words):
    """A command line of netcats.py, with the braces of socks-check."""
    return [word.format(proxy="{port}", host="{target_host}", port="{target_port}") for word in words]


def curl():
    get = ["curl", "-q", "-sS", "--max-time", "4", PAGE, "--proxy"]
    return [[*get, uri(scheme)] for scheme in ("socks4a", "socks5h")] + [[*get, login_uri("socks5h")]]


def git():
    return [["git", "-c", f"http.proxy={proxy}", "ls-remote", PAGE + "repository"]
            for proxy in (uri("socks4a"), uri("socks5h"), login_uri("socks5h"))]


def java_client():
    java.compile_client()
    port, host, to, *login = LOGIN
    return [java.java(port, "4", host, to), java.java(port, "5", host, to), java.java(port, "5", host, to, login)]


def by_library(*words, versions=("4a", "5")):
    """A program of ours that takes the version and the ends, and with SOCKS5 a login."""
    words = [str(word) for word in words]
    return [[*words, version, *ANYBODY] for version in versions] + [[*words, "5", *LOGIN]]


def python_client(library):
    return by_library("/usr/bin/python3", PROGRAMS / "python_client.py", library)


def through(program, *versions):
    """`versions` are followed by "login" if it can log in."""
    words = ["/usr/bin/python3", str(PROGRAMS / "through.py"), program]
    return [[*words, "5", *LOGIN] if version == "login" else [*words, version, *ANYBODY] for version in versions]


def go_client():
    return by_library(*languages.go_client(), "connect", versions=("5",))


def h12():
    program = str(languages.go_program(PROGRAMS / "h12_client.go"))
    return [[program, proxy + "?timeout=4s", PLACE]
            for proxy in (uri("socks4a"), uri("socks5"), login_uri("socks5"))]


def gio():
    program = c_program("gio_client.c", "gcc", "gio-2.0")
    return [[program, proxy, "{target_host}", "{target_port}"]
            for proxy in (uri("socks4a"), uri("socks5"), login_uri("socks5"))]


def qt():
    program = c_program("qt_client.cpp", "g++", "Qt5Network", "-fPIC")
    return [[program, *ANYBODY], [program, *LOGIN]]


def socks_proxy_agent():
    node = ["node", str(PROGRAMS / "socks_proxy_agent.js")]
    return [[*node, proxy, PAGE] for proxy in (uri("socks4a"), uri("socks5h"), login_uri("socks5h"))]


def ncats():
    login = ("--proxy-auth", "{{user}}:{{password}}")
    return [filled(ncat(kind, "-w", "4", *more)) for kind, *more in (("socks4",), ("socks5",), ("socks5", *login))]


# The first have a row on the page.
CLIENTS = (
    Client("curl", curl, ("curl", "--version"), quick=True),
    Client("git", git, ("git", "--version")),
    Client("Java", java_client, ("java", "--version")),
    Client("Go x/net", go_client, package="golang-golang-x-net-dev", quick=True),
    Client("Node.js socks", lambda: by_library(*NODE, "connect", versions=("4", "5")),
           ("node", "-p", "require('/usr/share/nodejs/socks/package.json').version")),
    Client("PySocks", lambda: python_client("socks"), python("socks")),
    Client("Qt", qt, package="libqt5network5"),
    Client("GIO", gio, package="libglib2.0-0"),
    Client("Chromium", lambda: through("chromium", "4", "5"), ("chromium", "--version"), patience=60),
    Client("nc", lambda: [[*filled(nc(version)), "-w", "4"] for version in "45"], package="netcat-openbsd", quick=True),
    Client("Ncat", ncats, ("ncat", "--version")),
    Client("ProxyChains", lambda: through("proxychains4", "4", "5", "login"), package="proxychains4"),
    Client("PuTTY", lambda: through("plink", "4a", "5", "login"), ("plink", "-V")),
    Client("Go h12", h12, package="golang-h12-socks-dev"),
    Client("socks-proxy-agent", socks_proxy_agent),
    Client("python-socks", lambda: python_client("python_socks"), python("python_socks")),
    Client("socksio", lambda: python_client("socksio"), package="python3-socksio", quick=True),
    Client("IO::Socket::Socks", lambda: by_library(*languages.PERL, "connect", versions=("4", "5")),
           ("perl", "-MIO::Socket::Socks", "-e", "print $IO::Socket::Socks::VERSION")),
    # Its SOCKS4 request to an address ends without the NUL of the user ID, so that every proxy waits for more.
    Client("Ruby socksify", lambda: by_library("ruby", PROGRAMS / "ruby_client.rb", versions=("5",)),
           package="ruby-socksify"),
    Client("socat", lambda: [filled(socat(kind)) for kind in ("SOCKS4", "SOCKS4A")], ("socat", "-V"), quick=True),
    Client("connect-proxy", lambda: [filled(connect_proxy(*words)) for words in (("-4", "local"), ("-5", "remote"))],
           ("connect-proxy", "-V")),
    Client("torsocks", lambda: through("torsocks", "5", "login"), ("torsocks", "--version")),
    Client("tsocks", lambda: through("tsocks", "4", "5", "login"), package="tsocks"),
    Client("Dante's socksify", lambda: through("socksify", "5", "login"), package="dante-client"),
    Client("Privoxy", lambda: through("privoxy", "4a", "5", "login"), package="privoxy"),
    Client("Tinyproxy", lambda: through("tinyproxy", "4", "5", "login"), package="tinyproxy"),
    Client("HAProxy", lambda: through("haproxy", "4"), ("haproxy", "-v")),
    Client("redsocks", lambda: through("redsocks", "4", "5", "login"), package="redsocks"),
)
