def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return (1, 2) < (1, 3), (1, 2) < (1, 2, 0), () < (1,), ('b', 1) > ('a', 9), (1, 2) == (1, 2), attempt(lambda: (1, 'a') < (1, 2)), (1, 'a') < (2, None), sorted([(2, 'a'), (1, 'z')])
