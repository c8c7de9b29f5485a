"""What the models of a client and of a server share. A model is a conversation written from top to bottom: a generator
that yields the actions of a step, one after another.
"""

from protocol import Error, Incomplete, Malformed, STREAM_ERRORS


class Failure(Exception):
    """The end of a handshake."""

    def __init__(self, error, byte=0, version="", bound="", bound_later=""):
        super().__init__(error)
        self.error = error
        self.byte = byte
        self.version = version          # of the code of a refusal
        self.bound = bound              # what a client knows about a refusal, in the step that fails
        self.bound_later = bound_later  # and in later steps

    def report(self, bound):
        return " ".join(filter(None, [f"fail {self.error}", self.version, f"byte {self.byte:02x}", bound]))


class Machine:
    """A machine. START, DONE, FAILED and the other states of a subclass have the numbers of its enum."""

    def __init__(self, options):
        self.options = options
        self.input = b""
        self.taken = 0        # the bytes of the input that were read since the last action
        self.room = 1024      # of the output
        self.portion = 1024   # with mailboxes, the most bytes that the stream takes at once
        self.outbox = b""
        self.ended = False
        self.state = self.START
        self.failure = None
        self.question = None  # the answer that is missing
        self.answered = None
        self.course = self.run()

    # Events

    def end_of_stream(self):
        self.ended = True

    def shrink(self, size):
        """A mistake of the caller: bytes that were not consumed are gone."""
        self.input = self.input[:max(0, len(self.input) - size)]

    def set_room(self, size):
        if "mailboxes" in self.options:
            self.portion = max(1, size)
        else:
            self.room = size

    def fail_stream(self, error):
        self.outbox = b""
        if self.state != self.DONE:
            self.fail(Failure(error if error in STREAM_ERRORS else Error.out_of_turn))

    def negotiated(self, succeeded):
        self.take_answer("negotiated", succeeded)

    def asks(self):
        return self.failure is None and self.question is not None

    def take_answer(self, question, value):
        """Whether this answer was asked for."""
        if self.failure is None and self.question == question:
            self.question, self.answered = None, value
            return True
        self.fail(Failure(Error.out_of_turn))
        return False

    def fail(self, failure):
        if self.failure is None:
            self.failure = failure
            self.state = self.FAILED

    # Steps

    def step(self):
        """The text of one action, and whether another step can follow before anything happens."""
        return self.step_with_mailboxes() if "mailboxes" in self.options else self.step_with_views()

    def step_with_mailboxes(self):
        """The same. Messages are collected in the outbox, and while there are any, the stream takes a portion."""
        consumed = 0
        if not self.outbox:
            text, again = self.step_with_views()
            if not text.startswith("send"):
                return text, again
            consumed = self.collect(text)
            while self.sends_next():
                consumed += self.collect(self.step_with_views()[0])
        sent, self.outbox = self.outbox[:self.portion], self.outbox[self.portion:]
        return f"send {sent.hex()} +{consumed}", True

    def collect(self, sending):
        """Puts the message of an action into the outbox, and returns what the step consumed."""
        _, message, consumed = sending.split(" ")
        self.outbox += bytes.fromhex(message)
        return int(consumed)

    def sends_next(self):
        """Whether the next message does not wait for the peer."""
        return False

    def step_with_views(self):
        if self.failure is not None:
            return self.failure.report(self.failure.bound_later) + " +0", False
        try:
            action, again = next(self.course)
        except StopIteration:
            action, again = self.end(Failure(Error.finished)), False
        except Malformed as wrong:
            action, again = self.end(Failure(wrong.error, wrong.byte)), False
        except Failure as failure:
            action, again = self.end(failure), False
        if action.startswith(f"fail {Error.no_space} "):
            return action + " +0", again  # nothing has changed
        consumed, self.taken = self.taken, 0
        self.input = self.input[consumed:]
        return f"{action} +{consumed}", again

    def end(self, failure):
        self.fail(failure)
        return failure.report(failure.bound)

    # The words in which a conversation is written

    def rest(self):
        return self.input[self.taken:] if self.taken else self.input

    def send(self, message, then):
        while self.room < len(message):
            yield f"fail {Error.no_space} required {len(message)}", True
        self.state = then
        yield f"send {message.hex()}", True

    def receive(self, decoder, closed=(Error.closed,)):
        """The value of the next message, which is consumed. `closed` is the failure if the stream ends before it."""
        while True:
            try:
                value, size = decoder(self.rest(), self.options)
                self.taken += size
                return value
            except Incomplete as short:
                if self.ended:
                    raise Failure(*((Error.truncated,) if self.rest() else closed)) from None
                yield f"recv {short.needed}", False

    def ask(self, question, action, then):
        """The answer of the caller."""
        self.question = question
        self.state = then
        if action:
            yield action, False
        while self.question is not None:
            yield "wait", False
        return self.answered
