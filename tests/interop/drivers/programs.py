"""The programs under test as processes, and a trial: one run of one case with one model."""

import contextlib
import os
import pathlib
import re
import shlex
import signal
import subprocess
import threading
import time

import tls
from harness import PATIENCE, expect, until

SANITIZERS = re.compile(r"ERROR: \w+Sanitizer|runtime error")
TAIL = 1500  # characters of an output that a failure prints
LARGE = 1 << 28  # bytes of a mapping that is a reservation, such as those of AddressSanitizer
AT_ONCE = 5  # seconds for what takes no network and no deadline


def soon(condition, what, seconds=AT_ONCE):
    """Waits for something that needs no deadline and no emulator."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} seconds in vain for {what}")
        time.sleep(0.01)


class Process:
    """A process, with all that it has written so far in `out` and `err`."""

    def __init__(self, argv, environment, stdin=None, stdout=subprocess.PIPE):
        self.argv = [str(word) for word in argv]
        self.out, self.err = bytearray(), bytearray()
        self.began = time.monotonic()
        self.process = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                                        stdout=stdout, stderr=subprocess.PIPE, env=environment, start_new_session=True)
        self.readers = [self.thread(self.keep, self.process.stderr, self.err)]
        if self.process.stdout:
            self.readers.append(self.thread(self.keep, self.process.stdout, self.out))
        if stdin is not None:
            self.thread(self.feed, stdin)

    @staticmethod
    def thread(act, *arguments):
        thread = threading.Thread(target=act, args=arguments, daemon=True)
        thread.start()
        return thread

    @staticmethod
    def keep(pipe, into):
        with pipe:
            while data := os.read(pipe.fileno(), 65536):
                into += data

    def feed(self, data):
        try:
            with self.process.stdin as pipe:
                pipe.write(data)
        except OSError:  # it ended before it had read everything; its exit status says why
            pass

    @property
    def said(self):
        return self.err.decode(errors="replace")

    def wait(self, seconds=PATIENCE):
        """Waits for its end; returns its exit status."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it still runs after {seconds} seconds") from None
        self.ended = time.monotonic()
        for reader in self.readers:
            reader.join(AT_ONCE)
        return code

    def kill(self):
        """Ends it and the processes that it started. Its group may have more: the first program of Wine starts the
        services for all."""
        if self.process.poll() is None:
            children = []
            for of_thread in pathlib.Path(f"/proc/{self.process.pid}/task").glob("*/children"):
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # the thread has ended since
                    children += of_thread.read_text().split()
            for pid in (self.process.pid, *map(int, children)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            self.process.wait()

    def places_of(self, secret):
        """The mappings of its memory that have these bytes outside the arguments of the process."""
        place = pathlib.Path("/proc", str(self.process.pid))
        begin, end = map(int, (place / "stat").read_text().rpartition(")")[2].split()[45:47])  # of the arguments
        found, arguments = [], 0
        with (place / "mem").open("rb", buffering=0) as memory:
            for line in (place / "maps").read_text().splitlines():
                first, last = (int(word, 16) for word in line.split()[0].split("-"))
                if "rw" not in line or last - first > LARGE:
                    continue
                memory.seek(first)
                for match in re.finditer(re.escape(secret), memory.read(last - first)):
                    if begin <= first + match.start() < end:
                        arguments += 1
                    else:
                        found.append(line)
        expect(arguments, 1, "number of arguments that were found; otherwise the search finds nothing")
        return found

    def tell(self):
        """For a failure: the command line, and the ends of what it wrote."""
        yield f"$ {shlex.join(self.argv)}"
        status = self.process.poll()
        yield f"exit status: {'it was still running' if status is None else status}"
        for name, data in (("stdout", bytes(self.out)), ("stderr", bytes(self.err))):
            yield f"{name}, {len(data)} bytes: {data[-TAIL:].decode(errors='backslashreplace') if name == 'stderr' else data[-200:]}"


class Client(Process):
    def succeeded(self, out):
        """It ends with an end of the stream, `out` is everything on stdout, and it has nothing to report."""
        expect(self.wait(), 0, f"exit status ({self.said.strip()})")
        expect(bytes(self.out), out, "stdout")
        expect(self.said, "", "stderr")

    def failed(self, text, out=b"", code=1):
        """It fails with one line on stderr that ends with `text`, or that a pattern finds; `out` is on stdout."""
        expect(self.wait(), code, f"exit status ({self.said.strip()})")
        expect(bytes(self.out), out, "stdout")
        lines = self.said.splitlines()
        expect(len(lines), 1, f"number of lines on stderr, which has {self.said!r}")
        found = text.search(lines[0]) if isinstance(text, re.Pattern) else lines[0].endswith(text)
        expect(bool(found), True, f"whether stderr says {text!r}; it says {lines[0]!r}")

    def printed(self, out, seconds):
        """Waits until `out` is on stdout; a program may also keep it until its end."""
        end = time.monotonic() + seconds
        while len(self.out) < len(out) and time.monotonic() < end:
            time.sleep(0.01)


class Server(Process):
    def listens(self, host):
        """Waits for the line with its address."""
        said = f"listening on [{host}]:".encode() if ":" in host else f"listening on {host}:".encode()
        until(lambda: b"\n" in self.out or self.process.poll() is not None, "the line with its address")
        first = bytes(self.out).splitlines()[0] if b"\n" in self.out else bytes(self.out)
        expect(first.startswith(said), True, f"whether stdout says {said!r}; it says {first!r}")
        self.port = int(first[len(said):])
        self.sockets_at_rest, self.memory_at_rest = self.sockets(), self.resident()

    def sockets(self):
        links = pathlib.Path(f"/proc/{self.process.pid}/fd").iterdir()
        count = 0
        for link in links:
            with contextlib.suppress(FileNotFoundError):  # closed since
                count += os.readlink(link).startswith("socket:")
        return count

    def resident(self):
        """Its memory in bytes."""
        pages = pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def reports(self, text):
        """Waits for a line on stderr that ends with `text`."""
        soon(lambda: any(line.endswith(text) for line in self.said.splitlines()), f"stderr to say {text!r}")

    def settle(self, model):
        """After a case: it runs, closes every connection, and ends on SIGTERM."""
        expect(self.process.poll(), None, f"exit status before SIGTERM ({self.said.strip()})")
        if not model.slow:
            soon(lambda: self.sockets() <= self.sockets_at_rest, "the server to close every connection", 15)
        if not model.stays:
            self.process.terminate()
            self.wait(AT_ONCE)


class Trial:
    """One run of one case with one model: starts its programs, and ends them."""

    def __init__(self, model, network):
        self.model, self.network, self.started, self.forwarders = model, network, [], []

    def start(self, kind, argv, **more):
        process = kind(argv, {**os.environ, **self.model.environment}, **more)
        self.started.append(process)
        return process

    def client(self, port, destination, login=(), stdin=b"", at="127.0.0.1", **more):
        """Starts the client, for a proxy at this port."""
        if self.model.tls:
            port = self.forwarder(at, port, self.network.tls_of_a_server, True).port
        return self.client_without_a_proxy(f"[{at}]:{port}" if ":" in at else f"{at}:{port}", destination,
                                           login, stdin, **more)

    def client_without_a_proxy(self, address, destination, login=(), stdin=b"", **more):
        return self.start(Client, [*self.model.client, address, destination, *login], stdin=stdin, **more)

    def udp(self, address, destination, login, stdin):
        return self.start(Client, [*self.model.udp, address, destination, *login], stdin=stdin)

    def forwarder(self, *arguments):
        self.forwarders.append(tls.Forwarder(*arguments))
        return self.forwarders[-1]

    def command(self, *arguments):
        """The client with other arguments than it wants."""
        return self.start(Client, [*self.model.client, *arguments])

    def first(self):
        """The first program that was started; a scripted server may ask before start() has returned."""
        return until(lambda: self.started, "the first program")[0]

    def server(self, login=(), host="127.0.0.1"):
        server = self.start(Server, [*self.model.server, f"[{host}]:0" if ":" in host else f"{host}:0", *login])
        server.listens(host)
        server.own_port = server.port
        if self.model.tls:
            server.port = self.forwarder(host, server.port, self.network.tls_of_a_client, False).port
        return server

    def server_command(self, *arguments):
        return self.start(Process, [*self.model.server, *arguments])

    def settle(self):
        """What holds after every case that has passed."""
        for process in self.started:
            if isinstance(process, Server):
                process.settle(self.model)
            if found := SANITIZERS.search(process.said):
                raise AssertionError(f"a sanitizer reports {found[0]!r}")

    def close(self):
        for program in self.started:
            if not (self.model.stays and isinstance(program, Server)):
                program.kill()
        while self.forwarders:
            self.forwarders.pop().close()

    def tell(self):
        for process in self.started:
            yield from process.tell()
