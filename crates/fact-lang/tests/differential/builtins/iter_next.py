def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    it = iter([1, 2])
    out = [next(it), next(it), next(it, 'end')]
    it2 = iter('ab')
    return out, attempt(lambda: next(it)), next(iter({'k': 1})), next(iter(()), None), iter(it2) is it2, list(it2), list(it2), attempt(lambda: next([1])), attempt(lambda: iter(5)), attempt(lambda: next(5))
