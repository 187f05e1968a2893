def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(f) for f in [lambda: 1 in 'a', lambda: 1 in 5, lambda: 'a' in None, lambda: [] in {1}, lambda: [] in {}, lambda: None in 'abc', lambda: {} in [1], lambda: 'x' in 1.5]]
