#!/usr/bin/env python3
"""GSSAPI with Kerberos, RFC 1961: our client through Dante and through our own server, a KDC of its own behind them.

    kerberos.py CLIENT SERVER DANTE [CASE...]
"""

import os
import queue
import select
import shutil
import socketserver
import subprocess
import sys
import time

import harness
from cut_off import PART, RESET, Resets
from ferry import ALONE, HOW, Ferry, Tap
from harness import NAME, PATIENCE, SOON, Peer, expect, expect_in, free_port, is_listening, scratch
from origins import BANNER, PAYLOAD, Flooder, Origin, Talker, connect, receive, receive_all
from stage import Proxy

REALM, USER, PASSWORD, SERVICE = "FILES.EXAMPLE.COM", "ivy", "open sesame", "rcmd"
LEVELS = {"integrity": "integrity", "confidentiality": "integrity and confidentiality"}  # as the option, as told

KRB5 = """
[libdefaults]
    default_realm = {realm}
    dns_lookup_kdc = false
    dns_lookup_realm = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
[realms]
    {realm} = {{
        kdc = 127.0.0.1:{port}
    }}
[domain_realm]
    {name} = {realm}
"""

KDC = """
[kdcdefaults]
    kdc_listen = 127.0.0.1:{port}
    kdc_tcp_listen = 127.0.0.1:{port}
[realms]
    {realm} = {{
        database_name = {scratch}/principal
        key_stash_file = {scratch}/stash
    }}
"""

# What a rule does not say is looked for in /etc, so the client rule names service and keys too.
DANTE = """
logoutput: stderr
internal: 127.0.0.1 port = {port}
external: lo
clientmethod: none
socksmethod: gssapi
user.privileged: root
user.unprivileged: root
client pass {{
    from: 0/0 to: 0/0
    socksmethod: gssapi
    gssapi.servicename: {service}
    gssapi.keytab: {scratch}/keytab
}}
socks pass {{
    from: 0/0 to: 0/0
    command: connect
    log: connect
    socksmethod: gssapi
    gssapi.servicename: {service}
    gssapi.keytab: {scratch}/keytab
}}
"""


def kerberos():
    """A KDC with one user and one service; the environment leads everyone to it."""
    port = free_port()
    names = {"realm": REALM, "port": port, "name": NAME, "scratch": scratch}
    for variable, file, text in (("KRB5_CONFIG", "krb5.conf", KRB5), ("KRB5_KDC_PROFILE", "kdc.conf", KDC)):
        (scratch / file).write_text(text.format(**names))
        os.environ[variable] = str(scratch / file)
    os.environ["KRB5CCNAME"] = f"FILE:{scratch}/tickets"
    os.environ["KRB5_KTNAME"] = f"FILE:{scratch}/keytab"
    os.environ["KRB5RCACHENAME"] = f"file2:{scratch}/replays"

    def do(*argv, **more):
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, **more)

    do("kdb5_util", "create", "-s", "-r", REALM, "-P", "master")
    do("kadmin.local", "addprinc", "-pw", PASSWORD, USER)
    do("kadmin.local", "addprinc", "-randkey", f"{SERVICE}/{NAME}")
    do("kadmin.local", "ktadd", "-k", scratch / "keytab", f"{SERVICE}/{NAME}")
    Peer("kdc", "krb5kdc", "-n", port=port)
    do("kinit", USER, input=PASSWORD.encode())


def dante(program):
    port = free_port()
    config = scratch / "dante.conf"
    config.write_text(DANTE.format(port=port, service=SERVICE, scratch=scratch))
    return Peer("dante", program, "-f", config, "-N", "1", port=port)


