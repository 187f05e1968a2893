def execute_command(image):
    a = 1; b = 2; c = a + \
        b
    d = (a +
         b +
         c)
    if a: b = 5
    return a, b, c, d
