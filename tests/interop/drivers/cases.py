"""A case as the runner sees it."""

from harness import expect


class Case:
    """`act` gets a trial and the arguments. A case that `waits` takes seconds, but hardly any processor time."""

    def __init__(self, act, *arguments, waits=False):
        self.act, self.arguments, self.waits = act, arguments, waits


def waits(act, *arguments):
    return Case(act, *arguments, waits=True)


def late(seconds):
    """What ends at a deadline of 10 seconds takes about as long."""
    expect(9 <= seconds <= 14, True, f"whether it ended at its deadline of 10 seconds; it took {seconds:.1f}")
