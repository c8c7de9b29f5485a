"""The files that the site shows, and their names on it."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files_in(folder, pattern):
    """The matching files below a folder of the repository."""
    return sorted(path.relative_to(ROOT) for path in (ROOT / folder).rglob(pattern) if path.is_file())


def page_id(path):
    """The name of the HTML file of a page or of a source, without .html."""
    if path == pathlib.Path("README.md"):
        return "index"
    return re.sub(r"[^a-z0-9]+", "_", str(path).lower().removesuffix(".md")).strip("_")


def comment(*lines):
    """Lines of a file of Doxygen that documents something which is elsewhere."""
    return [f"/// {line}".rstrip() for line in lines] + [""]
