def execute_command(image):
    xs = list(range(10))
    del xs[2:4]
    del xs[::-3]
    del xs[100:]
    ys = [1, 2, 3]
    del ys[-1:]
    zs = [1, 2]
    del zs[:]
    return xs, ys, zs
