def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: int('abc'), lambda: int('1.5'), lambda: int(''), lambda: int(None), lambda: int([]), lambda: int(float('nan')), lambda: int(float('inf')), lambda: int('12', 1), lambda: int('8', 8), lambda: int(5, 10), lambda: int('two'), lambda: int("it's"), lambda: int('1' * 5000), lambda: int({}), lambda: int('5 '+'x'), lambda: int('0x', 16)]]
