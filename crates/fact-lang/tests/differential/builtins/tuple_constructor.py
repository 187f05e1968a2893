def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return tuple(), tuple('ab'), tuple([1, 2]), tuple({'a': 1}), tuple(range(2)), tuple(x for x in 'z'), attempt(lambda: tuple(5)), attempt(lambda: tuple(1, 2)), tuple((1,)), attempt(lambda: tuple(None))
