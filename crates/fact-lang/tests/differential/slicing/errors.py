def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: 'abc'[::0], lambda: [1]['a':'b'], lambda: (1,)[1.5:], lambda: {}[1:2], lambda: 5[1:], lambda: range(3)[::0], lambda: None[:1], lambda: {1, 2}[0:1]]]
