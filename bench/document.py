"""Tables that stand in a page between <!-- name --> and <!-- end of name -->: compared with what was just measured,
or replaced by it."""
import re


def settle(page, name, table, tolerance, update, optional=(), columns=False):
    """What has drifted from the table `name` of `page` by more than `tolerance`, as lines. With `update` the page is
    rewritten instead. Rows in `optional` may be missing from what was measured, and stay as they are then. With
    `columns`, a column may be missing too: it is compared if both have it, and stays as it is otherwise."""
    with open(page) as text:
        content = text.read()
    match = frame(name).search(content)
    if not match:
        return [f'{page} has no table {name}']
    lines = match.group(2).splitlines()
    committed = {row[0]: row for row in map(cells, lines) if row}
    measured = {row[0] for row in map(cells, table)}
    kept = [line for line in lines if cells(line) and cells(line)[0] in set(optional) - measured]
    if columns and committed:
        table = with_columns(table, lines, update)
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


def with_columns(table, committed, update):
    """The measured table with the columns of the committed one, which fill what was not measured. A new column is
    added by an update only."""
    old = {row[0]: row for row in map(cells, committed) if row}
    head, old_head = cells(table[0]), cells(committed[0])
    wanted = old_head + [h for h in head if h not in old_head] if update else old_head

    def cell(row, column):
        if column in head:
            return row[head.index(column)]
        return old[row[0]][old_head.index(column)] if row[0] in old else ''
    return ['| ' + ' | '.join(cell(row, column) for column in wanted) + ' |' for row in map(cells, table)]


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
    """Each figure may differ, alone, beside words or in brackets; everything else is the same."""
    figures = re.compile(r'(?<![\w.-])(-?\d+(?:\.\d+)?)(?=[)\s]|$)')
    a, b = figures.split(a), figures.split(b)
    return a[0::2] == b[0::2] and all(abs(float(x) - float(y)) <= tolerance * max(abs(float(x)), 1)
                                      for x, y in zip(a[1::2], b[1::2]))