class Thief(Ferry):
    """Passes on messages, but changes the order of the wrapped ones of one side: `order` maps the second and third
    message of data to those that arrive."""

    def __init__(self, port, order, by_client):
        self.order = order
        super().__init__(port, *((self.change, self.keep) if by_client else (self.keep, self.change)))
        self.size = 3 if by_client else 2

    @staticmethod
    def keep(source, sink):
        while data := source.recv(65536):
            sink.sendall(data)

    def change(self, source, sink):
        sink.sendall(receive(source, self.size))
        held, data = [], 0
        while head := receive(source, 4):
            message = head + receive(source, int.from_bytes(head[2:], "big"))
            data += head[1] == 3
            if data not in (2, 3):  # the first is the request, or the reply
                sink.sendall(message)
                continue
            held.append(message)
            if len(held) == 2:
                for i in self.order:
                    sink.sendall(held[i])


class Hearer(socketserver.BaseRequestHandler):
    """Sends a lot, and says how the connection ended, to the case that uses it."""

    @classmethod
    def of_its_own(cls):
        return type("Hearer", (cls,), {"ends": queue.Queue()})

    def handle(self):
        try:
            self.request.sendall(PAYLOAD[:300000])
            while self.request.recv(65536):
                pass
            self.ends.put("an end")
        except ConnectionResetError:
            self.ends.put(RESET)


class Broken(Resets):
    """A destination that resets the connection after a part."""

    def handle(self):
        self.act(self.request)


class SilentAfterGssapi(socketserver.BaseRequestHandler):
    def handle(self):
        receive(self.request, 3)
        self.request.sendall(b"\5\1")
        receive_all(self.request)


