def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    d = {1: 1}
    def f():
        for k, v in d.items():
            d[k + 1] = v
    def g():
        for v in d.values():
            d.pop(1)
    return attempt(f), attempt(g)
