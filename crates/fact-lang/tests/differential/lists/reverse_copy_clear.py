def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    xs = [1, [2]]
    ys = xs.copy()
    ys[1].append(3)
    ys.append(4)
    xs.reverse()
    zs = [1]
    zs.clear()
    return xs, ys, zs, xs.reverse(), attempt(lambda: xs.reverse(1)), attempt(lambda: xs.copy(1))
