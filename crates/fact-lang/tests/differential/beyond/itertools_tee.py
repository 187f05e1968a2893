def execute_command(image):
    a, b = itertools.tee([1, 2, 3])
    return list(a), list(b)