class Cases:
    def __init__(self, client, server, dante_program):
        self.client = client
        kerberos()
        self.talker, self.flooder = Origin(Talker), Origin(Flooder)
        self.dante = dante(dante_program)
        self.ours = Proxy("ours", server)
        self.wary = Proxy("wary", server, "--protection", "confidentiality")
        self.nec = Proxy("nec", server, "--nec")
        self.hasty = Proxy("hasty", server, "--handshake", "1")

    def run(self, server, level, *more, target, sent=b"", **environment):
        return subprocess.run([self.client, "--proxy", f"{NAME}:{server.port}", "--protection", level, *more, target],
                              input=sent, capture_output=True, timeout=PATIENCE, env=os.environ | environment)

    def carried(self, server, level, host, *more, told=None):
        """The destination speaks first, and sends the file back when it has all of it."""
        done = self.run(server, level, *more, target=f"{host}:{self.talker.port}", sent=PAYLOAD)
        said = done.stderr.decode().strip()
        expect(done.returncode, 0, f"exit code of the client ({said})")
        expect(done.stdout, BANNER + PAYLOAD, "what came back")
        expect(said, f"{told or LEVELS[level]} with {SERVICE}@{NAME}", "what the client says")

    def carried_for(self, server, level, host, log):
        since = server.mark()
        self.carried(server, level, host)
        server.line(log.format(level=level, told=LEVELS[level]), since)

    def both_ways_at_once(self, server, level):
        """Neither side waits until the other one has been heard."""
        done = self.run(server, level, target=f"127.0.0.1:{self.flooder.port}", sent=PAYLOAD)
        expect(done.returncode, 0, f"exit code of the client ({done.stderr.decode().strip()})")
        expect(done.stdout, PAYLOAD + PAYLOAD, "what came, and came back")

    def refused(self, server, said, *more, level="integrity", **environment):
        done = self.run(server, level, *more, target=f"127.0.0.1:{free_port()}", **environment)
        expect(done.returncode, 1, "exit code of the client")
        expect(done.stdout, b"", "what came out")
        expect_in(said, done.stderr.decode(), "what the client says")

    def nothing_in_the_clear(self, server, level, readable):
        """A tap between client and server: with integrity alone it can read along, with confidentiality not."""
        tap = Tap(server.port)
        done = self.run(tap, level, target=f"{NAME}:{self.talker.port}", sent=b"the secret of the run")
        expect(done.returncode, 0, f"exit code of the client ({done.stderr.decode().strip()})")
        request = b"\5\1\0\3" + bytes([len(NAME)]) + NAME.encode()
        for secret, heard in ((request, tap.heard), (b"the secret of the run", tap.heard),
                              (BANNER, tap.answered), (b"the secret of the run", tap.answered)):
            expect(secret in heard, readable, f"{secret!r} in the clear")

    def level_lowered_on_the_way(self, server):
        """Without wrapping anyone can: what the client accepts at least is what counts."""
        tap = Tap(server.port, lambda data: data.replace(b"\1\2\0\1\2", b"\1\2\0\1\1"))
        done = self.run(tap, "confidentiality", "--nec", target=f"127.0.0.1:{self.talker.port}")
        expect(done.returncode, 1, "exit code of the client")
        expect_in("protection level too low", done.stderr.decode(), "what the client says")

    def an_abort(self):
        """The server cannot read a token that was damaged on its way, and says so in two bytes."""
        tap = Tap(self.ours.port, lambda data: data[:40] + bytes(len(data) - 40) if len(data) > 40 else data)
        done = self.run(tap, "integrity", target=f"127.0.0.1:{self.talker.port}")
        expect(done.returncode, 1, "exit code of the client")
        expect_in("authentication failed", done.stderr.decode(), "what the client says")
        expect(tap.answered, b"\5\1\1\xff", "what the server said")

    def too_slow(self, sent):
        """The greeting, and then bytes of a token without end, or nothing."""
        since, began = self.hasty.mark(), time.monotonic()
        with connect(self.hasty.port) as s:
            s.sendall(sent)
            heard = b""
            while True:
                if select.select([s], [], [], 0.2)[0]:
                    data = s.recv(100)
                    if not data:
                        break
                    heard += data
                elif sent:
                    s.sendall(b"\0")
        expect(heard, b"\5\1" if sent else b"", "what the server says")
        expect(1 <= time.monotonic() - began < SOON, True, "that it waited for a second, and little longer")
        self.hasty.line("the handshake took too long", since)

    def in_time(self):
        """The deadline is the handshake's, and not that of what comes behind it."""
        command = [self.client, "--proxy", f"{NAME}:{self.hasty.port}", "--protection", "integrity",
                   f"{NAME}:{self.talker.port}"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as c:
            time.sleep(2)
            out, _ = c.communicate(b"after the deadline", PATIENCE)
        expect(out, BANNER + b"after the deadline", "what came back")

    def stolen(self, order, by_client, said):
        """A message that is missing, repeated or moved ends both connections by a reset."""
        hearer, since = Hearer.of_its_own(), self.ours.mark()
        origin = Origin(hearer)
        thief = Thief(self.ours.port, order, by_client)
        command = [self.client, "--proxy", f"{NAME}:{thief.port}", "--protection", "integrity",
                   f"{NAME}:{origin.port}"]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as c:
            try:
                if by_client:
                    for _ in range(3):  # three messages
                        c.stdin.write(b"data")
                        c.stdin.flush()
                        time.sleep(0.2)
                    self.ours.line(said, since)
                    expect(hearer.ends.get(timeout=SOON), RESET, "what the destination sees")
                else:
                    expect(c.wait(SOON), 1, "exit code of the client")
                    expect_in(said, c.stderr.read().decode(), "what the client says")
            finally:
                c.kill()

    def no_descriptor(self):
        """accept() fails until the limit is raised."""
        with Proxy("poor", self.ours.program, under=("prlimit", "--nofile=4:64")) as server:
            with connect(server.port) as s:
                server.line("cannot accept", 0)
                subprocess.run(["prlimit", "--pid", str(server.process.pid), "--nofile=64:64"], check=True)
                s.sendall(b"\5\1\1")
                expect(receive(s, 2), b"\5\1", "what a client gets that has waited")

    def no_process(self):
        """fork() fails until the limit is raised."""
        as_user = ("setpriv", "--reuid=64002", "--clear-groups", "prlimit")
        program = shutil.copy(self.ours.program, scratch)  # another user may not see the build directory
        with Proxy("lonely", program, under=(*as_user, "--nproc=1:64")) as server:
            with connect(server.port) as s:
                expect(receive_all(s), b"", "what a client gets")
            server.line("cannot fork", 0)
            subprocess.run([*as_user, "--pid", str(server.process.pid), "--nproc=64:64"], check=True)
            with connect(server.port) as s:
                s.sendall(b"\5\1\1")
                expect(receive(s, 2), b"\5\1", "what the next client gets")

    def port_is_free(self):
        """A client process does not keep the port of a server that has ended."""
        with Proxy("mortal", self.ours.program) as server, connect(server.port) as s:
            s.sendall(b"\5\1\1")
            expect(receive(s, 2), b"\5\1", "the choice")
            server.process.terminate()
            server.process.wait(PATIENCE)
            expect(is_listening(server.port), False, "that the port is taken")
            expect(select.select([s], [], [], 0.1)[0], [], "an end of the client's connection")

    def idle(self):
        hearer = Hearer.of_its_own()
        origin = Origin(hearer)
        with Proxy("idle", self.ours.program, "--idle", "1") as server:
            command = [self.client, "--proxy", f"{NAME}:{server.port}", f"{NAME}:{origin.port}"]
            with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL) as c:
                try:
                    expect(c.wait(SOON), 1, "exit code of the client")
                finally:
                    c.kill()
            server.line("idle for too long", 0)
            expect(hearer.ends.get(timeout=SOON), RESET, "what the destination sees")

    def destination_resets(self):
        origin = Origin(Broken)
        done = self.run(self.ours, "integrity", target=f"{NAME}:{origin.port}", sent=b"hello")
        expect(done.returncode, 1, "exit code of the client")
        expect(done.stdout, PART, "what came out")
        expect_in("Connection reset", done.stderr.decode(), "what the client says")

    def client_deadline(self):
        port, began = Origin(SilentAfterGssapi).port, time.monotonic()
        done = subprocess.run([self.client, "--proxy", f"{NAME}:{port}", "--patience", "1", "192.0.2.7:9"],
                              capture_output=True, timeout=SOON)
        expect(done.returncode, 1, "exit code of the client")
        expect_in(f"the proxy at {NAME}:{port}: the deadline passed, during the sub-negotiation",
                  done.stderr.decode(), "what the client says")
        expect(1 <= time.monotonic() - began < SOON, True, "that it took one second, and little more")

    def silent_kdc(self):
        """The client has no ticket for the service, and the KDC does not answer."""
        tickets, port = f"FILE:{scratch}/first", Origin(SilentAfterGssapi).port
        subprocess.run(["kinit", "-c", tickets, USER], input=PASSWORD.encode(), check=True, stdout=subprocess.DEVNULL)
        config = scratch / "silent.conf"
        config.write_text(KRB5.format(realm=REALM, port=port, name=NAME))
        began = time.monotonic()
        done = self.run(self.ours, "integrity", "--patience", "1", target="192.0.2.7:9", KRB5CCNAME=tickets,
                        KRB5_CONFIG=str(config))
        expect(done.returncode, 1, "exit code of the client")
        expect_in("no ticket of Kerberos before the deadline", done.stderr.decode(), "what the client says")
        expect(time.monotonic() - began < SOON, True, "that it took two seconds, and little more")

    def table(self):
        carried, carried_for, refused = self.carried, self.carried_for, self.refused
        dante_log, our_log = "gssapi/{level}%" + USER, "{told} with " + f"{USER}@{REALM}"
        cases = {}
        for level in LEVELS:
            cases |= {
                f"Dante_carries_{level}_to_an_IPv4_address":
                    (carried_for, self.dante, level, "127.0.0.1", dante_log),
                f"Dante_carries_{level}_to_a_name": (carried_for, self.dante, level, NAME, dante_log),
                f"Dante_carries_{level}_both_ways_at_once": (self.both_ways_at_once, self.dante, level),
                f"Dante_carries_{level}_{ALONE}": (carried, Ferry(self.dante.port, *HOW[ALONE]), level, NAME),
                f"our_server_carries_{level}_{ALONE}": (carried, Ferry(self.ours.port, *HOW[ALONE]), level, NAME),
                f"our_server_carries_{level}_to_an_IPv4_address":
                    (carried_for, self.ours, level, "127.0.0.1", our_log),
                f"our_server_carries_{level}_to_an_IPv6_address":
                    (carried_for, self.ours, level, "[::1]", our_log),
                f"our_server_carries_{level}_to_a_name": (carried_for, self.ours, level, NAME, our_log),
                f"our_server_carries_{level}_both_ways_at_once": (self.both_ways_at_once, self.ours, level),
                f"our_server_carries_{level}_negotiated_as_by_NEC": (carried, self.nec, level, NAME, "--nec"),
            }
        return cases | {
            "integrity_can_be_read_on_the_way": (self.nothing_in_the_clear, self.dante, "integrity", True),
            "confidentiality_can_not_be_read_on_the_way_to_Dante":
                (self.nothing_in_the_clear, self.dante, "confidentiality", False),
            "confidentiality_can_not_be_read_on_the_way_to_our_server":
                (self.nothing_in_the_clear, self.ours, "confidentiality", False),
            "our_server_raises_the_level_to_its_least":
                (lambda: self.carried(self.wary, "integrity", NAME, told=LEVELS["confidentiality"]),),
            "a_level_lowered_on_the_way_is_refused": (self.level_lowered_on_the_way, self.nec),
            "an_unwrapped_level_is_refused_by_Dante": (refused, self.dante, "gssapi_client: ", "--nec"),
            "an_unwrapped_level_is_refused_by_our_server": (refused, self.ours, "gssapi_client: ", "--nec"),
            "our_server_aborts_a_context_that_it_cannot_accept": (self.an_abort,),
            "a_silent_client_of_our_server_is_given_up": (self.too_slow, b""),
            "a_token_without_end_is_given_up": (self.too_slow, b"\5\1\1\1\1\xff\xff"),
            "a_deadline_ends_with_the_handshake": (self.in_time,),
            "Dante_passes_on_a_refused_connection": (refused, self.dante, "connection refused"),
            "our_server_passes_on_a_refused_connection": (refused, self.ours, "connection refused"),
            "our_server_ends_a_connection_if_a_message_is_repeated":
                (self.stolen, (0, 0, 1), True, "a message came twice"),
            "our_server_ends_a_connection_if_a_message_is_missing": (self.stolen, (1,), True, "a message is missing"),
            "our_server_ends_a_connection_if_messages_are_out_of_order":
                (self.stolen, (1, 0), True, "a message is missing"),
            "our_client_ends_a_connection_if_a_message_is_repeated":
                (self.stolen, (0, 0, 1), False, "a message came twice"),
            "our_client_ends_a_connection_if_a_message_is_missing": (self.stolen, (1,), False, "a message is missing"),
            "our_client_ends_a_connection_if_messages_are_out_of_order":
                (self.stolen, (1, 0), False, "a message is missing"),
            "our_server_waits_until_it_can_accept_again": (self.no_descriptor,),
            "our_server_waits_until_it_can_fork_again": (self.no_process,),
            "our_server_leaves_its_port_free": (self.port_is_free,),
            "our_server_resets_idle_connections": (self.idle,),
            "our_server_passes_on_a_reset": (self.destination_resets,),
            "our_client_gives_up_a_proxy_that_is_silent_in_the_negotiation": (self.client_deadline,),
            "our_client_gives_up_a_silent_KDC": (self.silent_kdc,),
            "no_ticket_no_service":
                (lambda: refused(self.ours, "cannot authenticate", KRB5CCNAME=f"FILE:{scratch}/nothing"),),
            "another_service_than_the_one_wanted_is_refused":
                (refused, self.ours, "cannot authenticate", "--service", f"host@{NAME}"),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda *programs: Cases(*programs).table(), programs=3))
