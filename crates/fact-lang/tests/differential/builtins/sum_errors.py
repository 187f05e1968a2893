def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: sum(['a', 'b']), lambda: sum(['a'], ''), lambda: sum(5), lambda: sum([1, None]), lambda: sum([[1]]), lambda: sum(), lambda: sum([1], 'a'), lambda: sum('ab'), lambda: sum([1], 2, 3), lambda: sum([{}])]]
