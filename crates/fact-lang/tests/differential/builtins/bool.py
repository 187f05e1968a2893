def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return bool(), bool(0), bool(''), bool('False'), bool([0]), bool(None), bool(0.0), bool(range(0)), bool(-1), attempt(lambda: bool(1, 2))
