def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def f():
        assert 1 == 1, 'unused'
        assert [], 'empty list'
    def g():
        assert 0
    def h():
        assert None, ('a', 1)
    return [attempt(x) for x in [f, g, h]]
