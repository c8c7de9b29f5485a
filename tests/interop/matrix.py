#!/usr/bin/env python3
"""docs/interop.md from what the other runs have left: peer x version x command x method x delivery, and the outcome.

    matrix.py RESULTS PAGE RUN...

RESULTS holds a file for each RUN, one line a case. What a case is about is read from its name, so a name says it. The
page is written anew; the exit code is 1 if a case failed, or if its part about peers was another one before.
"""

import collections
import pathlib
import re
import sys

from peers import BY_HAND, PEERS, version_of

DELIVERIES = ("complete", "byte by byte", "coalesced")
RUNS = "## Runs"

HEAD = """# Interoperability

Each run of `cmake --workflow --preset interop` tests the drivers of docs/examples on loopback against programs and
libraries of other authors. It writes this page. It fails if a case fails, or if the results of a peer change. A new
version of a peer alone is not a failure. The cases are in [tests/interop](../tests/interop). The run needs root. It
installs the missing peers from the packages of Debian 12.

Each number is a number of cases. All of them passed.

- *carried*: the data arrived complete and in order.
- *refused*: a request that must be refused was refused.
- *agreed*: tshark decoded the same fields that our driver encoded.
- *coalesced*: a client does not wait for an answer before its next message. For a server, its last answer arrives in one
  piece with the first data of the destination.
- **Bold**: the peer behaves differently from our driver in the same case.
- A dash: the case was not tested, or does not exist. For example, no early data follows the answer to UDP ASSOCIATE
  or RESOLVE.
"""

# What a case is about, by the first pattern that its name matches; the last is for all others.
SOCKS = (("SOCKS4a", r"(?i)socks4a"), ("SOCKS4", r"(?i)socks4"), ("SOCKS5", ""))
COMMAND = (("BIND", r"(?i)bind"), ("UDP ASSOCIATE", r"(?i)associate"), ("CONNECT", ""))
TOR_COMMAND = (("RESOLVE", r"resolves|look_for|login"), *COMMAND)
METHOD = (("none", r"wants_none"), ("username/password", r"login|password"), ("none", ""))
DELIVERY = (("byte by byte", r"byte_by_byte"), ("coalesced", r"pipelined|early"), ("complete", ""))
REFUSED = (r"refuse|forbid|dropped|wrong_password|wants(_a_login)?$|nobody_|a_route$|hears_out|address_that_is_none"
           r"|without_end|unknown|no_methods?_|not_SOCKS$")
OUTCOME = (("agreed", r"^tshark_"), ("refused", REFUSED), ("carried", ""))

# Of the cases with sockets of our own: those about what the protocol says, and not about the proxy as a program.
OF_THE_PROTOCOL = r"SOCKS|unknown|^no_method|IPv4_answer|^(long_)?datagrams|dropped"

# Where a peer does otherwise than ours in its place: what it does, what ours does, and the case that shows ours.
OTHERWISE = {
    "microsocks_loses_what_a_pipelined_client_sends":
        ("loses early data", "serves it", "a_SOCKS5_client_in_one_piece_with_early_data"),
    "microsocks_takes_part_of_a_greeting_byte_by_byte_for_all_of_it":
        ("treats a part of a message as the complete message", "waits for the rest", "a_SOCKS5_client_byte_by_byte"),
    "microsocks_takes_part_of_a_greeting_with_a_login_byte_by_byte_for_all_of_it":
        ("treats a part of a message as the complete message", "waits for the rest", "a_SOCKS5_client_with_a_login_byte_by_byte"),
    "microsocks_has_no_BIND": ("refuses", "serves it", "SOCKS5_BIND_answers_twice"),
    "microsocks_has_no_SOCKS4": ("answers with a SOCKS5 message", "serves it", "curl_socks4_to_an_IPv4_address"),
    "ss_local_grants_what_then_fails":
        ("reports success before the connection", "reports it after the connection", "curl_socks5_to_a_port_that_nobody_listens_at"),
    "ss_local_has_no_BIND": ("refuses", "serves it", "SOCKS5_BIND_answers_twice"),
    "ss_local_closes_on_SOCKS4": ("closes", "serves it", "curl_socks4_to_an_IPv4_address"),
    "OpenSSH_closes_instead_of_refusing_by_SOCKS4":
        ("closes instead of refusing", "refuses", "curl_socks4_to_a_port_that_nobody_listens_at"),
    "OpenSSH_closes_instead_of_refusing_by_SOCKS5":
        ("closes instead of refusing", "refuses with a reason", "curl_socks5_to_a_port_that_nobody_listens_at"),
    "Perl_mistakes_the_second_answer_of_SOCKS4_BIND":
        ("reads the second answer as SOCKS5", "reads it as SOCKS4", "Dante_answers_SOCKS4_BIND_twice"),
    "Tor_has_no_BIND": ("refuses", "serves it", "SOCKS5_BIND_answers_twice"),
}
for kind, ours in (("SOCKS4", "OpenSSH_serves_SOCKS4"), ("SOCKS4a", "OpenSSH_serves_SOCKS4a"),
                   ("SOCKS5", "Dante_serves_SOCKS5"), ("SOCKS5_with_a_login", "Dante_serves_SOCKS5_with_a_login")):
    OTHERWISE |= {
        f"socksio_by_{kind}_takes_an_answer_byte_by_byte_for_malformed":
            ("reports a part of an answer as malformed", "waits for the rest", f"{ours}_byte_by_byte"),
        f"socksio_by_{kind}_takes_an_answer_together_with_early_data_for_malformed":
            ("reports the answer and early data in one piece as malformed", "returns both",
             f"{ours}_and_its_answer_together_with_early_data"),
    }


