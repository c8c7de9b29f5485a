#!/usr/bin/env python3
"""The same handshakes in other pieces: a ferry between client and server passes octets on one by one, or keeps the
server's last answer until it can go together with what the destination says first.

    deliveries.py PROXY [CASE...]
"""

import pathlib
import socket
import socketserver
import subprocess
import sys
import threading
import time

import harness
from clients import curl, expect_success
from harness import NAME, PATIENCE, expect, expect_in
from languages import PERL, go_client, perl_server, socksio, socksio_client
from libraries import NODE, socks
from netcats import connect_proxy, nc, ncat, socat
from origins import BANNER, PAYLOAD, File, Origin, connect, receive, receive_all
from servers import Tunnels, add_user, dante, openssh
from servers import PASSWORD as SERVER_PASSWORD, USER as SERVER_USER
from small_servers import microsocks, shadowsocks
from stage import PASSWORD, USER, Proxy

WORDS = b"what the client says\n"
SHORT = 600  # octets that travel alone each way; a handshake has fewer


class Greeter(socketserver.BaseRequestHandler):
    """Speaks first, and ends when it has said again what it heard."""

    def handle(self):
        self.request.sendall(BANNER)
        self.request.sendall(receive(self.request, len(WORDS)))


def one_by_one(source, sink):
    alone = 0
    while octets := source.recv(65536):
        while octets and alone < SHORT:
            sink.sendall(octets[:1])
            octets, alone = octets[1:], alone + 1
            time.sleep(0.0005)  # so that each octet travels alone
        sink.sendall(octets)


def slowly(source, sink):
    while octet := source.recv(1):
        sink.sendall(octet)
        time.sleep(0.2)


def as_they_come(source, sink):
    while octets := source.recv(65536):
        sink.sendall(octets)


def together(source, sink):
    """A choice or a verdict has two octets and goes on; the answer behind it waits for the banner."""
    held = b""
    while octets := source.recv(65536):
        held += octets
        if len(held) == 2:
            sink.sendall(held)
            held = b""
        elif BANNER in held:
            sink.sendall(held)
            return as_they_come(source, sink)
    sink.sendall(held)


