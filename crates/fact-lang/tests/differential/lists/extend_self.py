def execute_command(image):
    xs = [1, 2]
    xs.extend(xs)
    xs += xs
    return xs
