def execute_command(image):
    a = [1]
    b = a
    n = None
    return a is b, a is [1], a is not b, n is None, n is not None, True is True, 0 is not None
