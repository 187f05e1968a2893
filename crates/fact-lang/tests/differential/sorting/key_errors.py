def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: sorted([1, 'a', 2]), lambda: sorted([{'a': 1}, {'b': 2}]), lambda: sorted([(1, None), (1, 2)]), lambda: sorted(['a', 'b'], key=int), lambda: sorted([1, 2], key='a'), lambda: sorted([None, 5], key=lambda x: x), lambda: [3, None].sort(), lambda: sorted([1, 2, 'x'], reverse=True), lambda: sorted([[1], [None], [2]])]]
