"""What the models say about a row: the line that the machines are expected to print."""

import protocol
from client import Client, Request
from protocol import Incomplete, Malformed
from server import Server

TOO_MANY_STEPS = 1000


def unhex(word):
    return b"" if word == "-" else bytes.fromhex(word)


def host_of(word):
    kind, _, value = word.partition("=")
    return kind, unhex(value)


def options_of(word):
    return frozenset(word.split(",")) - {"-"}


def request_of(word):
    version, command, host, port, login, methods = word.split("/")
    pair = None if login == "-" else tuple(map(unhex, login.split(":")))
    return Request(version, int(command, 16), host_of(host), int(port), pair, unhex(methods))


ANSWERS = ("negotiated", "authenticated", "answer")


def happen(event, machine):
    """Lets an event happen, and returns what the trace says about it before the next step."""
    name, _, value = event.partition("=")
    if event == "-":
        return ""
    if event == "end":
        machine.end_of_stream()
    elif name == "failed":
        machine.fail_stream(int(value))
    elif name == "room":
        machine.set_room(int(value))
    elif name == "shrink":
        machine.shrink(int(value))
    elif name == "request":
        machine.request = request_of(value)
    elif name in ANSWERS and "patient" in machine.options and not machine.asks():
        return ""
    elif name == "negotiated":
        machine.negotiated(value == "yes")
    elif name == "authenticated":
        return machine.authenticated(value == "yes")
    elif name == "answer":
        version, code, host, port = value.split("/")
        return machine.answer(version, int(code, 16), host_of(host), int(port))
    else:
        machine.input += unhex(event)
    return ""


def conversation(machine, events):
    """After each event come steps, until the machine needs something else."""
    parts = []
    for event in events:
        steps = []
        said = happen(event, machine)
        while len(steps) < TOO_MANY_STEPS:
            text, again = machine.step()
            steps.append(text)
            if not again:
                break
            if text.startswith("fail"):
                machine.room = int(text.split()[3])  # the room that no_space requires
        parts.append(f"{said}{', '.join(steps)} @{machine.status()}")
    return " ; ".join(parts)


def shown(what, value):
    """The value of a decoder."""
    if what in ("method_selection", "auth_status"):
        return f"{value:02x}"
    if what == "greeting":
        return value.hex() or "-"
    if what == "credentials":
        return ":".join(part.hex() or "-" for part in value)
    code, host, port, *rest = value
    return " ".join([f"{code:02x}", protocol.shown(host, port), *(part.hex() or "-" for part in rest)])


def decoded(what, options, data):
    try:
        value, size = getattr(protocol, what)(unhex(data), options_of(options))
    except Incomplete as short:
        return f"need {short.needed}"
    except Malformed as wrong:
        return f"fail {wrong.error}"
    return f"value {shown(what, value)} +{size}"


def predicted(row):
    role, *words = row.split(" ")
    if role == "client":
        return conversation(Client(request_of(words[0]), options_of(words[1])), words[2:])
    if role == "server":
        return conversation(Server(unhex(words[0]), options_of(words[1])), words[2:])
    return decoded(*words)
