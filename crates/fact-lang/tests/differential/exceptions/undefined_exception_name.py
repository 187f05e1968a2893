def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        try:
            1 / 0
        except NoSuchError:
            return 1
    def g():
        try:
            return 5
        except NoSuchError:
            return 1
    return attempt(f), g()
