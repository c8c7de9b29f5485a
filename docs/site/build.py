#!/usr/bin/env python3
"""Makes the site: guides, reference, diagrams and search.

usage: build.py OUTPUT_FOLDER [DOXYGEN]

Doxygen 1.9 does not know some things that readers of the source see. So it gets copies of headers and pages in its
own dialect, which are in OUTPUT_FOLDER/stage. Each copy has the lines of its original, so that a warning names the
right line. The site is in OUTPUT_FOLDER/html. A warning of Doxygen is an error.
"""

import pathlib
import re
import shutil
import subprocess
import sys

import headers
import navigation
import pages
import search_index
from paths import ROOT

HERE = ROOT / "docs/site"


def write(path, lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(line + "\n" for line in lines))


def stage(folder):
    for path in headers.all_headers():
        write(folder / path, headers.translate((ROOT / path).read_text().splitlines(), path))
    for path in pages.all_pages():
        write(folder / path, pages.translate((ROOT / path).read_text().splitlines(), path))
    write(folder / "sources.dox", [*headers.groups(), *pages.sources()])
    write(folder / "header.html", navigation.header())


def settings(output):
    """The settings that name a path."""
    extra = [HERE / "site.js", *sorted((ROOT / "docs").glob("*.svg"))]
    include = output / "stage/include"
    return {
        "INPUT": output / "stage",
        "OUTPUT_DIRECTORY": output,
        "STRIP_FROM_PATH": include,
        "STRIP_FROM_INC_PATH": include,
        "USE_MDFILE_AS_MAINPAGE": output / "stage/README.md",
        "EXAMPLE_PATH": ROOT,
        "HTML_HEADER": output / "stage/header.html",
        "HTML_FOOTER": HERE / "footer.html",
        "HTML_STYLESHEET": HERE / "style.css",
        "HTML_EXTRA_FILES": " \\\n    ".join(f'"{path}"' for path in extra),
        "LAYOUT_FILE": HERE / "layout.xml",
    }


# Lists and files that Doxygen makes in any case, and no page of the site uses.
UNUSED = ["*-members.html", "dir_*.html", "functions*.html", "namespace*.html", "annotated.html", "classes.html",
          "hierarchy.html", "modules.html", "pages.html", "*.png", "doxygen.*", "dynsections.js",
          "jquery.js", "tabs.css"]


def tidy(site):
    """Removes what no page uses. The summary of a page repeats its headings, and names some that it lacks."""
    for path in [path for pattern in UNUSED for path in site.glob(pattern)]:
        path.unlink()
    for path in site.glob("*.html"):
        text = re.sub(r'<div class="summary">.*?</div>', "", path.read_text(), count=1, flags=re.S)
        path.write_text(text)


def main():
    output = pathlib.Path(sys.argv[1]).resolve()
    for part in ("stage", "html"):
        shutil.rmtree(output / part, ignore_errors=True)
    stage(output / "stage")
    own = (HERE / "Doxyfile").read_text().splitlines()
    write(output / "Doxyfile", own + [f"{name} = {value}" for name, value in settings(output).items()])
    doxygen = sys.argv[2] if len(sys.argv) > 2 else "doxygen"
    if subprocess.run([doxygen, output / "Doxyfile"], check=False).returncode != 0:
        sys.exit("Doxygen has warned: the site is not complete")
    tidy(output / "html")
    search_index.write(output / "html")


if __name__ == "__main__":
    main()
