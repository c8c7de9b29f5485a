#!/usr/bin/env python3
"""Real clients through our proxy: curl in all its ways, and clients that are at the wrong port.

    clients.py PROXY [CASE...]
"""

import subprocess
import sys

import harness
from harness import NAME, expect, expect_in, scratch
from origins import PAYLOAD
from stage import Stage

PROXY_ERROR = 97  # curl's exit code when the handshake with a proxy failed
GRANTED = {
    "--socks4": "SOCKS4 CONNECT {}: request granted",
    "--socks4a": "SOCKS4a CONNECT {}: request granted",
    "--socks5": "SOCKS5 CONNECT {}: succeeded",
    "--socks5-hostname": "SOCKS5 CONNECT {}: succeeded",
}
BY_NAME = ("--socks4a", "--socks5-hostname")  # with the others curl looks names up itself

# Ways to tell curl about the proxy.
PLAIN = ("{}",)
BY_USER = ("{}", "--proxy-user", "john:foo bar")
IN_ADDRESS = ("john:foo%20bar@{}",)
WRONG = ("{}", "--proxy-user", "john:bar")


def curl(*options):
    return subprocess.run(["curl", "-q", "-sS", "--max-time", str(harness.PATIENCE), *map(str, options)],
                          capture_output=True, timeout=harness.PATIENCE + 5)


def expect_success(done):
    expect(done.returncode, 0, f"exit code of curl ({done.stderr.decode().strip()})")