class Ferry:
    """Between a client and the server at `port`; `up` and `down` pass on what each says."""

    def __init__(self, port, up, down):
        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with connect(port) as server:
                    answers = threading.Thread(target=self.carry, args=(down, server, self.request))
                    answers.start()
                    self.carry(up, self.request, server)
                    answers.join()

            def carry(self, how, source, sink):
                try:
                    how(source, sink)
                    sink.shutdown(socket.SHUT_WR)
                except OSError:  # the other one has gone; whether too early is the case's to judge
                    pass

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        server = Server(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()


HOW = {"octet_by_octet": (one_by_one, one_by_one), "and_its_answer_together_with_early_data": (as_they_come, together)}


class Cases(Tunnels):
    def __init__(self, program):
        super().__init__(pathlib.Path(program).with_name("tunnel"))
        self.greeter, self.http = Origin(Greeter), Origin(File)
        self.open = Proxy("open", program)
        self.login = Proxy("login", program, "--user", USER, "--password", PASSWORD)
        add_user()
        self.servers = {
            "Dante": dante("none", 9), "Dante_login": dante("username", 9), "OpenSSH": openssh(),
            "microsocks": microsocks("microsocks"),
            "microsocks_login": microsocks("microsocks_login", "-u", SERVER_USER, "-P", SERVER_PASSWORD),
            "ss_local": shadowsocks(), "Perl_server": perl_server("perl"),
            "Perl_server_login": perl_server("perl_login", SERVER_USER, SERVER_PASSWORD),
        }
        self.go = go_client()

    def talk(self, argv):
        """Both sides speak at once; the destination ends."""
        with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as client:
            patience = threading.Timer(PATIENCE, client.kill)
            patience.start()
            try:
                client.stdin.write(WORDS)
                client.stdin.flush()
                came = client.stdout.read(len(BANNER + WORDS))
                client.stdin.close()
                said = client.stderr.read().decode()
                expect(came, BANNER + WORDS, f"what came back ({said.strip()})")
                expect(patience.is_alive(), True, "an end in time")
            finally:
                patience.cancel()
                client.kill()

    def client(self, words, how, host=NAME, proxy="open"):
        ferry = Ferry(getattr(self, proxy).port, *HOW[how])
        self.talk([str(w).format(proxy=ferry.port, host=host, port=self.greeter.port) for w in words])

    def curl(self, scheme, login=""):
        """A destination of HTTP does not speak first."""
        ferry = Ferry((self.login if login else self.open).port, *HOW["octet_by_octet"])
        done = curl("--proxy", f"{scheme}://{login}127.0.0.1:{ferry.port}", f"http://{NAME}:{self.http.port}/file")
        expect_success(done)
        expect(done.stdout, PAYLOAD, "the file")

    def pysocks(self, how, kind, login=()):
        ferry = Ferry((self.login if login else self.open).port, *HOW[how])
        with socks.socksocket() as s:
            s.settimeout(PATIENCE)
            s.set_proxy(kind, "127.0.0.1", ferry.port, True, *login)
            s.connect((NAME, self.greeter.port))
            s.sendall(WORDS)
            expect(receive_all(s), BANNER + WORDS, "what came back")

    def socksio_takes_for_malformed(self, how, version):
        """It takes what one read brings for the whole answer, and for nothing else."""
        try:
            s, code = socksio_client(Ferry(self.open.port, *how).port, version, NAME, self.greeter.port)
        except socksio.ProtocolError:
            return
        s.close()
        raise AssertionError(f"socksio understood {code}")

    def microsocks_takes_part_for_all(self):
        done = self.tunnel(Ferry(self.servers["microsocks"].port, slowly, as_they_come), "5", f"{NAME}:9")
        expect(done.returncode, 1, "exit code of the tunnel")
        expect_in("no acceptable authentication method", done.stderr.decode(), "what the tunnel says")

    def server(self, name, version, how, login="", more=()):
        ferry = Ferry(self.servers[name].port, *HOW[how])
        self.talk(self.command(ferry, version, *more, f"{NAME}:{self.greeter.port}", login=login))

    def table(self):
        here, cases = "127.0.0.1", {}
        ours, mine = ("--proxy-auth", f"{USER}:{PASSWORD}"), [USER, PASSWORD]
        library = ["{proxy}", "{host}", "{port}"]
        node, perl, go = [*NODE, "connect"], [*PERL, "connect"], [*self.go, "connect"]
        for how in HOW:
            client, pysocks, server = self.client, self.pysocks, self.server
            cases |= {
                f"nc_by_SOCKS4_{how}": (client, nc("4"), how, here),
                f"nc_by_SOCKS5_{how}": (client, nc("5"), how),
                f"Ncat_by_SOCKS4a_{how}": (client, ncat("socks4"), how),
                f"Ncat_by_SOCKS5_{how}": (client, ncat("socks5"), how),
                f"Ncat_by_SOCKS5_with_a_login_{how}": (client, ncat("socks5", *ours), how, NAME, "login"),
                f"socat_by_SOCKS4_{how}": (client, socat("SOCKS4"), how),
                f"socat_by_SOCKS4a_{how}": (client, socat("SOCKS4A"), how),
                f"connect_proxy_by_SOCKS4_{how}": (client, connect_proxy("-4", "local"), how),
                f"connect_proxy_by_SOCKS5_{how}": (client, connect_proxy("-5", "remote"), how),
                f"PySocks_by_SOCKS4a_{how}": (pysocks, how, socks.SOCKS4),
                f"PySocks_by_SOCKS5_{how}": (pysocks, how, socks.SOCKS5),
                f"PySocks_by_SOCKS5_with_a_login_{how}": (pysocks, how, socks.SOCKS5, mine),
                f"Node_by_SOCKS4a_{how}": (client, [*node, "4", *library], how),
                f"Node_by_SOCKS5_{how}": (client, [*node, "5", *library], how),
                f"Node_by_SOCKS5_with_a_login_{how}": (client, [*node, "5", *library, *mine], how, NAME, "login"),
                f"Go_by_SOCKS5_{how}": (client, [*go, "5", *library], how),
                f"Go_by_SOCKS5_with_a_login_{how}": (client, [*go, "5", *library, *mine], how, NAME, "login"),
                f"Perl_by_SOCKS4a_{how}": (client, [*perl, "4", *library], how),
                f"Perl_by_SOCKS5_{how}": (client, [*perl, "5", *library], how),
                f"Perl_by_SOCKS5_with_a_login_{how}": (client, [*perl, "5", *library, *mine], how, NAME, "login"),
                f"Dante_serves_SOCKS4_{how}": (server, "Dante", "4", how),
                f"Dante_serves_SOCKS5_{how}": (server, "Dante", "5", how),
                f"OpenSSH_serves_SOCKS4_{how}": (server, "OpenSSH", "4", how),
                f"OpenSSH_serves_SOCKS4a_{how}": (server, "OpenSSH", "4a", how),
                f"OpenSSH_serves_SOCKS5_{how}": (server, "OpenSSH", "5", how),
                f"ss_local_serves_SOCKS5_{how}": (server, "ss_local", "5", how),
                f"Perl_server_serves_SOCKS4_{how}": (server, "Perl_server", "4", how),
                f"Perl_server_serves_SOCKS4a_{how}": (server, "Perl_server", "4a", how),
                f"Perl_server_serves_SOCKS5_{how}": (server, "Perl_server", "5", how),
            }
            for name in ("Dante", "Perl_server"):
                cases[f"{name}_serves_SOCKS5_with_a_login_{how}"] = \
                    (server, f"{name}_login", "5", how, f"{SERVER_USER}:open%20sesame@")
        early = "and_its_answer_together_with_early_data"
        return cases | {
            "curl_by_SOCKS4a_octet_by_octet": (self.curl, "socks4a"),
            "curl_by_SOCKS5_octet_by_octet": (self.curl, "socks5h"),
            "curl_by_SOCKS5_with_a_login_octet_by_octet": (self.curl, "socks5h", "john:foo%20bar@"),
            f"microsocks_serves_SOCKS5_{early}": (self.server, "microsocks", "5", early),
            f"microsocks_serves_SOCKS5_with_a_login_{early}":
                (self.server, "microsocks_login", "5", early, f"{SERVER_USER}:open%20sesame@"),
            **{f"socksio_by_SOCKS{version}_takes_an_answer_{how}_for_malformed":
                   (self.socksio_takes_for_malformed, ferry, version)
               for version in ("4a", "5")
               for how, ferry in (("octet_by_octet", (as_they_come, slowly)),
                                  ("together_with_early_data", (as_they_come, together)))},
            "microsocks_takes_part_of_a_greeting_octet_by_octet_for_all_of_it": (self.microsocks_takes_part_for_all,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
