"""Tables that stand in a page between <!-- name --> and <!-- end of name -->: compared with what was just measured,
or replaced by it."""
import re


def settle(page, name, table, tolerance, update, optional=()):
    """What has drifted from the table `name` of `page` by more than `tolerance`, as lines. With `update` the page is
    rewritten instead. Rows in `optional` may be missing from what was measured, and stay as they are then."""
    with open(page) as text:
        content = text.read()
    match = frame(name).search(content)
    if not match:
        return [f'{page} has no table {name}']
    lines = match.group(2).splitlines()
    committed = {row[0]: row for row in map(cells, lines) if row}
    measured = {row[0] for row in map(cells, table)}
    kept = [line for line in lines if cells(line) and cells(line)[0] in set(optional) - measured]
    if update:
        with open(page, 'w') as text:
            text.write(content[:match.start(2)] + '\n'.join([*table, *kept]) + '\n' + content[match.end(2):])
        return []
    drift = []
    for row in map(cells, [*table, *kept]):
        old = committed.pop(row[0], None)
        if old is None or len(old) != len(row):
            drift.append(f'{name}: {row[0]} is not in {page}')
            continue
        drift += [f'{name}, {row[0]}: {page} says {a}, measured {b}'
                  for a, b in zip(old, row) if not near(a, b, tolerance)]
    return drift + [f'{name}: {row} is in {page} only' for row in committed]


def table_of(page, name):
    """The table `name` of `page`, or its first if it has no name: the head, and the rows below by their first cell."""
    with open(page) as text:
        content = text.read()
    if name:
        content = frame(name).search(content).group(2)
    rows = [row for row in map(cells, content.splitlines()) if row]
    return rows[0][1:], {row[0]: row[1:] for row in rows[2:]}


def frame(name):
    return re.compile(rf'(<!-- {name} -->\n)(.*?)(<!-- end of {name} -->)', re.S)


def cells(line):
    return [c.strip() for c in line.strip().strip('|').split('|')] if line.startswith('|') else []


def near(a, b, tolerance):
    """Words may follow a figure."""
    (a, *of_a), (b, *of_b) = (a.split() or ['']), (b.split() or [''])
    try:
        return of_a == of_b and abs(float(a) - float(b)) <= tolerance * max(abs(float(a)), 1)
    except ValueError:
        return [a, *of_a] == [b, *of_b]
