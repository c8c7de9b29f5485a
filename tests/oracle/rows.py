"""Makes rows: valid conversations from the grammar, and then mutations of them, so that most rows go deep.

A row is the role, its fields and its events, all of them words. docs/oracle.md explains them.
"""

import protocol
from protocol import BIND, CONNECT, UDP_ASSOCIATE, Error

TOLERANCES = ("reply4_strict", "reply4_any", "status_strict", "status_any", "credentials_5", "no_reserved",
              "no_empty_credentials", "no_empty_bound")
CLIENT_OPTIONS = ("full", "full", "pipelined", "pipelined", "after_greeting", "mailboxes", "mailboxes")
STRICT = ("reply4_strict", "status_strict", "no_reserved", "no_empty_credentials", "no_empty_bound")
SERVER_OPTIONS = ("no_v4", "no_v4a", "no_v5", "after_greeting", "mailboxes", "mailboxes", "mailboxes")
BYTES = (0, 1, 2, 3, 4, 5, 8, 0x15, 0x16, 0x47, 0x48, 0x53, 0x5a, 0x5b, 0x5c, 0x80, 0xf0, 0xf1, 0xfe, 0xff)
LENGTHS = (0, 1, 1, 2, 3, 5, 8, 13, 64, 254, 255)
TEXTS = (b"files.example.com", b"192.0.2.7", b"2001:db8::7", b"[2001:db8::8]", b"::ffff:192.0.2.1", b"localhost.",
         b"a", b"0.0.0.0", b"::", b"0.0.0.9", b"1.2.3", b"x" * 255, b"x" * 256, b"", b"fe80::1%eth0", b"localhost:80",
         b"caf\xc3\xa9")
METHODS = (0, 0, 2, 2, 1, 0x80, 0xfe, 3)
FAILURES = (Error.stream_failed, Error.timed_out, Error.unreachable, Error.closed, Error.refused, Error.finished)


def hexed(data):
    return data.hex() or "-"


