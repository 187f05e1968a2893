def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        try:
            1 / 0
        except 'ZeroDivisionError':
            return 1
    def g():
        try:
            1 / 0
        except (ZeroDivisionError, 5):
            return 'matched first'
    def h():
        try:
            1 / 0
        except int:
            return 1
    return attempt(f), attempt(g), attempt(h)
