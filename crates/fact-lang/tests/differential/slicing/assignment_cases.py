def execute_command(image):
    out = []
    for s in [slice(0, 0), slice(1, 3), slice(3, 1), slice(-1, None), slice(10, 20), slice(None, None)]:
        xs = [0, 1, 2, 3]
        xs[s] = ['x', 'y']
        out.append(xs)
    return out
