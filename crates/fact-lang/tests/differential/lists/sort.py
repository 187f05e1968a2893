def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    xs = [3, 1, 2]
    r = xs.sort()
    ys = ['b', 'A', 'c']
    ys.sort(key=str.lower, reverse=True)
    zs = [(1, 'b'), (0, 'z'), (1, 'a')]
    zs.sort(key=lambda p: p[0])
    return xs, r, ys, zs, attempt(lambda: [1, 'a'].sort()), attempt(lambda: [1].sort(5)), attempt(lambda: [1].sort(cmp=1)), attempt(lambda: [1, 2].sort(key=len))