class Rows:
    """An endless supply. The same random numbers give the same rows."""

    def __init__(self, random):
        self.random = random
        self.chance = random.random
        self.pick = random.choice

    def next(self):
        roll = self.chance()
        if roll < 0.08:
            return self.decode()
        fields, events = self.client() if roll < 0.54 else self.server()
        for _ in range(self.pick((0, 0, 0, 1, 1, 1, 2, 2, 3, 5))):
            self.mutate(events)
        if fields[0] == "client":
            impossible = ("answer", "authenticated")  # a client does not ask these questions
        else:
            impossible = ("request",)
        if "mailboxes" in fields[-1]:
            impossible += ("shrink",)  # an inbox keeps its bytes
        events = [event for event in events if not str(event).startswith(impossible)]
        return " ".join([*fields, *self.cut(events)])

    # Parts of messages

    def text(self, longest=255):
        size = min(self.pick(LENGTHS), longest)
        return bytes(self.pick(b"abc-xyz.0129") for _ in range(size)) if size < 9 else b"n" * size

    def ipv4(self):
        return bytes(self.pick((0, 0, 1, 7, 127, 192, 255)) for _ in range(4)) if self.chance() < 0.3 else b"\xc0\0\2\7"

    def host(self):
        roll = self.chance()
        if roll < 0.4:
            return "ipv4", self.ipv4()
        if roll < 0.6:
            return "ipv6", bytes(range(16)) if self.chance() < 0.9 else bytes(16)
        return "name", self.text() or b"n"

    def peer_host(self):
        """A host of a message, some of them names that a message must not have."""
        return self.host() if self.chance() < 0.94 else ("name", self.pick((b"", b"\0", b"a\0b", b"\0a")))

    def port(self):
        return self.pick((0, 1, 80, 255, 256, 443, 1080, 65535))

    def frame(self, code):
        return protocol.encoded_frame5(code, self.peer_host(), self.port())

    def options(self, more):
        roll = self.chance()
        if roll < 0.35:
            return frozenset()
        if roll < 0.45:
            return frozenset(STRICT)
        chosen = {self.pick(TOLERANCES + more * 2) for _ in range(self.pick((1, 1, 2, 3)))}
        for what in ("reply4", "status"):
            if {f"{what}_strict", f"{what}_any"} <= chosen:
                chosen.remove(f"{what}_any")
        return frozenset(chosen)

    def patience(self):
        return {"patient"} if self.chance() < 0.8 else set()

    # Conversations

    def caller_host(self):
        """A host as a caller writes it."""
        roll = self.chance()
        if roll < 0.85:
            return self.host()
        if roll < 0.96:
            return "text", self.near(self.pick(TEXTS))
        if roll < 0.98:
            return "name", self.pick((b"", b"a\0b", b"x" * 256, b"\xff"))
        return protocol.NO_HOST

    def near(self, text):
        """The text, or one that differs in a byte or two."""
        for _ in range(self.pick((0, 0, 0, 0, 1, 2))):
            at = self.random.randrange(len(text) + 1)
            text = text[:at] + bytes([self.pick(b"0123456789af.:[]xg%- \0")]) + text[at + self.pick((0, 1)):]
        return text

    def request(self):
        """What a caller wants, most of it possible: version, command, the methods on offer, and the words of a row."""
        version = self.pick(("4", "4a", "5", "5", "5"))
        command = self.pick((CONNECT, CONNECT, CONNECT, BIND, BIND, UDP_ASSOCIATE if version == "5" else CONNECT, 0xf0))
        if self.chance() < 0.02:
            command = self.pick(BYTES)
        host = self.caller_host()
        if version != "5" and host[0] == "ipv6" and self.chance() < 0.95:
            host = ("ipv4", b"\xc0\0\2\7")
        if version == "4" and host[0] == "name" and self.chance() < 0.95:
            host = ("ipv4", b"\xc0\0\2\7")
        given = self.chance() < 0.5
        user = self.text()
        if self.chance() < 0.02:
            user = self.pick((b"x" * 256, b"a\0b"))
        password = self.text() if self.chance() < 0.98 else b"x" * 256
        methods = []
        if self.chance() < 0.3:
            methods = [self.pick(METHODS) for _ in range(self.pick((1, 2, 2, 3, 4, 5)))]
            if not given and self.chance() < 0.9:
                methods = [m for m in methods if m != 2]
            if self.chance() < 0.05:
                methods.append(0xff)
        offered = list(dict.fromkeys(methods))[:4] or [2 if given else 0]
        kind, value = host
        login = f"{hexed(user)}:{hexed(password)}" if given else "-"
        words = [version, f"{command:02x}", f"{kind}={hexed(value)}", str(self.port()), login, hexed(bytes(methods))]
        return version, command, offered, "/".join(words)

    def client(self):
        version, command, offered, fields = self.request()
        options = self.options(CLIENT_OPTIONS)
        events = ["-"] if self.chance() < 0.8 else []
        if "after_greeting" in options:
            events.append(b"\0\x5b")
        if version == "5":
            method = self.pick(offered)
            events.append(bytes([5, method]))
            if method == 2:
                events.append(bytes([self.pick((1, 1, 1, 5, 0)), 0 if self.chance() < 0.9 else self.pick(BYTES)]))
            elif method != 0:
                events.append("negotiated=" + self.pick(("yes", "yes", "yes", "no")))
        for _ in range(2 if command == BIND else 1):
            code = (0 if version == "5" else 90) if self.chance() < 0.85 else self.pick(BYTES)
            if version == "5":
                events.append(self.frame(code))
            else:
                vn = self.pick((0, 0, 0, 4, 5))
                events.append(bytes([vn, code]) + self.port().to_bytes(2, "big") + self.ipv4())
        return ["client", fields, self.words(options | self.patience())], self.finish(events)

    def server(self):
        options = self.options(SERVER_OPTIONS)
        methods = [self.pick(METHODS) for _ in range(self.pick((1, 1, 1, 2, 2, 3)))]
        if self.chance() < 0.02:
            methods = self.pick(([], [0xff], [0, 0xff]))
        events = ["-"] if self.chance() < 0.5 else []
        version = self.pick(("4", "4a", "5", "5", "5"))
        if version != "5" and self.chance() < 0.95:
            methods.append(0)
        if self.chance() < 0.7:
            options -= {f"no_v{version}"}
        command = self.pick((CONNECT, CONNECT, BIND, BIND, 0xf0 if version != "5" else UDP_ASSOCIATE))
        if self.chance() < 0.05:
            command = self.pick(BYTES)
        if version == "5" or ("no_v5" in options and "after_greeting" in options):
            offered = [self.pick(METHODS) for _ in range(self.pick((1, 1, 2, 3, 250)))]
            if methods and self.chance() < 0.97:
                offered[self.random.randrange(len(offered))] = self.pick(methods)
            events.append(bytes([5, len(offered), *offered]))
        if version == "5":
            method = next((m for m in dict.fromkeys(methods) if m in offered), 0)
            if method == 2:
                login = protocol.encoded_credentials(self.text(), self.text())
                events.append((b"\5" if self.chance() < 0.1 else b"\1") + login[1:])
                events.append("authenticated=" + self.pick(("yes", "yes", "yes", "no")))
            elif method != 0:
                events.append("negotiated=" + self.pick(("yes", "yes", "yes", "no")))
            events.append(self.frame(command))
        else:
            host = ("name", self.text() or b"n") if version == "4a" else ("ipv4", self.ipv4())
            user = self.text() if self.chance() < 0.9 else b"u" * self.pick((256, 257))
            events.append(protocol.encoded_request4(command, host, self.port(), user))
        for _ in range(2 if command == BIND else 1):
            events.append(self.reply(version))
        return ["server", hexed(bytes(methods)), self.words(options | self.patience())], self.finish(events)

    def reply(self, version):
        """An answer of the caller, sometimes in the words of the other version."""
        speaks = version if self.chance() < 0.8 else self.pick(("4", "5"))
        code = (0 if speaks == "5" else 90) if self.chance() < 0.85 else self.pick(BYTES)
        kind, value = self.caller_host() if self.chance() < 0.8 else protocol.NO_HOST
        return f"answer={speaks}/{code:02x}/{kind}={hexed(value)}/{self.port()}"

    def words(self, options):
        return ",".join(sorted(options)) or "-"

    def finish(self, events):
        """What follows a handshake, and what may happen to its stream."""
        if self.chance() < 0.3:
            events.append(self.pick((b"GET /", b"\0", b"\5\0", b"SSH-2.0-x\r\n")))
        if self.chance() < 0.1:
            events.append("-")
        if self.chance() < 0.1:
            events.insert(0, f"room={self.random.randrange(24)}")
        if self.chance() < 0.1:
            events.append("end")
        return events

    # Mutations

    def mutate(self, events):
        mutation = self.pick((self.change_byte, self.change_byte, self.change_byte, self.change_length, self.drop_bytes,
                              self.insert_bytes, self.drop_event, self.repeat_event, self.swap_events, self.truncate,
                              self.end_early, self.fail_stream, self.other_answer, self.other_request, self.less_room,
                              self.splice, self.shrink))
        if events:
            mutation(events)

    def message(self, events):
        """The position of an event that is bytes, or None."""
        places = [i for i, event in enumerate(events) if isinstance(event, bytes) and event]
        return self.pick(places) if places else None

    def change_byte(self, events):
        i = self.message(events)
        if i is not None:
            at = self.random.randrange(min(len(events[i]), 8) if self.chance() < 0.8 else len(events[i]))
            value = self.pick(BYTES) if self.chance() < 0.8 else self.random.randrange(256)
            events[i] = events[i][:at] + bytes([value]) + events[i][at + 1:]

    def change_length(self, events):
        """Any byte that could be a length becomes one less or one more."""
        i = self.message(events)
        if i is not None:
            at = self.random.randrange(len(events[i]))
            value = (events[i][at] + self.pick((1, -1))) % 256
            events[i] = events[i][:at] + bytes([value]) + events[i][at + 1:]

    def drop_bytes(self, events):
        i = self.message(events)
        if i is not None:
            at = self.random.randrange(len(events[i]))
            events[i] = events[i][:at] + events[i][at + self.pick((1, 1, 2, 5)):]

    def insert_bytes(self, events):
        i = self.message(events)
        if i is not None:
            at = self.random.randrange(len(events[i]) + 1)
            more = bytes([self.pick(BYTES)]) * self.pick((1, 1, 1, 2, 256))
            events[i] = events[i][:at] + more + events[i][at:]

    def drop_event(self, events):
        del events[self.random.randrange(len(events))]

    def repeat_event(self, events):
        i = self.random.randrange(len(events))
        events.insert(i, events[i])

    def swap_events(self, events):
        i, k = (self.random.randrange(len(events)) for _ in range(2))
        events[i], events[k] = events[k], events[i]

    def truncate(self, events):
        i = self.message(events)
        if i is not None:
            events[i] = events[i][:self.random.randrange(len(events[i]))]
            if self.chance() < 0.7:
                events[i + 1:] = ["end"]

    def end_early(self, events):
        events.insert(self.random.randrange(len(events) + 1), "end")

    def fail_stream(self, events):
        events.insert(self.random.randrange(len(events) + 1), f"failed={self.pick(FAILURES)}")

    def other_answer(self, events):
        wrong = self.pick(("negotiated=yes", "authenticated=yes", "authenticated=no", self.reply("5"), self.reply("4")))
        events.insert(self.random.randrange(len(events) + 1), wrong)

    def other_request(self, events):
        """The caller changes its request, often to a destination that cannot be sent. A server has no request."""
        words = self.request()[3].split("/")
        if self.chance() < 0.4:
            words[2] = self.pick(("none=-", "none=-", "name=-", f"text={b'a b'.hex()}"))
        events.insert(self.random.randrange(len(events) + 1), "request=" + "/".join(words))

    def less_room(self, events):
        events.insert(self.random.randrange(len(events) + 1), f"room={self.random.randrange(12)}")

    def shrink(self, events):
        """The caller loses bytes that were not consumed, often all of them."""
        events.insert(self.random.randrange(len(events) + 1), f"shrink={self.pick((1, 1, 2, 5, 20, 999))}")

    def splice(self, events):
        """The rest of another conversation."""
        other = self.pick((self.client, self.server))()[1]
        at = self.random.randrange(len(events) + 1)
        events[at:] = other[self.random.randrange(len(other) + 1):]

    # The pace: the bytes between two other events arrive in other pieces than messages

    def cut(self, events):
        pace = self.pick(("messages", "messages", "at_once", "somewhere", "somewhere", "bytes", "tail"))
        words = []
        pending = b""
        for event in [*events, None]:
            if isinstance(event, bytes):
                pending += event
                if pace == "at_once":
                    continue
            if pending:
                words += self.pieces(pending, pace)
                pending = b""
            if isinstance(event, str):
                words.append(event)
        return words or ["-"]

    def pieces(self, data, pace):
        if pace == "bytes" and len(data) < 40:
            return [f"{byte:02x}" for byte in data]
        if pace == "tail":
            head = max(1, len(data) - self.pick((1, 2, 3, 4)))
            return [data[:head].hex(), *(f"{byte:02x}" for byte in data[head:])]
        if pace == "somewhere" and len(data) > 1:
            cuts = sorted({self.random.randrange(1, len(data)) for _ in range(self.pick((1, 1, 2, 3)))})
            return [data[a:b].hex() for a, b in zip([0, *cuts], [*cuts, len(data)])]
        return [data.hex()]

    # Single messages

    def decode(self):
        what, data = self.pick((
            ("greeting", lambda: bytes([5, 2, 0, 2])),
            ("method_selection", lambda: bytes([5, self.pick(METHODS)])),
            ("request5", lambda: self.frame(self.pick(BYTES))),
            ("reply5", lambda: self.frame(self.pick(BYTES))),
            ("request4", lambda: protocol.encoded_request4(1, self.host(), self.port(), self.text())),
            ("reply4", lambda: protocol.encoded_reply4(self.pick(BYTES), self.host(), self.port())),
            ("credentials", lambda: protocol.encoded_credentials(self.text(), self.text())),
            ("auth_status", lambda: bytes([1, self.pick(BYTES)])),
            ("datagram", lambda: b"\0\0\0" + self.frame(0)[3:] + self.text()),
            ("datagram", lambda: b"\0\0\0" + self.frame(0)[3:] + self.text())))
        events = [data() + (self.text(5) if self.chance() < 0.3 else b"")]
        for _ in range(self.pick((0, 1, 1, 2, 3))):
            self.pick((self.change_byte, self.change_byte, self.change_length, self.drop_bytes, self.insert_bytes,
                       self.truncate))(events)
        options = self.options(("fragments",) if what == "datagram" else ())
        return f"decode {what} {self.words(options)} {hexed(events[0])}"
