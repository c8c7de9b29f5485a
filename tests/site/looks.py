#!/usr/bin/env python3
"""Opens the site in a headless Chromium, as a reader with a phone or a desktop sees it.

usage: looks.py SITE CHROMIUM SCREENSHOTS

No page may be wider than its window: tables and code scroll inside themselves. No page may report an error. Text
and page must differ in light and in dark. The search must find a name, a section and nothing. Screenshots of three
pages are for people.
"""

import pathlib
import re
import sys

from chromium import Chromium

PHONE, DESKTOP = (390, 844), (1280, 900)
PICTURES = ["index.html", "docs_handshakes.html", "classsocks_1_1basic__client.html"]
# What the search must find: the words of a title, and a part of the address that Enter opens.
SEARCHES = [
    ("decode_reply5", "group__wire__socks5.html#"),
    ("effective_host", "group__policy__scope.html#"),
    ("lingering close", "docs_io_models.html#"),
    ("spoke_first", "group__core__error.html#"),
    ("max_framed_data", "group__wire__udp__over__tcp.html#"),
    ("beside the alternatives", "index.html#"),
]

# What the search shows, as soon as it shows something.
RESULTS = """new Promise((resolve) => {
    const list = document.querySelector(".results");
    const end = Date.now() + 60000;
    const report = () => list.textContent || Date.now() > end
        ? resolve([list.querySelectorAll("a").length, list.textContent]) : setTimeout(report, 20);
    report();
})"""

# The address, and the title of the section or of the name to which it leads.
OPENED = """(() => {
    const anchor = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    return [location.href, (anchor?.nextElementSibling ?? anchor?.closest("tr, h1, h2, h3"))?.textContent ?? ""];
})()"""

WIDER = """(() => {
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide <= 0) return "";
    const may_be_wider = ".scroll, .fragment, pre, .memproto, .memtemplate";
    for (const e of document.querySelectorAll("main *"))
        if (e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(may_be_wider))
            return `${wide} pixels: ${e.tagName}.${e.className} ${e.textContent.slice(0, 60)}`;
    return `${wide} pixels`;
})()"""

CONTRAST = """(() => {
    const light = (e, name) => {
        const [r, g, b] = getComputedStyle(e)[name].match(/[\\d.]+/g).map((v) => v / 255)
            .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const page = light(document.body, "backgroundColor");
    const worst = Math.min(...["body", "main a", ".fragment .comment", ".fragment .keyword", "small"].map((s) => {
        const e = document.querySelector(s);
        const text = e ? light(e, "color") : 1 - page;
        return (Math.max(text, page) + 0.05) / (Math.min(text, page) + 0.05);
    }));
    return { page, worst };
})()"""


def distinct_pages(site):
    """All pages, but only one of those that show a source, because they are alike."""
    paths = sorted(site.glob("*.html"))
    sources = [path for path in paths if re.search(r"_(cft|cpp|h|hpp|js|ld|py|sh)\.html$", path.name)]
    return [path for path in paths if path not in sources[1:]]


def no_page_is_wider_than_its_window(browser, site):
    for path in distinct_pages(site):
        browser.open(path.as_uri())
        wider = browser.evaluate(WIDER)
        if wider:
            yield f"{path.name} is wider than a phone by {wider}"


def text_can_be_read(browser, site):
    for scheme in ("light", "dark"):
        browser.show(*DESKTOP, scheme)
        browser.open((site / "index.html").as_uri())
        seen = browser.evaluate(CONTRAST)
        if (seen["page"] > 0.5) != (scheme == "light"):
            yield f"the page is not {scheme}"
        if seen["worst"] < 4.5:
            yield f"the contrast of a text in {scheme} is {seen['worst']:.1f}, below 4.5"


def the_search_finds(browser, site):
    for words, expected in SEARCHES:
        browser.open((site / "docs_security.html").as_uri())
        browser.press("/", 191)
        browser.write(words)
        if browser.evaluate(RESULTS)[0] == 0:
            yield f"the search does not find {words}"
            continue
        browser.press("Enter", 13)
        browser.wait_for_load()
        address, title = browser.evaluate(OPENED)
        if expected not in address or words not in title.lower():
            yield f"the search for {words} opens {address}: {title}"
    browser.open((site / "index.html").as_uri())
    browser.press("/", 191)
    browser.write("no such words anywhere")
    if browser.evaluate(RESULTS) != [0, "Nothing found"]:
        yield "the search finds what is not there"


def the_contents_open(browser, site):
    for size, is_open in ((PHONE, False), (DESKTOP, True)):
        browser.show(*size, "light")
        browser.open((site / "docs_security.html").as_uri())
        if browser.evaluate("document.querySelector('.navigation').open") != is_open:
            yield f"the contents are {'closed' if is_open else 'open'} at {size[0]} pixels"
        if browser.evaluate("document.querySelector('[aria-current]')?.textContent") != "Security":
            yield "the contents do not mark the open page"


def take_screenshots(browser, site, folder):
    folder.mkdir(parents=True, exist_ok=True)
    for name in PICTURES:
        for size in (PHONE, DESKTOP):
            for scheme in ("light", "dark"):
                browser.show(*size, scheme)
                browser.open((site / name).as_uri())
                browser.screenshot(folder / f"{pathlib.Path(name).stem}_{size[0]}_{scheme}.png")


def main():
    site, program, folder = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], pathlib.Path(sys.argv[3])
    faults = []
    with Chromium(program) as browser:
        browser.show(*PHONE, "light")
        faults += no_page_is_wider_than_its_window(browser, site)
        faults += text_can_be_read(browser, site)
        faults += the_search_finds(browser, site)
        faults += the_contents_open(browser, site)
        take_screenshots(browser, site, folder)
        faults += browser.errors
    for fault in faults:
        print(fault)
    print(f"{len(faults)} faults; the screenshots are in {folder}")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
