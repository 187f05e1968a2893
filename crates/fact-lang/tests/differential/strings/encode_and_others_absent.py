def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: 'a'.contains('a'), lambda: 'a'.length(), lambda: 'a'.append('b'), lambda: 'a'.reverse(), lambda: 'a'.sort(), lambda: 'a'.size, lambda: 'a'.to_lower(), lambda: 'a'.trim(), lambda: 'a'.push]]
