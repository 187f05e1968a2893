def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    a = {'x': 1, 'y': 2}
    b = {'y': 3, 'z': 4}
    c = a | b
    a |= b
    a |= [('w', 0)]
    return c, a, b, {**b, 'y': 0}, attempt(lambda: {} | [1]), attempt(lambda: [] | {})
