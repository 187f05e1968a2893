def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return abs(-5), abs(5), abs(-2.5), abs(True), abs(-0.0), abs(-10 ** 30), attempt(lambda: abs('a')), attempt(lambda: abs([])), attempt(lambda: abs(None)), attempt(lambda: abs()), attempt(lambda: abs(1, 2))
