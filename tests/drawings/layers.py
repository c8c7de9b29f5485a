#!/usr/bin/env python3
"""Draws the layers of the library as SVG, from the include directives of its headers.

usage: layers.py INCLUDE_FOLDER FILE           writes the file
       layers.py --check INCLUDE_FOLDER FILE   fails if the file differs

A layer is a folder. It stands above each layer that it includes. A line that follows from others is left out.
"""

import pathlib
import re
import sys

WIDTH, BOX, HEIGHT, ROW = 640, 170, 52, 96
TITLE = "The layers of the library: an arrow leads to what a layer includes"
STYLE = """<style>
text { font: 13px sans-serif; fill: #1f2328; text-anchor: middle }
.name { font-weight: bold } .soft { fill: #59636e; font-size: 12px } .left { text-anchor: start }
.layer { fill: #ddf4ff; stroke: #0550ae; stroke-width: 1.5 } .outside { fill: #fff1e5; stroke: #bc4c00 }
.line { fill: none; stroke: #59636e; stroke-width: 1.5; marker-end: url(#head) } .head { fill: #59636e }
.frame { fill: none; stroke: #59636e; stroke-dasharray: 5 4 }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .soft { fill: #b1bac4 }
.layer { fill: #0c2d6b; stroke: #79c0ff } .outside { fill: #3d1300; stroke: #ffa657 }
.line { stroke: #9198a1 } .head { fill: #9198a1 } .frame { stroke: #9198a1 }
}
</style>
<defs><marker id="head" refX="8" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">
<path class="head" d="M0 0 L8 4 L0 8 z"/></marker></defs>
"""


def included_by(path):
    return re.findall(r"^\s*#\s*include <socks/(\w+)/\w+\.hpp>", path.read_text(), re.M)


def graph(folder):
    """For each layer the number of its headers, and the other layers that they include."""
    layers = sorted(path.name for path in folder.iterdir() if path.is_dir())
    counts = {layer: len(list((folder / layer).glob("*.hpp"))) for layer in layers}
    edges = {layer: {name for path in (folder / layer).glob("*.hpp") for name in included_by(path)} - {layer}
             for layer in layers}
    return counts, edges


def below(layer, edges):
    """All layers that a layer includes, directly or not."""
    return edges[layer].union(*(below(other, edges) for other in edges[layer]))


def level(layer, edges):
    return 1 + max((level(other, edges) for other in edges[layer]), default=-1)


def drawn(layer, edges):
    """The layers to which a line is drawn: those that no other included layer includes."""
    direct = edges[layer]
    return sorted(direct - set().union(*(below(other, edges) for other in direct)))


def places(edges):
    """The middle of each box. A row has the layers of one level, each as near as it can be to those below it."""
    rows = {}
    for layer in edges:
        rows.setdefault(level(layer, edges), []).append(layer)
    x, found = {}, {}
    for row in sorted(rows):
        def nearest(layer):
            lower = drawn(layer, edges)
            return (sum(x[other] for other in lower) / len(lower) if lower else 0, layer)
        ordered = sorted(rows[row], key=nearest)
        for i, layer in enumerate(ordered):
            x[layer] = round(WIDTH * (i + 0.5) / len(ordered))
            found[layer] = (x[layer], (max(rows) - row) * ROW + 78)
    return found


def text(x, y, kind, words):
    return f'<text class="{kind}" x="{x}" y="{y}">{words}</text>\n'


def svg(folder):
    counts, edges = graph(folder)
    at = places(edges)
    everything = set(included_by(folder / "socks.hpp"))
    height = max(y for _, y in at.values()) + HEIGHT
    words = [f"{layer} includes {', '.join(sorted(edges[layer])) or 'no other layer'}" for layer in edges]
    body = []
    top = min(at[layer][1] for layer in everything) - HEIGHT // 2 - 24
    body.append(f'<rect class="frame" x="10" y="{top}" width="{WIDTH - 20}" height="{height - top - 6}" rx="8"/>\n')
    body.append(text(22, height - 18, "soft left", "socks.hpp includes these"))
    for layer, (x, y) in at.items():
        for other in drawn(layer, edges):
            to_x, to_y = at[other]
            body.append(f'<path class="line" d="M{x} {y + HEIGHT // 2} L{to_x} {to_y - HEIGHT // 2 - 1}"/>\n')
    for layer, (x, y) in at.items():
        kind = "layer" if layer in everything else "layer outside"
        corner = f'x="{x - BOX // 2}" y="{y - HEIGHT // 2}"'
        body.append(f'<rect class="{kind}" {corner} width="{BOX}" height="{HEIGHT}" rx="6"/>\n')
        body.append(text(x, y - 2, "name", layer) + text(x, y + 16, "soft", f"{counts[layer]} headers"))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
            'role="img" aria-labelledby="title" aria-describedby="desc">\n'
            '<title id="title">The layers of the library</title>\n'
            f'<desc id="desc">{". ".join(words)}. socks.hpp includes {", ".join(sorted(everything))}.</desc>\n'
            f'{STYLE}{text(WIDTH // 2, 20, "name", TITLE)}{"".join(body)}</svg>\n')


def main():
    arguments = sys.argv[1:]
    only_compare = arguments[:1] == ["--check"]
    folder, file = (pathlib.Path(name) for name in arguments[only_compare:])
    made = svg(folder)
    if not only_compare:
        file.write_text(made)
    elif not file.exists() or file.read_text() != made:
        again = f"tests/drawings/layers.py include/socks {file}"
        sys.exit(f"{file} does not show the layers; write it again: {again}")


if __name__ == "__main__":
    main()
