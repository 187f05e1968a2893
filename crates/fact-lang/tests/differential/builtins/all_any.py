def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return all([]), any([]), all([1, 'a']), all([1, 0]), any([0, '']), any([0, 2]), all(x > 0 for x in [1, 2]), any(x > 5 for x in [1, 2]), all('ab'), any({}), all({0: 1}), attempt(lambda: any(5)), attempt(lambda: all()), attempt(lambda: any(1, 2))
