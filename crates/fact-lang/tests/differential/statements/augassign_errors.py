def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        x = 1
        x += 'a'
    def g():
        x = 'a'
        x += 1
    def h():
        x = [1]
        x += 5
    def i():
        x = None
        x += 1
    def j():
        d = {}
        d['a'] += 1
    def k():
        x = 1
        x -= 'a'
    def l():
        x = 's'
        x //= 2
    return [attempt(x) for x in [f, g, h, i, j, k, l]]
