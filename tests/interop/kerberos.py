#!/usr/bin/env python3
"""GSSAPI with Kerberos, RFC 1961: our client through Dante and through our own server, a KDC of its own behind them.

    kerberos.py CLIENT SERVER DANTE [CASE...]
"""

import os
import select
import subprocess
import sys
import time

import harness
from ferry import ALONE, HOW, Ferry
from harness import NAME, PATIENCE, SOON, Peer, expect, expect_in, free_port, scratch
from origins import BANNER, PAYLOAD, Flooder, Origin, Talker, connect
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


class Tap(Ferry):
    """Hears what both say, and may change what the client does."""

    def __init__(self, port, change=lambda data: data):
        self.heard = self.answered = b""
        self.change = change
        super().__init__(port, self.up, self.down)

    def up(self, client, server):
        while data := client.recv(65536):
            self.heard += data
            server.sendall(self.change(data))

    def down(self, server, client):
        while data := server.recv(65536):
            self.answered += data
            client.sendall(data)


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
            "no_ticket_no_service":
                (lambda: refused(self.ours, "cannot authenticate", KRB5CCNAME=f"FILE:{scratch}/nothing"),),
            "another_service_than_the_one_wanted_is_refused":
                (refused, self.ours, "cannot authenticate", "--service", f"host@{NAME}"),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda *programs: Cases(*programs).table(), programs=3))
