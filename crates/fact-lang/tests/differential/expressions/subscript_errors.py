def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    xs = [1, 2]
    return [attempt(x) for x in [lambda: xs[2], lambda: xs[-3], lambda: xs['a'], lambda: xs[1.0], lambda: 'abc'[5], lambda: 'abc'['a'], lambda: (1,)[1], lambda: (1,)['x'], lambda: {}['k'], lambda: {}[1], lambda: {1: 2}[(1, 2)], lambda: {}[[]], lambda: 5[0], lambda: None[0], lambda: {1}[0], lambda: range(3)[3], lambda: xs[None], lambda: len[0], lambda: xs[10 ** 30], lambda: 1.5[0], lambda: 'a'[None], lambda: range(3)['a'], lambda: {}[None]]]
