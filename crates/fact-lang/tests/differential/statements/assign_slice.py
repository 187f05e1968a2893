def execute_command(image):
    xs = [0, 1, 2, 3, 4, 5]
    xs[1:3] = ['a', 'b', 'c']
    xs[::3] = ['x', 'y', 'z']
    xs[len(xs):] = [9]
    xs[0:0] = 'hi'
    ys = [1, 2, 3]
    ys[:] = []
    return xs, ys
