def execute_command(image):
    a, b, c, d = 1, 2, 3, 4
    rows = [[1], [2], [3]]
    done = [row.append(d) for row in rows if len(row) < d]
    more = [row.extend(x for x in row[:1]) for row in [rows[0], rows[2]] if row[0] > 1]
    pairs = [(i, row.pop()) for i, row in enumerate(rows) if row[-1] == d]
    seen = {k: v.append(k) for k, v in {a: rows[b]}.items() if k < c}
    return a, b, c, d, rows, done, more, pairs, seen
