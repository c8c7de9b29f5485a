"""A case as the runner sees it."""

from harness import expect


class Case:
    """`act` gets a trial and the other arguments. A case that `waits` takes seconds, but hardly any processor time; one that is
    `for_tls` is only for drivers that speak TLS."""

    def __init__(self, act, *arguments, waits=False, for_tls=False, **more):
        self.waits, self.for_tls = waits, for_tls
        self.act = lambda trial: act(trial, *arguments, **more)


def waits(act, *arguments):
    return Case(act, *arguments, waits=True)


def for_tls(act, *arguments, **more):
    return Case(act, *arguments, for_tls=True, **more)


def late(seconds):
    """What ends at a deadline of 10 seconds takes about as long."""
    expect(9 <= seconds <= 14, True, f"whether it ended at its deadline of 10 seconds; it took {seconds:.1f}")
