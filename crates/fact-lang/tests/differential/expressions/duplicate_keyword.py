def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f(**kwargs):
        return kwargs
    return attempt(lambda: f(**{'a': 1}, **{'a': 2})), attempt(lambda: f(a=1, **{'a': 2}))
