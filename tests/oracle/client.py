"""A model of the client, written from RFC 1928, RFC 1929 and the memos of SOCKS4 and SOCKS4a."""

import protocol
from machine import Failure, Machine
from protocol import Error, Incomplete, Malformed


class Request:
    """What the caller wants, as in a row."""

    def __init__(self, version, command, host, port, credentials, methods):
        self.version = version
        self.command = command
        self.host = host
        self.port = port
        self.credentials = credentials  # None, or a pair
        self.methods = methods          # the list of a row, which may repeat a method or contain 0xff

    def user(self):
        """The user ID of SOCKS4."""
        return self.credentials[0] if self.credentials else b""


def methods_of(listed):
    """A list keeps the first four different methods, and 0xff makes it invalid (None)."""
    kept = list(dict.fromkeys(listed))[:4]
    return None if protocol.NO_ACCEPTABLE in listed else kept


class Client(Machine):
    (START, AFTER_GREETING, EARLY_CREDENTIALS, EARLY_REQUEST, METHOD_SELECTION, AUTH_STATUS, NEGOTIATION, REQUEST,
     REPLY, SECOND_REPLY, DONE, FAILED) = range(12)

    def __init__(self, request, options):
        super().__init__(options)
        self.request = request
        self.early = []
        self.request_is_out = False

    def status(self):
        # From the request until its reply, the caller may send too: what is sent early can only be bytes of CONNECT.
        may = self.request_is_out and "pipelined" in self.options and self.command == protocol.CONNECT
        return " ".join([str(self.state), *self.early, *(["may_send_early"] if may and self.failure is None else [])])

    def sends_next(self):
        return self.state in (self.EARLY_CREDENTIALS, self.EARLY_REQUEST)

    # The request. What was sent of it stays as it was; the caller may change the rest until it is sent.

    def host(self):
        """The destination as it is sent."""
        host, why = protocol.sendable(self.request.host)
        if why is None and host == protocol.NO_HOST and self.command not in (protocol.BIND, protocol.UDP_ASSOCIATE):
            why = Error.no_host
        if why is not None:
            raise self.invalid(why)
        return host

    def validate(self):
        self.version, self.command = self.request.version, self.request.command
        host = self.host()
        if self.version == "5":
            self.validate5()
        else:
            self.validate4(*host)

    def validate4(self, kind, value):
        if self.command in protocol.SOCKS5_ONLY:
            raise self.invalid(Error.command_over_socks4)
        if kind == "name" and self.version == "4":
            raise self.invalid(Error.name_over_socks4)
        if kind == "ipv6":
            raise self.invalid(Error.ipv6_over_socks4)
        if kind == "ipv4" and protocol.names4(value):
            raise self.invalid(Error.reserved_over_socks4)
        user = self.request.user()
        if len(user) > 255 or 0 in user:
            raise self.invalid(Error.bad_user)

    def validate5(self):
        given = self.request.credentials is not None
        if given:
            self.login()
        methods = methods_of(self.request.methods)
        if methods is None:
            raise self.invalid(Error.bad_methods)
        if protocol.USERNAME_PASSWORD in methods and not given:
            raise self.invalid(Error.no_credentials)
        self.offered = methods or [protocol.USERNAME_PASSWORD if given else protocol.NO_AUTHENTICATION]

    def login(self):
        """The message of RFC 1929."""
        if self.request.credentials is None:
            raise self.invalid(Error.no_credentials)
        user, password = self.request.credentials
        if len(user) > 255:
            raise self.invalid(Error.bad_user)
        if len(password) > 255:
            raise self.invalid(Error.bad_password)
        return protocol.encoded_credentials(user, password)

    def invalid(self, why):
        self.taken = 0  # a mistake of the caller consumes nothing
        return Failure(why)

    # The conversation

    def run(self):
        if "after_greeting" in self.options:
            self.state = self.AFTER_GREETING
            yield from self.receive(answer_to_greeting)
        self.validate()
        if self.version == "5":
            yield from self.authenticate()
            decoder, version, granted = protocol.reply5, "v5", protocol.SUCCEEDED
        else:
            yield from self.send_request(self.REPLY)
            decoder, version, granted = protocol.reply4, "v4", protocol.GRANTED
        code, host, port = yield from self.reply(decoder, version, granted)
        if self.command == protocol.BIND:
            self.state = self.SECOND_REPLY
            yield f"bound {protocol.shown(host, port)}", True
            code, host, port = yield from self.reply(decoder, version, granted)
        self.state = self.DONE
        self.request_is_out = False
        yield f"done {code:02x} {protocol.shown(host, port)} early {self.rest().hex() or '-'}", False

    def send_request(self, then):
        host, port = self.host(), self.request.port
        if self.version == "5":
            message = protocol.encoded_frame5(self.command, host, port)
        else:
            message = protocol.encoded_request4(self.command, host, port, self.request.user())
        yield from self.send(message, then)
        self.request_is_out = True

    def authenticate(self):
        """Everything before the reply, with the request: RFC 1928 section 3, RFC 1929."""
        with_password = self.offered == [protocol.USERNAME_PASSWORD]
        early = "pipelined" in self.options and (with_password or self.offered == [protocol.NO_AUTHENTICATION])
        hello = bytes([5, len(self.offered), *self.offered])
        if not early:
            yield from self.send(hello, self.METHOD_SELECTION)
        elif with_password:
            yield from self.send(hello, self.EARLY_CREDENTIALS)
            yield from self.send_early(self.send(self.login(), self.EARLY_REQUEST), "early_credentials")
        else:
            yield from self.send(hello, self.EARLY_REQUEST)
        if early:
            yield from self.send_early(self.send_request(self.METHOD_SELECTION), "early_request")
        method = yield from self.receive(self.first(protocol.method_selection))
        if method == protocol.NO_ACCEPTABLE:
            raise Failure(Error.no_acceptable_method, method)
        if method not in self.offered:
            raise Failure(Error.method_not_offered, method)
        if method == protocol.USERNAME_PASSWORD:
            if early:
                self.early.remove("early_credentials")
                self.state = self.AUTH_STATUS
            else:
                yield from self.send(self.login(), self.AUTH_STATUS)
            status = yield from self.receive(protocol.auth_status)
            if status != 0:
                raise Failure(Error.credentials_refused, status)
        elif method != protocol.NO_AUTHENTICATION:
            if not (yield from self.ask("negotiated", f"negotiate {method:02x}", self.NEGOTIATION)):
                raise Failure(Error.negotiation_failed)
        if early:
            self.early.clear()
            self.state = self.REPLY
        else:
            yield from self.send_request(self.REPLY)

    def send_early(self, sending, what):
        """The messages of `sending` are out before the proxy asked for them."""
        for action in sending:
            if action[0].startswith("send"):
                self.early.append(what)
            yield action

    @staticmethod
    def first(decoder):
        """The decoder for the first message, which may show that the peer speaks another protocol."""
        def decode(data, options):
            try:
                return decoder(data, options)
            except Malformed as wrong:
                if wrong.error != Error.bad_version:
                    raise
                raise Malformed(protocol.foreign(data[0]), data[0]) from None
        return decode

    def reply(self, decoder, version, granted):
        """A reply that grants. A refusal is known by its first two bytes, whatever follows."""
        decode = self.first(decoder) if version == "v4" else decoder
        full = "full" in self.options

        def refusal(size, host=protocol.NO_HOST, port=0):
            code = self.rest()[1]
            self.taken += size
            later = protocol.shown(protocol.NO_HOST, 0)
            return Failure(Error.refused, code, version, protocol.shown(host, port), later)

        def decode_reply(data, options):
            refuses = len(data) > 1 and data[1] != granted
            try:
                value, size = decode(data, options)
            except Malformed:
                if refuses and version_is_right(decode, data, options):
                    raise refusal(2) from None
                raise
            except Incomplete:
                if refuses and (self.ended or not full):
                    raise refusal(2) from None
                raise
            if refuses:
                raise refusal(size, *value[1:]) if full else refusal(2)
            return value, size
        closed = Error.closed_while_bound if self.state == self.SECOND_REPLY else Error.closed
        return self.receive(decode_reply, (closed,))


def version_is_right(decoder, data, options):
    try:
        decoder(data[:1], options)
    except Malformed:
        return False
    except Incomplete:
        pass
    return True


def answer_to_greeting(data, options):
    """Two bytes of an answer that is none of SOCKS5."""
    if data and data[0] == 5:
        raise Malformed(Error.bad_version, 5)
    protocol.require(data, 2)
    return None, 2
