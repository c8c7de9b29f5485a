"""What the models of a client and of a server share. A model is a conversation written from top to bottom: a generator
that yields the actions of a step, one after another.
"""

from protocol import Error, Incomplete, Malformed, STREAM_ERRORS


class Failure(Exception):
    """The end of a handshake."""

    def __init__(self, error, byte=0, text="", text_once="", text_later=""):
        super().__init__(error)
        self.error = error
        self.byte = byte
        self.text = text              # after the number of the error
        self.text_once = text_once    # after the byte, in the step that failed
        self.text_later = text_later  # the same in later steps


class Machine:
    START, DONE, FAILED = 0, 0, 0

    def __init__(self, options):
        self.options = options
        self.input = b""
        self.taken = 0        # the bytes of the input that were read since the last action
        self.room = 1024
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

    def fail_stream(self, error):
        if self.state != self.DONE:
            self.fail(Failure(error if error in STREAM_ERRORS else Error.out_of_turn))

    def negotiated(self, succeeded):
        self.take_answer("negotiated", succeeded)

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
        once = False
        if self.failure is None:
            try:
                action, again = next(self.course)
                if action.startswith("fail"):
                    return action + " +0", again
                consumed, self.taken = self.taken, 0
                self.input = self.input[consumed:]
                return f"{action} +{consumed}", again
            except StopIteration:
                self.fail(Failure(Error.finished))
            except Malformed as wrong:
                self.fail(Failure(wrong.error, wrong.byte))
            except Failure as failure:
                self.fail(failure)
            once = True
        consumed, self.taken = self.taken, 0
        self.input = self.input[consumed:]
        end = self.failure.text_once if once else self.failure.text_later
        return f"fail {self.failure.error}{self.failure.text} byte {self.failure.byte:02x}{end} +{consumed}", False

    # The words in which a conversation is written

    def unread(self):
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
                value, size = decoder(self.unread(), self.options)
                self.taken += size
                return value
            except Incomplete as short:
                if self.ended:
                    raise Failure(*((Error.truncated,) if self.unread() else closed)) from None
                yield f"recv {short.needed}", False

    def ask(self, question, action, then):
        """The answer of the caller."""
        self.question = question
        self.state = then
        yield action, False
        while self.question is not None:
            yield "wait", False
        return self.answered
