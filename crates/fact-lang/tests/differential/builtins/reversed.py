def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return list(reversed([1, 2, 3])), ''.join(reversed('abc')), list(reversed((1, 2))), list(reversed(range(3))), list(reversed({'a': 1, 'b': 2})), list(reversed({'a': 1}.items())), attempt(lambda: reversed({1})), attempt(lambda: reversed(5)), attempt(lambda: reversed(x for x in [])), attempt(lambda: reversed(None)), attempt(lambda: reversed(map(str, [])))
