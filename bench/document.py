"""Tables that stand in a page between <!-- name --> and <!-- end of name -->: compared with what was just measured,
or replaced by it."""
import re


def settle(page, name, table, tolerance, update):
    """What has drifted from the table `name` of `page` by more than `tolerance`, as lines. With `update` the page is
    rewritten instead."""
    with open(page) as text:
        content = text.read()
    frame = re.compile(rf'(<!-- {name} -->\n)(.*?)(<!-- end of {name} -->)', re.S)
    match = frame.search(content)
    if not match:
        return [f'{page} has no table {name}']
    if update:
        with open(page, 'w') as text:
            text.write(content[:match.start(2)] + '\n'.join(table) + '\n' + content[match.end(2):])
        return []
    committed = {row[0]: row for row in map(cells, match.group(2).splitlines()) if row}
    drift = []
    for row in map(cells, table):
        old = committed.pop(row[0], None)
        if old is None or len(old) != len(row):
            drift.append(f'{name}: {row[0]} is not in {page}')
            continue
        drift += [f'{name}, {row[0]}: {page} says {a}, measured {b}'
                  for a, b in zip(old, row) if not near(a, b, tolerance)]
    return drift + [f'{name}: {row} is in {page} only' for row in committed]


def cells(line):
    return [c.strip() for c in line.strip().strip('|').split('|')] if line.startswith('|') else []


def near(a, b, tolerance):
    try:
        return abs(float(a) - float(b)) <= tolerance * max(abs(float(a)), 1)
    except ValueError:
        return a == b
