def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f(a, b, c=3):
        return a
    def g():
        return 1
    def h(a, *, k):
        return a
    def p(a, /, b):
        return a
    def v(*args):
        return args
    def two(*, x, y):
        return x
    return [attempt(x) for x in [lambda: f(), lambda: f(1), lambda: f(1, 2, 3, 4), lambda: f(1, 2, d=5), lambda: f(1, a=2), lambda: g(1), lambda: g(1, 2), lambda: h(1), lambda: h(1, 2), lambda: p(a=1, b=2), lambda: v(x=1), lambda: f(**{'a': 1}), lambda: f(c=1), lambda: two(), lambda: (lambda x: x)(), lambda: f(1, 2, **{'a': 1}), lambda: f(*5), lambda: f(**5), lambda: h(1, 2, 3, k=1), lambda: f(**{1: 2})]]
