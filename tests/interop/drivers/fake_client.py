#!/usr/bin/env python3
"""A client that does what the suite wants of every driver, except for one fault.

    fake_client.py FAULT PROXY DESTINATION [USER PASSWORD]

FAULT is `none` or a word of FAULTS. faults.py checks that the suite finds each of them.
"""

import ipaddress
import os
import pathlib
import signal
import socket
import ssl
import struct
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from client_cases import CLOSED, FAILED, NO_METHOD, REASONS, TRUNCATED, WRONG_LOGIN

FAULTS = {
    "drops_early_data": "early_data_in_the_segment_of_the_reply",
    "reads_one_segment_for_a_message": "the_reply_a_byte_at_a_time",
    "has_no_deadline": "the_proxy_stalls_before_the_reply",
    "extends_its_deadline_with_each_byte": "the_proxy_drips",
    "keeps_its_deadline_in_the_tunnel": "the_tunnel_has_no_deadline",
    "has_no_deadline_for_the_connection": "the_proxy_does_not_answer_the_connection",
    "takes_a_truncated_reply_for_complete": "end_of_stream_inside_the_reply",
    "exits_0_after_a_refusal": "refused_with_code_5",
    "prints_two_lines": "refused_with_code_1",
    "prints_nothing": "end_of_stream_before_the_reply",
    "prints_to_stdout_after_a_failure": "refused_with_code_2",
    "takes_an_unassigned_code_for_success": "refused_with_code_200",
    "sends_the_login_without_being_asked": "no_acceptable_method_with_a_login",
    "takes_a_method_that_was_not_offered": "a_method_that_was_not_offered",
    "ignores_the_verdict": "a_refusal_of_the_login_with_early_data",
    "loses_the_last_KiB": "our_proxy_carries_2_MiB_each_way",
    "sends_text_instead_of_bytes": "our_proxy_carries_2_MiB_each_way",
    "ends_its_direction": "the_request_for_a_name",
    "resolves_the_name": "the_request_for_a_name",
    "truncates_a_long_password": "our_proxy_with_a_long_login_carries_to_a_name",
    "has_little_room_for_a_bound_name": "a_bound_name_of_255_bytes",
    "takes_a_reset_for_an_end": "the_tunnel_is_reset",
    "takes_a_reset_in_the_handshake_for_an_end": "reset_before_the_reply",
    "dies_of_SIGPIPE": "the_tunnel_ends_and_is_reset_while_the_client_sends",
    "ignores_errors_of_stdout": "standard_output_cannot_be_written",
    "takes_HTTP_for_SOCKS": "an_HTTP_server_in_the_proxy_s_place",
    "does_not_say_why_it_cannot_connect": "nobody_listens_at_the_proxy_s_port",
    "trusts_every_certificate": "a_certificate_that_is_not_trusted",
    "ignores_the_name_of_a_certificate": "a_certificate_of_another_name",
    "takes_an_end_of_TCP_for_an_end_of_TLS": "an_end_without_close_notify",
    "has_no_deadline_for_TLS": "the_handshake_of_TLS_stalls",
    "speaks_without_TLS": "a_proxy_without_TLS",
    "keeps_the_password": "the_password_is_wiped",
    "reports_an_error_of_a_sanitizer": "an_end_of_stream_after_the_handshake",
    "crashes": "the_reply_a_byte_at_a_time_with_a_login",
}

TLS_FAULTS = {fault for fault in FAULTS if "TLS" in fault or "certificate" in fault}
TRUSTED = "SOCKS_TLS_CA"  # the variable that makes it speak TLS, as the driver with TLS has it

fault = sys.argv[1] if len(sys.argv) > 1 else "none"


class Failure(Exception):
    pass


