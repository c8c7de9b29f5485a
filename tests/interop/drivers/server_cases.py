"""The cases of a server: curl, and clients that do whatever a client or a network may do."""

import contextlib
import select
import socket
import subprocess
import threading
import time

from careless_clients import dialogue, everything, receive_answers
from cases import Case, for_tls, late, waits
from harness import NAME, PATIENCE, expect, until
from network import DATA, LOGIN, SLOW_NAME, UNKNOWN_NAME, question
from origins import connect, receive, receive_all
from scripted import Refusing, Scripted, Unanswered, read_slowly, read_to_end, reset

PROXY_ERROR = 97  # curl's exit status when the handshake with a proxy failed
ENOUGH = 8 * 1024 * 1024  # bytes of memory that a server may take for one connection
FLOOD = 256 * 1024 * 1024
KINDS = ("4", "4a", "5", "login")
NO_ADDRESS = b"\x01" + bytes(6)
GREETING, CHOICE = b"\x05\x01\x00", b"\x05\x00"
LOOPBACK = b"\x01\x7f\x00\x00\x01"


def request(port, address=LOOPBACK, command=1):
    return bytes([5, command, 0]) + address + port.to_bytes(2, "big")


def by_name(name):
    return b"\x03" + bytes([len(name)]) + name.encode()


def ended(s):
    """Expects an end of the stream, and nothing before it."""
    expect(s.recv(100), b"", "what came instead of an end of the stream")


def is_silent(s):
    """Whether nothing has come, neither bytes nor an end."""
    return not select.select([s], [], [], 0)[0]


def was_reset(s, what):
    """Expects a reset, and no end of the stream."""
    try:
        while s.recv(65536):
            pass
    except ConnectionResetError:
        return
    raise AssertionError(f"{what} saw an end of the stream instead of a reset")


