def execute_command(image):
    a = [1]
    b = a
    b += [2]
    c = a
    c = c + [3]
    a += 'xy'
    t = (1,)
    u = t
    u += (2,)
    return a, b, c, t, u
