#!/usr/bin/env python3
"""A server that does what the suite wants of every driver, except for one fault.

    fake_server.py FAULT ADDRESS [USER PASSWORD]

FAULT is `none` or a word of FAULTS. faults.py checks that the suite finds each of them.
"""

import contextlib
import errno
import hmac
import os
import pathlib
import signal
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from client_cases import CLOSED, FAILED, NO_METHOD, REASONS, TRUNCATED, WRONG_LOGIN

FAULTS = {
    "drops_early_data": "SOCKS5_in_one_segment",
    "reads_one_segment_for_a_message": "SOCKS5_a_byte_at_a_time",
    "has_no_SOCKS4a": "curl_by_SOCKS4a_to_a_name",
    "has_no_IPv6": "curl_by_SOCKS5_to_an_IPv6_address",
    "tells_no_bound_address": "the_bound_IPv4_address",
    "takes_every_password": "a_wrong_password",
    "wants_no_login": "no_login_offered",
    "serves_SOCKS4_without_the_login": "curl_by_SOCKS4_without_the_login",
    "serves_every_command": "BIND",
    "has_one_code_for_every_failure": "a_refused_port",
    "closes_without_lingering": "a_refusal_while_the_client_sends",
    "lingers_for_ever": "a_refusal_to_a_client_that_never_ends",
    "has_no_deadline": "a_client_stalls_after_the_greeting",
    "has_no_deadline_for_the_first_byte": "a_silent_client",
    "extends_its_deadline_with_each_byte": "a_client_drips",
    "has_no_deadline_for_dialing": "a_destination_that_does_not_answer",
    "passes_no_reset_of_the_destination_on": "a_destination_resets",
    "passes_no_reset_of_the_client_on": "a_client_resets",
    "ends_both_ways_when_the_client_ends": "a_client_half_closes",
    "ends_both_ways_when_the_destination_ends": "a_destination_half_closes",
    "relays_one_way_after_the_other": "curl_by_SOCKS5",
    "dies_of_SIGPIPE": "a_client_ends_and_resets_while_the_destination_sends",
    "loses_the_last_KiB": "both_ways_at_once",
    "reads_ahead_without_a_limit": "a_client_does_not_read",
    "accepts_the_next_client_after_the_handshake": "100_connections_while_one_stalls",
    "waits_for_each_name": "a_slow_name",
    "reports_nothing": "a_client_ends_inside_the_request",
    "reports_connections_without_a_byte": "an_end_without_a_byte",
    "ends_after_a_reset": "a_client_resets_inside_the_request",
    "keeps_every_socket": "curl_by_SOCKS5",
    "ignores_SIGTERM": "curl_by_SOCKS5_to_a_name",
    "serves_HTTP": "an_HTTP_client",
    "reports_an_error_of_a_sanitizer": "curl_by_SOCKS4",
}

fault = sys.argv[1] if len(sys.argv) > 1 else "none"
kept = []  # by the fault that keeps every socket
names = threading.Lock()


class Failure(Exception):
    def __init__(self, text, answer=b""):
        super().__init__(text)
        self.answer = answer


def code_of(error):
    if fault == "has_one_code_for_every_failure":
        return 1
    if isinstance(error, socket.gaierror):
        return 4
    return {errno.ECONNREFUSED: 5, errno.ENETUNREACH: 3, errno.EHOSTUNREACH: 4, errno.ETIMEDOUT: 6}.get(error.errno, 1)


