def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        xs = [1, 2, 3, 4]
        xs[::2] = [1]
    def g():
        xs = [1]
        xs[0:1] = 5
    def h():
        xs = [1]
        xs[3] = 5
    def i():
        xs = [1]
        xs['a'] = 5
    def j():
        (1, 2)[0] = 5
    def k():
        'abc'[0] = 'x'
    return [attempt(x) for x in [f, g, h, i, j, k]]
