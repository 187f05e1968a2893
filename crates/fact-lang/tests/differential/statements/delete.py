def execute_command(image):
    xs = [0, 1, 2, 3, 4, 5, 6]
    del xs[0]
    del xs[-1]
    del xs[1:3]
    d = {'a': 1, 'b': 2}
    del d['a']
    x = 1
    y = 2
    del x, y
    zs = list(range(10))
    del zs[::3]
    return xs, d, zs
