def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    xs = [1, 2, 3, 4, 2]
    a = xs.pop()
    b = xs.pop(0)
    c = xs.pop(-2)
    xs.remove(2)
    return a, b, c, xs, attempt(lambda: xs.remove(9)), attempt(lambda: [].pop()), attempt(lambda: xs.pop(5)), attempt(lambda: xs.pop('a')), attempt(lambda: xs.pop(-5)), attempt(lambda: xs.pop(1, 2)), attempt(lambda: xs.remove())
