#!/usr/bin/env python3
"""The same handshakes in other pieces: a ferry between client and server passes bytes on one by one, or keeps the
server's last answer until it can go together with what the destination says first.

    deliveries.py PROXY [CASE...]
"""

import pathlib
import socket
import socketserver
import subprocess
import sys
import threading

import harness
from clients import curl, expect_success
from ferry import ALONE, EARLY, HOW, HOW_BIND, Ferry, as_they_come, slowly, together
from harness import NAME, PATIENCE, expect, expect_in, scratch
from languages import PERL, go_client, perl_server, socksio, socksio_client
from libraries import CHAINS, NODE, socks
from netcats import ELSEWHERE, TORSOCKS, connect_proxy, nc, ncat, own_address, socat
from origins import BANNER, PAYLOAD, Echo, File, Origin, receive, receive_all
from servers import Tunnels, add_user, dante, is_called_back, openssh
from servers import PASSWORD as SERVER_PASSWORD, USER as SERVER_USER
from small_servers import microsocks, shadowsocks
from stage import PASSWORD, USER, Proxy

WORDS = b"what the client says\n"


class Greeter(socketserver.BaseRequestHandler):
    """Speaks first, and ends when it has said again what it heard."""

    def handle(self):
        self.request.sendall(BANNER)
        self.request.sendall(receive(self.request, len(WORDS)))


