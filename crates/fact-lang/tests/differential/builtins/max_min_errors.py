def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: max([]), lambda: min(()), lambda: max(), lambda: max(5), lambda: max(1, 'a'), lambda: min([1, None]), lambda: max(1, 2, default=3), lambda: max([1], foo=2), lambda: min(x for x in []), lambda: max(None), lambda: max([1, 2], key=5), lambda: max({}), lambda: max('')]]
