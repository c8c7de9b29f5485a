"""Runs one program that needs a configuration of its own, through a proxy.

    through.py PROGRAM VERSION PROXY_PORT HOST PORT [USER PASSWORD]

VERSION is 4, 4a or 5. A daemon is started for the time of one connection. Its exit status is that of the client.
"""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

PATIENCE = 10  # seconds until a daemon listens
LIMIT = os.environ.get("TIME_LIMIT", "60")  # seconds that the proxy has to answer, for programs with such an option


class Run:
    def __init__(self, version, proxy, host, port, *login):
        self.version, self.proxy, self.host, self.port, self.login = version, proxy, host, port, login
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        self.folder = pathlib.Path(tempfile.mkdtemp(dir="/run"))
        self.running = []

    def write(self, name, text):
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        return str(file)

    def free_port(self):
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            return s.getsockname()[1]

    def daemon(self, port, *argv):
        """What it prints goes to standard error, which tells why it failed."""
        self.running.append(subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=2))
        end = time.monotonic() + PATIENCE
        row = f":{port:04X} 00000000:0000 0A"
        while row not in pathlib.Path("/proc/net/tcp").read_text():
            if time.monotonic() > end or self.running[-1].poll() is not None:
                raise SystemExit(f"{argv[0]} does not listen")
            time.sleep(0.01)

    def end(self):
        for process in self.running:
            process.kill()
            process.wait()

    def nc(self, host, port, *before):
        """To a daemon it can always connect, so that it is judged by what it prints."""
        argv = [*before, "nc.openbsd", "-N", host, str(port)]
        return self.printed(argv) if self.running else subprocess.call(argv)

    def printed(self, argv):
        """Fails also if the program prints nothing."""
        done = subprocess.run(argv, stdout=subprocess.PIPE)
        sys.stdout.buffer.write(done.stdout)
        return done.returncode or not done.stdout

    def page(self, *options):
        return subprocess.call(["curl", "-q", "-sS", "--fail", "--max-time", LIMIT, *options, self.url])

    # The programs, each by the name that starts it.

    def privoxy(self):
        here = self.free_port()
        user = ":".join(self.login) + "@" if self.login else ""
        kind = {"4": "socks4", "4a": "socks4a", "5": "socks5"}[self.version]
        config = self.write("config", f"listen-address 127.0.0.1:{here}\nforward-{kind} / {user}127.0.0.1:{self.proxy} .\n"
                            f"socket-timeout {LIMIT}\n")
        self.daemon(here, "privoxy", "--no-daemon", config)
        return self.page("--proxy", f"http://127.0.0.1:{here}")

    def tinyproxy(self):
        here = self.free_port()
        user = ":".join(self.login) + "@" if self.login else ""
        config = self.write("config", f"Port {here}\nListen 127.0.0.1\nTimeout {LIMIT}\nUpstream socks{self.version} {user}127.0.0.1:{self.proxy}\n")
        self.daemon(here, "tinyproxy", "-d", "-c", config)
        return self.page("--proxy", f"http://127.0.0.1:{here}")

    def haproxy(self):
        here = self.free_port()
        config = self.write("config", f"""
defaults
    mode tcp
    timeout connect {LIMIT}s
    timeout client {LIMIT}s
    timeout server {LIMIT}s
listen all
    bind 127.0.0.1:{here}
    server there {self.host}:{self.port} socks4 127.0.0.1:{self.proxy}
""")
        self.daemon(here, "haproxy", "-db", "-f", config)
        return self.nc("127.0.0.1", here)

    def redsocks(self):
        """Only what this user connects to goes to redsocks."""
        here, user = self.free_port(), 20000 + os.getpid() % 10000
        login = 'login = "{}"; password = "{}";'.format(*self.login) if self.login else ""
        config = self.write("config", f"""
base {{ log_info = on; log = stderr; daemon = off; redirector = iptables; }}
redsocks {{ local_ip = 127.0.0.1; local_port = {here}; ip = 127.0.0.1; port = {self.proxy}; type = socks{self.version}; {login} }}
""")
        self.daemon(here, "redsocks", "-c", config)
        rule = ["OUTPUT", "-p", "tcp", "-m", "owner", "--uid-owner", str(user), "-j", "REDIRECT", "--to-ports", str(here)]
        subprocess.run(["iptables", "-w", "-t", "nat", "-A", *rule], check=True)
        try:
            return self.nc(self.host, self.port, "setpriv", f"--reuid={user}", "--clear-groups")
        finally:
            subprocess.run(["iptables", "-w", "-t", "nat", "-D", *rule], check=True)

    def plink(self):
        """PuTTY keeps the settings of its proxy in a session."""
        method = {"4": 1, "4a": 1, "5": 2}[self.version]
        user, password = self.login or ("", "")
        self.write(".putty/sessions/through", f"""HostName={self.host}
PortNumber={self.port}
Protocol=raw
ProxyMethod={method}
ProxyHost=127.0.0.1
ProxyPort={self.proxy}
ProxyUsername={user}
ProxyPassword={password}
ProxyLocalhost=1
ProxyDNS={0 if self.version == "4" else 2}
""")
        return subprocess.call(["plink", "-batch", "-load", "through"], env=os.environ | {"HOME": str(self.folder)})

    def socksify(self):
        login = dict(zip(("SOCKS_USERNAME", "SOCKS_PASSWORD"), self.login))
        method = "username" if login else "none"
        route = """
route {{
    from: 0.0.0.0/0 to: {} via: 127.0.0.1 port = {}
    protocol: tcp
    proxyprotocol: socks_v{}
    method: {}
}}
"""
        routes = "".join(route.format(to, self.proxy, self.version[:1], method) for to in ("0.0.0.0/0", "."))
        os.environ |= login | {"SOCKS_CONF": self.write("config", f"logoutput: stderr\nresolveprotocol: fake\n{routes}")}
        return self.nc(self.host, self.port, "socksify")

    def proxychains4(self):
        config = self.write("config", f"strict_chain\nquiet_mode\nproxy_dns\ntcp_read_time_out {LIMIT}000\ntcp_connect_time_out {LIMIT}000\n[ProxyList]\n"
                            f"socks{self.version[:1]} 127.0.0.1 {self.proxy} {' '.join(self.login)}\n")
        return self.nc(self.host, self.port, "proxychains4", "-f", config)

    def torsocks(self):
        login = "SOCKS5Username {}\nSOCKS5Password {}\n".format(*self.login) if self.login else ""
        os.environ["TORSOCKS_CONF_FILE"] = self.write("config", f"TorAddress 127.0.0.1\nTorPort {self.proxy}\n{login}")
        return self.nc(self.host, self.port, "torsocks")

    def tsocks(self):
        login = "default_user = {}\ndefault_pass = {}\n".format(*self.login) if self.login else ""
        os.environ["TSOCKS_CONF_FILE"] = self.write("config", f"server = 127.0.0.1\nserver_port = {self.proxy}\nserver_type = {self.version[:1]}\n{login}")
        return self.nc(self.host, self.port, "tsocks")

    def chromium(self):
        """It has no login, and a lock on the folder of its profile. It always exits with 0, but prints a page only if it
        has one. What it asks its maker does not go to the proxy."""
        scheme = "socks5" if self.version == "5" else "socks4"
        return self.printed(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                             "--disable-background-networking", "--disable-component-update",
                             "--proxy-bypass-list=*.google.com;*.googleapis.com;*.gvt1.com",
                             f"--user-data-dir={self.folder}", f"--proxy-server={scheme}://127.0.0.1:{self.proxy}",
                             "--dump-dom", self.url])


def main(program, *words):
    run = Run(*words)
    with contextlib.ExitStack() as stack:
        stack.callback(run.end)
        return getattr(run, program)()


sys.exit(main(*sys.argv[1:]))
