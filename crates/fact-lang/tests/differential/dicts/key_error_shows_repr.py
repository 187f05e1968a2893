def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f(k):
        return {}[k]
    return [attempt(lambda: f(k)) for k in ['a', 1, 1.5, None, (1, 'b'), True, "it's"]], str(KeyError('x')), str(KeyError(1, 2))