def first(patterns, name):
    return next(word for word, pattern in patterns if re.search(pattern, name))


def row_of(run, case):
    """The row and the column of a case, and what came of it; None if it is about no peer."""
    if run in BY_HAND and re.search(OF_THE_PROTOCOL, case):
        peer = BY_HAND[run]
    else:
        peer = next((p for p in PEERS if re.match(p.cases, case)), None)
    if not peer:
        return None
    socks = first(SOCKS, case)
    command = first(TOR_COMMAND if run == "tor" else COMMAND, case)
    if run in ("datagrams", "relays"):
        command = "UDP ASSOCIATE"
    method = "GSSAPI" if run == "kerberos" else first(METHOD, case) if socks == "SOCKS5" else "user ID"
    outcome = "{}; ours {}".format(*OTHERWISE[case]) if case in OTHERWISE else first(OUTCOME, case)
    return (peer.name, peer.role, socks, command, method), first(DELIVERY, case), outcome


def read(folder, runs):
    """The cases of each run, and those of them that failed."""
    cases, failed = {}, []
    for run in runs:
        file = pathlib.Path(folder, run)
        if not file.exists():
            raise SystemExit(f"no results of {run}: run all tests of the preset interop")
        for line in file.read_text().splitlines():
            verdict, case = line.split()
            cases.setdefault(run, []).append(case)
            failed += [case] if verdict != "PASS" else []
    return cases, failed


def table(head, rows):
    yield f"| {' | '.join(head)} |"
    yield "| " + " | ".join("---" for _ in head) + " |"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def told(outcomes):
    """Counts, and behind them what is otherwise."""
    counted = [f"{outcomes[word]} {word}" for word, _ in reversed(OUTCOME) if outcomes[word]]
    others = [f"**{outcome}**" for outcome in sorted(outcomes) if "; " in outcome]
    return ", ".join(counted + others) or "-"


def matrix(cases):
    rows = {}
    for run in cases:
        for case in cases[run]:
            if found := row_of(run, case):
                row, delivery, outcome = found
                rows.setdefault(row, collections.defaultdict(collections.Counter))[delivery][outcome] += 1
    order = [peer.name + peer.role for peer in [*PEERS, *BY_HAND.values()]]
    for row in sorted(rows, key=lambda row: (order.index(row[0] + row[1]), row)):
        yield [*row, *(told(rows[row][delivery]) for delivery in DELIVERIES)]


def page(cases):
    every = {case for run in cases.values() for case in run}
    unknown = [case for name, (*_, ours) in OTHERWISE.items() for case in (name, ours) if case not in every]
    if unknown:
        raise SystemExit(f"no such case: {unknown}")
    yield from HEAD.splitlines()
    yield ""
    yield from table(["peer", "role", "version", "command", "method", *DELIVERIES], matrix(cases))
    yield from ["", "## Where a peer differs", ""]
    yield from table(["case of the peer", "case of our driver"],
                     ([f"`{name}`", f"`{case}`"] for name, (*_, case) in OTHERWISE.items()))
    yield from ["", RUNS, "", "Some runs test no single peer, for example `chains`, `crowds`, `defects` and `transfer`.", ""]
    yield from table(["run", "cases"], ([f"`{run}`", str(len(cases[run]))] for run in sorted(cases)))
    yield from ["", "## Versions", "",
               "Each version is the one that the peer reports. If it reports none, the table has the version of its package.", ""]
    seen = {peer.name: peer for peer in PEERS if peer.ask or peer.package}  # client and server are told once
    yield from table(["peer", "version"], ([name, version_of(peer)] for name, peer in seen.items()))


def substance(text):
    """What is about peers: neither how many cases each run has, nor the versions."""
    return text.partition(RUNS)[0]


def main(folder, path, *runs):
    cases, failed = read(folder, runs)
    new = "\n".join(page(cases)) + "\n"
    print(new)
    if failed:
        print(f"{path} is left as it was, for these failed: {failed}")
        return 1
    file = pathlib.Path(path)
    old = file.read_text() if file.exists() else ""
    file.write_text(new)
    if substance(old) != substance(new):
        print(f"{path} is another page now: look at it, and commit it")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
