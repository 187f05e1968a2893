def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        raise ValueError
    def g():
        raise ValueError('message')
    def h():
        raise KeyError('k')
    def i():
        raise ValueError('a', 2)
    def j():
        raise ValueError()
    def k():
        raise 'not an exception'
    def l():
        raise 5
    def m():
        raise ValueError('x') from KeyError('y')
    def n():
        raise NotImplementedError('todo')
    def o():
        raise StopIteration('s')
    def p():
        raise int
    return [attempt(x) for x in [f, g, h, i, j, k, l, m, n, o, p]]
