def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return pow(2, 3), pow(2, -1), pow(2.0, 3), pow(5, 3, 7), pow(-5, 3, 7), pow(5, 3, -7), pow(2, 0), attempt(lambda: pow(2, 3, 0)), attempt(lambda: pow(2.0, 3, 5)), attempt(lambda: pow(2)), attempt(lambda: pow('a', 2)), attempt(lambda: pow(2, -1, 4))
