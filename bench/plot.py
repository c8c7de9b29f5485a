"""A line chart as SVG, of points only: the same points give the same file. Light or dark, as the reader has it."""
import math

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 78, 232, 44, 56  # of the frame
STYLE = '''
text { font: 13px sans-serif; fill: #1f2328 }
.title { font-size: 15px; font-weight: bold }
.back { fill: #ffffff } .frame { fill: none; stroke: #59636e } .grid { stroke: #d1d9e0 }
.line { fill: none; stroke-width: 2 } .dashed { stroke-dasharray: 6 4 } .dotted { stroke-dasharray: 2 3; stroke-width: 1.5 }
.c0 { stroke: #0550ae } .c1 { stroke: #bc4c00 } .c2 { stroke: #1a7f37 } .c3 { stroke: #8250df } .c4 { stroke: #59636e }
.c5 { stroke: #bf3989 } .c6 { stroke: #1b7c83 }
.point { stroke-width: 2; fill: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .back, .point { fill: #0d1117 } .frame { stroke: #9198a1 } .grid { stroke: #3d444d }
.c0 { stroke: #79c0ff } .c1 { stroke: #ffa657 } .c2 { stroke: #7ee787 } .c3 { stroke: #d2a8ff } .c4 { stroke: #9198a1 }
.c5 { stroke: #ff9bce } .c6 { stroke: #39c5cf }
}
'''


class Axis:
    """Where a value is: `ticks` are the values that are written, with their words."""

    def __init__(self, title, ticks, begin, end, logarithmic=False):
        self.title, self.ticks = title, ticks
        self.scale = math.log10 if logarithmic else float
        self.begin, self.end = self.scale(begin), self.scale(end)

    def at(self, value, first, last):
        return first + (self.scale(value) - self.begin) / (self.end - self.begin) * (last - first)


class Line:
    def __init__(self, name, points, colour, kind=''):
        self.name, self.points, self.colour, self.kind = name, points, colour, kind


def draw(title, x, y, lines):
    """The text of the file. A dotted line has no marks, and a line without a name is not in the legend."""
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM

    def across(value):
        return x.at(value, LEFT, right)

    def down(value):
        return y.at(value, bottom, TOP)

    made = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
            f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img">',
            f'<title>{title}</title>', f'<style>{STYLE}</style>',
            f'<rect class="back" width="{WIDTH}" height="{HEIGHT}"/>', f'<text class="title" x="{LEFT}" y="26">{title}</text>']
    for value, word in x.ticks:
        made += [f'<line class="grid" x1="{across(value):.1f}" y1="{TOP}" x2="{across(value):.1f}" y2="{bottom}"/>',
                 f'<text x="{across(value):.1f}" y="{bottom + 18}" text-anchor="middle">{word}</text>']
    for value, word in y.ticks:
        made += [f'<line class="grid" x1="{LEFT}" y1="{down(value):.1f}" x2="{right}" y2="{down(value):.1f}"/>',
                 f'<text x="{LEFT - 8}" y="{down(value) + 4:.1f}" text-anchor="end">{word}</text>']
    middle = (TOP + bottom) / 2
    made += [f'<rect class="frame" x="{LEFT}" y="{TOP}" width="{right - LEFT}" height="{bottom - TOP}"/>',
             f'<text x="{(LEFT + right) / 2:.0f}" y="{HEIGHT - 14}" text-anchor="middle">{x.title}</text>',
             f'<text transform="translate(20 {middle:.0f}) rotate(-90)" text-anchor="middle">{y.title}</text>']
    legend = TOP + 12
    for line in lines:
        look = f'class="line c{line.colour} {line.kind}"'.replace(' "', '"')
        path = ' '.join(f'{across(a):.1f},{down(b):.1f}' for a, b in line.points)
        made.append(f'<polyline {look} points="{path}"/>')
        if line.name:
            made += [f'<line {look} x1="{right + 14}" y1="{legend}" x2="{right + 42}" y2="{legend}"/>',
                     f'<text x="{right + 50}" y="{legend + 4}">{line.name}</text>']
            legend += 22
        if line.kind != 'dotted':
            made += [f'<circle class="point c{line.colour}" cx="{across(a):.1f}" cy="{down(b):.1f}" r="3">'
                     f'<title>{a:g}: {b:g}</title></circle>' for a, b in line.points]
    return '\n'.join(made) + '\n</svg>\n'
