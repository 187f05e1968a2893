def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        return later
    r = attempt(f)
    later = 1
    return r, f()
