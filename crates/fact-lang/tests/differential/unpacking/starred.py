def execute_command(image):
    a, *b = [1, 2, 3]
    *c, d = 'xyz'
    e, *f, g = range(5)
    h, *i = [1]
    *j, = (1, 2)
    (k, *l), m = [[1, 2, 3], 4]
    return a, b, c, d, e, f, g, h, i, j, k, l, m
