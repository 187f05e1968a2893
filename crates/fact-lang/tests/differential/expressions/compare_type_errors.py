def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(f) for f in [lambda: 1 < 'a', lambda: 'a' < 1, lambda: None < 1, lambda: 1 >= None, lambda: [1] < (1,), lambda: {} < {}, lambda: [1, 'a'] < [1, 2], lambda: 1.5 > 'x', lambda: None > None, lambda: {1} < [1], lambda: len < len, lambda: (1, None) < (1, 2), lambda: 'a' <= ['a'], lambda: max([1, 'a']), lambda: sorted([None, 1])]]
