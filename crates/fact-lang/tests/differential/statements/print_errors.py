def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(lambda: print('a', sep=1)), attempt(lambda: print('a', end=2)), attempt(lambda: print('a', foo=1)), attempt(lambda: print(1, sep=None, end=None))]
