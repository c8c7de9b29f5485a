#!/usr/bin/env python3
"""Applies one mutation after another to a copy of the site or of its sources, and sees that a test catches each.

usage: can_fail.py TREE SCRATCH DOXYGEN CHROMIUM
"""

import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TREE, SCRATCH = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
DOXYGEN, CHROMIUM = sys.argv[3:5]
SOURCES, SITE = SCRATCH / "sources", SCRATCH / "site"
# A few pages are enough for the browser, which takes longest.
PAGES = ["index.html", "docs_handshakes.html", "docs_security.html", "docs_io_models.html",
         "classsocks_1_1basic__client.html", "group__core__error.html", "group__wire__socks5.html",
         "group__wire__udp__over__tcp.html", "group__policy__scope.html"]
trouble = []


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def build():
    return run(sys.executable, "-B", SOURCES / "docs/site/build.py", SCRATCH / "made", DOXYGEN)


def links():
    return run(sys.executable, "-B", HERE / "links.py", SITE)


def looks():
    return run(sys.executable, "-B", HERE / "looks.py", SITE, CHROMIUM, SCRATCH / "screenshots")


def passes(test):
    code, said = test()
    if code != 0:
        trouble.append(f"{test.__name__} fails without a mutation:\n{said}")


def caught(what, path, old, new, test, expected):
    """Replaces the first `old` in a file; then the test must fail and say what is expected. The file is restored."""
    text = path.read_text()
    if old not in text:
        trouble.append(f"no place for the mutation: {what}")
        return
    path.write_text(text.replace(old, new, 1))
    code, said = test()
    if code == 0 or expected not in said:
        trouble.append(f"not caught: {what}\n{said}")
    path.write_text(text)


def copy_of_the_sources():
    for part in ("include", "docs", "fuzz", "tests"):
        shutil.copytree(TREE / part, SOURCES / part, ignore=shutil.ignore_patterns("__pycache__", "corpus"))
    shutil.copy(TREE / "README.md", SOURCES)


def main():
    shutil.rmtree(SCRATCH, ignore_errors=True)
    copy_of_the_sources()
    reply, guide = SOURCES / "include/socks/core/reply.hpp", SOURCES / "docs/security.md"
    passes(build)
    shutil.copytree(SCRATCH / "made/html", SITE)
    end = "}  // namespace socks"
    caught("a public function without a comment", reply, end, f"inline int mutation() {{ return 1; }}\n{end}", build,
           "mutation() (function) of")
    caught("a public member without a comment", reply, "    endpoint bound{};",
           "    int mutation;\n    endpoint bound{};", build, "mutation (variable) of struct socks::reply")
    letters = SOURCES / "include/socks/core/letters.hpp"
    caught("a parameter that is not there", letters, "/// @cost", "/// @param mutation  nothing.\n/// @cost", build,
           "'mutation'")
    caught("a link of a page to a file that is not there", guide, "](performance.md", "](mutation.md", build,
           "mutation.md")
    caught("a link to a heading that is not there", guide, "](performance.md#assertions", "](performance.md#mutation",
           lambda: build() if build()[0] else run(sys.executable, "-B", HERE / "links.py", SCRATCH / "made/html"),
           "has no such anchor")

    passes(links)
    page = SITE / "docs_security.html"
    caught("a link to a page that is not there", page, 'href="docs_performance.html', 'href="mutation.html', links,
           "mutation.html, which is not there")
    caught("a diagram that is not there", SITE / "docs_handshakes.html", 'src="handshake_udp', 'src="mutation', links,
           "mutation.svg")
    lost = SITE / "mutation.html"
    lost.write_text("<p>Nobody links to this page.</p>")
    caught("a page without a link to it", lost, "Nobody", "Nobody", links, "no link leads to mutation.html")
    lost.unlink()

    for path in SITE.glob("*.html"):
        if path.name not in PAGES:
            path.unlink()
    passes(looks)
    style, script = SITE / "style.css", SITE / "site.js"
    caught("a block of code that does not scroll", style, "overflow-x: auto; margin: 1rem 0; white-space",
           "white-space", looks, "is wider than a phone")
    caught("a table that does not scroll", script, 'box.className = "scroll"', 'box.className = ""', looks,
           "is wider than a phone")
    caught("a dark page with dark text", style, "--text: #e6edf3", "--text: #1f2328", looks,
           "contrast of a text in dark")
    caught("no dark page", style, "(prefers-color-scheme: dark)", "(prefers-color-scheme: mutation)", looks,
           "is not dark")
    caught("a search without an index", script, "search_index.js\";", "mutation.js\";", looks, "")
    caught("an index that leads to another place", SITE / "search_index.js", "-the-lingering-close", "-deadlines",
           looks, "lingering close")
    caught("a script that fails", script, "adapt();", "mutation();", looks, "Uncaught")

    for what in trouble:
        print(what)
    sys.exit(bool(trouble))


if __name__ == "__main__":
    main()
