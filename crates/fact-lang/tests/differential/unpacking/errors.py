def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        a, b = [1]
    def g():
        a, b = [1, 2, 3]
    def h():
        a, b = 5
    def i():
        a, *b, c = [1]
    def j():
        (a, b), c = [1], 2
    def k():
        a, b = None
    def l():
        a, b = ''
    def m():
        a, = 'xy'
    def n():
        for a, b in [(1, 2), (3,)]:
            pass
    def o():
        [(x, y) for x, y in [1, 2]]
    def p():
        a, b, c = iter([1, 2])
    def q():
        a, b = {1: 2}
    def r():
        a, b = range(10)
    return [attempt(x) for x in [f, g, h, i, j, k, l, m, n, o, p, q, r]]
