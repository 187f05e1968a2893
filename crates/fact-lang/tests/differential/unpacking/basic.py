def execute_command(image):
    a, b = 1, 2
    c, = [3]
    (d, e), f = [4, 5], 6
    [g, h] = 'xy'
    i, j = {'k': 1, 'l': 2}
    a, b = b, a
    return a, b, c, d, e, f, g, h, i, j