class Handshake:
    def __init__(self, s, login):
        self.socket, self.login = s, login
        self.deadline = time.monotonic() + 10
        self.state = "waiting for the first message"
        self.buffer = bytearray()
        self.anything = False

    def receive(self, size):
        """The next `size` bytes, which are not removed."""
        while len(self.buffer) < size:
            if fault == "extends_its_deadline_with_each_byte":
                self.deadline = time.monotonic() + 10
            endless = fault == "has_no_deadline" or fault == "has_no_deadline_for_the_first_byte" and not self.anything
            self.socket.settimeout(60 if endless else max(0.001, self.deadline - time.monotonic()))
            try:
                data = self.socket.recv(4096)
            except ConnectionError:
                if fault == "ends_after_a_reset":
                    os._exit(1)
                raise Failure(FAILED) from None
            if not data:
                raise Failure(TRUNCATED if self.buffer else CLOSED)
            self.anything = True
            self.buffer += data
            if fault == "reads_one_segment_for_a_message" and len(self.buffer) < size:
                raise Failure("malformed message")
        return bytes(self.buffer[:size])

    def take(self, size):
        data = self.receive(size)
        del self.buffer[:size]
        return data

    def text(self):
        """A text with a NUL behind it."""
        size = 1
        while self.receive(size)[-1] != 0:
            size += 1
        return self.take(size)[:-1].decode()

    def request(self):
        """The address of the destination, and what makes a reply of a code."""
        first = self.receive(1)[0]
        if first == 4:
            return self.request4()
        if first != 5:
            raise Failure("the peer speaks HTTP, not SOCKS" if chr(first).isupper() else "the peer speaks TLS, not SOCKS",
                          b"HTTP/1.1 200 OK\r\n\r\n" if fault == "serves_HTTP" else b"")
        count = self.receive(2)[1]
        methods = self.take(2 + count)[2:]
        wanted = 2 if self.login and fault != "wants_no_login" else 0
        if wanted not in methods:
            raise Failure(NO_METHOD, b"\x05\xff")
        self.socket.sendall(bytes([5, wanted]))
        if wanted:
            self.authenticate()
        self.state = "waiting for the request"
        command, kind = self.receive(4)[1], self.receive(4)[3]
        if kind == 3:
            size = self.receive(5)[4]
            host = self.take(5 + size)[5:].decode()
        else:
            host = socket.inet_ntop(*((socket.AF_INET, self.take(8)[4:]) if kind == 1
                                      else (socket.AF_INET6, self.take(20)[4:])))
        port = int.from_bytes(self.take(2), "big")
        return command, (host, port), self.reply5

    def authenticate(self):
        self.state = "waiting for user name and password"
        size = self.receive(2)[1]
        user = self.take(2 + size)[2:]
        password = self.take(1 + self.receive(1)[0])[1:]
        found = [hmac.compare_digest(a, b.encode()) for a, b in zip((user, password), self.login)]
        if not all(found) and fault != "takes_every_password":
            raise Failure(WRONG_LOGIN, b"\x01\x01")
        self.socket.sendall(b"\x01\x00")

    def request4(self):
        if self.login and fault != "serves_SOCKS4_without_the_login":
            self.receive(8)
            raise Failure("SOCKS4 cannot authenticate and authentication is required", b"\x00\x5b" + bytes(6))
        head = self.take(8)
        self.text()
        host = socket.inet_ntoa(head[4:])
        if head[4:7] == b"\0\0\0" and head[7] and fault != "has_no_SOCKS4a":
            host = self.text()
        return head[1], (host, int.from_bytes(head[2:4], "big")), self.reply4

    @staticmethod
    def reply5(code, bound=None):
        if not bound or fault == "tells_no_bound_address":
            return bytes([5, code, 0, 1]) + bytes(6)
        host, port = bound[:2]
        family, kind = (socket.AF_INET6, 4) if ":" in host else (socket.AF_INET, 1)
        return bytes([5, code, 0, kind]) + socket.inet_pton(family, host) + port.to_bytes(2, "big")

    @staticmethod
    def reply4(code, bound=None):
        return bytes([0, 0x5B if code else 0x5A]) + bytes(6)

    def dial(self):
        """A connection to the destination, after the reply was sent."""
        command, destination, reply = self.request()
        self.state = "before the answer to the request"
        if command != 1 and fault != "serves_every_command":
            raise Failure(REASONS[7], reply(7))
        if fault == "has_no_IPv6" and ":" in destination[0]:
            raise Failure(REASONS[8], reply(8))
        try:
            if fault == "waits_for_each_name":
                with names:
                    destination = socket.getaddrinfo(*destination, type=socket.SOCK_STREAM)[0][4][:2]
            target = socket.create_connection(destination, timeout=60 if fault == "has_no_deadline_for_dialing" else 10)
        except TimeoutError:
            raise Failure(REASONS[6], reply(6)) from None
        except OSError as why:
            raise Failure(REASONS[code_of(why)], reply(code_of(why))) from None
        self.socket.sendall(reply(0, target.getsockname()))
        return target


