def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: this_is_not_defined, lambda: xrange(3), lambda: unicode('a'), lambda: raw_input()]]
