def execute_command(image):
    m = [[1, 2], [3]]
    g = (x for row in m for x in row)
    h = (sum(row) for row in m)
    k = ((x, y) for x in 'ab' for y in range(2) if y)
    return list(g), list(h), list(k), sum(sum(r) for r in m)
