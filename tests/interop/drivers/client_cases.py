"""The cases of a client: real proxies, and scripted ones that do whatever a proxy or a network may do."""

import os
import re
import signal
import socket
import ssl
import time

import tls
from cases import Case, for_tls, late, waits
from ferry import Ferry, one_by_one
from harness import NAME, expect
from network import DATA, LOGIN, LONG_LOGIN, UNKNOWN_NAME, question
from scripted import Refusing, Scripted, Unanswered

TO = f"{NAME}:80"
CONNECT = b"\x05\x01\x00"
REQUEST = CONNECT + b"\x03\x11files.example.com\x00\x50"
REPLY = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x1f\x90"
GREETING, CHOICE = b"\x05\x01\x00", b"\x05\x00"
OFFER, CHOICE_OF_LOGIN = b"\x05\x01\x02", b"\x05\x02"
LOGIN_SENT, LOGIN_TAKEN = b"\x01\x04john\x07foo bar", b"\x01\x00"

REASONS = {
    1: "the proxy failed and does not say why",
    2: "the rules of the proxy forbid this destination",
    3: "the proxy has no route to the destination's network",
    4: "the proxy cannot reach the destination, or cannot find its name",
    5: "the destination refused the connection",
    6: "the destination is too far away, or did not answer the proxy in time",
    7: "the proxy does not serve this command",
    8: "the proxy cannot use this kind of address",
    0xC8: "the proxy refused with a code that no document names: 0xC8",
}
CLOSED, TRUNCATED = "connection closed before a message", "connection closed inside a message"
CANNOT_CONNECT, TUNNEL_FAILED = re.compile("cannot connect to the proxy: .+"), re.compile("the tunnel failed: .+")
WRONG_METHOD = "the proxy chose an authentication method that was not offered"
LONG_REPLY = b"\x05\x00\x00\x03\xff" + b"b" * 255 + b"\x00\x50"
FAILED = "reading or writing failed"
NO_METHOD = "no acceptable authentication method"
WRONG_LOGIN = "user name and password refused"

# Where a handshake stops: with a login or without one, complete answers before, bytes of the next answer, and what
# the client then waits for.
STOPS = {
    "before_the_method_selection": ((), 0, 0, "waiting for the method selection"),
    "inside_the_method_selection": ((), 0, 1, "waiting for the method selection"),
    "before_the_verdict_on_a_login": (LOGIN, 1, 0, "waiting for the verdict on user name and password"),
    "inside_the_verdict_on_a_login": (LOGIN, 1, 1, "waiting for the verdict on user name and password"),
    "before_the_reply": ((), 1, 0, "waiting for the reply"),
    "inside_the_reply": ((), 1, 4, "waiting for the reply"),
    "before_the_reply_after_a_login": (LOGIN, 2, 0, "waiting for the reply"),
    "inside_the_reply_after_a_login": (LOGIN, 2, 9, "waiting for the reply"),
}


def conversation(login=(), request=REQUEST, reply=REPLY):
    """What a client sends, and the answer to it."""
    ask = [(OFFER, CHOICE_OF_LOGIN), (LOGIN_SENT, LOGIN_TAKEN)] if login else [(GREETING, CHOICE)]
    return [*ask, (request, reply)]


def handshake(caller, *arguments, **more):
    for sent, answer in conversation(*arguments, **more):
        caller.expect(sent)
        caller.give(answer)


