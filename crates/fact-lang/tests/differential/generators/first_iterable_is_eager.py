def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    xs = [1, 2]
    g = (x for x in xs)
    xs = [9, 9]
    ys = [1]
    h = (a + b for a in ys for b in ys)
    ys = [10, 20]
    return list(g), list(h), attempt(lambda: (x for x in 5))
