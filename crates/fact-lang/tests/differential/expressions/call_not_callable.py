def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return [attempt(x) for x in [lambda: 5(), lambda: 'a'(), lambda: None(), lambda: [1](0), lambda: {}(), lambda: (1, 2)(3), lambda: 1.5(), lambda: True()]]
