def execute_command(image):
    d = {'n': 1}
    d['n'] += 2
    xs = [1, 2]
    xs[-1] *= 10
    m = [[0, 0], [0, 0]]
    m[1][0] += 5
    return d, xs, m
