"""Standard input and output through a proxy, by a library of Python: socks (PySocks), python_socks or socksio.

    python_client.py LIBRARY VERSION PROXY_PORT HOST PORT [USER PASSWORD]

VERSION is 4, 4a or 5. What comes is printed until its end. With TIME_LIMIT in the environment, the proxy has so many
seconds to answer.
"""

import os
import pathlib
import socket
import sys
import threading

sys.path += ["/usr/lib/python3/dist-packages", str(pathlib.Path(__file__).parent.parent)]


LIMIT = float(os.environ.get("TIME_LIMIT", 0)) or None


def pysocks(version, proxy, host, port, *login):
    import socks
    s = socks.socksocket()
    s.settimeout(LIMIT)
    s.set_proxy(socks.SOCKS5 if version == "5" else socks.SOCKS4, "127.0.0.1", proxy, version != "4", *login)
    s.connect((host, port))
    return s


def python_socks(version, proxy, host, port, *login):
    from python_socks import ProxyType
    from python_socks.sync import Proxy
    kind = ProxyType.SOCKS5 if version == "5" else ProxyType.SOCKS4
    there = Proxy.create(proxy_type=kind, host="127.0.0.1", port=proxy, rdns=version != "4",
                         username=login[0] if login else None, password=login[1] if login else None)
    return there.connect(host, port, timeout=LIMIT)


def socksio(version, proxy, host, port, *login):
    from socksio_client import socksio as library, socksio_client
    s, code = socksio_client(proxy, version, host, port, login, limit=LIMIT)
    if code not in (library.SOCKS4ReplyCode.REQUEST_GRANTED, library.SOCKS5ReplyCode.SUCCEEDED):
        raise SystemExit(f"refused: {code}")
    return s


def send(s):
    while data := sys.stdin.buffer.raw.read(65536):
        s.sendall(data)
    s.shutdown(socket.SHUT_WR)


def main(library, version, proxy, host, port, *login):
    s = {"socks": pysocks, "python_socks": python_socks, "socksio": socksio}[library](
        version, int(proxy), host, int(port), *login)
    s.settimeout(None)
    threading.Thread(target=send, args=(s,), daemon=True).start()
    while data := s.recv(65536):
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


main(*sys.argv[1:])
