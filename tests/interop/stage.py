"""What the clients need: our proxy, with and without a login, and the destinations behind it."""

import pathlib

import origins
from harness import Peer, scratch

USER, PASSWORD = "john", "foo bar"


class Proxy(Peer):
    """Our proxy, listening where it says that it does; `under` is a command that becomes it."""

    def __init__(self, name, program, *options, host="127.0.0.1", under=()):
        self.program = program
        super().__init__(name, *under, program, "--listen", f"{host}:0", *options)
        said = f"listening on {host}:"
        self.until(lambda: said in self.log() and self.log().endswith("\n"), "its address")
        self.port = int(self.log().split(said)[1].split()[0])
        self.address = f"{host}:{self.port}"
        self.at_rest = self.descriptors()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def descriptors(self):
        return len(list(pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def closes_everything(self):
        self.until(lambda: self.descriptors() == self.at_rest, "it to close every connection")


class Stage:
    def __init__(self, program):
        self.program = program
        (scratch / "file").write_bytes(origins.PAYLOAD)
        self.http = origins.Origin(origins.File)
        self.https = origins.Origin(origins.File, origins.tls_with_own_certificate())
        self.talker = origins.Origin(origins.Talker)
        self.flooder = origins.Origin(origins.Flooder)
        self.open = Proxy("open", program)
        self.login = Proxy("login", program, "--user", USER, "--password", PASSWORD)

    def left_nothing_open(self):
        self.open.closes_everything()
        self.login.closes_everything()
