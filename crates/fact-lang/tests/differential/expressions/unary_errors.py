def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(f) for f in [lambda: -'a', lambda: +[], lambda: ~'x', lambda: -None, lambda: -{}]]