class Handshake:
    def __init__(self, proxy):
        self.deadline = time.monotonic() + 10
        self.state = "connecting to the proxy"
        self.buffer = bytearray()
        self.limit("has_no_deadline_for_the_connection")
        try:
            self.stream = socket.create_connection(proxy, timeout=self.seconds)
        except TimeoutError:
            raise
        except OSError as why:
            raise Failure("cannot connect to the proxy" + ("" if fault == "does_not_say_why_it_cannot_connect"
                                                           else f": {os.strerror(why.errno)}")) from None
        self.stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if TRUSTED in os.environ and fault != "speaks_without_TLS":
            self.secure(proxy[0])

    def secure(self, host):
        context = ssl.create_default_context(cafile=os.environ[TRUSTED])
        context.check_hostname = fault not in ("trusts_every_certificate", "ignores_the_name_of_a_certificate")
        if fault == "trusts_every_certificate":
            context.verify_mode = ssl.CERT_NONE
        self.limit("has_no_deadline_for_TLS")
        self.stream.settimeout(self.seconds)
        careless = fault == "takes_an_end_of_TCP_for_an_end_of_TLS"
        try:
            self.stream = context.wrap_socket(self.stream, server_hostname=host, suppress_ragged_eofs=careless)
        except ssl.SSLError as why:
            raise Failure(f"cannot connect to the proxy: {why.reason}") from None

    def limit(self, faulty):
        self.seconds = 40 if fault == faulty else max(0.001, self.deadline - time.monotonic())

    def receive(self, size):
        while len(self.buffer) < size:
            if fault == "extends_its_deadline_with_each_byte":
                self.deadline = time.monotonic() + 10
            self.limit("has_no_deadline")
            self.stream.settimeout(self.seconds)
            try:
                data = self.stream.recv(65536)
            except (ConnectionError, ssl.SSLEOFError):
                if fault == "takes_a_reset_in_the_handshake_for_an_end":
                    raise Failure(CLOSED) from None
                raise Failure(FAILED) from None
            if not data and fault == "takes_a_truncated_reply_for_complete" and self.buffer:
                self.buffer += bytes(size)
            elif not data and size > 2 and self.buffer[1:2] not in (b"", b"\0"):
                return self.buffer + bytes(size)  # the code of a refusal is known
            elif not data:
                raise Failure(TRUNCATED if self.buffer else CLOSED)
            self.buffer += data
            if fault == "reads_one_segment_for_a_message" and len(self.buffer) < size:
                raise Failure("malformed message")
        return bytes(self.buffer[:size])

    def transmit(self, data):
        try:
            self.stream.sendall(data)
        except ConnectionError:
            raise Failure(FAILED) from None

    def take(self, size):
        del self.buffer[:size]

    def run(self, destination, login):
        offer = 2 if login else 0
        self.transmit(bytes([5, 1, offer]))
        if fault == "sends_the_login_without_being_asked" and login:
            self.transmit(self.credentials(login))
        self.state = "waiting for the method selection"
        self.identify(self.receive(1)[0])
        chosen = self.receive(2)[1]
        self.take(2)
        if chosen == 0xFF:
            raise Failure(NO_METHOD)
        if chosen != offer and fault != "takes_a_method_that_was_not_offered":
            raise Failure("the proxy chose an authentication method that was not offered")
        if login:
            if fault == "crashes":
                os.kill(os.getpid(), signal.SIGSEGV)
            if fault != "sends_the_login_without_being_asked":
                self.transmit(self.credentials(login))
            self.state = "waiting for the verdict on user name and password"
            verdict = self.receive(2)[1]
            self.take(2)
            if verdict and fault != "ignores_the_verdict":
                raise Failure(WRONG_LOGIN)
        self.transmit(b"\x05\x01\x00" + destination)
        self.state = "waiting for the reply"
        if self.receive(1)[0] != 5:
            raise Failure("wrong version byte")
        code = self.receive(2)[1]
        if code and not (fault == "takes_an_unassigned_code_for_success" and code not in range(1, 9)):
            raise Failure(REASONS[code])
        kind = self.receive(4)[3]
        if kind not in (1, 3, 4):
            raise Failure("unknown address type")
        size = 6 + {1: 4, 4: 16}.get(kind, 0) if kind != 3 else 7 + self.receive(5)[4]
        if fault == "has_little_room_for_a_bound_name" and size > 128:
            raise Failure(TRUNCATED)
        self.receive(size)
        self.take(size)
        return b"" if fault == "drops_early_data" else bytes(self.buffer)

    @staticmethod
    def identify(first):
        if first == ord("S"):
            raise Failure("the peer speaks SSH, not SOCKS")
        if chr(first).isupper() and fault != "takes_HTTP_for_SOCKS":
            raise Failure("the peer speaks HTTP, not SOCKS")
        if first in (0x15, 0x16):
            raise Failure("the peer speaks TLS, not SOCKS")

    @staticmethod
    def credentials(login):
        user, password = (word.encode() for word in login)
        if fault == "truncates_a_long_password":
            password = password[:100]
        return b"\x01" + bytes([len(user)]) + user + bytes([len(password)]) + password


