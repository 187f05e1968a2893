def execute_command(image):
    from itertools import groupby
    xs = sorted(['apple', 'bob', 'cat', 'dog', 'ape'], key=len)
    return [(k, list(g)) for k, g in groupby(xs, key=len)], [(k, len(list(g))) for k, g in groupby('aabbba')], [k for k, _ in groupby([1, 1, 2])]
