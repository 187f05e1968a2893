def execute_command(image):
    xs = [1, 2, 3]
    xs[0] = 'a'
    xs[-1] = 'z'
    d = {}
    d['k'] = 1
    d[1, 2] = 3
    return xs, d
