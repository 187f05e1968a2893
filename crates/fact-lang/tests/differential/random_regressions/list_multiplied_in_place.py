def execute_command(image):
    a = b = [1, 2]
    a *= 2
    c = d = (1,)
    c *= 2
    return a, b, a is b, c, d
