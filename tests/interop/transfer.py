#!/usr/bin/env python3
"""Transfers by a Transfer CFT configuration: `transfer` through our proxy and through Dante.

    transfer.py TRANSFER [CASE...]

The proxy is taken from the same directory. docs/examples/transfer/transfer.cft is used verbatim; other cases
change single values of it.
"""

import fcntl
import os
import pathlib
import re
import select
import signal
import socketserver
import struct
import subprocess
import sys
import threading
import time

import harness
import servers
from harness import PATIENCE, Peer, expect, expect_in, free_port, is_listening, scratch
from origins import PAYLOAD, Origin, Talker, receive, tls_with_own_certificate

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs"
EXAMPLE, PAGE = DOCS / "examples/transfer/transfer.cft", DOCS / "transfer-cft.md"
PARTNER = "PARIS_NSOCKS5"
SCHEDULE = [1, 1, 1, 1, 2, 2, 4, 8, 8, 8, 8, 8]  # the documents' default, in minutes
GIVEN_UP, BAD_CONFIGURATION, HELD = 1, 2, 3
NOBODY = free_port  # where nothing listens

DOCUMENTED = """CFTNET ID = 'NET0',
TYPE = 'TCP',
CALL = 'INOUT',
MAXCNX = '128',
CLASS = '1',
HOST = 'localhost'
CFTNET ID = 'NSOCKS5',
TYPE = 'TCP',
CALL = 'INOUT',
MAXCNX = '32',
CLASS = '2',
HOST = proxy_address,
PORT = proxy_port,
INET = 'NET0',
PROTOCOL = 'SOCKS5',
USER = 'john',
PASSWORD = 'foo'
CFTPROT ID = 'PESITANY_SOCKS5',
NET = 'NSOCKS5'
CFTPART ID = 'PARIS_NSOCKS5',
CFTTCP ID = 'PARIS_ NSOCKS5',
CLASS = '2',
"""

# An ODETTE responder speaks first: a stream transmission header (version 1, length 23) and SSRM.
SSRM = b"\x10\x00\x00\x17IODETTE FTP READY \r"
# A PeSIT requester does: a length, phase and type of an FPDU, two identifiers, then parameters; here every byte is one.
FPDU = struct.pack(">HBBBB", 6 + 3 * 256, 0x40, 0x20, 0, 1) + bytes(o for byte in range(256) for o in (byte, 1, byte))


class Responder(Talker):
    """Says SSRM, hears all, and says it again."""

    banner = SSRM


class Requested(Talker):
    """Says nothing before it was spoken to."""

    banner = b""


class Socks4Only(socketserver.BaseRequestHandler):
    """A proxy that speaks SOCKS4 and nothing else, and the partner behind it, in one."""

    heard = []

    def handle(self):
        first = receive(self.request, 1)
        if first != b"\x04":
            self.heard.append(first + receive(self.request, 3))
            return
        first += receive(self.request, 8)
        while not first.endswith(b"\x00"):
            first += receive(self.request, 1)
        self.heard.append(first)
        self.request.sendall(b"\x00\x5a" + bytes(6))
        size = receive(self.request, 8)
        data = receive(self.request, int.from_bytes(size, "big"))
        self.request.sendall(size + fnv1a(data).to_bytes(8, "big"))


class Slow(socketserver.BaseRequestHandler):
    """A proxy that speaks SOCKS4 and a partner, in one; what it does next takes for ever, but never quite stops."""

    pause = 0.3  # seconds between two bytes

    def handle(self):
        receive(self.request, len(b"\x04\x01\x06\xe1\x7f\x00\x00\x01john\x00"))
        try:
            self.go_on()
        except OSError:  # the client has given up
            pass

    def send_slowly(self, data):
        for byte in data:
            time.sleep(self.pause)
            self.request.sendall(bytes([byte]))


class SlowProxy(Slow):
    def go_on(self):
        self.send_slowly(b"\x00\x5a" + bytes(6))


class SlowReader(Slow):
    def go_on(self):
        self.request.sendall(b"\x00\x5a" + bytes(6))
        while self.request.recv(1):
            time.sleep(self.pause)


class SlowWitness(Slow):
    def go_on(self):
        self.request.sendall(b"\x00\x5a" + bytes(6))
        receive(self.request, 8 + len(PAYLOAD))
        self.send_slowly(bytes(16))


