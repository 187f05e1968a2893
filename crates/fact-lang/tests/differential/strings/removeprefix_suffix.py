def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return 'a red cup'.removeprefix('a '), 'cups'.removesuffix('s'), 'cup'.removesuffix('x'), 'aaa'.removeprefix('a'), 'a'.removesuffix(''), ''.removeprefix('a'), attempt(lambda: 'a'.removeprefix(1))
