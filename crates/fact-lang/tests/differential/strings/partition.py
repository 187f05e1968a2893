def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return 'a=b=c'.partition('='), 'a=b=c'.rpartition('='), 'abc'.partition('='), 'abc'.rpartition('='), 'left of'.partition(' '), attempt(lambda: 'a'.partition('')), attempt(lambda: 'a'.partition(5))
