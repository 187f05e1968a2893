def execute_command(image):
    return 0 or 'a', 1 and 'b', '' or [] or 0, 1 and 2 and 3, None and 1, 'x' or 1 / 0, 0 and 1 / 0, not (1 and 0), [] or None, 1 and [] or 'c', False or None
