def execute_command(image):
    xs = [1, 2, 3]
    xs[1:2] += [9, 9]
    xs[0] *= 5
    return xs
