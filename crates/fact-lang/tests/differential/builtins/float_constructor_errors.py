def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: float('abc'), lambda: float(''), lambda: float('1.2.3'), lambda: float(None), lambda: float([]), lambda: float('1,5'), lambda: float(10 ** 400), lambda: float('5 cm'), lambda: float(1, 2), lambda: float('½'), lambda: float({})]]
