def execute_command(image):
    return next(enumerate('z', 10 ** 20))
