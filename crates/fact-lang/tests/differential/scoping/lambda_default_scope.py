def execute_command(image):
    x = 1
    f = lambda y=x: (x, y)
    x = 2
    return f(), f(3)
