#!/usr/bin/env python3
"""socks-check finds each fault of the faulty proxy by the case that is meant for it, and no other must case fails.

    faults.py SOCKS_CHECK FAULTY_PROXY [FAULT...]

Without a fault, every case passes or is skipped.
"""

import concurrent.futures
import json
import subprocess
import sys
import typing

USER, PASSWORD = "john", "secret"
JOBS = 8  # faults at the same time
PATIENCE, LONG_PATIENCE = "3", "10"  # seconds for an answer
LIMIT = 200  # seconds until one run is given up
NONE = "none"

UDP = ["udp-ipv4", "udp-name", "udp-1400-bytes", "udp-declared-source", "udp-control-stays-open",
       "udp-ends-with-control", "udp-answer-header", "udp-answer-source", "udp-two-destinations",
       "udp-two-associations", "udp-fragment-alone", "udp-foreign-sender", "udp-foreign-first"]
STREAMS = ["framing-early-64-kib", "relaying-every-byte", "relaying-16-mib", "relaying-slow-destination",
           "relaying-blocked-direction", "relaying-rest-to-client", "relaying-rest-to-destination"]
TWO_REPLIES = ["bind-second-reply", "bind-data", "bind-caller-first", "bind-caller-leaves", "bind-socks4"]
CODES = ["requests-command-unknown", "requests-type-unknown"]


class Fault(typing.NamedTuple):
    cases: str  # those that are meant for it, all of which fail
    related: typing.Sequence[str] = ()  # must cases that see it too
    login_only: bool = False