def linger(s):
    """Reads until the client ends, so that no reset destroys the reply."""
    if fault == "closes_without_lingering":
        return
    s.shutdown(socket.SHUT_WR)
    end = time.monotonic() + (3600 if fault == "lingers_for_ever" else 2)
    with contextlib.suppress(OSError):
        while (left := end - time.monotonic()) > 0:
            s.settimeout(left)
            if not s.recv(65536):
                return


def pump(source, sink, deaf):
    """One direction; returns whether it ended with an end of the stream."""
    store = bytearray()
    try:
        while data := source.recv(65536):
            if fault == "loses_the_last_KiB" and len(data) % 4096:
                data = data[:-1024]
            if fault != "reads_ahead_without_a_limit":
                sink.sendall(data)
                continue
            store += data
            with contextlib.suppress(BlockingIOError):
                del store[:sink.send(store, socket.MSG_DONTWAIT)]
        sink.sendall(store)
        if deaf:
            for s in (source, sink):
                s.shutdown(socket.SHUT_RDWR)
        else:
            sink.shutdown(socket.SHUT_WR)
        return True
    except OSError:
        return False


def relay(client, target, early):
    for s in (client, target):
        s.settimeout(None)
    if fault != "drops_early_data":
        target.sendall(early)
    ended = {}

    def up():
        ended[up] = pump(client, target, fault == "ends_both_ways_when_the_client_ends")
        if not ended[up]:
            abort(target, fault != "passes_no_reset_of_the_client_on")

    def down():
        ended[down] = pump(target, client, fault == "ends_both_ways_when_the_destination_ends")
        if not ended[down]:
            abort(client, fault != "passes_no_reset_of_the_destination_on")

    def abort(s, with_reset):
        """Ends the other direction, too: a thread may be in recv()."""
        if with_reset:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        with contextlib.suppress(OSError):
            s.shutdown(socket.SHUT_RD if with_reset else socket.SHUT_RDWR)

    thread = threading.Thread(target=up, daemon=True)
    thread.start()
    if fault == "relays_one_way_after_the_other":
        thread.join()
    down()
    thread.join()
    if fault == "keeps_every_socket":
        kept.extend([client.dup(), target.dup()])
    for s in (target, client):
        s.close()


def serve(client, login, handshaken):
    handshake = Handshake(client, login)
    try:
        target = handshake.dial()
        handshaken.set()
        return relay(client, target, bytes(handshake.buffer))
    except TimeoutError:
        report(f"timed out {handshake.state}")
    except Failure as why:
        with contextlib.suppress(OSError):
            client.sendall(why.answer)
            linger(client)
        if handshake.anything or fault == "reports_connections_without_a_byte":
            report(why)
    except OSError:
        report(FAILED)
    finally:
        handshaken.set()
        with contextlib.suppress(OSError):
            client.close()


def report(what):
    if fault != "reports_nothing":
        print(f"fake_server: {what}", file=sys.stderr, flush=True)


def main():
    words = sys.argv[2:]
    if len(words) not in (1, 3) or ":" not in words[0]:
        print("usage: fake_server.py FAULT ADDRESS [USER PASSWORD]", file=sys.stderr)
        return 2
    host, _, port = words[0].rpartition(":")
    listener = socket.create_server((host.strip("[]"), int(port)), backlog=200,
                                    family=socket.AF_INET6 if "[" in host else socket.AF_INET)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL if fault == "dies_of_SIGPIPE" else signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN if fault == "ignores_SIGTERM" else signal.SIG_DFL)
    print(f"listening on {host}:{listener.getsockname()[1]}", flush=True)
    if fault == "reports_an_error_of_a_sanitizer":
        print("==1==ERROR: AddressSanitizer: heap-use-after-free", file=sys.stderr, flush=True)
    while True:
        client, _ = listener.accept()
        handshaken = threading.Event()
        threading.Thread(target=serve, args=(client, words[1:], handshaken), daemon=True).start()
        if fault == "accepts_the_next_client_after_the_handshake":
            handshaken.wait()


if __name__ == "__main__":
    sys.exit(main())
