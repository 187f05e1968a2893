def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return hasattr('a', 'upper'), hasattr([], 'push'), getattr('abc', 'upper')(), getattr('a', 'nope', 'default'), attempt(lambda: getattr('a', 'nope')), hasattr(5, 'x')
