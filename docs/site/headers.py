"""Translates the headers of the library, and makes a group of the reference for each of them.

Doxygen 1.9 collapses columns and shows what is not for users. So a block of columns after @errors or @returns
becomes a table, and `detail` and `protected` are left out. Only detail::action stays, which has the accessors of
all actions. An attribute of a parameter would become a part of its name, so it is removed.
"""

import re

from paths import ROOT, comment, files_in, page_id

TOP = "socks"
LAYERS = {
    TOP: "What every program includes, and the macros.",
    "core": "The vocabulary: bytes, addresses, numbers, errors, requests and replies. It includes no other layer.",
    "wire": "Bytes to values and back, with a codec for each message. The codecs keep no state.",
    "machine": "Bytes to actions: client, server and chain, and their mailboxes. They keep the state of a handshake.",
    "text": "Notations for people: IP literals, `host:port`, proxy URIs, and the texts of codes.",
    "policy": "What a result means to an application: access lists, retries, replies to a failed dial, and Tor.",
    "system": "What needs a header of a platform or of the C++ library. `socks.hpp` includes none of it.",
    "transfer_cft": "One application: from the configuration of Axway Transfer CFT to a request and a schedule.",
}
COLONS = re.compile(r"(?<!\w)::(?=\w)")  # the begin of an IPv6 address, which Doxygen takes for a name
TAGS = "param|returns|errors|lifetime|cost|rfc|tparam|def"


def all_headers():
    return files_in("include/socks", "*.hpp")


def is_public(header):
    """Whether it has a name for users: every such name has a comment."""
    return header.name == "socks.hpp" or "///" in (ROOT / header).read_text()


def layer_of(header):
    folder = header.relative_to("include/socks").parent.name
    return folder or TOP


def group_of(header):
    return page_id(header.relative_to("include/socks").with_suffix(""))


def escaped(text):
    """A line of a comment whose special characters mean themselves. Indented lines are code."""
    if text.startswith("     "):
        return text
    parts = re.split(r"(`[^`]*`)", text)
    for i in range(0, len(parts), 2):
        parts[i] = re.sub(rf"@(?!(?:{TAGS})\b)", "&#64;", parts[i])
        parts[i] = re.sub(r"<(?=\w)", "&lt;", parts[i])
        parts[i] = COLONS.sub("&#58;:", parts[i])
    for i in range(1, len(parts), 2):
        if COLONS.search(parts[i]):
            parts[i] = f"<code>{COLONS.sub('&#58;:', parts[i][1:-1])}</code>"
    return "".join(parts)


def opening(header):
    """The comment at the top of a header."""
    for line in (ROOT / header).read_text().splitlines():
        if not line.startswith("//"):
            return
        yield escaped(line[2:])[1:]


def first_sentence(header):
    return " ".join(opening(header)).split(". ")[0].rstrip(".:") + "."


def groups():
    """A group for each layer and each header, and a page that lists them."""
    listed = []
    for layer, description in LAYERS.items():
        headers = [header for header in all_headers() if layer_of(header) == layer and is_public(header)]
        if layer != TOP:
            yield from comment(f"@defgroup {layer} {layer}/", description)
        listed += ["", f"## {layer}", "", description, "", "| header | what it has |", "| --- | --- |"]
        for header in headers:
            name = header.relative_to("include/socks")
            above = [] if layer == TOP else [f"@ingroup {layer}"]
            group = group_of(header)
            yield from comment(f"@defgroup {group} {name}", *above, f"`#include <socks/{name}>`", "", *opening(header))
            listed.append(f"| @ref {group} \"{name.name}\" | {first_sentence(header)} |")
    introduction = "Each header has a page. A layer includes only itself and layers below it."
    diagram = '<img src="layers.svg" alt="The layers of the library, and which of them includes which"/>'
    yield from comment("@page reference Reference", introduction, "", diagram, *listed)


ROW = re.compile(r"(\S+(?: or \S+)?) {2,}(\S.*)$")


def tables(lines):
    """A block of columns after a tag becomes a table, row by row."""
    start = None  # the column in which each row of the open table begins
    for i, line in enumerate(lines):
        text = re.match(r"\s*/// {2,}(\S.*)$", line)
        tag = re.match(r"\s*/// @(?:errors|returns) +(\S.*)$", line)
        if start is not None and not text:
            lines[i - 1] += "</td></tr></table>"
            start = None
        here = tag or (start is not None and text.start(1) == start and text)
        row = here and ROW.match(here[1])
        if row:
            begin = "<table>" if tag else "</td></tr>"
            start = here.start(1)
            lines[i] = f"{line[:start]}{begin}<tr><td>{row[1]}</td><td>{row[2]}"


def hidden(lines):
    """Leaves `detail`, what is protected, and specialisations of std out of the reference."""
    for i, line in enumerate(lines):
        if re.match(r"namespace (socks::)?detail \{", line) or line == "  protected:":
            lines[i] += "  /** @cond */"
            if lines[i + 2] == "}":  # a declaration only
                lines[i + 2] = "/** @endcond */ }"
        elif re.match(r"\}  // namespace (socks::)?detail", line):
            lines[i] = "/** @endcond */ " + line
        elif re.match(r"struct std::.* \{\};", line):
            lines[i - 1] = "/** @cond */ " + lines[i - 1]
            lines[i] += "  /** @endcond */"


def translate(lines, header):
    for i, line in enumerate(lines):
        doc = re.match(r"(.*?///<?)(.*)", line)
        if doc:
            lines[i] = doc[1] + escaped(doc[2])
        elif not line.startswith("#"):
            lines[i] = line.replace(" SOCKS_LIFETIMEBOUND", "")
    tables(lines)
    hidden(lines)
    if header.name == "action.hpp":
        lines = [re.sub(r"(namespace socks::detail.*?) */\*\* @(end)?cond \*/", r"\1", line) for line in lines]
        lines = [re.sub(r"/\*\* @endcond \*/ (\}  // namespace)", r"\1", line) for line in lines]
        last = max(i for i, line in enumerate(lines) if line == "};")
        lines[last] = "/** @endcond */ " + lines[last]
    # The names are in the group of their header. A group that begins outside of a namespace does not reach into it.
    begins = [i for i, line in enumerate(lines) if line.startswith("namespace ") and "cond" not in line]
    ends = [i for i, line in enumerate(lines) if line.startswith("}  // namespace ")]
    if not is_public(header):
        begins = []
    elif header.name == "config.hpp":  # macros: from the empty line after the include guard to the one before its end
        guard = next(i for i, line in enumerate(lines) if line.startswith("#define"))
        begins, ends = [guard + 1], [-2]
    if begins:
        lines[begins[0]] += f"  /** @addtogroup {group_of(header)} */ /** @{{ */"
        lines[ends[-1]] = "/** @} */ " + lines[ends[-1]]
    return lines