def fnv1a(data):
    checksum = 0xCBF29CE484222325
    for byte in data:
        checksum = (checksum ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return checksum


def changed(**values):
    """The example with other values: PORT="1081" for instance. Those of the second CFTNET where there are two."""
    text = EXAMPLE.read_text()
    for name, value in values.items():
        pattern = rf"(?s)(.*\b{name} *= *)'[^']*'" if name in ("HOST", "SAP", "RETRYW", "RETRYN", "RETRYM") else \
            rf"(?s)(.*?CFTNET.*?CFTNET.*?\b{name} *= *)'[^']*'"
        text, n = re.subn(pattern, lambda m: m[1] + value, text, count=1)
        expect(n, 1, f"places of {name} in {EXAMPLE.name}")
    path = scratch / "changed.cft"
    path.write_text(text)
    return path


class Cases:
    def __init__(self, program):
        self.program = pathlib.Path(program)
        self.payload = scratch / "payload"
        self.payload.write_bytes(PAYLOAD)
        self.received = scratch / "received"
        servers.add_user()
        tls_with_own_certificate()

    # What is started for a case, and ends with it.

    def ours(self, *options, port=1080):
        return Peer("proxy", self.program.with_name("proxy"), "--listen", f"127.0.0.1:{port}", *options, port=port)

    def dante(self, method, forbidden, port=1080):
        config = scratch / "dante.conf"
        config.write_text(servers.DANTE.format(address="127.0.0.1", port=port, method=method, forbidden=forbidden))
        return Peer("dante", "danted", "-f", config, "-N", "1", port=port)

    def partner(self, port=1761):
        self.received.unlink(missing_ok=True)
        return Peer("partner", self.program, "--receive", self.received, "--listen", f"127.0.0.1:{port}", port=port)

    def proxy(self, kind):
        """A proxy that wants the login of `config(kind)`."""
        if kind == "Dante":
            return self.dante("username", NOBODY())
        return self.ours("--user", "john", "--password", "foo")

    def config(self, kind, **values):
        if kind == "Dante":  # whose users are those of the system
            values = {"USER": f"'{servers.USER}'", "PASSWORD": f"'{servers.PASSWORD}'", **values}
        return changed(**values) if values else EXAMPLE

    def command(self, config, *options):
        return [self.program, "--config", config, "--partner", PARTNER, *options]

    def send(self, config, *options):
        command = self.command(config, "--send", self.payload, "--clock", "virtual", *options)
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)

    def expect_arrived(self, done):
        expect(done.returncode, 0, f"exit code ({done.stdout}{done.stderr})")
        expect(self.received.read_bytes(), PAYLOAD, "the file at the partner's")
        expect_in(f"confirms {len(PAYLOAD)} bytes", done.stdout, "what the operator sees")

    # The cases.

    def arrives(self, kind, **values):
        proxy, partner = self.proxy(kind), self.partner()
        try:
            self.expect_arrived(self.send(self.config(kind, **values)))
        finally:
            partner.stop(), proxy.stop()

    def arrives_by_socks4(self, kind):
        """Without a login; a name by SOCKS4a, which Dante does not speak."""
        proxy = self.dante("none", NOBODY()) if kind == "Dante" else self.ours()
        partner = self.partner()
        try:
            done = self.send(changed(PROTOCOL="'SOCKS4'", HOST="'127.0.0.1'" if kind == "Dante" else "'localhost'"))
            self.expect_arrived(done)
            expect_in("by SOCKS4 through" if kind == "Dante" else "by SOCKS4a through", done.stdout, "the request")
            expect_in("PASSWORD: not sent", done.stderr, "the warnings")
        finally:
            partner.stop(), proxy.stop()

    def given_up(self, kind, said, **values):
        proxy = self.ours() if values else self.proxy(kind)  # SOCKS4 has no login
        try:
            done = self.send(self.config(kind, **values))
            expect(done.returncode, GIVEN_UP, f"exit code ({done.stdout}{done.stderr})")
            expect([int(n) for n in re.findall(r"retry in (\d+) min", done.stdout)], SCHEDULE, "minutes of waiting")
            expect(len(re.findall(re.escape(said), done.stdout)), 13, f"lines that say {said!r}")
            expect_in("+52 min: given up after 13 attempts\n", done.stdout, "the last line")
        finally:
            proxy.stop()

    def takes_turns(self):
        """RETRYN = 1: each host twice in a row."""
        proxy = self.ours("--user", "john", "--password", "foo")
        try:
            done = self.send(changed(HOST="('127.0.0.1', '127.0.0.2')", RETRYN="1", RETRYM="5"))
            expect(re.findall(r"to 127\.0\.0\.(\d)", done.stdout), list("112211"), "the hosts in order")
            expect([int(n) for n in re.findall(r"retry in (\d+) min", done.stdout)], [1, 2, 2, 2, 2], "minutes")
        finally:
            proxy.stop()

    def held(self, kind):
        proxy = self.proxy(kind)
        try:
            done = self.send(self.config(kind, PASSWORD="'open barley'"))
            expect(done.returncode, HELD, f"exit code ({done.stdout}{done.stderr})")
            expect_in("+0 min: user name and password refused\n+0 min: on hold (state K) until START\n", done.stdout,
                      "what the operator sees")
            expect(done.stdout.count(" by SOCKS5 through "), 1, "attempts")
        finally:
            proxy.stop()

    def started(self, forbid, permit, said, start):
        """The transfer is held; the proxy is put right; START, and the file arrives."""
        proxy, partner = forbid(), None
        config = self.config("Dante")
        with subprocess.Popen(self.command(config, "--send", self.payload), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as transfer:
            try:
                lines = [transfer.stdout.readline() for _ in range(3)]
                expect_in(said, lines[1], "what the operator sees")
                expect(lines[2], "+0 min: on hold (state K) until START\n", "the state")
                proxy.stop()
                proxy, partner = permit(), self.partner()
                transfer.stdin.write("STOP\nnonsense\n")
                transfer.stdin.flush()
                start(transfer)
                expect(transfer.wait(PATIENCE), 0, "exit code")
                expect_in("START\n", transfer.stdout.read(), "what the operator sees")
                expect(self.received.read_bytes(), PAYLOAD, "the file at the partner's")
            finally:
                transfer.kill()
                proxy.stop()
                if partner:
                    partner.stop()

    def started_after_ruleset(self, start):
        self.started(lambda: self.dante("username", 1761), lambda: self.dante("username", NOBODY()),
                     "connection not allowed by ruleset (SOCKS5 reply 2): "
                     "the rules of the proxy forbid this destination", start)

    def started_after_password(self, start):
        login = ("--user", servers.USER, "--password")
        self.started(lambda: self.ours(*login, "open barley"), lambda: self.ours(*login, servers.PASSWORD),
                     "user name and password refused", start)

    def relayed(self, kind, responder, sent, comes_first):
        """The bytes of another protocol, and of a partner who speaks first."""
        proxy, partner = self.proxy(kind), Origin(responder)
        try:
            done = subprocess.run(self.command(self.config(kind, SAP=f"'{partner.port}'"), "--relay"), input=sent,
                                  capture_output=True, timeout=PATIENCE)
            expect(done.returncode, 0, f"exit code ({done.stderr.decode()})")
            expect(done.stdout, comes_first + sent, "what came back")
        finally:
            proxy.stop()

    def tls(self, kind):
        """openssl's client and server, each other's bytes compared, with `transfer --relay` and a proxy between them."""
        proxy = self.proxy(kind)
        upwards, downwards = self.payload, scratch / "downwards"
        downwards.write_bytes(PAYLOAD[::-1][:3000017])
        port, entry = free_port(), free_port()
        config = self.config(kind, SAP=f"'{port}'")

        class Door(socketserver.BaseRequestHandler):
            def handle(caller):
                subprocess.run(self.command(config, "--relay"), stdin=caller.request, stdout=caller.request,
                               stderr=subprocess.DEVNULL, timeout=PATIENCE)

        door = socketserver.ThreadingTCPServer(("127.0.0.1", entry), Door)
        threading.Thread(target=door.serve_forever, daemon=True).start()
        server = ["openssl", "s_server", "-accept", str(port), "-cert", scratch / "cert.pem", "-key",
                  scratch / "key.pem", "-naccept", "1", "-quiet"]
        client = ["openssl", "s_client", "-connect", f"127.0.0.1:{entry}", "-CAfile", scratch / "cert.pem",
                  "-verify_return_error", "-verify_hostname", harness.NAME, "-quiet"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        try:
            with subprocess.Popen(server, **pipes) as there:
                harness.until(lambda: is_listening(port), "s_server")
                with subprocess.Popen(client, **pipes) as here:
                    try:
                        for sender, receiver, file in ((here, there, upwards), (there, here, downwards)):
                            data = file.read_bytes()
                            writer = threading.Thread(target=lambda: (sender.stdin.write(data), sender.stdin.flush()))
                            writer.start()
                            expect(receiver.stdout.read(len(data)), data, "what came through TLS")
                            writer.join()
                    finally:
                        here.kill(), there.kill()
        finally:
            door.shutdown()
            proxy.stop()

    def falls_back(self):
        """SOCKS5 in vain, then SOCKS4 on a new connection."""
        proxy = Origin(Socks4Only)
        small = scratch / "small"
        small.write_bytes(b"a small file")
        config = changed(PORT=f"'{proxy.port}'", HOST="'192.0.2.7'")
        command = self.command(config, "--send", small, "--copilot", "ann", "--clock", "virtual")
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        expect(done.returncode, 0, f"exit code ({done.stdout}{done.stderr})")
        expect(Socks4Only.heard, [b"\x05\x02\x00\x02", b"\x04\x01\x06\xe1\xc0\x00\x02\x07ann\x00"], "what was asked")

    def goes_on_by_socks4(self):
        """SOCKS5 in vain, then SOCKS4 on the same connection, as java.net.Socket does."""
        proxy, partner = self.ours("--socks4-only"), self.partner()
        try:
            self.expect_arrived(self.send(changed(HOST="'127.0.0.1'"), "--copilot", "ann"))
            proxy.line("SOCKS4 CONNECT 127.0.0.1:1761: ", 0)
            expect(proxy.log().count("\n"), 2, "lines of the proxy: where it listens, and one connection")
        finally:
            partner.stop(), proxy.stop()

    def given_up_at_the_deadline(self, handler):
        """Two attempts, each at its own deadline, whatever trickles in or out meanwhile."""
        proxy = Origin(handler)
        config = changed(PROTOCOL="'SOCKS4'", PORT=f"'{proxy.port}'", HOST="'127.0.0.1'", RETRYM="'1'")
        began = time.monotonic()
        done = self.send(config, "--patience", "1")
        expect(done.returncode, GIVEN_UP, f"exit code ({done.stdout}{done.stderr})")
        expect(done.stdout.count(": the deadline passed\n"), 2, "deadlines that passed")
        expect(2 <= time.monotonic() - began < harness.SOON, True, "that it took two seconds, and little more")

    def finds(self):
        path = scratch / "documented.cft"
        path.write_text(DOCUMENTED)
        done = subprocess.run(self.command(path, "--check"), capture_output=True, text=True, timeout=PATIENCE)
        expect(done.returncode, BAD_CONFIGURATION, "exit code")
        expect(done.stderr, f"{path}:13:8: PORT: not a number of 1..65535 (error)\n"
                            f"{path}:20:1: PROT: missing (error)\n"
                            f"{path}:20:14: CFTTCP: none has this ID (error)\n", "the findings")

    def unreadable(self):
        """What no attempt can mend is told before the first."""
        for config, options in ((scratch / "nowhere", ["--check"]), (scratch, ["--check"]),
                                (EXAMPLE, ["--send", scratch / "nowhere"]), (EXAMPLE, ["--send", scratch]),
                                (changed(SAP="'no-such-service'"), ["--relay"])):
            done = subprocess.run(self.command(config, *options), stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, timeout=PATIENCE)
            expect((done.returncode, done.stdout), (BAD_CONFIGURATION, ""), f"exit code and output ({done.stderr})")

    def waits_for_nothing(self):
        """RETRYW = 0, and an operator's terminal so slow that the next attempt is overdue once its line is out."""
        config = changed(RETRYW="'0'", RETRYM="'300'", PORT=f"'{NOBODY()}'")
        output, slow = os.pipe()
        fcntl.fcntl(slow, fcntl.F_SETPIPE_SZ, 4096)
        with subprocess.Popen(self.command(config, "--send", self.payload), stdin=subprocess.DEVNULL,
                              stdout=slow) as transfer:
            os.close(slow)
            try:
                for _ in range(6):
                    time.sleep(1.1)
                    os.read(output, 4096)
                while select.select([output], [], [], harness.SOON)[0] and os.read(output, 4096):
                    pass
                expect(transfer.wait(harness.SOON), GIVEN_UP, "exit code")
            finally:
                transfer.kill()
                os.close(output)

    def page(self):
        """Each block of commands on the page prints what stands under it."""
        text = PAGE.read_text().replace("build/demo/docs/examples", str(self.program.parent))
        text = text.replace("build/demo/", f"{scratch}/")
        blocks = re.findall(r"(?m)^```sh\n((?:(?!```).*\n)*)```\n```\n((?:(?!```).*\n)*)```$", text)
        expect(len(blocks), 6, "blocks with commands")
        peers = []
        try:
            for commands, printed in blocks:
                with (scratch / "said").open("wb") as said:
                    # The peers that a block leaves behind are in its process group.
                    shell = subprocess.Popen(["sh", "-c", commands], cwd=PAGE.parents[1], stdin=subprocess.DEVNULL,
                                             stdout=said, stderr=said, start_new_session=True)
                    peers.append(shell)
                    shell.wait(PATIENCE)
                expect((scratch / "said").read_text(), printed, f"what was said to {commands!r}")
        finally:
            for shell in peers:
                try:
                    os.killpg(shell.pid, signal.SIGTERM)
                except ProcessLookupError:
                    pass
            harness.until(lambda: not is_listening(1080), "the proxy of the page to end")

    def table(self):
        def typed(transfer):
            transfer.stdin.write("Start")  # in any case, and without the end of a line
            transfer.stdin.close()

        def signalled(transfer):
            transfer.send_signal(signal.SIGUSR1)

        refused = "connection refused (SOCKS5 reply 5): the destination refused the connection"
        rejected = "request rejected or failed (SOCKS4 reply 91)"
        return {
            "the_example_arrives_through_our_proxy": (self.arrives, "ours"),
            "the_example_arrives_through_Dante": (self.arrives, "Dante"),
            "a_transfer_by_SOCKS4a_arrives_through_our_proxy": (self.arrives_by_socks4, "ours"),
            "a_transfer_by_SOCKS4_arrives_through_Dante": (self.arrives_by_socks4, "Dante"),
            "a_refused_partner_is_tried_by_the_schedule_through_our_proxy": (self.given_up, "ours", refused),
            "a_refused_partner_is_tried_by_the_schedule_through_Dante": (self.given_up, "Dante", refused),
            "a_partner_rejected_by_SOCKS4_is_tried_by_the_schedule":
                (lambda: self.given_up("ours", rejected, PROTOCOL="'SOCKS4'"),),
            "an_absent_proxy_is_tried_by_the_schedule":
                (lambda: self.given_up("ours", "the proxy could not be reached", PORT=f"'{NOBODY()}'"),),
            "hosts_take_turns": (self.takes_turns,),
            "a_wrong_password_holds_the_transfer_at_our_proxy": (self.held, "ours"),
            "a_wrong_password_holds_the_transfer_at_Dante": (self.held, "Dante"),
            "START_on_a_line_resumes_what_the_ruleset_of_Dante_held": (self.started_after_ruleset, typed),
            "START_by_signal_resumes_what_the_ruleset_of_Dante_held": (self.started_after_ruleset, signalled),
            "START_resumes_what_a_password_held_at_our_proxy": (self.started_after_password, typed),
            "ODETTE_passes_our_proxy_untouched": (self.relayed, "ours", Responder, SSRM + PAYLOAD, SSRM),
            "ODETTE_passes_Dante_untouched": (self.relayed, "Dante", Responder, SSRM + PAYLOAD, SSRM),
            "PeSIT_passes_our_proxy_untouched": (self.relayed, "ours", Requested, FPDU, b""),
            "PeSIT_passes_Dante_untouched": (self.relayed, "Dante", Requested, FPDU, b""),
            "TLS_passes_our_proxy_untouched": (self.tls, "ours"),
            "TLS_passes_Dante_untouched": (self.tls, "Dante"),
            "a_proxy_of_SOCKS4_is_found_by_a_second_try": (self.falls_back,),
            "a_proxy_of_SOCKS4_is_found_on_the_same_connection": (self.goes_on_by_socks4,),
            "a_proxy_that_answers_too_slowly_is_given_up": (self.given_up_at_the_deadline, SlowProxy),
            "a_partner_that_reads_too_slowly_is_given_up": (self.given_up_at_the_deadline, SlowReader),
            "a_partner_that_confirms_too_slowly_is_given_up": (self.given_up_at_the_deadline, SlowWitness),
            "the_documented_example_lacks_three_things": (self.finds,),
            "what_can_not_be_read_is_told_before_any_call": (self.unreadable,),
            "an_attempt_that_is_overdue_is_made_at_once": (self.waits_for_nothing,),
            "the_page_runs_as_it_stands": (self.page,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
