def attempt(function):
    try:
        return function()
    except Exception as error:
        return repr(error)


def execute_command(image):
    return divmod(7, 2), divmod(-7, 2), divmod(7, -2), divmod(7.5, 2), divmod(-7.5, 2), divmod(10 ** 30, 7), divmod(True, 2), attempt(lambda: divmod('a', 1)), attempt(lambda: divmod(1)), attempt(lambda: divmod(1, None))
