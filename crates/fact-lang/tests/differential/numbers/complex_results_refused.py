def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return attempt(lambda: (-8) ** 2), attempt(lambda: int(-8 / 3)), attempt(lambda: 8 ** (1 / 3))
