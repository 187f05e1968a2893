def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: dict([1]), lambda: dict([(1, 2, 3)]), lambda: dict(5), lambda: dict(['abc']), lambda: dict([([], 1)]), lambda: dict(None), lambda: dict({}, {})]]
