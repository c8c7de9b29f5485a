"""What the search of the site finds: each page, each section of a page, and each documented name."""

import html.parser
import json
import re

LENGTH = 1200  # characters of text that the search keeps of a section


class Sections(html.parser.HTMLParser):
    """The text of a page, divided at its title, its headings and its documented names."""

    def __init__(self, page):
        super().__init__()
        self.page = page
        self.found = []
        self.anchor = ""  # for the next section
        self.is_text = False  # within <main>; what is outside of it is the same on each page
        self.title_tag = None  # while the title of a section is read

    def begin(self, tag, kind):
        address = f"{self.page}#{self.anchor}" if self.anchor else self.page
        self.found.append({"page": address, "title": "", "kind": kind, "text": ""})
        self.anchor, self.title_tag = "", tag

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        kind = values.get("class", "")
        if tag == "main":
            self.is_text = True
        if not self.is_text:
            return
        if tag == "a" and "id" in values and self.title_tag:  # Doxygen puts the anchor into the heading of a page,
            self.found[-1]["page"] = f"{self.page}#{values['id']}"
        elif tag == "a" and "id" in values:  # and in front of a name
            self.anchor = values["id"]
        elif tag == "div" and kind == "title":
            self.anchor = ""
            self.begin(tag, "page")
        elif tag == "div" and self.title_tag:  # the groups of a name, below its title
            self.title_tag = None
        elif tag in {"h1", "h2", "h3"} and kind != "groupheader":
            self.begin(tag, "section")
        elif tag == "td" and kind == "fieldname":  # an enumerator, whose anchor follows
            self.begin(tag, "section")
        elif tag == "b" and self.anchor:  # a name that is described in a list only
            self.begin(tag, "section")

    def handle_endtag(self, tag):
        if tag == "main":
            self.is_text = False
        if tag == self.title_tag:
            self.title_tag = None

    def handle_data(self, data):
        if self.is_text and self.found:
            self.found[-1]["title" if self.title_tag else "text"] += data


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
