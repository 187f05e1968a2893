def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(f) for f in [lambda: 1 << -1, lambda: 1 >> -1, lambda: 1.0 & 1, lambda: 'a' | 'b', lambda: ~1.5, lambda: [1] & [2], lambda: None | 1]]
