#!/usr/bin/env python3
"""Follows every internal link of the site.

usage: links.py SITE

A link must lead to a file, and to an anchor that is in it. Every page must be reached from the first one.
"""

import html.parser
import pathlib
import sys
import urllib.parse

class Page(html.parser.HTMLParser):
    def __init__(self, path):
        super().__init__()
        self.links = []
        self.anchors = set()
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            if name in {"href", "src"} and value:
                self.links.append(value)
            elif name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value)


def is_internal(link):
    return not urllib.parse.urlsplit(link).scheme


def faults(site):
    pages = {path.name: Page(path) for path in sorted(site.glob("*.html"))}
    if "index.html" not in pages:
        return [f"{site} has no index.html"]
    bad = []
    reached, ahead = {"index.html"}, ["index.html"]
    while ahead:
        name = ahead.pop()
        for link in filter(is_internal, pages[name].links):
            file, anchor = urllib.parse.urldefrag(link)
            target = urllib.parse.unquote(file) or name
            if not (site / target).is_file():
                bad.append(f"{name} links to {target}, which is not there")
            elif anchor and target in pages and anchor not in pages[target].anchors:
                bad.append(f"{name} links to {link}, and {target} has no such anchor")
            if target in pages and target not in reached:
                reached.add(target)
                ahead.append(target)
    lost = [name for name in pages if name not in reached]
    bad += [f"no link leads to {name}" for name in lost]
    return bad


def main():
    site = pathlib.Path(sys.argv[1])
    bad = faults(site)
    for fault in bad:
        print(fault)
    count = sum(1 for path in site.glob("*.html"))
    print(f"{count} pages, {len(bad)} faults")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
