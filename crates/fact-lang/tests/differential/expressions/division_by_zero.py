def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(f) for f in [lambda: 1 / 0, lambda: 1 // 0, lambda: 1 % 0, lambda: 1.0 / 0, lambda: 1.0 // 0, lambda: 1.0 % 0, lambda: 1 / 0.0, lambda: divmod(1, 0), lambda: divmod(1.0, 0), lambda: 10 ** 30 // 0, lambda: 0 / 0, lambda: True / False]]
