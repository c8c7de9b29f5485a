"""The drivers of docs/examples that the suite runs: where their programs are, and what their model cannot do."""

import dataclasses
import pathlib

from harness import scratch

WIPED = "the_password_is_wiped"
# What the driver with TLS reads. tls.py makes the files.
CERTIFICATES = {"SOCKS_TLS_CA": str(scratch / "trusted.pem"), "SOCKS_TLS_CERT": str(scratch / "cert.pem"),
                "SOCKS_TLS_KEY": str(scratch / "key.pem")}


@dataclasses.dataclass
class Model:
    """A client, a server, a client of UDP ASSOCIATE or several of them, as command lines without arguments.

    `before` is a command line that runs before the cases, up to three times if it fails; `during` one that runs until
    their end. `slow` says that an emulator runs it: --fast leaves it out, and nobody looks into its process. `stays`
    says that its servers run until all cases have ended. `not_applicable` maps the beginnings of the names of cases to
    the reason why they do not apply.
    """

    name: str
    client: list = None
    server: list = None
    udp: list = None
    before: list = None
    during: list = None
    environment: dict = dataclasses.field(default_factory=dict)
    slow: bool = False
    tls: bool = False
    stays: bool = False
    at_most: int = 1 << 30  # bytes each way in a case
    not_applicable: dict = dataclasses.field(default_factory=dict)

    def missing(self):
        """The programs and files of its command lines that do not exist."""
        words = [pathlib.Path(word) for argv in (self.client, self.server, self.udp) for word in argv or []]
        return [str(word) for word in words if word.is_absolute() and not word.exists()]

    def reason_not_to_run(self, case):
        return next((why for begin, why in self.not_applicable.items() if case.startswith(begin)), None)


def models(build):
    """Every model, from a build directory of the project."""
    examples = pathlib.Path(build).resolve() / "docs/examples"

    def native(name, folder=None, client="client", server="server", **more):
        return Model(name, *([examples / (folder or name) / program] if program else None for program in (client, server)),
                     **more)

    icmp = {"no_route_to_the_proxy": "lwIP ignores ICMP errors that concern a TCP connection"}
    lwip = {**icmp, WIPED: "libslirp, which is the network, keeps copies in the same process"}
    wine = {"WINEPREFIX": str(examples / "windows/wine"), "WINEDEBUG": "-all", "WINEDLLOVERRIDES": "mscoree,mshtml=",
            "DISPLAY": ""}
    return [
        native("minimal", "minimal", "blocking_client", "blocking_server", udp=[examples / "minimal/udp_client"]),
        native("minimal_nonblocking", "minimal", "nonblocking_client", None),
        native("coroutine"),
        native("asio"),
        native("boost_asio", "asio", "boost_client", "boost_server"),
        native("libuv"),
        native("libevent"),
        native("io_uring"),
        native("c"),
        native("tls", environment=CERTIFICATES, tls=True),
        native("lwip_raw", "lwip", "raw_client", None, not_applicable=lwip),
        native("lwip_netconn", "lwip", "netconn_client", None, not_applicable=lwip),
        Model("windows", ["wine", examples / "windows/client.exe"], ["wine", examples / "windows/server.exe"],
              # Wine ends its services when its last program ends, and each program that starts at that moment.
              before=["wine", "wineboot", "--init"], during=["wine", examples / "windows/server.exe", "127.0.0.1:0"],
              # Its services crash when a program with open sockets is killed, and with them all others.
              environment=wine, slow=True, stays=True, not_applicable={WIPED: "Wine keeps copies of its arguments"}),
        Model("wasm", ["node", examples / "wasm/client.js"], slow=True,
              not_applicable={WIPED: "Node keeps copies of its arguments"}),
        Model("cortex_m", [examples / "cortex_m/client"], slow=True, at_most=50_000,  # its UART is slow
              not_applicable={WIPED: "QEMU keeps copies of its arguments"}),
        Model("cortex_m_lwip", [examples / "cortex_m/lwip_client"], slow=True,
              not_applicable={**icmp, WIPED: "QEMU keeps copies of its arguments"}),
    ]
