def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return len(''), len('héy😀'), len([1, 2]), len({}), len({1: 2}), len({1}), len(()), len(range(10)), len(range(10, 0, -3)), attempt(lambda: len(5)), attempt(lambda: len(None)), attempt(lambda: len(x for x in [])), attempt(lambda: len()), attempt(lambda: len(1.5)), attempt(lambda: len([], [])), attempt(lambda: len(True)), attempt(lambda: len(zip())), attempt(lambda: len(map(str, [])))
