"""A model of the server, written from RFC 1928, RFC 1929 and the memos of SOCKS4 and SOCKS4a."""

import protocol
from client import methods_of
from machine import Failure, Machine
from protocol import Error, Incomplete, Malformed


class Server(Machine):
    (START, AFTER_GREETING, CREDENTIALS, AUTHENTICATE, NEGOTIATE, NEGOTIATION, REQUEST, SERVE, SECOND_ANSWER, SUCCESS,
     DONE, FAILED) = range(12)

    def __init__(self, methods, options):
        super().__init__(options)
        self.methods = methods_of(methods) or []
        self.seen = 0  # of a SOCKS4 request
        self.method = protocol.NO_AUTHENTICATION

    def status(self):
        return f"{self.state} {self.method:02x}"

    # Answers

    def authenticated(self, accepted):
        """The status for the client, RFC 1929 section 2."""
        if self.failure is not None or self.question != "authenticated":
            return self.fail_now(Error.out_of_turn)
        said = self.put(bytes([1, 0 if accepted else 1]))
        self.take_answer("authenticated", accepted)
        if not accepted:
            self.fail(Failure(Error.credentials_refused, 1))
        return said

    def answer(self, version, code, host, port):
        """The reply to a request, in the version of the client: RFC 1928 section 6, the memo of SOCKS4."""
        if self.failure is not None or self.question != "answer":
            return self.fail_now(Error.out_of_turn)
        host, why = protocol.sendable(host)
        if why is not None:
            return self.fail_now(why)
        granted = code == (protocol.SUCCEEDED if version == "5" else protocol.GRANTED)
        if (version == "5") != (self.version == "v5"):
            yes, no = {"v5": (protocol.SUCCEEDED, protocol.GENERAL_FAILURE),
                       "v4": (protocol.GRANTED, protocol.REJECTED)}[self.version]
            code = yes if granted else no
        encode = protocol.encoded_frame5 if self.version == "v5" else protocol.encoded_reply4
        said = self.put(encode(code, host, port))
        self.take_answer("answer", granted)
        if not granted:
            self.fail(Failure(Error.refused, code, self.version))
        return said

    def put(self, message):
        """What an answer writes, if need be at the second attempt, with more room."""
        if "mailboxes" in self.options:
            self.outbox += message
            return ""
        if self.room >= len(message):
            return f"answered {message.hex()}, "
        self.room = len(message)
        return f"no space, required {self.room}, answered {message.hex()}, "

    def fail_now(self, error):
        self.fail(Failure(error))
        return "" if "mailboxes" in self.options else f"answered fail {error}, "

    # The conversation

    def run(self):
        while True:
            try:
                yield from self.conversation()
                return
            except BeginAnew:
                self.seen = 0

    def conversation(self):
        decoder, closed = first_byte, (Error.closed,)
        if self.state == self.AFTER_GREETING:
            decoder, closed = second_attempt, (Error.version_refused, 5)
        first = yield from self.receive(decoder, closed)
        self.version = "v5" if first == 5 else "v4"
        if first == 4:
            yield from self.socks4()
        elif "no_v5" in self.options:
            yield from self.refuse_greeting()
            yield from self.conversation()
        else:
            yield from self.greeting()
            command, host, port = yield from self.receive_or_refuse(protocol.request5, self.refuse5)
            yield from self.serve("5", command, host, port, b"")

    def refuse_greeting(self):
        """SOCKS5 is off. With an option, a SOCKS4 request may follow on the same connection."""
        if "after_greeting" not in self.options:
            yield from self.refuse(b"\5\xff", Error.version_refused, 5)
        yield from self.receive_or_refuse(from_its_first_byte(protocol.greeting), self.refuse_method)
        yield from self.send(b"\0\x5b", self.AFTER_GREETING)

    def greeting(self):
        """RFC 1928 section 3: the method that both sides have."""
        offered = yield from self.receive_or_refuse(from_its_first_byte(protocol.greeting), self.refuse_method)
        method = next((m for m in self.methods if m in offered), protocol.NO_ACCEPTABLE)
        if method == protocol.NO_ACCEPTABLE:
            self.taken = 0  # the greeting stays where it is, for a log
            yield from self.refuse_method(Error.no_acceptable_method)
        then = {protocol.NO_AUTHENTICATION: self.REQUEST, protocol.USERNAME_PASSWORD: self.CREDENTIALS}
        yield from self.send(bytes([5, method]), then.get(method, self.NEGOTIATE))
        self.method = method
        if method == protocol.USERNAME_PASSWORD:
            user, password = yield from self.receive_or_refuse(protocol.credentials, self.refuse_credentials)
            yield from self.ask("authenticated", f"authenticate {user.hex() or '-'}:{password.hex() or '-'}",
                                self.AUTHENTICATE)
        elif method != protocol.NO_AUTHENTICATION:
            if not (yield from self.ask("negotiated", f"negotiate {method:02x}", self.NEGOTIATION)):
                raise Failure(Error.negotiation_failed)
        self.state = self.REQUEST

    def socks4(self):
        if "no_v4" in self.options and "no_v4a" in self.options:
            yield from self.refuse4(Error.version_refused, 4)
        if protocol.NO_AUTHENTICATION not in self.methods:
            yield from self.refuse4(Error.authentication_required)
        request = yield from self.receive_or_refuse(from_its_first_byte(self.request4), self.refuse4)
        command, host, port, user = request
        yield from self.serve("4a" if host[0] == "name" else "4", command, host, port, user)

    def request4(self, data, options):
        """A request whose kind of destination is accepted. Nothing that was searched for a NUL may be gone."""
        if len(data) < self.seen:
            raise Malformed(Error.input_shrank)
        if len(data) > 8:
            self.seen = len(data)
        value, size = protocol.request4(data, options)
        if ("no_v4a" if value[1][0] == "name" else "no_v4") in options:
            raise Malformed(Error.version_refused, 4)
        return value, size

    def serve(self, version, command, host, port, user):
        action = f"serve {version} {command:02x} {protocol.shown(host, port)} {user.hex() or '-'} {self.method:02x}"
        yield from self.ask("answer", action, self.SERVE)
        if command == protocol.BIND:
            yield from self.ask("answer", None, self.SECOND_ANSWER)
        self.state = self.DONE
        yield f"done early {self.rest().hex() or '-'}", False

    # Refusals: the client is told before the caller is

    def receive_or_refuse(self, decoder, refuse):
        try:
            return (yield from self.receive(decoder))
        except Malformed as wrong:
            yield from refuse(wrong.error, wrong.byte)

    def refuse(self, message, error, byte=0):
        yield from self.send(message, self.FAILED)
        raise Failure(error, byte)

    def refuse_method(self, error, byte=0):
        return self.refuse(b"\5\xff", error, byte)

    def refuse_credentials(self, error, byte=0):
        return self.refuse(b"\1\1", error, byte)

    def refuse4(self, error, byte=0):
        return self.refuse(protocol.encoded_reply4(protocol.REJECTED, protocol.NO_HOST, 0), error, byte)

    def refuse5(self, error, byte=0):
        wrong_type = error == Error.bad_address_type
        code = protocol.ADDRESS_TYPE_NOT_SUPPORTED if wrong_type else protocol.GENERAL_FAILURE
        return self.refuse(protocol.encoded_frame5(code, protocol.NO_HOST, 0), error, byte)


class BeginAnew(Exception):
    """The caller removed all bytes of the first message."""


def from_its_first_byte(decoder):
    def decode(data, options):
        if not data:
            raise BeginAnew
        return decoder(data, options)
    return decode


def second_attempt(data, options):
    """A SOCKS4 request after a refused greeting, which stays in the input. Otherwise the refusal was the end."""
    if not data:
        raise Incomplete(9)
    if data[0] != 4:
        raise Malformed(Error.version_refused, 5)
    return data[0], 0


def first_byte(data, options):
    """The version, which stays in the input. The shortest first message is a greeting with one method."""
    if not data:
        raise Incomplete(3)
    if data[0] not in (4, 5):
        raise Malformed(protocol.foreign(data[0]), data[0])
    return data[0], 0