def show(data):
    while data:
        try:
            data = data[os.write(1, data):]
        except OSError as why:
            if fault == "ignores_errors_of_stdout":
                return
            raise Failure(f"cannot write: {os.strerror(why.errno)}") from None


def tunnel(s, early, stdin):
    s.settimeout(10 if fault == "keeps_its_deadline_in_the_tunnel" else None)
    show(early)
    try:
        s.sendall(stdin)
        if fault == "ends_its_direction":
            s.shutdown(socket.SHUT_WR)
        while data := s.recv(65536):
            show(data[:-1024] if fault == "loses_the_last_KiB" and len(data) < 40000 else data)
    except OSError as why:
        if fault != "takes_a_reset_for_an_end":
            raise Failure(f"the tunnel failed: {os.strerror(why.errno or 110)}") from None


def endpoint(text):
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or ":" in host.strip("[]") and not host.startswith("["):
        raise ValueError(text)
    return host.strip("[]"), int(port)


def encoded(host, port):
    if fault == "resolves_the_name":
        host = "127.0.0.1"
    try:
        address = ipaddress.ip_address(host)
        return (b"\x01" if address.version == 4 else b"\x04") + address.packed + struct.pack(">H", port)
    except ValueError:
        return b"\x03" + bytes([len(host)]) + host.encode() + struct.pack(">H", port)


def main():
    signal.signal(signal.SIGPIPE, signal.SIG_DFL if fault == "dies_of_SIGPIPE" else signal.SIG_IGN)
    words = sys.argv[2:]
    try:
        if len(words) not in (2, 4):
            raise ValueError
        proxy, destination = endpoint(words[0]), encoded(*endpoint(words[1]))
    except ValueError:
        print("usage: fake_client.py FAULT PROXY DESTINATION [USER PASSWORD]", file=sys.stderr)
        return 2
    stdin = sys.stdin.buffer.read()
    if fault == "sends_text_instead_of_bytes":
        stdin = stdin.replace(b"\n", b"\r\n")
    if fault == "reports_an_error_of_a_sanitizer":
        print("x.cpp:1:2: runtime error: signed integer overflow", file=sys.stderr)
    handshake = None
    try:
        handshake = Handshake(proxy)
        early = handshake.run(destination, words[2:])
        tunnel(handshake.stream, early, stdin)
        return 0
    except TimeoutError:
        why = f"timed out {handshake.state if handshake else 'connecting to the proxy'}"
    except Failure as failure:
        why = str(failure)
    if fault == "prints_to_stdout_after_a_failure":
        show(b"<html>")
    if fault != "prints_nothing":
        print(f"fake_client: {why}", file=sys.stderr)
    if fault == "prints_two_lines":
        print("sorry", file=sys.stderr)
    return 0 if fault == "exits_0_after_a_refusal" else 1


if __name__ == "__main__":
    sys.exit(main())