class Cases:
    # Through real proxies.

    def carried(self, trial, proxy, host, sent=1000, wanted=1000):
        proxy, login = trial.network.proxies[proxy]
        self.carried_by(trial, proxy.port, host, login, sent, wanted)

    def carried_by(self, trial, port, host, login=(), sent=1000, wanted=1000, **more):
        stdin, stdout = question(min(sent, trial.model.at_most), min(wanted, trial.model.at_most))
        trial.client(port, f"{host}:{trial.network.counter.port}", login, stdin, **more).succeeded(stdout)

    def by_a_proxy_at_an_ipv6_address(self, trial):
        self.carried_by(trial, trial.network.proxy_at_ipv6.port, NAME, at="::1")

    def in_small_segments(self, trial, proxy):
        proxy, login = trial.network.proxies[proxy]
        self.carried_by(trial, Ferry(proxy.port, one_by_one, one_by_one).port, NAME, login)

    def refused_by(self, trial, proxy, text, login=None, to=None):
        proxy, its_login = trial.network.proxies[proxy]
        with Refusing() as nobody:
            trial.client(proxy.port, to or nobody.address,
                         its_login if login is None else login, b"hello").failed(text)

    # Through scripted proxies.

    def scripted(self, trial, act, check, login=(), to=TO, stdin=b""):
        """`act` is the proxy; `check` gets the client."""
        with Scripted(act) as proxy:
            client = trial.client(proxy.port, to, login, stdin)
            check(client)
        return client

    def sends(self, trial, to, request, login=()):
        """Exactly these bytes, and after the handshake exactly its standard input, without an end."""
        def act(caller):
            handshake(caller, login, CONNECT + request)
            caller.expect(b"hello")
            caller.socket.settimeout(0.5)
            try:
                more = caller.socket.recv(100)
                raise AssertionError(f"the client sent {more!r} after its standard input" if more
                                     else "the client ended its direction of the stream")
            except TimeoutError:
                caller.end()
        self.scripted(trial, act, lambda client: client.succeeded(b""), login, to, b"hello")

    def early(self, trial, size, login=(), reply=REPLY):
        """The destination speaks first, in one segment with the reply."""
        data = DATA[:size]

        def act(caller):
            handshake(caller, login, reply=reply + data)
            caller.expect(b"hello")
            caller.give(b"bye")
            caller.end()
        self.scripted(trial, act, lambda client: client.succeeded(data + b"bye"), login, stdin=b"hello")

    def byte_by_byte(self, trial, login=(), reply=REPLY):
        def act(caller):
            for sent, answer in conversation(login, reply=reply + b"early"):
                caller.expect(sent)
                caller.give_slowly(answer, 0.005)
            caller.expect(b"hello")
            caller.end()
        self.scripted(trial, act, lambda client: client.succeeded(b"early"), login, stdin=b"hello")

    def reply_with(self, trial, reply):
        def act(caller):
            handshake(caller, reply=reply)
            caller.expect(b"hello")
            caller.give(b"bye")
            caller.end()
        self.scripted(trial, act, lambda client: client.succeeded(b"bye"), stdin=b"hello")

    def sends_to_a_slow_reader(self, trial):
        def act(caller):
            handshake(caller)
            for begin in range(0, len(DATA), 8192):
                caller.expect(DATA[begin:begin + 8192])
                time.sleep(0.002)
            caller.give(b"bye")
            caller.end()
        self.scripted(trial, act, lambda client: client.succeeded(b"bye"), stdin=DATA)

    def ends_after_the_handshake(self, trial):
        def act(caller):
            handshake(caller)
            caller.end()
        self.scripted(trial, act, lambda client: client.succeeded(b""))

    def answers(self, trial, answers, text, login=()):
        """The proxy gives these answers, then ends; the client fails."""
        def act(caller):
            for (sent, _), answer in zip(conversation(login), answers):
                caller.expect(sent)
                caller.give(answer)
            caller.end()
        self.scripted(trial, act, lambda client: client.failed(text), login, stdin=b"hello")

    def stopped(self, trial, stop, then, check):
        login, complete, part, state = STOPS[stop]

        def act(caller):
            steps = conversation(login)
            for sent, answer in steps[:complete]:
                caller.expect(sent)
                caller.give(answer)
            sent, answer = steps[complete]
            caller.expect(sent)
            caller.give(answer[:part])
            then(caller)
        self.scripted(trial, act, lambda client: check(client, state), login, stdin=b"hello")

    def ended(self, trial, stop):
        inside = STOPS[stop][2] > 0
        self.stopped(trial, stop, lambda caller: caller.end(),
                     lambda client, _: client.failed(TRUNCATED if inside else CLOSED))

    def reset(self, trial, stop):
        def then(caller):
            time.sleep(0.1)  # so that the client has read what came before
            caller.reset()
        self.stopped(trial, stop, then, lambda client, _: client.failed(FAILED))

    def stalled(self, trial, stop):
        self.stopped(trial, stop, lambda caller: self.until_the_deadline(caller),
                     lambda client, state: client.failed(f"timed out {state}"))

    @staticmethod
    def until_the_deadline(caller):
        caller.expect_end()
        late(time.monotonic() - caller.accepted)

    def drips(self, trial, login=()):
        """The deadline is for the complete handshake, and no byte extends it."""
        def act(caller):
            for sent, answer in conversation(login):
                caller.expect(sent)
                for byte in answer:
                    if not self.silent_for(caller, 3):
                        return late(time.monotonic() - caller.accepted)
                    caller.give(bytes([byte]))
        state = "waiting for the verdict on user name and password" if login else "waiting for the reply"
        self.scripted(trial, act, lambda client: client.failed(f"timed out {state}"), login)

    @staticmethod
    def silent_for(caller, seconds):
        """Whether the client keeps the connection for so long."""
        caller.socket.settimeout(seconds)
        try:
            return caller.socket.recv(100) != b""
        except TimeoutError:
            return True

    def nobody_answers(self, trial):
        with Unanswered() as proxy:
            client = trial.client_without_a_proxy(proxy.address, TO, stdin=b"hello")
            began = proxy.asked()
            client.failed("timed out connecting to the proxy")
            late(client.ended - began)

    def nobody_listens(self, trial):
        with Refusing() as proxy:
            trial.client_without_a_proxy(proxy.address, TO, stdin=b"hello").failed(CANNOT_CONNECT)

    def no_route_to_the_proxy(self, trial):
        trial.client_without_a_proxy("192.0.2.1:1080", TO, stdin=b"hello").failed(CANNOT_CONNECT)

    def no_deadline_for_the_tunnel(self, trial):
        def act(caller):
            handshake(caller)
            time.sleep(12)
            caller.give(b"late")
            caller.end()
        self.scripted(trial, act, lambda client: client.succeeded(b"late"))

    def tunnel_is_reset(self, trial):
        def act(caller):
            handshake(caller)
            caller.expect(b"hello")
            caller.give(DATA[:5000])
            trial.first().printed(DATA[:5000], 2)
            caller.reset()
        self.scripted(trial, act, lambda client: client.failed(TUNNEL_FAILED, DATA[:5000]), stdin=b"hello")

    def tunnel_is_reset_while_it_sends(self, trial):
        def act(caller):
            handshake(caller)
            caller.expect(DATA[:1000])
            caller.reset()
        self.scripted(trial, act, lambda client: client.failed(TUNNEL_FAILED), stdin=DATA)

    def tunnel_ends_and_is_reset_while_it_sends(self, trial):
        """After an end of the stream, a write that fails raises SIGPIPE. The client may report the end or the failure."""
        def act(caller):
            handshake(caller)
            caller.expect(DATA[:1000])
            caller.socket.shutdown(socket.SHUT_WR)
            time.sleep(0.2)
            caller.reset()

        def check(client):
            if client.wait() == 0:
                client.succeeded(b"")
            else:
                client.failed(TUNNEL_FAILED)
        self.scripted(trial, act, check, stdin=DATA)

    def password_is_wiped(self, trial):
        """During the tunnel, the password is in the arguments of the process and nowhere else in its memory."""
        login = ("john", "the password that is looked for")

        def act(caller):
            sent = b"\x01\x04john" + bytes([len(login[1])]) + login[1].encode()
            for sent, answer in ((OFFER, CHOICE_OF_LOGIN), (sent, LOGIN_TAKEN), (REQUEST, REPLY)):
                caller.expect(sent)
                caller.give(answer)
            caller.expect(b"hello")
            expect(trial.first().places_of(login[1].encode()), [], "where the password is")
            caller.end()
        self.scripted(trial, act, lambda client: client.succeeded(b""), login, stdin=b"hello")

    def stopped_and_continued(self, trial):
        """SIGSTOP and SIGCONT interrupt some system calls."""
        def act(caller):
            def interrupt():
                time.sleep(0.2)
                for number in (signal.SIGSTOP, signal.SIGCONT):
                    os.kill(trial.first().process.pid, number)
                    time.sleep(0.1)
            for sent, answer in conversation():
                caller.expect(sent)
                interrupt()
                caller.give(answer)
            caller.expect(b"hello")
            interrupt()
            caller.give(b"bye")
            caller.end()
        self.scripted(trial, act, lambda client: client.succeeded(b"bye"), stdin=b"hello")

    def output_cannot_be_written(self, trial):
        def act(caller):
            handshake(caller, reply=REPLY + b"early")
            caller.give(DATA[:10_000])
            caller.end()

        def check(client):
            expect(client.wait(), 1, "exit status")
            expect(len(client.said.splitlines()), 1, f"number of lines on stderr, which has {client.said!r}")
        with Scripted(act) as proxy, open("/dev/full", "wb") as full:
            check(trial.client(proxy.port, TO, stdout=full))

    def wrong_arguments(self, trial, *arguments):
        client = trial.command(*arguments)
        expect(client.wait(), 2, f"exit status ({client.said.strip()})")
        expect(bytes(client.out), b"", "stdout")
        expect("usage" in client.said.lower(), True, f"whether stderr has a usage line; it has {client.said!r}")

    # Only inside TLS.

    def secured(self, caller, context):
        """The handshake of TLS in the proxy's place; returns the decrypted stream."""
        caller.socket = context.wrap_socket(caller.socket, server_side=True)
        return caller

    def proxy_without_tls(self, trial):
        with Scripted(lambda caller: caller.give(CHOICE)) as proxy:
            trial.client_without_a_proxy(proxy.address, TO, LOGIN).failed(CANNOT_CONNECT)

    def wrong_certificate(self, trial, whose):
        """The client sends nothing to a proxy that it cannot identify."""
        def act(caller):
            try:
                self.secured(caller, tls.server_context(whose))
                expect(caller.socket.recv(100), b"", "what the client sent")
            except ssl.SSLError:
                pass  # the alert of the client
        with Scripted(act) as proxy:
            trial.client_without_a_proxy(proxy.address, TO, LOGIN).failed(CANNOT_CONNECT)

    def end_without_close_notify(self, trial):
        """Anybody on the way can end TCP, so the client does not take that for the end of the data."""
        def act(caller):
            handshake(self.secured(caller, trial.network.tls_of_a_server))
            caller.expect(b"hello")
            caller.give(DATA[:1000])
            trial.first().printed(DATA[:1000], 2)
        with Scripted(act) as proxy:
            trial.client_without_a_proxy(proxy.address, TO, (), b"hello").failed(TUNNEL_FAILED, DATA[:1000])

    def tls_stalls(self, trial):
        def act(caller):
            while caller.socket.recv(1000):  # the client's first message of TLS
                pass
            late(time.monotonic() - caller.accepted)
        with Scripted(act) as proxy:
            trial.client_without_a_proxy(proxy.address, TO).failed("timed out connecting to the proxy")

    def real_proxies(self):
        carried, refused = self.carried, self.refused_by
        cases = {}
        for proxy in ("our_proxy", "Dante", "microsocks"):
            for p in (proxy, f"{proxy}_with_a_login"):
                cases |= {
                    f"{p}_carries_to_a_name": Case(carried, p, NAME),
                    f"{p}_carries_to_an_IPv4_address": Case(carried, p, "127.0.0.1"),
                    f"{p}_carries_to_an_IPv6_address": Case(carried, p, "[::1]"),
                    f"{p}_carries_2_MiB_each_way": Case(carried, p, NAME, len(DATA), len(DATA)),
                }
            cases |= {
                f"{proxy}_refuses_a_wrong_password":
                    Case(refused, f"{proxy}_with_a_login", WRONG_LOGIN, ("john", "bar")),
                f"{proxy}_refuses_a_client_without_a_login": Case(refused, f"{proxy}_with_a_login", NO_METHOD, ()),
                f"{proxy}_passes_a_refused_connection_on": Case(refused, proxy, REASONS[5]),
            }
        return cases | {
            "our_proxy_does_not_want_the_login": Case(refused, "our_proxy", NO_METHOD, LOGIN),
            "Dante_does_not_want_the_login": Case(refused, "Dante", NO_METHOD, LOGIN),
            "our_proxy_with_a_long_login_carries_to_a_name": Case(carried, "our_proxy_with_a_long_login", NAME),
            "our_proxy_at_an_IPv6_address_carries": Case(self.by_a_proxy_at_an_ipv6_address),
            "our_proxy_does_not_find_a_name":
                Case(refused, "our_proxy", REASONS[4], (), f"{UNKNOWN_NAME}:80"),
            "our_proxy_has_no_route": Case(refused, "our_proxy", REASONS[3], (), "[2001:db8::1]:80"),
        }

    def requests(self):
        sends = self.sends
        return {
            "the_request_for_a_name": Case(sends, TO, b"\x03\x11files.example.com\x00\x50"),
            "the_request_for_an_IPv4_address": Case(sends, "192.0.2.1:65535", b"\x01\xc0\x00\x02\x01\xff\xff"),
            "the_request_for_an_IPv6_address":
                Case(sends, "[2001:db8::1]:1", b"\x04\x20\x01\x0d\xb8" + bytes(11) + b"\x01\x00\x01"),
            "the_request_for_a_name_of_255_bytes":
                Case(sends, "x." * 127 + "x:80", b"\x03\xff" + b"x." * 127 + b"x\x00\x50"),
            "the_request_with_a_login": Case(sends, TO, b"\x03\x11files.example.com\x00\x50", LOGIN),
            "no_arguments": Case(self.wrong_arguments),
            "a_proxy_without_a_port": Case(self.wrong_arguments, "127.0.0.1", TO),
            "a_destination_without_a_port": Case(self.wrong_arguments, "127.0.0.1:1080", NAME),
            "a_user_without_a_password": Case(self.wrong_arguments, "127.0.0.1:1080", TO, "john"),
        }

    def replies(self):
        return {
            "early_data_in_the_segment_of_the_reply": Case(self.early, 100),
            "early_data_in_the_segment_of_the_reply_with_a_login": Case(self.early, 100, LOGIN),
            "one_byte_of_early_data": Case(self.early, 1),
            "20000_bytes_of_early_data": Case(self.early, 20_000),
            "early_data_after_a_bound_name_of_255_bytes": Case(self.early, 1000, (), LONG_REPLY),
            "the_reply_a_byte_at_a_time": Case(self.byte_by_byte),
            "the_reply_a_byte_at_a_time_with_a_login": Case(self.byte_by_byte, LOGIN),
            "a_bound_name_of_255_bytes_a_byte_at_a_time": Case(self.byte_by_byte, (), LONG_REPLY),
            "a_byte_in_each_segment": Case(self.in_small_segments, "our_proxy"),
            "a_byte_in_each_segment_with_a_login": Case(self.in_small_segments, "our_proxy_with_a_login"),
            "a_bound_name_of_255_bytes": Case(self.reply_with, LONG_REPLY),
            "a_bound_IPv6_address": Case(self.reply_with, b"\x05\x00\x00\x04" + bytes(15) + b"\x01\x1f\x90"),
        }

    def refusals(self):
        answers = self.answers
        cases = {
            "a_refusal_that_ends_after_two_bytes": Case(answers, [CHOICE, b"\x05\x05"], REASONS[5]),
            "a_refusal_of_the_login_with_early_data":
                Case(answers, [CHOICE_OF_LOGIN, b"\x01\x01 and more"], WRONG_LOGIN, LOGIN),
            "a_method_that_was_not_offered": Case(answers, [CHOICE_OF_LOGIN], WRONG_METHOD),
            "a_method_below_the_login": Case(answers, [CHOICE], WRONG_METHOD, LOGIN),
            "no_acceptable_method": Case(answers, [b"\x05\xff"], NO_METHOD),
            "no_acceptable_method_with_a_login": Case(answers, [b"\x05\xff"], NO_METHOD, LOGIN),
            "an_HTTP_server_in_the_proxy_s_place":
                Case(answers, [b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"], "the peer speaks HTTP, not SOCKS"),
            "a_TLS_server_in_the_proxy_s_place":
                Case(answers, [b"\x15\x03\x01\x00\x02\x02\x46"], "the peer speaks TLS, not SOCKS"),
            "an_SSH_server_in_the_proxy_s_place":
                Case(answers, [b"SSH-2.0-OpenSSH_9.2\r\n"], "the peer speaks SSH, not SOCKS"),
            "a_SOCKS4_answer": Case(answers, [CHOICE, b"\x00\x5a" + bytes(6)], "wrong version byte"),
            "an_unknown_address_type_in_the_reply":
                Case(answers, [CHOICE, b"\x05\x00\x00\x02" + bytes(6)], "unknown address type"),
        }
        for code, reason in REASONS.items():
            reply = b"\x05" + bytes([code]) + b"\x00\x01" + bytes(6)
            cases[f"refused_with_code_{code}"] = Case(answers, [CHOICE, reply], reason)
        return cases

    def deadlines(self):
        return {f"the_proxy_stalls_{stop}": waits(self.stalled, stop) for stop in STOPS} | {
            "the_proxy_drips": waits(self.drips),
            "the_proxy_drips_with_a_login": waits(self.drips, LOGIN),
            "the_proxy_does_not_answer_the_connection": waits(self.nobody_answers),
            "the_tunnel_has_no_deadline": waits(self.no_deadline_for_the_tunnel),
        }

    def failures(self):
        return {
            "nobody_listens_at_the_proxy_s_port": Case(self.nobody_listens),
            "no_route_to_the_proxy": Case(self.no_route_to_the_proxy),
            "an_end_of_stream_after_the_handshake": Case(self.ends_after_the_handshake),
            "a_slow_reader_in_the_proxy_s_place": Case(self.sends_to_a_slow_reader),
            "the_tunnel_is_reset": Case(self.tunnel_is_reset),
            "the_tunnel_is_reset_while_the_client_sends": Case(self.tunnel_is_reset_while_it_sends),
            "the_tunnel_ends_and_is_reset_while_the_client_sends": Case(self.tunnel_ends_and_is_reset_while_it_sends),
            "the_password_is_wiped": Case(self.password_is_wiped),
            "stopped_and_continued": Case(self.stopped_and_continued),
            "standard_output_cannot_be_written": Case(self.output_cannot_be_written),
        }

    def inside_tls(self):
        return {
            "a_proxy_without_TLS": for_tls(self.proxy_without_tls),
            "a_certificate_that_is_not_trusted": for_tls(self.wrong_certificate, "stranger"),
            "a_certificate_of_another_name": for_tls(self.wrong_certificate, "other"),
            "an_end_without_close_notify": for_tls(self.end_without_close_notify),
            "the_handshake_of_TLS_stalls": for_tls(self.tls_stalls, waits=True),
        }

    def table(self):
        """The cases by their topics."""
        return {
            "real proxies": self.real_proxies(),
            "requests": self.requests(),
            "replies, early data": self.replies(),
            "refusals, other protocols": self.refusals(),
            "end of stream": {f"end_of_stream_{stop}": Case(self.ended, stop) for stop in STOPS},
            "reset": {f"reset_{stop}": Case(self.reset, stop) for stop in STOPS},
            "deadlines": self.deadlines(),
            "the tunnel and the system": self.failures(),
            "TLS": self.inside_tls(),
        }
