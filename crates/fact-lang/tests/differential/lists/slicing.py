def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    xs = list(range(10))
    return xs[2:5], xs[:3], xs[7:], xs[::2], xs[::-1], xs[8:2:-2], xs[-3:], xs[:-8], xs[20:], xs[5:2], xs[:], xs[-100:100:3], attempt(lambda: xs[::0]), attempt(lambda: xs['a':]), attempt(lambda: xs[1.0:2]), xs[None:None:None], xs[True:4], xs[10 ** 30:], xs[:-10 ** 30]
