def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        try:
            1 / 0
        except ZeroDivisionError:
            return [][0]
    def g():
        try:
            1 / 0
        finally:
            {}['k']
    def h():
        try:
            pass
        except ValueError:
            pass
        else:
            raise ValueError('from else')
    return attempt(f), attempt(g), attempt(h)
