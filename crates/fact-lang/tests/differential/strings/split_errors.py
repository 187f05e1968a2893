def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: 'a'.split(''), lambda: 'a'.split(5), lambda: 'a'.split('b', 'c'), lambda: 'a'.split(foo=1), lambda: 'a'.rsplit(''), lambda: 'a'.split(',', 1, 2)]]
