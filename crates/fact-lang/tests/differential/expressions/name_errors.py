def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        return undefined_thing
    def g():
        y = x_later
        x_later = 1
    def h():
        if False:
            z = 1
        return z
    return [attempt(x) for x in [f, g, h]]
