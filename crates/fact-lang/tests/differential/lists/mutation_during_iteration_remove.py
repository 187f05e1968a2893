def execute_command(image):
    xs = [1, 2, 3, 4, 5, 6]
    for x in xs:
        if x % 2 == 0:
            xs.remove(x)
    ys = [1, 1, 2]
    for y in ys:
        ys.remove(y)
    return xs, ys
