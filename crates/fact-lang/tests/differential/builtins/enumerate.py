def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return list(enumerate('ab')), list(enumerate(['x'], 5)), list(enumerate([], start=3)), list(enumerate({'k': 1})), [(i, a, b) for i, (a, b) in enumerate([(1, 2)])], attempt(lambda: enumerate(5)), attempt(lambda: enumerate()), attempt(lambda: enumerate([], 'a')), attempt(lambda: enumerate([], foo=1))
