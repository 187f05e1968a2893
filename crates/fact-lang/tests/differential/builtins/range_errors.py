def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: range(1.5), lambda: range('3'), lambda: range(), lambda: range(1, 2, 0), lambda: range(1, 2, 3, 4), lambda: range(None), lambda: range(5).index(9), lambda: range(5)['a'], lambda: range(stop=5), lambda: range(3).append(1), lambda: range(len)]]
