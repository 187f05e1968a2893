def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        try:
            [][1]
        except IndexError:
            raise
    def g():
        try:
            int('q')
        except ValueError as e:
            raise RuntimeError('wrapped: ' + str(e))
    def h():
        raise
    def i():
        try:
            1 / 0
        except ZeroDivisionError as e:
            raise e
    def j():
        try:
            {}['a']
        except KeyError as e:
            raise ValueError('no ' + str(e)) from e
    return [attempt(x) for x in [f, g, h, i, j]]
