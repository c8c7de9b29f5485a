"""What the search of the site finds: each page, each section of a page, and each documented name."""

import html.parser
import json
import re

LENGTH = 1200  # characters of text that the search keeps of a section


class Sections(html.parser.HTMLParser):
    """The text of a page, divided at its title, its headings and its documented names."""

    TITLES = {"title", "memtitle"}

    def __init__(self, page):
        super().__init__()
        self.page = page
        self.found = []
        self.anchor = ""
        self.inside = 0  # the depth of <main>; text outside of it is the same on each page
        self.in_title = None

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        kind = values.get("class", "")
        if tag == "main":
            self.inside = 1
        if tag == "a" and "id" in values:
            self.anchor = values["id"]
        is_heading = tag in {"h1", "h2", "h3"} and not kind.startswith("groupheader")
        if self.inside and (is_heading or (tag == "div" and kind == "title")):
            self.in_title = tag
            whole = tag == "div"
            label = "reference" if kind == "memtitle" else "page" if whole else "section"
            self.found.append({"page": self.page + ("" if whole or not self.anchor else "#" + self.anchor),
                               "title": "", "kind": label, "text": ""})

    def handle_endtag(self, tag):
        if tag == "main":
            self.inside = 0
        if tag == self.in_title:
            self.in_title = None

    def handle_data(self, data):
        if self.inside and self.found:
            self.found[-1]["title" if self.in_title else "text"] += data


def squeezed(text):
    return re.sub(r"\s+", " ", text.replace("\u25c6", "")).strip()


def sections(path):
    parser = Sections(path.name)
    parser.feed(path.read_text())
    name = squeezed(parser.found[0]["title"]) if parser.found else ""
    for section in parser.found:
        section["title"] = squeezed(section["title"])
        section["text"] = squeezed(section["text"])[:LENGTH]
        if section["kind"] != "page":
            section["kind"] = name
        elif path.name.startswith(("class", "struct", "group")):
            section["kind"] = "reference"
        yield section


def write(site):
    """Writes search_index.js."""
    index = [section for path in sorted(site.glob("*.html")) for section in sections(path) if section["title"]]
    (site / "search_index.js").write_text(f"const search_index = {json.dumps(index, ensure_ascii=False)};\n")