FAULTS = {
    "greeting-of-any-version": Fault("versions-six"),
    "http-is-socks": Fault("versions-http versions-http-connect versions-tls versions-garbage", ["versions-six"]),
    "method-of-its-own": Fault("methods-only-offered", ["methods-none-acceptable"]),
    "first-method-only": Fault("methods-among-unknown", ["methods-255-last"]),
    "few-methods": Fault("methods-255-first", ["methods-255-last"]),
    "no-method-is-none": Fault("methods-zero"),
    "repeated-method": Fault("methods-repeated", ["methods-255-first", "methods-255-last"]),
    "serves-after-ff": Fault(
        "methods-request-after-refusal methods-ff-offered password-skipped-method", login_only=True),
    "ff-stays-open": Fault("methods-none-acceptable-closes"),
    "any-password": Fault("password-wrong password-empty-both", ["password-wrong-user", "password-wrong-closes"]),
    "any-user": Fault("password-wrong-user"),
    "password-prefix": Fault("password-prefix"),
    "password-longer": Fault("password-longer"),
    "password-nul": Fault("password-nul password-user-nul"),
    "password-case": Fault("password-case"),
    "empty-user": Fault("password-empty-user"),
    "empty-password": Fault("password-empty"),
    "status-version-5": Fault("password-status-version"),
    "status-missing": Fault("password-wrong"),
    "login-version-5": Fault("password-version-5"),
    "login-skipped": Fault("password-skipped"),
    "login-not-asked-for": Fault("password-nobody-asked"),
    "second-login": Fault("password-second-try", ["password-wrong-closes"]),
    "serves-after-denial": Fault("password-wrong-pipelined", ["password-wrong-closes"]),
    "request-of-any-version": Fault("versions-request"),
    "request-without-greeting": Fault("requests-without-greeting"),
    "reserved-hangs": Fault("requests-reserved"),
    "long-name": Fault("requests-name-255-bytes"),
    "name-nul": Fault("requests-name-nul"),
    "name-space": Fault("requests-name-space"),
    "name-empty": Fault("requests-name-empty"),
    "command-code": Fault("requests-command-unknown"),
    "type-code": Fault("requests-type-unknown"),
    "no-rules": Fault("rules-address rules-mapped rules-name rules-name-number rules-socks4 rules-socks4-name"),
    "rules-of-ipv4": Fault("rules-mapped"),
    "rules-of-addresses": Fault("rules-name rules-name-mapped rules-name-number rules-socks4-name"),
    "rules-of-socks5": Fault("rules-socks4 rules-socks4-name"),
    "partial-message": Fault("framing-byte-by-byte", [
        "socks4-missing-nul", "framing-cut-greeting", "framing-cut-login", "framing-cut-request",
        "framing-greeting-and-half", "framing-socks4-byte-by-byte", "framing-socks4-cut"]),
    "pipelined-lost": Fault("framing-pipelined", [
        "framing-one-segment", "framing-early-data", "framing-early-64-kib", "framing-greeting-and-half",
        "framing-socks4-early-data"]),
    "early-lost": Fault("framing-early-data", [
        "framing-one-segment", "framing-early-64-kib", "framing-socks4-early-data"]),
    "early-cut": Fault("framing-early-64-kib"),
    "end-keeps-waiting": Fault("framing-end-at-once framing-end-in-greeting framing-end-in-request"),
    "reply-before-connecting": Fault("replies-refused-not-granted", ["requests-name-255-bytes", "socks4-refused"]),
    "reply-version": Fault("replies-version"),
    "reply-reserved": Fault("replies-reserved"),
    "reply-type": Fault("replies-type"),
    "reply-name": Fault("replies-ip-address"),
    "reply-type-of-request": Fault("requests-ipv6"),
    "refusal-code": Fault("replies-refused", CODES),
    "refusal-short": Fault("replies-refused-complete"),
    "refusal-version": Fault("replies-refused-version", ["replies-refused-complete"]),
    "refusal-twice": Fault("replies-refused-once"),
    "serves-after-refusal": Fault("framing-early-after-refusal", ["socks4-refused-closes", "replies-refused-closes"]),
    "refusal-stays-open": Fault("replies-refused-closes", [
        "versions-six", "password-wrong-closes", "socks4-refused-closes", "replies-command-closes",
        "replies-type-closes"]),
    "socks4-reply-version": Fault("socks4-reply-version"),
    "socks4-reply-of-socks5": Fault("versions-socks4-form"),
    "socks4-name-ignored": Fault("socks4-name socks4-name-marker socks4-name-after-user"),
    "socks4-without-nul": Fault("socks4-missing-nul", ["framing-socks4-byte-by-byte", "framing-socks4-cut"]),
    "socks4-flood": Fault("socks4-user-flood socks4-name-flood"),
    "socks4-command-3": Fault("socks4-command-3"),
    "socks4-reply-long": Fault("socks4-reply-size", [
        "socks4-connect", "socks4-user-empty", "socks4-missing-nul", "framing-socks4-byte-by-byte",
        "framing-socks4-cut", "framing-socks4-early-data", "bind-socks4", "bind-socks4-foreign-caller"]),
    "socks4-refusal-long": Fault("socks4-refused-size"),
    "half-close-closes": Fault("relaying-half-close-client relaying-half-close-destination framing-end-after-request"),
    "end-not-passed-on": Fault("relaying-close-client"),
    "destination-end-lost": Fault("relaying-close-destination", [
        "relaying-empty", "relaying-rest-to-client", "bind-caller-leaves"]),
    "reset-is-end": Fault("relaying-reset-passed-on"),
    "reset-ignored": Fault("relaying-reset-destination", ["relaying-reset-client"]),
    "last-bytes-lost": Fault("relaying-rest-to-client", STREAMS),
    "byte-lost": Fault("relaying-16-mib"),
    "byte-changed": Fault("relaying-every-byte", STREAMS),
    "short-write-lost": Fault("relaying-slow-destination", STREAMS),
    "one-direction-blocks": Fault("relaying-blocked-direction", ["relaying-16-mib"]),
    "idle-2-seconds": Fault("relaying-pause", ["relaying-slow-destination", "relaying-blocked-direction"]),
    "urgent-ends": Fault("relaying-urgent"),
    "first-bytes-lost": Fault("relaying-server-first", ["bind-caller-first"]),
    "tunnel-is-parsed": Fault("relaying-request-is-data"),
    "bind-any-caller": Fault("bind-foreign-caller", ["bind-socks4-foreign-caller"]),
    "bind-one-reply": Fault("bind-second-reply", TWO_REPLIES),
    "bind-caller-missing": Fault("bind-caller-address"),
    "bind-last-caller": Fault("bind-one-caller"),
    "bind-survives": Fault("bind-client-leaves"),
    "bind-port-0": Fault("bind-first-reply", [
        *TWO_REPLIES, "bind-no-caller", "bind-two-at-once", "bind-socks4-foreign-caller"]),
    "udp-any-client": Fault("udp-foreign-sender", ["udp-foreign-first"]),
    "udp-first-destination": Fault("udp-two-destinations"),
    "udp-source-is-relay": Fault("udp-answer-source"),
    "udp-control-closes": Fault("udp-control-stays-open", UDP),
    "udp-fragments": Fault("udp-fragment-alone"),
    "udp-survives": Fault("udp-ends-with-control"),
    "udp-port-0": Fault("udp-reply", UDP),
    "udp-no-header": Fault("udp-answer-header", UDP),
    "udp-cut": Fault("udp-1400-bytes"),
    "udp-empty-lost": Fault("udp-empty"),
    "udp-garbage-ends": Fault("udp-garbage udp-short udp-type-unknown", ["udp-fragment-alone"]),
    "udp-no-names": Fault("udp-name"),
    "few-connections": Fault("resources-200-silent resources-200-half resources-drip"),
    "drip-starves": Fault("framing-slow"),
}


