def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: 'a'.upper(1), lambda: 'a'.lower('x'), lambda: 'a'.isdigit(1), lambda: 'a'.join(), lambda: 'a'.replace('b'), lambda: 'a'.title(1), lambda: 'a'.strip(1, 2), lambda: 'a'.startswith('a', 1, 2, 3), lambda: 'a'.upper(x=1), lambda: 'a'.partition(), lambda: 'a'.zfill('x'), lambda: 'a'.index()]]
