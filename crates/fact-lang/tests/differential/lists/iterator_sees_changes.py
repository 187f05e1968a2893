def execute_command(image):
    xs = [1, 2, 3]
    it = iter(xs)
    a = next(it)
    xs[1] = 'changed'
    xs.append(4)
    return a, list(it)
