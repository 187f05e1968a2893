def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return hasattr('a', 'upper'), hasattr([], 'push'), hasattr(5, 'x'), hasattr({}, 'get'), attempt(lambda: hasattr(5, 6))