def names_of(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=True)
    return [line.split("\t")[:2] for line in done.stdout.splitlines()]


class Run:
    def __init__(self, check, proxy):
        self.check, self.proxy = check, proxy
        self.levels = dict(names_of(check, "server", "--list"))
        self.musts = [name for name, level in self.levels.items() if level == "must"]

    def failures(self, fault, cases, login_only, patience=PATIENCE):
        """The cases that fail if the proxy has this fault. Without a list, all cases run."""
        options = ["--login-only"] * login_only + [fault] * (fault != NONE)
        with subprocess.Popen([self.proxy, USER, PASSWORD, *options], stdout=subprocess.PIPE, text=True) as proxy:
            try:
                address, forbidden = proxy.stdout.readline().removeprefix("listening on ").split(", forbidden ")
                done = subprocess.run(
                    [self.check, "server", address, "--user", USER, "--password", PASSWORD, "--patience", patience,
                     "--forbidden", forbidden.strip(),
                     "--json", "-", *(o for case in cases for o in ("--only", case))],
                    capture_output=True, text=True, timeout=LIMIT)
            finally:
                proxy.kill()
        if done.returncode > 1:
            raise RuntimeError(f"socks-check ends with {done.returncode}: {done.stderr}")
        return {case["id"]: case["reason"] for case in json.loads(done.stdout)["cases"] if case["result"] == "failed"}

    def again(self, fault, cases, login_only):
        """What is not as expected runs again, alone and with more time, because this machine may be busy."""
        return self.failures(fault, cases, login_only, LONG_PATIENCE) if cases else {}

    def finds(self, fault):
        """Nothing, or what is wrong."""
        cases, related, login_only = FAULTS[fault]
        meant = cases.split()
        if unknown := [case for case in [*meant, *related] if case not in self.levels]:
            return f"no such case: {unknown}"
        failed = self.failures(fault, [*self.musts, *meant], login_only)
        missed = [case for case in meant if case not in failed]
        if blind := set(missed) - set(self.again(fault, missed, login_only)):
            return f"not seen by {', '.join(blind)}; failed: {', '.join(failed) or 'nothing'}"
        if stray := self.again(fault, [c for c in failed if c not in meant and c not in related], login_only):
            return f"unrelated cases fail: {stray}"
        return ""

    def is_clean(self, login_only):
        failed = self.failures(NONE, [], login_only, LONG_PATIENCE)
        return f"fails without a fault: {failed}" if failed else ""


def main():
    check, proxy, *wanted = sys.argv[1:]
    known = [name for name, _ in names_of(proxy, "--list")]
    if sorted(known) != sorted(FAULTS):
        print(f"FAIL the proxy and this list have different faults: {sorted(set(known) ^ set(FAULTS))}")
        return 1
    run, bad, total = Run(check, proxy), 0, 0

    def tell(name, trouble):
        nonlocal bad, total
        print(f"FAIL {name}: {trouble}" if trouble else f"PASS {name}", flush=True)
        bad, total = bad + bool(trouble), total + 1

    if not wanted:
        tell("no fault", run.is_clean(login_only=False))
        tell("no fault, with a login only", run.is_clean(login_only=True))
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        for name, trouble in zip(wanted or FAULTS, pool.map(run.finds, wanted or FAULTS)):
            tell(name, trouble)
    print(f"{total - bad} of {total} as expected")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
