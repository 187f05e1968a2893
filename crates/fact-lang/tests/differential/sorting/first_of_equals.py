def execute_command(image):
    xs = [('a', 1), ('b', 1), ('c', 0)]
    return max(xs, key=lambda p: p[1]), min(xs, key=lambda p: p[1]), max([('x', 1), ('y', 1)], key=lambda p: p[1]), min([('x', 1), ('y', 1)], key=lambda p: p[1]), max(1, True), max(True, 1), min(0, False, 0.0)