class Cases(Tunnels):
    def __init__(self, program):
        super().__init__(pathlib.Path(program).with_name("tunnel"))
        self.greeter, self.http, self.echo = Origin(Greeter), Origin(File), Echo()
        own_address(self.greeter)
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

    def curl(self, how, scheme, login=""):
        """A destination of HTTP does not speak first; one of telnet may, but curl stops when that comes in pieces."""
        ferry = Ferry((self.login if login else self.open).port, *HOW[how])
        proxy = ("--proxy", f"{scheme}://{login}127.0.0.1:{ferry.port}")
        if how == EARLY:
            return self.talk(["curl", "-q", "-sS", "--no-buffer", *proxy, f"telnet://{NAME}:{self.greeter.port}"])
        done = curl(*proxy, f"http://{NAME}:{self.http.port}/file")
        expect_success(done)
        expect(done.stdout, PAYLOAD, "the file")

    def torsocks(self, how):
        config = scratch / "torsocks.conf"
        config.write_text(TORSOCKS.format(Ferry(self.open.port, *HOW[how]).port))
        self.talk(["env", f"TORSOCKS_CONF_FILE={config}", "torsocks", "nc.openbsd", ELSEWHERE,
                   str(self.greeter.port)])

    def proxychains(self, how, kind, host, proxy="open", login=""):
        config = scratch / "proxychains.conf"
        config.write_text(f"{CHAINS}{kind} 127.0.0.1 {Ferry(getattr(self, proxy).port, *HOW[how]).port} {login}\n")
        self.talk(["proxychains4", "-f", config, "nc.openbsd", host, str(self.greeter.port)])

    def bound(self, peer, how, command, *listens):
        """`command` makes the client's command line for a port."""
        is_called_back(command(Ferry(peer.port, *HOW_BIND[how])), *listens, early=BANNER)

    def library_binds(self, words, how, login=()):
        proxy = self.login if login else self.open
        self.bound(proxy, how, lambda ferry: [*words, str(ferry.port), "127.0.0.1", "9", *login],
                   rb".*127\.0\.0\.1 (\d+)\n")

    def server_binds(self, name, version, how, login=""):
        self.bound(self.servers[name], how,
                   lambda ferry: self.command(ferry, version, "--command", "bind", "127.0.0.1:9", login=login))

    def pysocks_associates(self, login=()):
        """The datagrams go past the ferry, to the relay of the answer."""
        ferry = Ferry((self.login if login else self.open).port, *HOW[ALONE])
        with socks.socksocket(type=socket.SOCK_DGRAM) as s:
            s.settimeout(PATIENCE)
            s.set_proxy(socks.SOCKS5, "127.0.0.1", ferry.port, True, *login)
            s.sendto(WORDS, ("127.0.0.1", self.echo.port))
            expect(s.recvfrom(65535), (WORDS, ("127.0.0.1", self.echo.port)), "the answer and its source")

    def node_associates(self, login=()):
        ferry = Ferry((self.login if login else self.open).port, *HOW[ALONE])
        argv = [*NODE, "associate", "5", str(ferry.port), "127.0.0.1", str(self.echo.port), *login]
        done = subprocess.run(argv, input=WORDS, capture_output=True, timeout=PATIENCE)
        expect(done.returncode, 0, f"exit code of node ({done.stderr.decode().strip()})")
        expect(done.stdout, f"127.0.0.1 {self.echo.port}\n".encode() + WORDS, "the answer behind its source")

    def pysocks(self, how, kind, host=NAME, login=()):
        ferry = Ferry((self.login if login else self.open).port, *HOW[how])
        with socks.socksocket() as s:
            s.settimeout(PATIENCE)
            s.set_proxy(kind, "127.0.0.1", ferry.port, True, *login)
            s.connect((host, self.greeter.port))
            s.sendall(WORDS)
            expect(receive_all(s), BANNER + WORDS, "what came back")

    def socksio_takes_for_malformed(self, how, version, host=NAME, login=()):
        """It takes what one read brings for the whole answer, and for nothing else."""
        ferry = Ferry((self.login if login else self.open).port, *how)
        try:
            s, code = socksio_client(ferry.port, version, host, self.greeter.port, login)
        except socksio.ProtocolError:
            return
        s.close()
        raise AssertionError(f"socksio understood {code}")

    def microsocks_takes_part_for_all(self, name="microsocks", login=""):
        done = self.tunnel(Ferry(self.servers[name].port, slowly, as_they_come), "5", f"{NAME}:9", login=login)
        expect(done.returncode, 1, "exit code of the tunnel")
        expect_in("no acceptable authentication method", done.stderr.decode(), "what the tunnel says")

    def server(self, name, version, how, login="", more=()):
        ferry = Ferry(self.servers[name].port, *HOW[how])
        self.talk(self.command(ferry, version, *more, f"{NAME}:{self.greeter.port}", login=login))

    def table(self):
        here, cases = "127.0.0.1", {}
        ours, mine = ("--proxy-auth", f"{USER}:{PASSWORD}"), [USER, PASSWORD]
        told = f"{SERVER_USER}:open%20sesame@"
        library = ["{proxy}", "{host}", "{port}"]
        node, perl, go = [*NODE, "connect"], [*PERL, "connect"], [*self.go, "connect"]
        client, pysocks, chains, server = self.client, self.pysocks, self.proxychains, self.server
        binds, serves = self.library_binds, self.server_binds
        for how in HOW:
            cases |= {
                f"curl_by_SOCKS4_{how}": (self.curl, how, "socks4"),
                f"curl_by_SOCKS4a_{how}": (self.curl, how, "socks4a"),
                f"curl_by_SOCKS5_{how}": (self.curl, how, "socks5h"),
                f"curl_by_SOCKS5_with_a_login_{how}": (self.curl, how, "socks5h", "john:foo%20bar@"),
                f"nc_by_SOCKS4_{how}": (client, nc("4"), how, here),
                f"nc_by_SOCKS5_{how}": (client, nc("5"), how),
                f"Ncat_by_SOCKS4_{how}": (client, ncat("socks4"), how, here),
                f"Ncat_by_SOCKS4a_{how}": (client, ncat("socks4"), how),
                f"Ncat_by_SOCKS5_{how}": (client, ncat("socks5"), how),
                f"Ncat_by_SOCKS5_with_a_login_{how}": (client, ncat("socks5", *ours), how, NAME, "login"),
                f"socat_by_SOCKS4_{how}": (client, socat("SOCKS4"), how),
                f"socat_by_SOCKS4a_{how}": (client, socat("SOCKS4A"), how),
                f"connect_proxy_by_SOCKS4_{how}": (client, connect_proxy("-4", "local"), how),
                f"connect_proxy_by_SOCKS5_{how}": (client, connect_proxy("-5", "remote"), how),
                f"torsocks_by_SOCKS5_{how}": (self.torsocks, how),
                f"ProxyChains_by_SOCKS4_{how}": (chains, how, "socks4", here),
                f"ProxyChains_by_SOCKS5_{how}": (chains, how, "socks5", NAME),
                f"PySocks_by_SOCKS4_{how}": (pysocks, how, socks.SOCKS4, here),
                f"PySocks_by_SOCKS4a_{how}": (pysocks, how, socks.SOCKS4),
                f"PySocks_by_SOCKS5_{how}": (pysocks, how, socks.SOCKS5),
                f"PySocks_by_SOCKS5_with_a_login_{how}": (pysocks, how, socks.SOCKS5, NAME, mine),
                f"Node_by_SOCKS4_{how}": (client, [*node, "4", *library], how, here),
                f"Node_by_SOCKS4a_{how}": (client, [*node, "4", *library], how),
                f"Node_by_SOCKS5_{how}": (client, [*node, "5", *library], how),
                f"Node_by_SOCKS5_with_a_login_{how}": (client, [*node, "5", *library, *mine], how, NAME, "login"),
                f"Go_by_SOCKS5_{how}": (client, [*go, "5", *library], how),
                f"Go_by_SOCKS5_with_a_login_{how}": (client, [*go, "5", *library, *mine], how, NAME, "login"),
                f"Perl_by_SOCKS4_{how}": (client, [*perl, "4", *library], how, here),
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
            cases |= {
                f"Node_binds_by_SOCKS4_{how}": (binds, [*NODE, "bind", "4"], how),
                f"Node_binds_by_SOCKS5_{how}": (binds, [*NODE, "bind", "5"], how),
                f"Node_binds_by_SOCKS5_with_a_login_{how}": (binds, [*NODE, "bind", "5"], how, mine),
                f"Perl_binds_by_SOCKS5_{how}": (binds, [*PERL, "bind", "5"], how),
                f"Perl_binds_by_SOCKS5_with_a_login_{how}": (binds, [*PERL, "bind", "5"], how, mine),
                f"Dante_serves_SOCKS4_BIND_{how}": (serves, "Dante", "4", how),
                f"Dante_serves_SOCKS5_BIND_{how}": (serves, "Dante", "5", how),
                f"Dante_serves_SOCKS5_BIND_with_a_login_{how}": (serves, "Dante_login", "5", how, told),
                f"Perl_server_serves_SOCKS4_BIND_{how}": (serves, "Perl_server", "4", how),
                f"Perl_server_serves_SOCKS5_BIND_{how}": (serves, "Perl_server", "5", how),
            }
            for name in ("Dante", "Perl_server"):
                cases[f"{name}_serves_SOCKS5_with_a_login_{how}"] = \
                    (server, f"{name}_login", "5", how, told)
        return cases | {
            f"PySocks_associates_{ALONE}": (self.pysocks_associates,),
            f"PySocks_associates_with_a_login_{ALONE}": (self.pysocks_associates, mine),
            f"Node_associates_{ALONE}": (self.node_associates,),
            f"Node_associates_with_a_login_{ALONE}": (self.node_associates, mine),
            f"microsocks_serves_SOCKS5_{EARLY}": (server, "microsocks", "5", EARLY),
            f"microsocks_serves_SOCKS5_with_a_login_{EARLY}": (server, "microsocks_login", "5", EARLY, told),
            "microsocks_takes_part_of_a_greeting_byte_by_byte_for_all_of_it": (self.microsocks_takes_part_for_all,),
            "microsocks_takes_part_of_a_greeting_with_a_login_byte_by_byte_for_all_of_it":
                (self.microsocks_takes_part_for_all, "microsocks_login", told),
            **{f"socksio_by_{kind}_takes_an_answer_{how}_for_malformed": (self.socksio_takes_for_malformed, ferry, *ask)
               for kind, ask in (("SOCKS4", ("4", here)), ("SOCKS4a", ("4a",)), ("SOCKS5", ("5",)),
                                 ("SOCKS5_with_a_login", ("5", NAME, mine)))
               for how, ferry in (("byte_by_byte", (as_they_come, slowly)),
                                  ("together_with_early_data", (as_they_come, together)))},
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(program).table()))
