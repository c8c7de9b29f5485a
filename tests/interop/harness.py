"""Real peers on loopback, in namespaces of their own.

A runner enters a fresh network, mount and process namespace, so that its ports clash with nobody's, its changes to
the file system are seen by nobody else, and everything that it started ends with it, however it ends.
"""

import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

NAME = "files.example.com"
PATIENCE = 60  # seconds until one case is given up
SOON = 10  # seconds; a proxy that keeps someone waiting takes far longer in the cases that try it
LIMIT = 600  # seconds until the whole run is

scratch = pathlib.Path("/run/interop")
running = []


def expect(found, wanted, what):
    """Fails the case unless both are equal. Long bytes are told by length and first difference."""
    if found == wanted:
        return
    if isinstance(found, bytes) and isinstance(wanted, bytes) and len(found) + len(wanted) > 400:
        same = next((i for i, (a, b) in enumerate(zip(found, wanted)) if a != b), min(len(found), len(wanted)))
        raise AssertionError(f"{what}: {len(found)} bytes, {len(wanted)} wanted, the first {same} are equal")
    raise AssertionError(f"{what}: {found!r}, wanted {wanted!r}")


def expect_in(wanted, text, what):
    if wanted not in text:
        raise AssertionError(f"{what} lacks {wanted!r}: {text!r}")


def until(condition, what):
    """Waits for something that another process does in its own time."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"waited in vain for {what}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def is_listening(port):
    """Asks the kernel instead of connecting, which the peer would take for a client."""
    tables = (open(f"/proc/self/net/{table}").readlines() for table in ("tcp", "tcp6"))
    rows = (line.split() for table in tables for line in table)
    return any(row[3] == "0A" and row[1].endswith(f":{port:04X}") for row in rows)


class Peer:
    """A process that runs until stop(); what it prints is kept in a file."""

    def __init__(self, name, *argv, port=None):
        self.name, self.port = name, port
        self.file = scratch / f"{name}.log"
        with self.file.open("wb") as log:
            self.process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, start_new_session=True)
        running.append(self)
        if port:
            self.until(lambda: is_listening(port), f"port {port}")

    def until(self, condition, what):
        def ended_or_true():
            if self.process.poll() is not None:
                raise AssertionError(f"{self.name} ended with {self.process.returncode}, waiting for {what}")
            return condition()
        return until(ended_or_true, what)

    def log(self):
        return self.file.read_text(errors="replace")

    def mark(self):
        """Where the log ends now; see line()."""
        return len(self.log())

    def line(self, wanted, since):
        """Waits until `wanted` is in the log, after `since`."""
        self.until(lambda: wanted in self.log()[since:], f"{wanted!r} in the log of {self.name}")

    def tell(self, since=0):
        print(f"--- log of {self.name}\n{self.log()[since:][-4000:]}")

    def stop(self):
        """Ends the process and those that it started, which may hold its port for longer; returns its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(5)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self in running:
            running.remove(self)
            if self.port:
                until(lambda: not is_listening(self.port), f"port {self.port} to be free")
        return self.process.returncode


def overlay(path, text):
    """Replaces a file of the system, for the processes of this namespace only."""
    ours = scratch / pathlib.Path(path).name
    ours.write_text(text)
    ours.chmod(0o644)
    subprocess.run(["mount", "--bind", ours, path], check=True)


def enter_namespaces():
    """Starts this program again inside its namespaces; returns there."""
    inside = "SOCKS_INTEROP_NAMESPACE"
    if inside not in os.environ:
        os.environ[inside] = "1"
        as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
        os.execvp("unshare", ["unshare", *as_root, "--net", "--pid", "--mount-proc", "--fork", "--kill-child",
                              sys.executable, "-u", *sys.argv])
    os.umask(0o022)
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    os.environ["LC_ALL"] = "C"
    for name in [n for n in os.environ if n.lower().endswith("_proxy")]:
        del os.environ[name]
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for buffer in ("tcp_rmem", "tcp_wmem"):  # small, so that the file does not fit into those on its way
        pathlib.Path("/proc/sys/net/ipv4", buffer).write_text("4096 65536 65536")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"], check=True)
    scratch.mkdir()
    overlay("/etc/hosts", f"127.0.0.1 localhost {NAME}\n")
    overlay("/etc/nsswitch.conf", "hosts: files\n")  # a name that is not there does not exist


def stop_all():
    for peer in reversed(running[:]):
        peer.stop()


def give_up(*_):
    print(f"FAIL the run took longer than {LIMIT} seconds")
    for peer in running:
        peer.tell()
    stop_all()
    os._exit(1)


def run(cases, wanted):
    """Runs all cases, or those named, one line for each; returns the exit code."""
    unknown = [name for name in wanted if name not in cases]
    if unknown or not cases:
        print(f"no such case: {unknown}")
        return 2
    failed = 0
    for name in wanted or cases:
        marks = {peer: peer.mark() for peer in running}
        act, *arguments = cases[name]
        try:
            act(*arguments)
            print(f"PASS {name}")
        except (AssertionError, OSError, subprocess.SubprocessError) as why:
            failed += 1
            print(f"FAIL {name}: {why}")
            for peer in running:
                peer.tell(marks.get(peer, 0))
    total = len(wanted or cases)
    print(f"{total - failed} of {total} cases passed")
    return 1 if failed else 0


def main(make_cases, programs=1):
    """The programs under test are the first arguments; `make_cases` starts their peers and returns the cases."""
    if len(sys.argv) <= programs:
        print(f"usage: {sys.argv[0]} {'PROGRAM ' * programs}[CASE...]")
        return 2
    enter_namespaces()
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT)
    under_test, wanted = sys.argv[1:][:programs], sys.argv[1:][programs:]
    try:
        return run(make_cases(*under_test), wanted)
    except (AssertionError, OSError, subprocess.SubprocessError) as why:  # a peer that did not start
        print(f"FAIL {why}")
        for peer in running:
            peer.tell()
        return 1
    finally:
        stop_all()
