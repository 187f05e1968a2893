def execute_command(image):
    s = slice(1, 5, 2)
    return s, [0, 1, 2, 3, 4, 5][s], s.start, s.stop, s.step, slice(3), 'abcdef'[slice(None, None, -1)], slice(1, 2) == slice(1, 2)
