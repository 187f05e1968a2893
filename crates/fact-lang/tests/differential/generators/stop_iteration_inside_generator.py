def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    g = (next(iter([])) for x in [1])
    return attempt(lambda: list(g))
