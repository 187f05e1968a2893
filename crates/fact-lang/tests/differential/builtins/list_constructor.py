def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return list(), list('abc'), list((1, 2)), list({'a': 1}), list(range(3)), list(x * 2 for x in [1]), list(map(str, [1])), list({'a': 1}.items()), attempt(lambda: list(5)), attempt(lambda: list(None)), attempt(lambda: list(1, 2))
