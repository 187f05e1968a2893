def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    def outer():
        v = 1
        def inner():
            return v
        del v
        return attempt(inner)
    return outer()
