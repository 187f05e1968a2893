def execute_command(image):
    xs = [10, 20, 30]
    m = [[1, 2], [3, 4]]
    d = {'a': {'b': [5]}}
    return xs[0], xs[-1], xs[True], 'héy'[1], (1, 2)[-2], d['a']['b'][0], m[1][0], range(10)[3], range(10)[-1], 'abc'[1:], {1.0: 'x'}[1], {(1, 2): 'y'}[1, 2]
