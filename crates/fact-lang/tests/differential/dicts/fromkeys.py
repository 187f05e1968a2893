def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return dict.fromkeys('aba'), dict.fromkeys([1, 2], 0), {}.fromkeys(['x'], []), attempt(lambda: dict.fromkeys(5)), attempt(lambda: dict.fromkeys([[]]))