class Cases:
    # How a client gets its tunnel.

    def enter(self, server, kind, port, address=None):
        """A connection to the server after the complete handshake."""
        s = connect(server.port)
        for step in dialogue(kind, port.to_bytes(2, "big")):
            s.sendall(step[0])
            receive_answers(s, [step])
        return s

    @contextlib.contextmanager
    def tunnel(self, trial, act):
        """A server, a destination that follows a script, and a client after its handshake."""
        server = trial.server()
        with Scripted(act) as destination, self.enter(server, "5", destination.port) as s:
            yield server, s

    def check_counted(self, trial, s, size=1000):
        stdin, stdout = question(size, size)
        s.sendall(stdin)
        expect(read_to_end(s), stdout, "what came back")

    def still_serves(self, trial, server, kind="5"):
        with self.enter(server, kind, trial.network.counter.port) as s:
            self.check_counted(trial, s)

    # Clients that succeed.

    def curl(self, trial, *options, login=()):
        server = trial.server(login)
        words = [o.format(server.port) for o in options]
        done = subprocess.run(["curl", "-q", "-sS", "--max-time", str(PATIENCE), *words], capture_output=True,
                              timeout=PATIENCE + 5)
        return server, done

    def fetch(self, trial, option, host, login=()):
        page = trial.network.page
        user = ("--proxy-user", ":".join(login)) if login else ()
        _, done = self.curl(trial, option, "127.0.0.1:{}", *user, f"http://{host}:{page.port}/", login=login)
        expect(done.returncode, 0, f"exit status of curl ({done.stderr.decode().strip()})")
        expect(done.stdout, DATA[:100_003], "the page")

    def curl_fails(self, trial, option, text, said, *options, login=LOGIN):
        page = trial.network.page
        server, done = self.curl(trial, option, "127.0.0.1:{}", *options, f"http://127.0.0.1:{page.port}/", login=login)
        expect(done.returncode, PROXY_ERROR, f"exit status of curl ({done.stderr.decode().strip()})")
        expect(text in done.stderr.decode(), True, f"whether curl says {text!r}; it says {done.stderr.decode()!r}")
        server.reports(said)

    def in_pieces(self, trial, kind, pause):
        """One byte in each segment."""
        server = trial.server(LOGIN if kind == "login" else ())
        with connect(server.port) as s:
            for step in dialogue(kind, trial.network.counter.port.to_bytes(2, "big")):
                for byte in step[0]:
                    s.sendall(bytes([byte]))
                    time.sleep(pause)
                receive_answers(s, [step])
            self.check_counted(trial, s)

    def in_one_segment(self, trial, kind, size):
        """The client does not wait for an answer; its data follows the request."""
        server = trial.server(LOGIN if kind == "login" else ())
        steps = dialogue(kind, trial.network.counter.port.to_bytes(2, "big"))
        stdin, stdout = question(size, size)
        with connect(server.port) as s:
            sender = threading.Thread(target=s.sendall, args=(everything(steps) + stdin,), daemon=True)
            sender.start()
            receive_answers(s, steps)
            expect(read_to_end(s), stdout, "what came back")
            sender.join()

    def both_ways_at_once(self, trial, read):
        def act(caller):
            both(caller.socket)

        def both(s):
            sender = threading.Thread(target=self.send_and_end, args=(s, DATA), daemon=True)
            sender.start()
            found = read(s)
            sender.join()
            expect(found, DATA, "what arrived")
        with self.tunnel(trial, act) as (_, s):
            both(s)

    @staticmethod
    def send_and_end(s, data):
        s.sendall(data)
        s.shutdown(socket.SHUT_WR)

    def bound_address(self, trial, host, family, address):
        """The reply has the local address of the connection to the destination."""
        server, peers = trial.server(), []

        def act(caller):
            peers.append(caller.socket.getpeername())
            caller.end()
        with Scripted(act, host, family) as destination, connect(server.port) as s:
            s.sendall(GREETING + request(destination.port, address))
            expect(receive(s, 2), CHOICE, "the choice of the method")
            reply = receive(s, 3 + len(address) + 2)
            ended(s)
            s.shutdown(socket.SHUT_WR)
        expect(reply, b"\x05\x00\x00" + address + peers[0][1].to_bytes(2, "big"), "the reply")

    def at_an_ipv6_address(self, trial):
        server = trial.server(host="::1")
        with connect(server.port, "::1") as s:
            s.sendall(GREETING + request(trial.network.counter.port))
            receive(s, 12)
            self.check_counted(trial, s)

    # Refusals.

    def refused(self, trial, sent, answer, login=(), said=None):
        """The exact answer arrives, then an end of the stream and no reset, whatever else the client has sent."""
        server = trial.server(login)
        with connect(server.port) as s:
            s.sendall(sent)
            expect(receive(s, len(answer)), answer, "the answer")
            ended(s)
        if said:
            server.reports(said)
        self.still_serves(trial, server, "login" if login else "5")

    def refused_port(self, trial, *arguments):
        with Refusing() as nobody:
            self.refused(trial, GREETING + request(nobody.port), CHOICE + b"\x05\x05\x00" + NO_ADDRESS,
                         said="the destination refused the connection")

    def refused_port_at_ipv6(self, trial):
        with Refusing("::1", socket.AF_INET6) as nobody:
            self.refused(trial, GREETING + request(nobody.port, b"\x04" + bytes(15) + b"\x01"),
                         CHOICE + b"\x05\x05\x00" + NO_ADDRESS)

    def refused_port_by_socks4(self, trial):
        with Refusing() as nobody:
            self.refused(trial, everything(dialogue("4", nobody.port.to_bytes(2, "big"))), b"\x00\x5b" + bytes(6))

    def refused_while_it_sends(self, trial):
        """The client sends more before it reads; a close without a linger would destroy the reply."""
        server = trial.server()
        with Refusing() as nobody, connect(server.port) as s:
            s.sendall(GREETING + request(nobody.port) + DATA[:20_000])
            time.sleep(0.3)
            s.sendall(DATA[:10_000])
            time.sleep(0.3)
            expect(receive(s, 12), CHOICE + b"\x05\x05\x00" + NO_ADDRESS, "the answer")
            ended(s)

    def lingers_for_two_seconds(self, trial):
        """A client that never ends does not keep its connection."""
        server = trial.server()
        with Refusing() as nobody, connect(server.port) as s:
            s.sendall(GREETING + request(nobody.port))
            expect(receive(s, 12), CHOICE + b"\x05\x05\x00" + NO_ADDRESS, "the answer")
            ended(s)
            began = time.monotonic()
            with contextlib.suppress(ConnectionError):
                while time.monotonic() < began + 10:
                    s.sendall(b"x")
                    time.sleep(0.05)
            seconds = time.monotonic() - began
            expect(seconds < 5, True, f"whether it closed the connection in time; it took {seconds:.1f} seconds")

    def unanswered_destination(self, trial):
        """The deadline for dialling: the server may answer that the time has passed, or close."""
        server = trial.server()
        with Unanswered() as nobody, connect(server.port) as s:
            s.sendall(GREETING + request(nobody.port))
            began = time.monotonic()
            expect(receive(s, 2), CHOICE, "the choice of the method")
            expect(receive(s, 10) in (b"", b"\x05\x06\x00" + NO_ADDRESS), True, "whether it refuses with code 6 or closes")
            late(time.monotonic() - began)

    # Clients that stop, and clients of another protocol.

    def stops(self):
        """Where a client stops: the name, what it sent, whether it is inside a message, and what a server waits for."""
        login, ask = b"\x01\x04john\x07foo bar", request(80)
        return {
            "inside_the_greeting": ((), GREETING[:2], "waiting for the first message"),
            "after_the_greeting": ((), GREETING, "waiting for the request"),
            "inside_the_request": ((), GREETING + ask[:7], "waiting for the request"),
            "after_the_offer_of_a_login": (LOGIN, b"\x05\x01\x02", "waiting for user name and password"),
            "inside_the_login": (LOGIN, b"\x05\x01\x02" + login[:9], "waiting for user name and password"),
            "after_the_login": (LOGIN, b"\x05\x01\x02" + login, "waiting for the request"),
            "inside_a_SOCKS4_request": ((), b"\x04\x01\x00\x50\x7f", "waiting for the first message"),
            "inside_a_SOCKS4a_name": ((), b"\x04\x01\x00\x50\x00\x00\x00\x07ann\x00files", "waiting for the first message"),
        }

    def client_ends(self, trial, stop):
        login, sent, _ = self.stops()[stop]
        server = trial.server(login)
        with connect(server.port) as s:
            s.sendall(sent)
            s.shutdown(socket.SHUT_WR)
            receive_all(s)
        server.reports("inside a message" if "inside" in stop else "before a message")
        self.still_serves(trial, server, "login" if login else "5")

    def client_resets(self, trial, stop):
        login, sent, _ = self.stops()[stop]
        server = trial.server(login)
        s = connect(server.port)
        s.sendall(sent)
        time.sleep(0.1)
        reset(s)
        server.reports("reading or writing failed")
        self.still_serves(trial, server, "login" if login else "5")

    def client_stalls(self, trial, stop):
        login, sent, state = self.stops()[stop]
        server = trial.server(login)
        with connect(server.port) as s:
            began = time.monotonic()
            s.sendall(sent)
            receive_all(s)
            late(time.monotonic() - began)
        server.reports(f"timed out {state}")
        self.still_serves(trial, server, "login" if login else "5")

    def client_is_silent(self, trial):
        server = trial.server()
        with connect(server.port) as s:
            began = time.monotonic()
            receive_all(s)
            late(time.monotonic() - began)
        self.still_serves(trial, server)

    def client_drips(self, trial):
        server = trial.server()
        with connect(server.port) as s:
            began = time.monotonic()
            s.settimeout(3)
            for byte in GREETING + request(80):
                try:
                    s.sendall(bytes([byte]))
                    while s.recv(100):
                        pass
                    break
                except TimeoutError:
                    pass
                except ConnectionError:
                    break
            late(time.monotonic() - began)
        server.reports("timed out waiting for the request")

    def silent_connection_ends(self, trial):
        """A connection without a byte is not worth a report."""
        server = trial.server()
        for _ in range(3):
            with connect(server.port) as s:
                s.shutdown(socket.SHUT_WR)
                receive_all(s)
        self.still_serves(trial, server)
        expect(server.said, "", "stderr")

    def foreign(self, trial, sent, said):
        server = trial.server()
        with connect(server.port) as s:
            s.sendall(sent)
            ended(s)
        server.reports(said)
        self.still_serves(trial, server)

    # The relay.

    def client_half_closes(self, trial):
        """The destination sees the end of the client, and its own bytes still arrive."""
        def act(caller):
            found = read_to_end(caller.socket)
            caller.give(found[::-1])
            caller.end()
        with self.tunnel(trial, act) as (_, s):
            s.sendall(DATA[:5000])
            s.shutdown(socket.SHUT_WR)
            expect(read_to_end(s), DATA[:5000][::-1], "what came back after the end")

    def destination_half_closes(self, trial):
        def act(caller):
            caller.give(b"bye")
            caller.socket.shutdown(socket.SHUT_WR)
            expect(read_to_end(caller.socket), DATA[:5000], "what the destination got after its end")
        with self.tunnel(trial, act) as (_, s):
            expect(read_to_end(s), b"bye", "what the destination sent")
            time.sleep(0.2)
            s.sendall(DATA[:5000])
            s.shutdown(socket.SHUT_WR)

    def destination_resets(self, trial, size):
        def act(caller):
            caller.expect(b"go")
            caller.give(DATA[:size])
            caller.reset()
        with self.tunnel(trial, act) as (_, s):
            s.sendall(b"go")
            was_reset(s, "the client")

    def client_reset_is_passed_on(self, trial, size):
        def act(caller):
            was_reset(caller.socket, "the destination")
        server = trial.server()
        with Scripted(act) as destination:
            s = self.enter(server, "5", destination.port)
            s.sendall(DATA[:size])
            reset(s)

    def client_ends_and_resets_while_the_destination_sends(self, trial):
        """After an end of the stream, a write that fails raises SIGPIPE."""
        def act(caller):
            with contextlib.suppress(ConnectionError):
                caller.give(DATA)
                was_reset(caller.socket, "the destination")
        server = trial.server()
        with Scripted(act) as destination:
            s = self.enter(server, "5", destination.port)
            s.shutdown(socket.SHUT_WR)
            time.sleep(0.2)
            reset(s)
        self.still_serves(trial, server)

    def client_resets_while_the_server_dials(self, trial):
        server = trial.server()
        with Unanswered() as nobody:
            s = connect(server.port)
            s.sendall(GREETING + request(nobody.port))
            expect(receive(s, 2), CHOICE, "the choice of the method")
            time.sleep(0.2)
            reset(s)
            self.still_serves(trial, server)

    def slow_reader(self, trial):
        """A client that reads nothing: the server stops reading, too."""
        sent = [0]

        def act(caller):
            block = DATA[:65536]
            with contextlib.suppress(ConnectionError):
                while sent[0] < FLOOD:
                    sent[0] += caller.socket.send(block[sent[0] % 65536:])
        with self.tunnel(trial, act) as (server, s):
            self.bounded(server, sent)
            data = receive(s, ENOUGH)
            expect(data, DATA[:65536] * (ENOUGH // 65536), "the beginning of the stream")
            reset(s)

    def slow_destination(self, trial):
        """A destination that reads nothing."""
        sent, go = [0], threading.Event()

        def act(caller):
            go.wait(PATIENCE)
            caller.reset()
        with self.tunnel(trial, act) as (server, s):
            def flood():
                with contextlib.suppress(OSError):
                    while sent[0] < FLOOD:
                        sent[0] += s.send(DATA[:65536])
            sender = threading.Thread(target=flood, daemon=True)
            sender.start()
            self.bounded(server, sent)
            go.set()
            sender.join()

    @staticmethod
    def bounded(server, sent):
        before = server.memory_at_rest
        last = -1
        while last != sent[0] and sent[0] < FLOOD:
            last = sent[0]
            time.sleep(1)
        grown = server.resident() - before
        expect(sent[0] < ENOUGH, True, f"whether the server stopped reading; it took {sent[0]} bytes")
        expect(grown < ENOUGH, True, f"whether the memory of the server is bounded; it grew by {grown} bytes")

    def hundred_connections(self, trial):
        """One of them stalls in its handshake, one does not read, and the others are open at once."""
        server = trial.server()

        def act(caller):
            caller.give(caller.socket.recv(100))
            caller.expect_end()

        def flood(caller):
            with contextlib.suppress(ConnectionError):
                caller.give(bytes(FLOOD))
        with contextlib.ExitStack() as open_ones, Scripted(act) as destination, Scripted(flood) as flooder:
            stalled = open_ones.enter_context(connect(server.port))
            stalled.sendall(b"\x05")
            idle = open_ones.enter_context(self.enter(server, "5", flooder.port))
            clients = [open_ones.enter_context(self.enter(server, "5", destination.port)) for _ in range(100)]
            for number, s in enumerate(clients):
                s.sendall(b"%d" % number)
            for number, s in enumerate(clients):
                expect(s.recv(100), b"%d" % number, f"what came back on connection {number}")
            expect(is_silent(stalled), True, "whether all were served before the deadline of the one that stalls")
            reset(idle)
            for s in clients:
                s.shutdown(socket.SHUT_WR)

    def hundred_handshakes_at_once(self, trial):
        server, steps = trial.server(), dialogue("5", trial.network.counter.port.to_bytes(2, "big"))
        with contextlib.ExitStack() as open_ones:
            clients = [open_ones.enter_context(connect(server.port)) for _ in range(100)]
            for sent, begin, size in steps:
                for s in clients:
                    s.sendall(sent)
                for s in clients:
                    expect(receive(s, size)[:len(begin)], begin, "the answer")
            stdin, stdout = question(1000, 1000)
            for s in clients:
                s.sendall(stdin)
            for s in clients:
                expect(read_to_end(s), stdout, "what came back")

    def slow_name(self, trial):
        """While a name is looked up, other connections go on."""
        server = trial.server()
        with connect(server.port) as s:
            s.sendall(GREETING + request(trial.network.counter.port, by_name(SLOW_NAME)))
            expect(receive(s, 2), CHOICE, "the choice of the method")
            time.sleep(0.2)
            self.still_serves(trial, server)
            self.still_serves(trial, server)
            expect(is_silent(s), True, "whether others were served during the lookup")
            expect(receive(s, 10)[:2], b"\x05\x00", "the reply")
            self.check_counted(trial, s)

    def wrong_arguments(self, trial, *arguments):
        server = trial.server_command(*arguments)
        expect(server.wait(), 2, f"exit status ({server.said.strip()})")
        expect("usage" in server.said.lower(), True, f"whether stderr has a usage line; it has {server.said!r}")

    # Only inside TLS.

    def client_without_tls(self, trial):
        """The server answers no SOCKS message, at most with an alert of TLS."""
        server = trial.server()
        with connect(server.own_port) as s:
            s.sendall(GREETING)
            s.shutdown(socket.SHUT_WR)
            expect(receive_all(s)[:1] in (b"", b"\x15"), True, "whether the server answers with nothing but an alert")
        self.still_serves(trial, server)

    def end_without_close_notify(self, trial):
        """Anybody on the way can end TCP, so the destination sees a reset."""
        def act(caller):
            caller.expect(b"hello")
            was_reset(caller.socket, "the destination")
        server = trial.server()
        with Scripted(act) as destination, connect(server.own_port) as plain:
            s = trial.network.tls_of_a_client.wrap_socket(plain, server_hostname="127.0.0.1")
            s.sendall(GREETING + request(destination.port))
            expect(receive(s, 12)[:4], CHOICE + b"\x05\x00", "the answers")
            s.sendall(b"hello")
            s.close()  # of TCP

    def tls_stalls(self, trial):
        server = trial.server()
        with connect(server.own_port) as s:
            began = time.monotonic()
            s.sendall(b"\x16\x03\x01\x02")
            receive_all(s)
            late(time.monotonic() - began)
        self.still_serves(trial, server)

    def with_curl(self):
        fetch = self.fetch
        return {
            "curl_by_SOCKS4": Case(fetch, "--socks4", "127.0.0.1"),
            "curl_by_SOCKS4a_to_a_name": Case(fetch, "--socks4a", NAME),
            "curl_by_SOCKS5": Case(fetch, "--socks5", "127.0.0.1"),
            "curl_by_SOCKS5_to_an_IPv6_address": Case(fetch, "--socks5", "[::1]"),
            "curl_by_SOCKS5_to_a_name": Case(fetch, "--socks5-hostname", NAME),
            "curl_with_a_login": Case(fetch, "--socks5", "127.0.0.1", LOGIN),
            "curl_with_a_login_to_a_name": Case(fetch, "--socks5-hostname", NAME, LOGIN),
            "curl_with_a_wrong_password":
                Case(self.curl_fails, "--socks5", "rejected by the SOCKS5 server", "user name and password refused",
                     "--proxy-user", "john:bar"),
            "curl_without_the_login":
                Case(self.curl_fails, "--socks5", "No authentication method was acceptable",
                     "no acceptable authentication method"),
            "curl_by_SOCKS4_without_the_login":
                Case(self.curl_fails, "--socks4", "(91)", "SOCKS4 cannot authenticate and authentication is required"),
        }

    def segments(self):
        cases = {}
        for kind in KINDS:
            name = "SOCKS5_with_a_login" if kind == "login" else f"SOCKS{kind}"
            cases |= {
                f"{name}_a_byte_at_a_time": Case(self.in_pieces, kind, 0.003),
                f"{name}_in_one_segment": Case(self.in_one_segment, kind, 1000),
                f"{name}_in_one_segment_with_2_MiB": Case(self.in_one_segment, kind, len(DATA)),
            }
        return cases

    def replies(self):
        return {
            "the_bound_IPv4_address": Case(self.bound_address, "127.0.0.1", socket.AF_INET, LOOPBACK),
            "the_bound_IPv6_address":
                Case(self.bound_address, "::1", socket.AF_INET6, b"\x04" + bytes(15) + b"\x01"),
            "at_an_IPv6_address": Case(self.at_an_ipv6_address),
            "no_arguments": Case(self.wrong_arguments),
            "an_address_without_a_port": Case(self.wrong_arguments, "127.0.0.1"),
            "a_user_without_a_password": Case(self.wrong_arguments, "127.0.0.1:0", "john"),
        }

    def refusals(self):
        refused, refusal, offer = self.refused, CHOICE + b"\x05%c\x00" + NO_ADDRESS, b"\x05\x01\x02"
        wrong = offer + b"\x01\x04john\x03bar"
        return {
            "a_refused_port": Case(self.refused_port),
            "a_refused_port_at_an_IPv6_address": Case(self.refused_port_at_ipv6),
            "a_refused_port_by_SOCKS4": Case(self.refused_port_by_socks4),
            "a_refusal_while_the_client_sends": Case(self.refused_while_it_sends),
            "a_refusal_to_a_client_that_never_ends": Case(self.lingers_for_two_seconds),
            "an_unknown_name": Case(refused, GREETING + request(80, by_name(UNKNOWN_NAME)), refusal % 4),
            "an_unreachable_network":
                Case(refused, GREETING + request(80, b"\x04\x20\x01\x0d\xb8" + bytes(12)), refusal % 3),
            "an_unreachable_host": Case(refused, GREETING + request(80, b"\x01\xc6\x33\x64\x01"), refusal % 4),
            "BIND": Case(refused, GREETING + request(80, command=2), refusal % 7),
            "UDP_ASSOCIATE": Case(refused, GREETING + request(80, command=3), refusal % 7),
            "an_unknown_command": Case(refused, GREETING + request(80, command=0x99), refusal % 7),
            "BIND_by_SOCKS4": Case(refused, b"\x04\x02\x00\x50\x7f\x00\x00\x01ann\x00", b"\x00\x5b" + bytes(6)),
            "a_wrong_password": Case(refused, wrong, b"\x05\x02\x01\x01", LOGIN),
            "a_wrong_user": Case(refused, offer + b"\x01\x03joh\x07foo bar", b"\x05\x02\x01\x01", LOGIN),
            "a_wrong_password_and_a_request_behind_it":
                Case(refused, wrong + request(80) + DATA[:1000], b"\x05\x02\x01\x01", LOGIN),
            "no_method_in_common": Case(refused, b"\x05\x01\x01", b"\x05\xff"),
            "no_login_offered": Case(refused, GREETING, b"\x05\xff", LOGIN),
            "an_HTTP_client": Case(self.foreign, b"GET / HTTP/1.1\r\n\r\n", "the peer speaks HTTP, not SOCKS"),
            "a_TLS_client":
                Case(self.foreign, b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "the peer speaks TLS, not SOCKS"),
        }

    def deadlines(self):
        return {f"a_client_stalls_{stop}": waits(self.client_stalls, stop) for stop in self.stops()} | {
            "a_silent_client": waits(self.client_is_silent),
            "a_client_drips": waits(self.client_drips),
            "a_destination_that_does_not_answer": waits(self.unanswered_destination),
        }

    def relays(self):
        return {
            "both_ways_at_once": Case(self.both_ways_at_once, read_to_end),
            "both_ways_at_once_to_slow_readers": Case(self.both_ways_at_once, read_slowly),
            "a_client_half_closes": Case(self.client_half_closes),
            "a_destination_half_closes": Case(self.destination_half_closes),
            "a_destination_resets": Case(self.destination_resets, 0),
            "a_destination_resets_after_1_MiB": Case(self.destination_resets, 1 << 20),
            "a_client_resets": Case(self.client_reset_is_passed_on, 0),
            "a_client_resets_after_10000_bytes": Case(self.client_reset_is_passed_on, 10_000),
            "a_client_ends_and_resets_while_the_destination_sends":
                Case(self.client_ends_and_resets_while_the_destination_sends),
            "a_client_resets_while_the_server_dials": waits(self.client_resets_while_the_server_dials),
            "a_client_does_not_read": waits(self.slow_reader),
            "a_destination_does_not_read": waits(self.slow_destination),
        }

    def many_connections(self):
        return {
            "100_connections_while_one_stalls": Case(self.hundred_connections),
            "100_handshakes_at_once": Case(self.hundred_handshakes_at_once),
            "a_slow_name": waits(self.slow_name),
        }

    def inside_tls(self):
        return {
            "a_client_without_TLS": for_tls(self.client_without_tls),
            "a_client_ends_without_close_notify": for_tls(self.end_without_close_notify),
            "the_handshake_of_TLS_stalls": for_tls(self.tls_stalls, waits=True),
        }

    def table(self):
        """The cases by their topics."""
        ends = {f"a_client_ends_{stop}": Case(self.client_ends, stop) for stop in self.stops()}
        return {
            "curl": self.with_curl(),
            "segments, early data": self.segments(),
            "replies, arguments": self.replies(),
            "refusals, other protocols": self.refusals(),
            "end of stream": ends | {"an_end_without_a_byte": Case(self.silent_connection_ends)},
            "reset": {f"a_client_resets_{stop}": Case(self.client_resets, stop) for stop in self.stops()},
            "deadlines": self.deadlines(),
            "the relay": self.relays(),
            "many connections": self.many_connections(),
            "TLS": self.inside_tls(),
        }
