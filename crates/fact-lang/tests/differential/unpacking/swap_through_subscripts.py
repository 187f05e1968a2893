def execute_command(image):
    xs = [1, 2, 3]
    xs[0], xs[2] = xs[2], xs[0]
    i = 0
    i, xs[i] = 1, 'set'
    return xs, i
