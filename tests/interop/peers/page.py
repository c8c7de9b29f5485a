"""docs/peers.md from what socks-check has found: written anew, or compared with what it says."""

import collections
import re
import subprocess
import textwrap

MOST_ROWS = 30

HEAD = """# Peers

`cmake --workflow --preset peers` tests servers and clients of other authors with [socks-check](socks_check.md), on
loopback. It writes this page, and fails if the results of a peer change. A new version of a peer alone is not a failure.
The preset `interop` repeats a part of it. The peers are packages of Debian 12 and of npm; [tests/interop/peers](../tests/interop/peers)
starts them.

A cell has the cases of a group: how many passed, of how many were tried. A case is not tried if the peer does not offer
what it tests. A dash: no case of the group was tried. A server that can ask for a login is tested with and without one,
and a client by each version of SOCKS that it speaks. A case passes if it passes in each of these runs; one that fails
runs once more. Peers with the same results share a row. Of the clients, those that are used most have a row; all peers
stand below the tables."""

FAILED = """Behind each peer stands how many cases it passed, of how many were tried. A sentence is a rule of level *must* or
*security* that the peer breaks. The others, of level *should* or *robustness*, are ids alone: `socks-check server --list`
and `socks-check client --scenarios` print their rules."""

TITLES = {"server": "Servers", "client": "Clients"}
GRAVE = ("must", "security")
VERSIONS = "## Versions"


def version_of(peer):
    """What the peer reports, or else the version of its package."""
    if not peer.ask:
        done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", peer.package], capture_output=True, text=True)
        return done.stdout
    done = subprocess.run(peer.ask, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    found = re.search(r"\d+\.[\w.]*\w", done.stdout + done.stderr)
    return found[0] if found else "unknown"


def cell(cases):
    passed, failed = (sum(case["result"] == result for case in cases) for result in ("passed", "failed"))
    return f"{passed}/{passed + failed}" if passed + failed else "-"


def failures(cases):
    return [case for case in cases if case["result"] == "failed"]


def results(role, peers, found):
    """The groups, and the peers that have the same results: their names, cells and cases."""
    reports = {name: list(found[role, name].values()) for each, name in peers if each == role}
    groups = list(dict.fromkeys(case["group"] for cases in reports.values() for case in cases))
    alike = collections.defaultdict(list)
    for name, cases in reports.items():
        cells = tuple(cell([case for case in cases if case["group"] == group]) for group in groups)
        alike[cells, tuple(case["id"] for case in failures(cases))].append(name)
    return groups, [(names, cells, reports[names[0]]) for (cells, _), names in alike.items()]


def sentence(cases):
    """What a peer fails: rules, ids, and the groups of which it fails all."""
    tried, failed = (collections.Counter(case["group"] for case in cases if case["result"] in results)
                     for results in (("passed", "failed"), ("failed",)))
    whole = [group for group, count in failed.items() if count == tried[group] and count > 5]
    single = [case for case in failures(cases) if case["group"] not in whole]
    grave = [f"{case['rule'].rstrip('.')} (`{case['id']}`)" for case in single if case["level"] in GRAVE]
    others = [f"`{case['id']}`" for case in single if case["level"] not in GRAVE]
    return "; ".join([f"every case of {group}" for group in whole] + grave + ([", ".join(others)] if others else []))


def table(rows):
    head, *others = rows
    yield f"| {' | '.join(head)} |"
    yield "| " + " | ".join("---" for _ in head) + " |"
    yield from (f"| {' | '.join(row)} |" for row in others)


def lines(text, indent=""):
    """An item or a paragraph, at most 118 columns wide. An id has no place to break at."""
    return textwrap.wrap(text, 118, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False)


def page(peers, found):
    names = [(role, peer.name) for role, peer in peers]
    yield from HEAD.splitlines()
    told = {role: results(role, names, found) for role in TITLES}
    room = MOST_ROWS
    for role, (groups, alike) in told.items():
        if not alike:
            continue
        yield from ["", f"## {TITLES[role]}", ""]
        yield from table([[role, *groups], *([", ".join(who), *cells] for who, cells, _ in alike[:room])])
        room -= len(alike[:room])
    yield from ["", "## What each fails", "", *FAILED.splitlines()]
    for role, (_, alike) in told.items():
        if not alike:
            continue
        yield from ["", f"{TITLES[role]}:", ""]
        for who, _, cases in alike:
            yield from lines(f"- **{', '.join(who)}** ({cell(cases)}): {sentence(cases) or 'nothing'}.", "  ")
    yield from ["", VERSIONS, ""]
    versions = dict(sorted(((peer.name, version_of(peer)) for _, peer in peers), key=lambda pair: pair[0].lower()))
    yield from lines(", ".join(f"{name} {version}" for name, version in versions.items() if version) + ".")


def told_by(text):
    """What a page says of each peer: its cells by group and in all, and the ids of the cases that it fails."""
    told, role = collections.defaultdict(lambda: ({}, [])), ""
    for line in re.sub(r"\n  ", " ", text.partition(VERSIONS)[0]).splitlines():
        titles = [key for key, title in TITLES.items() if line in (f"## {title}", f"{title}:")]
        role = titles[0] if titles else role
        if line.startswith("| ") and not line.startswith("| ---"):
            names, *cells = line.strip("| ").split(" | ")
            if names == role:
                groups = cells
                continue
            for name in names.split(", "):
                told[role, name][0].update(zip(groups, cells))
        elif item := re.match(r"- \*\*(.*?)\*\* \((.*?)\): (.*)", line):
            for name in item[1].split(", "):
                cells, ids = told[role, name]
                cells["all cases"] = item[2]
                ids.extend(re.findall(r"`([\w-]+)`", item[3]))
    return told


def differences(before, after, peers):
    """Of these peers, a line for each that has other results than before."""
    for key in peers:
        (old_cells, old), (cells, ids) = before.get(key, ({}, [])), after[key]
        for id in sorted(set(old) ^ set(ids)):
            yield f"{' '.join(key)}: {id} {'fails' if id in ids else 'fails no more'}"
        # A group that no peer of this run was tried with is not in its table, and a peer has no row in each.
        for group in dict.fromkeys([*old_cells, *cells] if len(old_cells) > 1 and len(cells) > 1 else ["all cases"]):
            if old_cells.get(group, "-") != cells.get(group, "-"):
                yield f"{' '.join(key)}: {group} {old_cells.get(group, '-')} before, {cells.get(group, '-')} now"


def compare(file, peers, found, write=False):
    """Fails if the results are others than those in the file; `write` puts the new ones there."""
    old = file.read_text() if file.exists() else ""
    new = "\n".join(page(peers, found)) + "\n"
    changed = list(differences(told_by(old), told_by(new), [(role, peer.name) for role, peer in peers]))
    changed += [f"{' '.join(key)} is gone" for key in told_by(old).keys() - told_by(new).keys() if write]
    print(new)
    for line in changed:
        print(f"FAIL {line}")
    if write:
        file.write_text(new)
        if changed:
            print(f"{file} is another page now: look at it, and commit it")
    return 1 if changed else 0
