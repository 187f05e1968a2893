def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    g = (1 / x for x in [1, 0, 2])
    first = next(g)
    r = attempt(lambda: next(g))
    return first, r, list(g), attempt(lambda: len(x for x in [])), attempt(lambda: (x for x in [])[0]), attempt(lambda: next(x for x in []))
