def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        x = 1
        del x
        return x
    def g():
        d = {}
        del d['a']
    def h():
        xs = []
        del xs[0]
    def i():
        del undefined_name
    def j():
        t = (1,)
        del t[0]
    return [attempt(x) for x in [f, g, h, i, j]]
