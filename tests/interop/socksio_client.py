"""A client by socksio of Python."""

import socket
import sys

sys.path.append("/usr/lib/python3/dist-packages")
import socksio  # noqa: E402


def socksio_client(port, version, host, to, login=(), read=65536, limit=60):
    """socksio reads no sockets and takes each answer to be what one read brings."""
    s = socket.create_connection(("127.0.0.1", port), limit)

    def ask(connection, *requests):
        for request in requests:
            connection.send(request)
        s.sendall(connection.data_to_send())
        return connection.receive_data(s.recv(read))

    if version != "5":
        kind = socksio.SOCKS4ARequest if version == "4a" else socksio.SOCKS4Request
        request = kind.from_address(socksio.SOCKS4Command.CONNECT, (host, to), user_id=b"ann")
        return s, ask(socksio.SOCKS4Connection(user_id=b"ann"), request).reply_code
    connection = socksio.SOCKS5Connection()
    method = socksio.SOCKS5AuthMethod
    choice = ask(connection, socksio.SOCKS5AuthMethodsRequest(
        [method.USERNAME_PASSWORD if login else method.NO_AUTH_REQUIRED]))
    if choice.method == method.NO_ACCEPTABLE_METHODS:
        return s, choice.method
    if login and not ask(connection, socksio.SOCKS5UsernamePasswordRequest(*(w.encode() for w in login))).success:
        return s, "login refused"
    request = socksio.SOCKS5CommandRequest.from_address(socksio.SOCKS5Command.CONNECT, (host, to))
    return s, ask(connection, request).reply_code
