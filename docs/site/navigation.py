"""The contents beside each page: the pages in the order of docs/README.md, and the layers of the reference."""

import html
import pathlib

import headers
import pages
from paths import ROOT, page_id

INDEX = pathlib.Path("docs/README.md")


def guides():
    """README and the index first, then each page that the index links to."""
    found = [pathlib.Path("README.md"), INDEX]
    for page in pages.targets_in(INDEX):
        if page.suffix == ".md" and page not in found:
            found.append(page)
    return found


def entry(name, title):
    return f'<li><a href="{name}.html">{html.escape(title)}</a></li>'


def contents():
    listed = [entry(page_id(page), pages.title_of(page)) for page in guides()]
    layers = [entry(f"group__{layer.replace('_', '__')}", layer) for layer in headers.LAYERS if layer != headers.TOP]
    return ["<h2>Guides</h2>", "<ul>", *listed, "</ul>", "<h2>Reference</h2>", "<ul>",
            entry("reference", "All headers"), *layers, "</ul>"]


def header():
    """The top of every page, for Doxygen."""
    template = (ROOT / "docs/site/header.html").read_text()
    return template.replace("NAVIGATION", "\n".join(contents())).splitlines()
