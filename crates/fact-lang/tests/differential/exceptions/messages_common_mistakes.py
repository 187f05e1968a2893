def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    class_list = ['a']
    n = None
    return [attempt(x) for x in [lambda: n[0], lambda: n.name, lambda: n(), lambda: n + 'a', lambda: n > 1, lambda: len(n), lambda: int(n), lambda: float(n), lambda: [1, 2].length, lambda: class_list['a'], lambda: 'a' + 1, lambda: 'a' + ['b'], lambda: ['b'] + 'a', lambda: 5 in 5, lambda: 'a' < 5, lambda: sum(['a']), lambda: max([]), lambda: 'a'.join([1]), lambda: '%d' % 'a', lambda: '{}'.format(), lambda: [].pop(), lambda: {}.pop('a'), lambda: (1,) + [1], lambda: iter(5), lambda: next(5), lambda: abs('a'), lambda: round('a'), lambda: sorted(5), lambda: for_each, lambda: math.sqrt(-1), lambda: math.sqrt('a'), lambda: range('a'), lambda: enumerate(5), lambda: zip(5), lambda: list(5), lambda: dict(5), lambda: set(5), lambda: tuple(5)]]
