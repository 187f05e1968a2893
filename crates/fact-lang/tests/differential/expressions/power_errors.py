def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(lambda: 0 ** -1), attempt(lambda: 0.0 ** -2), attempt(lambda: 10.0 ** 400), attempt(lambda: 'a' ** 2), attempt(lambda: pow(2, 3, 0)), attempt(lambda: [] ** 2)]
