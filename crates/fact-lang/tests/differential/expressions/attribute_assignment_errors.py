def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        'a'.x = 1
    def g():
        [].x = 1
    def h():
        n = 5
        n.x = 1
    def i():
        None.x = 1
    def j():
        d = {}
        d.x = 1
    return [attempt(x) for x in [f, g, h, i, j]]