class Cases:
    def __init__(self, stage):
        self.stage = stage

    def fetch(self, version, host, scheme="http", login=PLAIN, proxy="open"):
        """Every byte of the file arrives, and our log shows the request that curl meant."""
        proxy, origin = getattr(self.stage, proxy), getattr(self.stage, scheme)
        since = proxy.mark()
        done = curl(version, *(o.format(proxy.address) for o in login), "--cacert", scratch / "cert.pem",
                    f"{scheme}://{host}:{origin.port}/file")
        expect_success(done)
        expect(done.stdout, PAYLOAD, "the file")
        asked = "127.0.0.1" if host == NAME and version not in BY_NAME else host
        proxy.line(GRANTED[version].format(f"{asked}:{origin.port}"), since)

    def fetch_with_login(self, version, host, login, scheme="http"):
        self.fetch(version, host, scheme, login, "login")

    def upload(self):
        done = curl("--socks5", self.stage.open.address, "-T", scratch / "file", "-w", "%{http_code}",
                    f"http://127.0.0.1:{self.stage.http.port}/file")
        expect_success(done)
        expect(done.stdout, b"204", "the verdict of the origin")

    def to_an_http_proxy(self, scheme, login, proxy):
        """What curl calls a preproxy: ours first, and an HTTP proxy behind it."""
        proxy = getattr(self.stage, proxy)
        since = proxy.mark()
        done = curl("--preproxy", f"{scheme}://{login}{proxy.address}",
                    "--proxy", f"http://{NAME}:{self.stage.http.port}", "http://192.0.2.7/file")
        expect_success(done)
        expect(done.stdout, PAYLOAD, "the file")
        proxy.line(f"CONNECT {NAME}:{self.stage.http.port}: ", since)

    def eight_at_once(self):
        copies = [scratch / f"copy{n}" for n in range(8)]
        each = (o for copy in copies for o in ("-o", copy, f"http://{NAME}:{self.stage.http.port}/file"))
        done = curl("--socks5-hostname", self.stage.open.address, "--parallel", "--parallel-immediate", *each)
        expect_success(done)
        for copy in copies:
            expect(copy.read_bytes(), PAYLOAD, copy.name)
            copy.unlink()

    def refused(self, version, host, said, logged, login=PLAIN, proxy="open"):
        """curl fetches nothing and says why; so does our log."""
        proxy = getattr(self.stage, proxy)
        since = proxy.mark()
        done = curl(version, *(o.format(proxy.address) for o in login), f"http://{host}:{harness.free_port()}/file")
        expect(done.returncode, PROXY_ERROR, f"exit code of curl ({done.stderr.decode().strip()})")
        expect(done.stdout, b"", "what curl fetched")
        expect_in(said, done.stderr.decode(), "what curl says")
        proxy.line(logged, since)

    def http_client_at_the_socks_port(self):
        """One that a person may sit in front of is told what is wrong."""
        proxy = self.stage.open
        since = proxy.mark()
        done = curl("--proxy", f"http://{proxy.address}", "-w", "%{http_code}", f"http://{NAME}/")
        expect_success(done)
        expect(done.stdout, b"This is a SOCKS proxy, not an HTTP proxy.\n400", "what it got")
        proxy.line("the peer speaks HTTP", since)

    def at_the_wrong_port(self, program, logged):
        """Nothing is said to other clients of another protocol."""
        proxy = self.stage.open
        since = proxy.mark()
        argv = [o.format(proxy.address, proxy.port) for o in program]
        done = subprocess.run(argv, capture_output=True, stdin=subprocess.DEVNULL, timeout=harness.PATIENCE)
        expect(done.stdout, b"", "what it got")
        expect(done.returncode != 0, True, "its failure")
        proxy.line(logged, since)

    def table(self):
        fetch, fetch_with_login = self.fetch, self.fetch_with_login
        refused, foreign = self.refused, self.at_the_wrong_port
        return {
            "curl_socks4_to_an_IPv4_address": (fetch, "--socks4", "127.0.0.1"),
            "curl_socks4_to_a_name": (fetch, "--socks4", NAME),
            "curl_socks4a_to_an_IPv4_address": (fetch, "--socks4a", "127.0.0.1"),
            "curl_socks4a_to_a_name": (fetch, "--socks4a", NAME),
            "curl_socks5_to_an_IPv4_address": (fetch, "--socks5", "127.0.0.1"),
            "curl_socks5_to_an_IPv6_address": (fetch, "--socks5", "[::1]"),
            "curl_socks5_to_a_name": (fetch, "--socks5", NAME),
            "curl_socks5_hostname_to_an_IPv4_address": (fetch, "--socks5-hostname", "127.0.0.1"),
            "curl_socks5_hostname_to_an_IPv6_address": (fetch, "--socks5-hostname", "[::1]"),
            "curl_socks5_hostname_to_a_name": (fetch, "--socks5-hostname", NAME),
            "curl_socks5_with_a_login_to_an_IPv4_address": (fetch_with_login, "--socks5", "127.0.0.1", BY_USER),
            "curl_socks5_with_a_login_to_an_IPv6_address": (fetch_with_login, "--socks5", "[::1]", IN_ADDRESS),
            "curl_socks5_with_a_login_to_a_name": (fetch_with_login, "--socks5", NAME, IN_ADDRESS),
            "curl_socks5_hostname_with_a_login_to_an_IPv4_address":
                (fetch_with_login, "--socks5-hostname", "127.0.0.1", IN_ADDRESS),
            "curl_socks5_hostname_with_a_login_to_an_IPv6_address":
                (fetch_with_login, "--socks5-hostname", "[::1]", BY_USER),
            "curl_socks5_hostname_with_a_login_to_a_name": (fetch_with_login, "--socks5-hostname", NAME, BY_USER),
            "curl_with_a_login_to_a_proxy_that_wants_none": (fetch, "--socks5-hostname", NAME, "http", BY_USER),
            "curl_https_by_socks4": (fetch, "--socks4", "127.0.0.1", "https"),
            "curl_https_by_socks4a": (fetch, "--socks4a", NAME, "https"),
            "curl_https_by_socks5": (fetch, "--socks5", "[::1]", "https"),
            "curl_https_by_socks5_hostname": (fetch, "--socks5-hostname", NAME, "https"),
            "curl_https_with_a_login": (fetch_with_login, "--socks5-hostname", NAME, BY_USER, "https"),
            "curl_uploads_a_file": (self.upload,),
            "curl_by_SOCKS4a_to_an_HTTP_proxy": (self.to_an_http_proxy, "socks4a", "", "open"),
            "curl_by_SOCKS5_to_an_HTTP_proxy": (self.to_an_http_proxy, "socks5h", "", "open"),
            "curl_with_a_login_to_an_HTTP_proxy": (self.to_an_http_proxy, "socks5h", "john:foo%20bar@", "login"),
            "curl_fetches_eight_files_at_once": (self.eight_at_once,),
            "curl_with_a_wrong_password": (refused, "--socks5", "127.0.0.1", "rejected by the SOCKS5 server (1 1)",
                                           "user name and password refused", WRONG, "login"),
            "curl_without_the_login_that_the_proxy_wants":
                (refused, "--socks5", "127.0.0.1", "No authentication method was acceptable",
                 "no acceptable authentication method", PLAIN, "login"),
            "curl_socks4_to_a_proxy_that_wants_a_login":
                (refused, "--socks4", "127.0.0.1", "(91)", "SOCKS4 cannot authenticate", PLAIN, "login"),
            "curl_socks4_to_a_port_that_nobody_listens_at":
                (refused, "--socks4", "127.0.0.1", "(91)", "request rejected or failed"),
            "curl_socks5_to_a_port_that_nobody_listens_at":
                (refused, "--socks5", "127.0.0.1", "(5)", "connection refused"),
            "curl_socks5_to_an_IPv6_network_without_a_route":
                (refused, "--socks5", "[2001:db8::1]", "(3)", "network unreachable"),
            "curl_socks4a_to_a_name_that_nobody_has":
                (refused, "--socks4a", "nobody.invalid", "(91)", "request rejected or failed"),
            "curl_socks5_hostname_to_a_name_that_nobody_has":
                (refused, "--socks5-hostname", "nobody.invalid", "(4)", "host unreachable"),
            "an_HTTP_client_at_the_SOCKS_port": (self.http_client_at_the_socks_port,),
            "a_TLS_client_at_the_SOCKS_port":
                (foreign, ["curl", "-q", "-sS", "https://{0}/"], "the peer speaks TLS"),
            "an_SSH_client_at_the_SOCKS_port":
                (foreign, ["ssh", "-F", "none", "-o", "BatchMode=yes", "-p", "{1}", "127.0.0.1"],
                 "the peer speaks SSH"),
            "no_client_left_a_connection_open": (self.stage.left_nothing_open,),
        }


if __name__ == "__main__":
    sys.exit(harness.main(lambda program: Cases(Stage(program)).table()))
