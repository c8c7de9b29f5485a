"""Translates the pages of the repository, and makes a page of each source that one of them links to.

Doxygen 1.9 gives a heading no anchor of its own text and does not find a folder. So a heading gets the anchor that
hosting sites give it, and a link gets the address that its target has on the site.
"""

import os
import pathlib
import re
import sys

from paths import ROOT, comment, files_in, page_id

SOURCES = {".c", ".cpp", ".h", ".hpp", ".js", ".py"}  # with highlighting
TEXTS = SOURCES | {".cft", ".ld", ".sh"}


def all_pages():
    """README, what is in docs, and each other README that one of them needs."""
    return [pathlib.Path("README.md"), *files_in("docs", "*.md"), pathlib.Path("tests/interop/drivers/README.md")]


def anchor_of(page, heading):
    """Lower case, hyphens for spaces and no punctuation; the page comes first, because anchors are global."""
    text = re.sub(r"[^\w\s-]", "", re.sub(r"\]\([^)]*\)", "", heading).lower().strip())
    return page_id(page) + "-" + re.sub(r"\s", "-", text)


def target_of(page, file):
    """The file or folder of the repository that a link of a page means."""
    path = pathlib.Path(os.path.normpath(page.parent / file))
    if not (ROOT / path).exists():
        sys.exit(f"{page} has a link to {file}, which is not there")
    readme = path / "README.md"
    return readme if (ROOT / readme).exists() else path


def address_of(page, link):
    """The address on the site."""
    file, _, anchor = link.partition("#")
    target = target_of(page, file) if file else page
    if target.suffix == ".svg":
        return target.name
    return (page_id(target) + ".html" if file else "") + (f"#{page_id(target)}-{anchor}" if anchor else "")


LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")


def with_addresses(page, line):
    """Each link to a part of the repository as HTML."""

    def html(match):
        image, text, link = match.groups()
        if "://" in link:
            return match[0]
        if image:
            return f'<img src="{address_of(page, link)}" alt="{text}"/>'
        return f'<a href="{address_of(page, link)}">{text}</a>'

    # A pair of brackets in a code span is no link, but a link may have a code span as its text.
    parts = re.split(r"(`[^`]*`(?!\]))", line)
    return "".join(part if part.startswith("`") else LINK.sub(html, part) for part in parts)


def title_of(page):
    return next(line[2:] for line in (ROOT / page).read_text().splitlines() if line.startswith("# "))


def prose(lines):
    """The lines outside of code blocks: their index and text."""
    fenced = False
    for i, line in enumerate(lines):
        if line.startswith("```"):
            fenced = not fenced
        elif not fenced:
            yield i, line


def translate(lines, page):
    titled = False
    for i, line in prose(lines):
        heading = re.match(r"(#+) (.*)", line)
        if not heading:
            lines[i] = with_addresses(page, line)
            continue
        name = anchor_of(page, heading[2])
        if not titled:
            name = "mainpage" if page_id(page) == "index" else page_id(page)
        lines[i] += f" {{#{name}}}"
        titled = True
    return lines


def targets_in(page):
    """What of the repository a page links to, in this order."""
    for _, line in prose((ROOT / page).read_text().splitlines()):
        for _, _, link in LINK.findall(re.sub(r"`[^`]*`(?!\])", "", line)):
            file = link.partition("#")[0]
            if file and "://" not in file:
                yield target_of(page, file)


def of_file(path):
    command = "include" if path.suffix in SOURCES else "verbinclude"
    return comment(f"@page {page_id(path)} {path}", f"@{command} {path}")


def sources():
    """A page for each file, and for each folder a page that lists its files. Those of an example are pages too."""
    linked = {target for page in all_pages() for target in targets_in(page) if target.suffix not in {".md", ".svg"}}
    files = {path for path in linked if (ROOT / path).is_file()}
    for folder in sorted(linked - files):
        inside = [path for path in files_in(folder, "*") if path.suffix in TEXTS]
        shown = folder.is_relative_to("docs/examples")
        rows = []
        for path in inside:
            name = path.relative_to(folder)
            rows.append(f'- <a href="{page_id(path)}.html">{name}</a>' if shown else f"- `{name}`")
        if shown:
            files.update(inside)
        yield from comment(f"@page {page_id(folder)} {folder}", *rows)
    for path in sorted(files):
        yield from of_file(path)
