def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: round('a'), lambda: round(None), lambda: round(float('nan')), lambda: round(float('inf')), lambda: round(1.5, 'a'), lambda: round(1.5, 1.5), lambda: round(), lambda: round([1.5]), lambda: round(5, 2.0)]]
