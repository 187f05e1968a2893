def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: isinstance(1, 'int'), lambda: isinstance(1, 5), lambda: isinstance(1), lambda: isinstance(1, [int]), lambda: isinstance(1, (str, 5)), lambda: issubclass(1, int)]]
